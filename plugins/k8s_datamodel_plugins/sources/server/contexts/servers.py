"""Check a cluster's server and its trust by client-go's rules (rest/url_utils.go)."""

from __future__ import annotations

import stat
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit, urlunsplit

from k8s_datamodel_plugins.sources.server.contexts.kubeconfig_fields import FieldError

_PORTS = range(65536)

# Bundles of all public authorities have a third of this.
_PEM_BYTES = 16 << 20


def server(text: str) -> tuple[str, tuple[str, str] | None]:
    """The URL of a server without credentials, and the name and password that it contained.

    The default scheme is ``http``; query and fragment are dropped. Raises FieldError, without the
    text, if it is not a URL.
    """
    try:
        parts = urlsplit(text if _complete(text) else f"http://{text}")
        port = parts.port
    except ValueError:
        raise FieldError("its server is not a valid URL") from None
    host = parts.hostname or ""
    if not host or " " in text or not (port is None or port in _PORTS):
        raise FieldError("its server is not a valid URL")
    if parts.scheme not in ("http", "https"):
        raise FieldError(f"its server's scheme is {parts.scheme}, not https or http")
    where = f"[{host}]" if ":" in host else host
    url = urlunsplit(
        (parts.scheme, where if port is None else f"{where}:{port}", parts.path, "", "")
    )
    if parts.username is None:
        return url.rstrip("/"), None
    return url.rstrip("/"), (unquote(parts.username), unquote(parts.password or ""))


def _complete(text: str) -> bool:
    return bool((parts := urlsplit(text)).scheme and parts.netloc)


def check_trust(cluster: Mapping[str, Any], *, secure: bool) -> None:
    """Raise FieldError for a cluster whose certificate authority client-go rejects."""
    path, data = cluster.get("certificate-authority"), cluster.get("certificate-authority-data")
    if path and data:
        raise FieldError("it has both certificate-authority and certificate-authority-data")
    if secure and (path or data) and cluster.get("insecure-skip-tls-verify"):
        raise FieldError("it has both a certificate authority and insecure-skip-tls-verify")
    if path:
        check_file("certificate-authority", path)


def check_file(key: str, path: str) -> None:
    """Raise FieldError for a PEM file that cannot be opened or is not a regular file.

    Later code opens it by name, perhaps twice, so a pipe does not work.
    """
    try:
        status = Path(path).stat()
        if not stat.S_ISREG(status.st_mode) or status.st_size > _PEM_BYTES:
            raise FieldError(f"its {key} {path} is not a file of certificates or keys")
        with Path(path).open("rb"):
            pass
    except (OSError, ValueError) as error:
        raise FieldError(f"its {key} {path} cannot be read: {reason(error)}") from None


def reason(error: Exception) -> str:
    """Why a file cannot be read, without any of its content."""
    words = error.strerror if isinstance(error, OSError) else None
    return (words or "it is not a file").lower()

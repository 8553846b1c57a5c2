"""Read tokens from files when needed, and again when they may have changed."""

from __future__ import annotations

import time

from k8s_datamodel_plugins.sources.server.contexts import headers, named_files
from k8s_datamodel_plugins.sources.server.contexts.kubeconfig_fields import FieldError
from k8s_datamodel_plugins.sources.server.contexts.servers import reason

TOKEN_BYTES = 1 << 20
"""Most bytes of a token file: an API server accepts no longer headers."""

# As client-go: half of the time for which a kubelet keeps two tokens valid.
_AGAIN_SECONDS = 60.0


class TokenFile:
    """``Authorization`` by a token file; ``instead`` is the token while the file has none."""

    def __init__(self, path: str, instead: str = "") -> None:
        self._path = path
        self._instead = instead
        self._header = ""
        self._read_at = 0.0

    def __call__(self) -> str:
        """The current header. Raises FieldError if there is no token that can be sent."""
        if not self._header or time.monotonic() - self._read_at >= _AGAIN_SECONDS:
            self._header = self._current()
            self._read_at = time.monotonic()
        return self._header

    def _current(self) -> str:
        try:
            token, problem = self._content(), "is empty"
        except (OSError, ValueError) as error:
            token, problem = "", f"cannot be read: {reason(error)}"
        if token:
            return headers.bearer(token, "tokenFile")
        if self._header:
            return self._header  # the last readable one
        if self._instead:
            return headers.bearer(self._instead, "token")
        raise FieldError(f"its tokenFile {self._path} {problem}")

    def _content(self) -> str:
        content = named_files.read(self._path, "the token file", TOKEN_BYTES)
        return content.decode(errors="surrogateescape").strip()

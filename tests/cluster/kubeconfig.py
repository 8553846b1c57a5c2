"""Kubeconfigs of tests: read, varied, merged.

Everything that a file names by path stays a path, made absolute; the results are mode 0600.
"""

from __future__ import annotations

import base64
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

_PATHS = ("certificate-authority", "client-certificate", "client-key", "tokenFile")
_SECTIONS = ("clusters", "users", "contexts")


@dataclass(frozen=True)
class Access:
    """What a client needs of one context: the server's URL, and PEM text or a token to get in."""

    server: str
    certificate_authority: str
    token: str | None
    client_certificate: Path | None
    client_key: Path | None


def read(path: Path) -> dict[str, Any]:
    """The document of a kubeconfig, its relative paths made absolute."""
    document: dict[str, Any] = yaml.safe_load(path.read_text())
    folder = path.resolve().parent
    for section, inner in (("clusters", "cluster"), ("users", "user")):
        for entry in document.get(section) or []:
            for key in _PATHS:
                if key in entry[inner]:
                    entry[inner][key] = str(folder / entry[inner][key])
    return document


def write(document: dict[str, Any], path: Path) -> Path:
    """Writes the document as YAML, mode 0600, and returns the path."""
    path.touch(mode=0o600)
    path.write_text(yaml.safe_dump(document, sort_keys=False))
    return path


def access(path: Path, context: str | None = None) -> Access:
    """How to reach the server of a context, by default the current one.

    Raises:
        KeyError: there is no such context, or it names a cluster or user that is not there.
    """
    document = read(path)
    chosen = _named(document, "contexts", context or document["current-context"])["context"]
    cluster = _named(document, "clusters", chosen["cluster"])["cluster"]
    user = _named(document, "users", chosen["user"])["user"]
    embedded = cluster.get("certificate-authority-data")
    certificate, key = user.get("client-certificate"), user.get("client-key")
    return Access(
        server=cluster["server"],
        certificate_authority=(
            base64.b64decode(embedded).decode()
            if embedded
            else Path(cluster["certificate-authority"]).read_text()
        ),
        token=user.get("token"),
        client_certificate=certificate and Path(certificate),
        client_key=key and Path(key),
    )


def _named(document: dict[str, Any], section: str, name: str) -> dict[str, Any]:
    for entry in document[section]:
        if entry["name"] == name:
            return dict(entry)
    raise KeyError(f"no {name!r} in {section}")


def vary(
    path: Path,
    out: Path,
    *,
    context: str | None = None,
    cluster: dict[str, Any] | None = None,
    user: dict[str, Any] | None = None,
) -> Path:
    """A copy of a kubeconfig with something else in it.

    Args:
        path: The kubeconfig to start from.
        out: Where the copy goes.
        context: The new name of the current context; the others are left out then.
        cluster: Fields that every cluster gets, such as `server` or `certificate-authority`.
        user: What every user becomes as a whole, such as `{"token": "wrong"}`, `{"exec": {...}}`.
    """
    document = read(path)
    if context is not None:
        only = _named(document, "contexts", document["current-context"])
        document["contexts"] = [{**only, "name": context}]
        document["current-context"] = context
    for entry in document["clusters"]:
        entry["cluster"] |= cluster or {}
    for entry in document["users"]:
        entry["user"] = entry["user"] if user is None else user
    return write(document, out)


def merge_kubeconfigs(paths: Iterable[Path], out: Path) -> Path:
    """One kubeconfig with the contexts, clusters and users of several; the first's is current.

    Raises:
        ValueError: two files use one name in a section (client-go would drop the second silently).
    """
    documents = [read(path) for path in paths]
    merged: dict[str, Any] = {
        "apiVersion": "v1",
        "kind": "Config",
        "current-context": documents[0]["current-context"],
    }
    for section in _SECTIONS:
        entries = [entry for document in documents for entry in document.get(section) or []]
        names = [entry["name"] for entry in entries]
        if twice := {name for name in names if names.count(name) > 1}:
            raise ValueError(f"{section} of the same name: {', '.join(sorted(twice))}")
        merged[section] = entries
    return write(merged, out)

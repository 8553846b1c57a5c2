"""The fields of a kubeconfig and their types, as in client-go's tools/clientcmd/api/v1.

Null and empty fields are dropped, as Go's zero values; unknown fields are ignored. A wrong type
anywhere makes the file invalid, as for client-go.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable, Mapping
from typing import Any

Reader = Callable[[Any, str], Any]

_LINES = str.maketrans("", "", "\r\n")


class FieldError(Exception):
    """An invalid field; the message names the field, never its value."""


def text(value: Any, at: str) -> str:
    """A string; null is empty."""
    return str(_typed(value, str, at, "text") or "")


def flag(value: Any, at: str) -> bool:
    """A boolean; null is false."""
    return bool(_typed(value, bool, at, "true or false"))


def data(value: Any, at: str) -> str:
    """Base64 as Go decodes it: over several lines, but without other characters."""
    encoded = text(value, at)
    if "\n" in encoded or "\r" in encoded:
        encoded = encoded.translate(_LINES)
    try:
        base64.b64decode(encoded, validate=True)
    except (binascii.Error, ValueError):
        raise FieldError(f"{at} is not base64") from None
    return encoded


def anything(value: Any, at: str) -> Any:
    """A value that only others understand."""
    return value


def listed(each: Reader) -> Reader:
    """A list of values of that type."""

    def read(value: Any, at: str) -> list[Any]:
        values = _typed(value, list, at, "a list") or []
        return [each(item, f"{at}[{number}]") for number, item in enumerate(values)]

    return read


def mapped(each: Reader) -> Reader:
    """Values of that type by free names."""

    def read(value: Any, at: str) -> dict[str, Any]:
        values = _typed(value, dict, at, "a mapping") or {}
        return {str(key): each(item, f"{at}.{key}") for key, item in values.items()}

    return read


def struct(**fields: Reader) -> Reader:
    """These fields, with ``_`` for ``-``, without empty ones."""
    readers = {name.rstrip("_").replace("_", "-"): each for name, each in fields.items()}

    def read(value: Any, at: str) -> dict[str, Any]:
        given = _typed(value, dict, at, "a mapping") or {}
        found = {
            name: reader(given[name], f"{at}.{name}")
            for name, reader in readers.items()
            if given.get(name) is not None
        }
        return {name: clean for name, clean in found.items() if clean or name in _POINTERS}

    return read


def named(inner: str, content: Reader) -> Callable[[Any, str], dict[str, dict[str, Any]]]:
    """Entries with a name and a content, by name. A duplicate name is an error, as in client-go."""

    def read(value: Any, at: str) -> dict[str, dict[str, Any]]:
        entries: dict[str, dict[str, Any]] = {}
        for number, item in enumerate(_typed(value, list, at, "a list") or []):
            entry = _typed(item, dict, f"{at}[{number}]", "a mapping") or {}
            name = text(entry.get("name"), f"{at}[{number}].name")
            if name in entries:
                raise FieldError(f"{at} has two entries {name!r}")
            entries[name] = content(entry.get(inner), f"{inner} {name!r}")
        return entries

    return read


def _typed(value: Any, kind: type, at: str, words: str) -> Any:
    if value is not None and not isinstance(value, kind):
        raise FieldError(f"{at} must be {words}")
    return value


# client-go knows whether these are present, even if empty.
_POINTERS = frozenset({"exec", "auth-provider"})

_EXTENSIONS = listed(struct(name=text, extension=anything))

_EXEC = struct(
    apiVersion=text,
    args=listed(text),
    command=text,
    env=listed(struct(name=text, value=text)),
    installHint=text,
    interactiveMode=text,
    provideClusterInfo=flag,
)

_USER = struct(
    as_=text,
    as_groups=listed(text),
    as_uid=text,
    as_user_extra=mapped(listed(text)),
    auth_provider=struct(name=text, config=mapped(text)),
    client_certificate=text,
    client_certificate_data=data,
    client_key=text,
    client_key_data=data,
    exec=_EXEC,
    password=text,
    token=text,
    tokenFile=text,
    username=text,
)

_CLUSTER = struct(
    certificate_authority=text,
    certificate_authority_data=data,
    disable_compression=flag,
    extensions=_EXTENSIONS,
    insecure_skip_tls_verify=flag,
    proxy_url=text,
    server=text,
    tls_server_name=text,
)

_CONTEXT = struct(cluster=text, namespace=text, user=text)

SECTIONS: Mapping[str, Callable[[Any, str], dict[str, dict[str, Any]]]] = {
    "clusters": named("cluster", _CLUSTER),
    "users": named("user", _USER),
    "contexts": named("context", _CONTEXT),
}
"""The readers of a kubeconfig's three lists."""

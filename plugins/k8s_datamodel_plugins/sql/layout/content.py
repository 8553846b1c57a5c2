"""An object's content, its digest, and the values of columns in SQL."""

from __future__ import annotations

import hashlib
import json
import math
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timezone
from typing import Any

import orjson

from k8s_datamodel.api import (
    Column,
    KubernetesObject,
    LazyObject,
    UnstorableError,
    without_bookkeeping,
)

SqlValue = str | int | float | None

_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")
_INTEGERS = range(-(2**63), 2**63)
_EMPTY_ITEM = "\\"
_STATE_BYTES = 16
_KEY_BYTES = 1000
_KEY_MARK = len("...") + 16

_SORTED = orjson.OPT_SORT_KEYS | orjson.OPT_PASSTHROUGH_DATACLASS | orjson.OPT_PASSTHROUGH_DATETIME
_NULL = re.compile(rb"null(?<=[:\[,]null)")  # which finds the word first, so it reads a text once
_UNICODE, _ASCII = (
    json.JSONEncoder(
        ensure_ascii=ascii_only, allow_nan=False, sort_keys=True, separators=(",", ":")
    )
    for ascii_only in (False, True)
)


class StoredObject(LazyObject):
    """A complete object that the database holds, to be read only.

    Its content has ``digest`` and ``size``, so storing it again needs no serialising, and no
    reading.
    """

    __slots__ = ("digest", "size")
    digest: bytes
    size: int


@dataclass(frozen=True, slots=True)
class Content:
    """Canonical JSON of a complete object, its SHA-256 and its bytes in UTF-8.

    The text is empty when the content is known by its digest alone.
    """

    digest: bytes
    text: str = ""
    size: int = 0


def canonical(value: Any) -> str:
    """Compact JSON with sorted keys: the same value always gives the same text.

    Raises ValueError if JSON has no such value (NaN, a date, a cycle), or it is nested too deep.
    """
    return _canonical(value).decode()


def _canonical(value: Any) -> bytes:
    """The same in UTF-8: by orjson, which is four times faster, unless it is of another mind.

    It writes NaN as null, and refuses integers of more than 64 bits, lone surrogates and deep
    nesting, which JSON has.
    """
    try:
        text = orjson.dumps(value, option=_SORTED)
    except TypeError:
        return _by_python(value)
    if text == b"null" or _NULL.search(text):
        return _by_python(value)
    return text


def _by_python(value: Any) -> bytes:
    try:
        return _UNICODE.encode(value).encode()
    except UnicodeEncodeError:
        # Lone surrogates are valid in JSON, as escapes, but not in UTF-8.
        return _ASCII.encode(value).encode()
    except (TypeError, RecursionError) as error:
        raise ValueError(str(error)) from error


def digest_of(text: str) -> bytes:
    """SHA-256 of a text in UTF-8, 32 bytes."""
    return hashlib.sha256(text.encode()).digest()


def parsed(text: str) -> Any:
    """The value of canonical JSON; by orjson where it can: lone surrogates it refuses."""
    try:
        return orjson.loads(text)
    except ValueError:
        return json.loads(text)


def clean(text: str) -> str:
    """A text as databases can hold it: NUL and lone surrogates become U+FFFD."""
    if text.isascii() and "\0" not in text:
        return text
    return _UNSTORABLE.sub("\ufffd", text)


def utc_now() -> str:
    """Now, in the one form in which times are stored."""
    return datetime.now(timezone.utc).strftime("%Y-%m-%d %H:%M:%S")


def key(text: str) -> str:
    """A text as an index of any database can hold it: what is too long ends with its digest.

    A row of PostgreSQL's indexes takes 2,700 bytes.
    """
    whole = clean(text).encode()
    if len(whole) <= _KEY_BYTES:
        return whole.decode()
    start = whole[: _KEY_BYTES - _KEY_MARK].decode(errors="ignore")
    return f"{start}...{hashlib.sha256(whole).hexdigest()[:16]}"


def content_of(complete: KubernetesObject) -> Content:
    """The content of an object. Raises ValueError as ``canonical`` does.

    ``managedFields``, ``resourceVersion`` and the last-applied annotation are left out: they
    change without the object doing so, or repeat it.
    """
    if isinstance(complete, StoredObject):
        return Content(complete.digest, size=complete.size)
    return serialised(complete)


def serialised(complete: KubernetesObject) -> Content:
    """The same, with its text in any case."""
    text = _canonical(_without_version(without_bookkeeping(complete)))
    return Content(hashlib.sha256(text).digest(), text.decode(), len(text))


def _without_version(complete: KubernetesObject) -> Mapping[str, Any]:
    metadata = complete.get("metadata")
    if not isinstance(metadata, (dict, Mapping)):
        return dict(complete)
    kept = {key: value for key, value in metadata.items() if key != "resourceVersion"}
    return {**complete, "metadata": kept}


def row_digest(object_digest: bytes, names: Iterable[str], values: Iterable[SqlValue]) -> bytes:
    """Digest of a row: its object and its derived columns, 32 bytes.

    Nulls do not count, so that a column that a plugin adds later leaves old rows what they were.
    """
    known = {name: value for name, value in zip(names, values, strict=True) if value is not None}
    return hashlib.sha256(object_digest.hex().encode() + _canonical(known)).digest()


def state_digest(names: Iterable[str], values: Iterable[SqlValue]) -> bytes | None:
    """Digest of the values of the volatile columns, 16 bytes; None when all are null."""
    known = {name: value for name, value in zip(names, values, strict=True) if value is not None}
    return digest_of(canonical(known))[:_STATE_BYTES] if known else None


def encode(column: Column, value: Any) -> SqlValue:
    """A column's value as SQL holds it.

    Lists are comma-separated text (a comma or backslash inside an item has a backslash before it),
    JSON is text, booleans are 0 and 1. Characters that a database cannot hold as text (NUL, lone
    surrogates) become U+FFFD; ``spec`` keeps them. Raises UnstorableError for another type.
    """
    if value is None:
        return None
    try:
        return _ENCODERS[column.type](value)
    except (TypeError, ValueError, OverflowError) as error:
        shown = repr(value)[:60]
        raise UnstorableError(
            f'column "{column.name}" takes {column.type}, not {shown}: a fault of its plugin'
        ) from error


def decode(column: Column, value: Any) -> Any:
    """The reverse of ``encode``."""
    return None if value is None else _DECODERS[column.type](value)


def _text(value: Any) -> str:
    # A number where a text belongs is what YAML makes of an unquoted version.
    return clean(value if isinstance(value, str) else canonical(value))


def _integer(value: Any) -> int:
    if isinstance(value, (int, float)) and int(value) == value and int(value) in _INTEGERS:
        return int(value)
    raise ValueError("not a 64-bit integer")


def _real(value: Any) -> float:
    if isinstance(value, (int, float)) and math.isfinite(value):
        return float(value) + 0.0  # SQLite has no -0.0
    raise ValueError("not a finite number")


def _boolean(value: Any) -> int:
    if isinstance(value, bool):
        return int(value)
    raise ValueError("not a boolean")


def _list(value: Any) -> str:
    if isinstance(value, (str, bytes, Mapping)) or not isinstance(value, Iterable):
        raise ValueError("not a list of texts")
    items = [_text(item).replace("\\", "\\\\").replace(",", "\\,") for item in value]
    return _EMPTY_ITEM if items == [""] else ",".join(items)


def _untext(value: Any) -> str:
    if type(value) is str:
        return value
    raise TypeError("not a text")


def _unlist(text: str) -> list[str]:
    if "\\" not in text:
        return text.split(",") if text else []
    if text == _EMPTY_ITEM:
        return [""]
    # NUL never is in stored text, so it can stand for what was escaped.
    items = text.replace("\\\\", "\0b").replace("\\,", "\0c").split(",")
    return [item.replace("\0c", ",").replace("\0b", "\\") for item in items]


_ENCODERS: Mapping[str, Callable[[Any], SqlValue]] = {
    "text": _text,
    "integer": _integer,
    "real": _real,
    "boolean": _boolean,
    "list": _list,
    "json": canonical,
}

_DECODERS: Mapping[str, Callable[[Any], Any]] = {
    "text": _untext,
    "integer": int,
    "real": float,
    "boolean": int.__bool__,
    "list": _unlist,
    "json": json.loads,
}

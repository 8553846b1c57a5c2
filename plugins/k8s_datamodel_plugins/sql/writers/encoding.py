"""Encode records for storage before a transaction is open."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from k8s_datamodel.api import (
    Column,
    FieldManager,
    KubernetesObject,
    Memo,
    ReadObject,
    Record,
    RowNote,
    StorageError,
    UnstorableError,
    named,
)
from k8s_datamodel_plugins.sql.layout.content import (
    Content,
    SqlValue,
    canonical,
    clean,
    content_of,
    digest_of,
    encode,
    row_digest,
    serialised,
    state_digest,
)
from k8s_datamodel_plugins.sql.layout.stored_types import StoredType
from k8s_datamodel_plugins.sql.layout.version_index import (
    Indexed,
    IndexedObject,
    Version,
    note_name,
    version_of,
)

_SHOWN = 200
_ROW_BYTES = 32

IdentityKey = str
"""The parts of an identity, joined so that they sort as their tuple does; all are held at once."""


@dataclass(frozen=True, slots=True)
class EncodedRecord:
    """One record, ready to be stored: digests and values of its row and of its state.

    ``spec`` is the complete object where ``content`` has no text, in case the database lacks it.
    ``state`` is None when all volatile columns are null, and where it is made later; ``version``
    when the object has none, ``beside`` when nothing is kept beside it. ``record`` is there, and
    ``values`` are not, when the row is one that the database should have. ``memo`` is what was made
    of the object and is not stored yet. ``name`` is the object's namespace and name, if it has a
    version.
    """

    spec: KubernetesObject
    content: Content
    row: bytes
    values: tuple[SqlValue, ...]
    state: bytes | None
    state_values: tuple[SqlValue, ...]
    identity: IdentityKey
    version: Version | None
    beside: bytes | None = None
    beside_text: str = ""
    memo: Memo | None = None
    entry: Indexed | None = None
    record: Record | None = None
    name: tuple[str, str] = ("", "")

    def full_content(self) -> Content:
        """The content with its text."""
        if self.content.text:
            return self.content
        full = serialised(self.spec)
        if full.digest != self.content.digest:
            raise StorageError("an object from the database was changed on its way back into it")
        return full


class Encoder:
    """Encodes the records of one type."""

    def __init__(self, stored: StoredType, *, defers: bool = False) -> None:
        self.name = stored.type.name
        self.defers = defers
        self.identity = stored.type.identity
        self.derived = stored.derived
        self.volatile = stored.volatile
        self.derived_names = [column.name for column in self.derived]
        self.volatile_names = [column.name for column in self.volatile]

    def encode(self, record: Record, *, anew: bool = False) -> EncodedRecord:
        """One record; ``anew`` if the database lacks its row, whatever was noted of it.

        Raises UnstorableError, naming type and record.
        """
        try:
            return self._encode(record, anew=anew)
        except (UnstorableError, ValueError) as error:
            identity = "/".join(str(record.values.get(name)) for name in self.identity)
            raise unstorable(self.name, identity, error) from error

    def _encode(self, record: Record, *, anew: bool) -> EncodedRecord:
        spec, note = record.spec, record.row
        noted = b"" if anew or note is None else _noted(note)
        state_values = _encode_all(self.volatile, record.values)
        content = content_of(spec)
        values = () if noted else _encode_all(self.derived, record.values)
        row = noted or row_digest(content.digest, self.derived_names, values)
        beside, beside_text = _kept_beside(record)
        version = version_of(spec)
        if note is not None and not noted:  # also where what was noted is of no use
            note.note(row.hex())
        return EncodedRecord(
            spec={} if content.text else spec,  # what waits to be written waits once
            content=content,
            row=row,
            values=values,
            state=None if self.defers else state_digest(self.volatile_names, state_values),
            state_values=state_values,
            identity=identity_key(record.values.get(name) for name in self.identity),
            version=version,
            beside=beside,
            beside_text=beside_text,
            memo=_unkept(spec) if version else None,
            entry=spec.entry if isinstance(spec, IndexedObject) else None,
            record=record if noted else None,
            name=named(spec) if version else ("", ""),
        )

    def amended(
        self, state_values: tuple[SqlValue, ...], given: Mapping[str, Any]
    ) -> tuple[SqlValue, ...]:
        """The values of a state, with others for some of its columns."""
        columns = zip(self.volatile, state_values, strict=True)
        return tuple(
            encode(column, given[column.name]) if column.name in given else value
            for column, value in columns
        )


def identity_key(parts: Iterable[Any]) -> IdentityKey:
    """The key of an identity."""
    return "\0".join(str(part or "") for part in parts)


def _encode_all(columns: list[Column], values: Mapping[str, Any]) -> tuple[SqlValue, ...]:
    return tuple(encode(column, values.get(column.name)) for column in columns)


def _noted(note: RowNote) -> bytes:
    """The digest of a row that was noted; empty if none was."""
    try:
        digest = bytes.fromhex(note.known)
    except ValueError:
        return b""
    return digest if len(digest) == _ROW_BYTES else b""


def _unkept(spec: KubernetesObject) -> Memo | None:
    """What was made of an object and is not stored yet, with its name."""
    memo = spec.memo if isinstance(spec, ReadObject) else None
    if memo is None or not memo.changed:
        return None
    note_name(memo, spec)
    return memo


def _kept_beside(record: Record) -> tuple[bytes | None, str]:
    """Digest and text of what is kept beside a record; the same few for most."""
    beside = record.beside() if callable(record.beside) else record.beside
    if not beside:
        return None, ""
    managers = beside.get("field_managers")
    if len(beside) == 1 and type(managers) is tuple:  # as the host gives them
        return _managers(managers)
    return _digested(dict(beside))


@lru_cache(maxsize=1024)
def _managers(managers: tuple[FieldManager, ...]) -> tuple[bytes, str]:
    return _digested({"field_managers": managers})


def _digested(beside: Mapping[str, Any]) -> tuple[bytes, str]:
    text = canonical(beside)
    return digest_of(text), text


def unstorable(name: str, identity: str, error: Exception) -> UnstorableError:
    """The error for a record that cannot be stored."""
    shown = clean(identity[:_SHOWN]).replace("\n", " ")
    return UnstorableError(f'{name} "{shown}" cannot be stored: {error}')

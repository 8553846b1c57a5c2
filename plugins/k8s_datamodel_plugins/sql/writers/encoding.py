"""Encode records for storage before a transaction is open."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from k8s_datamodel.api import Column, KubernetesObject, Record, StorageError, UnstorableError
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
from k8s_datamodel_plugins.sql.layout.version_index import Version, version_of

_SHOWN = 200

IdentityKey = str
"""The parts of an identity, joined so that they sort as their tuple does; all are held at once."""


@dataclass(frozen=True, slots=True)
class EncodedRecord:
    """One record, ready to be stored: digests and values of its row and of its state.

    ``spec`` is the complete object where ``content`` has no text, in case the database lacks it.
    ``state`` is None when all volatile columns are null, and where it is made later; ``version``
    when the object has none, ``beside`` when nothing is kept beside it.
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

    def encode(self, record: Record) -> EncodedRecord:
        """One record. Raises UnstorableError, naming type and record."""
        try:
            return self._encode(record)
        except (UnstorableError, ValueError) as error:
            identity = "/".join(str(record.values.get(name)) for name in self.identity)
            raise unstorable(self.name, identity, error) from error

    def _encode(self, record: Record) -> EncodedRecord:
        values = _encode_all(self.derived, record.values)
        state_values = _encode_all(self.volatile, record.values)
        content = content_of(record.spec)
        beside = canonical(dict(_beside(record))) if record.beside else ""
        return EncodedRecord(
            spec={} if content.text else record.spec,  # what waits to be written waits once
            content=content,
            row=row_digest(content.digest, self.derived_names, values),
            values=values,
            state=None if self.defers else state_digest(self.volatile_names, state_values),
            state_values=state_values,
            identity=identity_key(record.values.get(name) for name in self.identity),
            version=version_of(record.spec),
            beside=digest_of(beside) if beside else None,
            beside_text=beside,
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


def _beside(record: Record) -> Mapping[str, Any]:
    return record.beside() if callable(record.beside) else record.beside


def unstorable(name: str, identity: str, error: Exception) -> UnstorableError:
    """The error for a record that cannot be stored."""
    shown = clean(identity[:_SHOWN]).replace("\n", " ")
    return UnstorableError(f'{name} "{shown}" cannot be stored: {error}')

"""Redact the objects of a run that stores, before a collector, a column or a fact sees them.

Each object is looked through once. So whatever is made of it holds no credential either, and needs
no second look.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

from k8s_datamodel.base.errors import DatamodelError
from k8s_datamodel.data.chunks import Chunk
from k8s_datamodel.data.memos import Memo
from k8s_datamodel.data.objects import (
    FieldManager,
    KubernetesObject,
    ReadObject,
    Record,
    RedactedObject,
    Resource,
    field_managers_of,
    without_bookkeeping,
)
from k8s_datamodel.data.traces import Trace
from k8s_datamodel.redaction.literals import from_base64, is_credential
from k8s_datamodel.redaction.redactor import Redactor
from k8s_datamodel.redaction.telling_names import Suspicion
from k8s_datamodel.types.resource_types import ResourceType


class RedactedChunk(NamedTuple):
    """A chunk of objects after redaction."""

    clean: Chunk
    as_is: Chunk  # the same objects, for types that read them raw
    refused: list[str]  # why objects were left out, a line each


class RunRedactor:
    """Takes bookkeeping and credentials out of the objects of one run. Safe in threads.

    ``key`` is the salt of the tokens that replace credentials; None lets credentials pass. A run
    that is ``remembering`` keeps what is made of each object for the next one.
    """

    def __init__(self, key: bytes | None, *, remembering: bool = False) -> None:
        self._key = key
        self._remembering = remembering
        self._redactor = None if key is None else Redactor(key)
        self._noting = None if key is None else _Noting(key, self._note)
        self._of_raw: dict[int, str] = {}
        self._raw_of: dict[str, list[Resource]] = {}
        self._managers: dict[tuple[FieldManager, ...], tuple[FieldManager, ...]] = {}

    @property
    def redaction(self) -> str | None:
        """Id of the salt; None when credentials pass."""
        return self._redactor.id if self._redactor else None

    def chunk(self, chunk: Chunk, *, raw: bool = False) -> RedactedChunk:
        """Redact a chunk of objects.

        ``raw``: somebody gets the objects as they are, so ``record`` needs what was replaced.
        """
        redactor = self._noting if raw else self._redactor
        clean: list[KubernetesObject] = []
        as_is: list[KubernetesObject] = []
        refused: list[str] = []
        for item in chunk:
            try:
                clean.append(self._object(item, redactor))
            except DatamodelError as fault:
                refused.append(str(fault))
            else:
                as_is.append(item)
        return RedactedChunk(clean, as_is, refused)

    def _object(self, complete: KubernetesObject, redactor: Redactor | None) -> KubernetesObject:
        if isinstance(complete, RedactedObject):
            return complete
        kept = without_bookkeeping(complete)
        done = RedactedObject(redactor.object(kept)) if redactor else ReadObject(kept)
        done.field_managers = self._field_managers(complete)
        if self._remembering:
            done.memo = Memo()
        return done

    def _field_managers(self, complete: KubernetesObject) -> tuple[FieldManager, ...]:
        """The managers of an object's fields, redacted; the same few for most objects."""
        return self._redacted(field_managers_of(complete))

    def _redacted(self, found: tuple[FieldManager, ...]) -> tuple[FieldManager, ...]:
        if found not in self._managers:
            redactor = self._redactor
            done = redactor.object({"managers": found})["managers"] if redactor else found
            self._managers[found] = tuple((str(a), str(b), str(c), str(d)) for a, b, c, d in done)
        return self._managers[found]

    def traces(self, traces: Sequence[Trace]) -> tuple[Trace, ...]:
        """Who made some objects, redacted."""
        if self._redactor is None:
            return tuple(traces)
        return tuple(each._replace(writers=self._writers(each.writers)) for each in traces)

    def _writers(self, writers: tuple[tuple[str, str], ...]) -> tuple[tuple[str, str], ...]:
        managers = tuple(("", manager, "", part) for manager, part in writers)
        return tuple((each[1], each[3]) for each in self._redacted(managers))

    def beside(self, record: Record, resource_type: ResourceType) -> Mapping[str, Any]:
        """What is kept beside a record, with the managers of its object's fields if known."""
        given = record.beside() if callable(record.beside) else record.beside
        redacted = isinstance(record.spec, RedactedObject)
        if given and self._redactor and (not redacted or self._raw_reads(resource_type)):
            given = _replaced(self._redactor.object(given), lambda t: self._of_raw.get(hash(t)))
        if isinstance(record.spec, ReadObject):
            managers = record.spec.field_managers
        else:
            managers = self._field_managers(record.spec)
        return given if managers is None else {**given, "field_managers": managers}

    def record(self, record: Record, resource_type: ResourceType) -> Record:
        """A record as it is stored: looked through only if its object was not redacted before.

        A type that reads objects as they are has its records looked through in any case, and what
        was replaced in these objects is replaced in the record, too, whatever it is called there.
        Raises DatamodelError if the record cannot be looked through.
        """
        raw = self._raw_reads(resource_type)
        if isinstance(record.spec, RedactedObject) and not raw:
            return record
        if isinstance(record.spec, ReadObject) and self._redactor is None:
            return record
        kept = Record(record.values, without_bookkeeping(record.spec))
        if self._redactor is None or self._key is None:
            return kept
        if not raw:
            return self._redactor.record(kept)
        literals: dict[str, str] = {}
        done = _Noting(self._key, literals.__setitem__).record(kept)

        def token_of(text: str) -> str | None:
            return literals.get(text) or self._of_raw.get(hash(text))

        values = {
            # The names of things are no credentials, whatever else is called the same.
            name: value if name in resource_type.identity else _replaced(value, token_of)
            for name, value in done.values.items()
        }
        # An object that was read stays as it was redacted, whoever stores it.
        made = not any(_is_of(done.spec, resource) for resource in raw)
        return Record(values, _replaced(done.spec, token_of) if made else done.spec)

    def _raw_reads(self, resource_type: ResourceType) -> list[Resource]:
        found = self._raw_of.get(resource_type.name)
        if found is None:
            found = [read.resource for read in resource_type.reads if read.raw]
            self._raw_of[resource_type.name] = found
        return found

    def _note(self, literal: str, token: str) -> None:
        """Remember a replaced literal and its decoded content, except for common words.

        All the data of a Secret is replaced, also ``true`` and the name of a namespace.
        """
        for text in (literal, from_base64(literal)):
            if is_credential(text, Suspicion.UNLESS_NAME):
                self._of_raw[hash(text)] = token


class _Noting(Redactor):
    """A redactor that tells which token stands for which literal."""

    def __init__(self, key: bytes, note: Callable[[str, str], None]) -> None:
        super().__init__(key)
        self._tell = note

    def _token(self, literal: str) -> str:
        made = super()._token(literal)
        self._tell(literal, made)
        return made


def _is_of(complete: KubernetesObject, resource: Resource) -> bool:
    group = str(complete.get("apiVersion")).rpartition("/")[0]
    return (group, complete.get("kind")) == (resource.group, resource.kind)


def _replaced(value: Any, token_of: Callable[[str], str | None]) -> Any:
    """A JSON value in which tokens stand for the texts that are known."""
    if isinstance(value, str):
        return token_of(value) or value
    if isinstance(value, Mapping):
        return {key: _replaced(each, token_of) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [_replaced(each, token_of) for each in value]
    return value

"""The rows of a type, in parts by the first values of their identity, for commands that judge."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, cast

from k8s_datamodel.contracts.stores import AbleStore
from k8s_datamodel.data.objects import Row
from k8s_datamodel.reading.moments import Moment
from k8s_datamodel.reading.stored_moments import StoredMoment, has_digests

_PAGE = 200
"""How many rows are read at a time; a store bounds their bytes."""


class RowsByName:
    """The rows of one type of a moment that is stored. Each part is read when it is asked for.

    Args:
        moment: that a command has open.
        type_name: of whose rows.
        first: how many values of the identity name a part.
    """

    def __init__(self, moment: Moment, type_name: str, first: int = 1) -> None:
        self._moment = cast(StoredMoment, moment)
        self._type = type_name
        self._first = first
        self._keys: dict[tuple[Any, ...], list[int]] | None = None

    def rows(self, *values: Any) -> Iterator[tuple[Row, Mapping[str, Any]]]:
        """The rows whose identity begins with these values, in order of identity.

        Each has the complete object, and comes with what is kept beside it: ``field_managers`` if
        they are known.
        """
        if not has_digests(self._moment):
            yield from self._scanned(values)
            return
        store, number = cast(AbleStore, self._moment.store), self._moment.stored_as
        keys = self._index(store).get(values, [])
        for start in range(0, len(keys), _PAGE):
            page = keys[start : start + _PAGE]
            rows = store.records(number, self._type, objects=True, only=page)
            if hasattr(store, "beside"):
                yield from zip(rows, store.beside(number, self._type, only=page), strict=True)
            else:
                yield from ((row, {}) for row in rows)

    def _index(self, store: AbleStore) -> dict[tuple[Any, ...], list[int]]:
        if self._keys is None:
            self._keys = {}
            for each in store.digests(self._moment.stored_as, self._type):
                self._keys.setdefault(each.identity[: self._first], []).append(each.key)
        return self._keys

    def _scanned(self, values: tuple[Any, ...]) -> Iterator[tuple[Row, Mapping[str, Any]]]:
        identity = self._identity()
        for row in self._moment.rows(self._type, objects=True):
            if tuple(row.get(name) for name in identity) == values:
                yield row, {}

    def _identity(self) -> tuple[str, ...]:
        types = (each for each in self._moment.types if each.name == self._type)
        return next(types).identity[: self._first]

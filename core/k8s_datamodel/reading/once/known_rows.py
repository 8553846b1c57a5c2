"""Fill the columns of records, unless the store has the row of the same object already."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

from k8s_datamodel.base.errors import DatamodelError, UnstorableError
from k8s_datamodel.data.lazy_objects import opened
from k8s_datamodel.data.memos import MISSING, Memo
from k8s_datamodel.data.objects import Record, RowNote
from k8s_datamodel.plugins.isolation import fault_of
from k8s_datamodel.reading.once.makers import memo_of
from k8s_datamodel.types.resource_types import ResourceType

_Fill = Callable[[Any], Any]


class KnownRows:
    """Fills the columns of one type's records, as ``fill`` does.

    A record whose object is unchanged, and to which the collector gave the same values, has the
    same row. Of such a record the identity and the volatile columns are known; all other values,
    and the object itself, are made and read only if somebody asks for them.
    """

    def __init__(self, resource_type: ResourceType, fill: _Fill, stamp: str) -> None:
        self._fill = fill
        self._stamp = stamp
        self._what = f"row of {resource_type.name}"
        columns = resource_type.columns
        self._volatile = {each.name for each in columns if each.volatile}
        self._found = frozenset(each.name for each in columns if each.path or each.value)
        self._told = [  # by the collector alone: what it leaves out is null
            each.name for each in columns if not each.volatile and each.name not in self._found
        ]
        self._firmly_found = self._found - self._volatile
        identity = [name for name in resource_type.identity if name in self._found]
        self._at_hand = [*identity, *sorted(self._found & self._volatile - {*identity})]

    def __call__(self, made: Any) -> Any:
        """The record of what the collector yielded; what is no record as it is."""
        thing = made.spec if isinstance(made, Record) else made
        memo = memo_of(thing)
        if memo is None:
            return self._fill(made)
        given = made.values if isinstance(made, Record) else {}
        firm = self._firm(given)
        known = memo.get(self._what, self._stamp)
        if known is not MISSING and (row := _row(known, firm, len(self._at_hand))):
            note, at_hand = row
            values = KnownValues(
                {**dict(zip(self._at_hand, at_hand, strict=True)), **given},
                self._found,
                partial(self._whole, made),
            )
            beside = made.beside if isinstance(made, Record) else {}
            keep = partial(self._keep, memo, firm, values)
            return Record(values, thing, beside, RowNote(note, keep))
        opened(thing)
        record = self._fill(made)
        keep = partial(self._keep, memo, firm, record.values)
        return replace(record, row=RowNote("", keep))

    def _firm(self, given: Mapping[str, Any]) -> list[Any]:
        """What the collector gave that decides which row it is."""
        firm: list[Any] = [given.get(name) for name in self._told]
        found = {name: given[name] for name in given if name in self._firmly_found}
        return [*firm, found] if found else firm

    def _whole(self, made: Any) -> Mapping[str, Any]:
        """All values. Raises UnstorableError if a function fails that did not before."""
        try:
            opened(made.spec if isinstance(made, Record) else made)
            values: Mapping[str, Any] = self._fill(made).values
        except (KeyboardInterrupt, DatamodelError):
            raise
        except BaseException as fault:  # a plugin's function may raise anything
            raise UnstorableError(fault_of(fault).reason) from fault
        return values

    def _keep(self, memo: Memo, firm: Sequence[Any], values: Mapping[str, Any], note: str) -> None:
        at_hand = [values.get(name) for name in self._at_hand]
        memo.put(self._what, self._stamp, [note, at_hand, firm])


def _row(known: Any, firm: Sequence[Any], number: int) -> tuple[str, list[Any]] | None:
    """What was noted of a row and the values at hand, if the collector gave the same values."""
    try:
        note, at_hand, given = known
        same = given == firm and isinstance(note, str) and len(at_hand) == number
    except (TypeError, ValueError):
        return None
    return (note, at_hand) if same and note else None


class KnownValues(Mapping[str, Any]):
    """The values of a record whose row a store has: some at hand, the others on demand.

    Args:
        at_hand: what is known.
        found: names of the columns whose values are found in the object; those that are neither
            here nor at hand are null.
        whole: makes all of them.
    """

    __slots__ = ("_at_hand", "_found", "_made", "_whole")

    def __init__(
        self,
        at_hand: Mapping[str, Any],
        found: frozenset[str],
        whole: Callable[[], Mapping[str, Any]],
    ) -> None:
        self._at_hand = at_hand
        self._found = found
        self._whole = whole
        self._made: Mapping[str, Any] | None = None

    def __getitem__(self, name: str) -> Any:
        if name in self._at_hand:
            return self._at_hand[name]
        if name in self._found:
            return self._all()[name]
        raise KeyError(name)

    def get(self, name: str, default: Any = None) -> Any:
        """As of a dict."""
        if name in self._at_hand:
            return self._at_hand[name]
        return self._all().get(name, default) if name in self._found else default

    def __iter__(self) -> Iterator[str]:
        return iter(self._all())

    def __len__(self) -> int:
        return len(self._all())

    def _all(self) -> Mapping[str, Any]:
        if self._made is None:
            self._made = self._whole()
        return self._made


def is_pure(resource_type: ResourceType) -> bool:
    """Whether the rows of a type follow from an object and from what its collector gives."""
    raw = any(read.raw for read in resource_type.reads)
    return not raw and (resource_type.pure or not any(each.value for each in resource_type.columns))

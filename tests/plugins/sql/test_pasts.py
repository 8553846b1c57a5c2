"""What commands are told of all things of a type over the last snapshots of a cluster."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import nullcontext
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pytest

from k8s_datamodel.api import DatamodelError, LedgerEntry, Outcome, Store
from k8s_datamodel.base.errors import DatabaseNotFoundError
from k8s_datamodel.commands import Past, Series, Since, past_of
from k8s_datamodel.reading.stored_moments import StoredMoment
from support.sql_stores import CLUSTER, LEDGER, WIDGETS, Backend, record, store_widgets, widget

UNREAD = (LedgerEntry("widgets", "widgets.parts.example.org", Outcome("forbidden", "403")),)
PARTLY = (LedgerEntry("widgets", "widgets.parts.example.org", Outcome("partial", "half")),)


class Plain:
    """A store with the minimum."""

    def __init__(self, store: Any) -> None:
        self.snapshot, self.snapshots = store.snapshot, store.snapshots
        self.records, self.ledger = store.records, store.ledger


def context(store: Any) -> Any:
    """Of a command; without a store there is no database."""

    def opened() -> Any:
        if store is None:
            raise DatabaseNotFoundError("there is none")
        return nullcontext(store)

    app = SimpleNamespace(registry=SimpleNamespace(types=[WIDGETS]), store=opened)
    return SimpleNamespace(ensure_object=lambda _: app)


def stored(store: Any, used: dict[str, int | None], ledger: Any = LEDGER, **changes: Any) -> int:
    """A snapshot of widgets, each with how many are in use."""
    records = [record(widget(name), in_use=value) for name, value in used.items()]
    whole = {"counts": {"widgets": len(used)}, **changes}
    return store_widgets(store, records, ledger, **whole)


def past(ctx: Any, store: Any, number: int, last: int = 30, *, scratch: bool = False) -> Past:
    snapshot = store.snapshot(number)
    moment = StoredMoment.of(store, snapshot, [WIDGETS], scratch=scratch)
    with past_of(ctx, moment, last) as found:
        return found


@pytest.fixture
def store(backend: Backend) -> Any:
    return backend.open()


def test_a_thing_over_the_snapshots_of_its_cluster(store: Any) -> None:
    stored(store, {"a": 1, "b": 7})
    stored(store, {"a": 5}, cluster=replace(CLUSTER, uid="another", context="other"))
    stored(store, {"a": 5}, namespace_filter="shop")
    stored(store, {"a": 5}, cluster=replace(CLUSTER, source="file"))
    stored(store, {"a": None, "b": 7})
    stored(store, {}, UNREAD, complete=False, counts={"widgets": None})
    stored(store, {"a": 3}, PARTLY, complete=False, counts={"widgets": None})
    newest = stored(store, {"a": 3, "c": 0})
    stored(store, {"a": 9})
    for each in (store, Plain(store)):
        found = past(context(None), each, newest)
        assert [point.number for point in found.points] == [1, 5, 6, 7, 8]
        assert [point.complete for point in found.points] == [True, True, False, False, True]
        assert found.counts("widgets") == [2, 2, None, None, 2]
        assert found.series("widgets") == {
            ("shop", "a"): Series(
                [True, True, None, True, True], {"in_use": (1, None, None, 3, 3)}
            ),
            ("shop", "b"): Series(
                [True, True, None, None, False], {"in_use": (7, 7, None, None, None)}
            ),
            ("shop", "c"): Series(
                [False, False, None, None, True], {"in_use": (None, None, None, None, 0)}
            ),
        }
        columns = found.series("widgets", ("size", "unheard_of"))["shop", "c"].values
        assert columns == {"size": (None,) * 4 + (1,), "unheard_of": (None,) * 5}
        with pytest.raises(KeyError):
            found.series("gadgets")


def test_the_last_points_only(store: Any) -> None:
    numbers = [stored(store, {"a": each}) for each in range(4)]
    found = past(context(None), store, numbers[-1], last=2)
    assert found.series("widgets")["shop", "a"].values == {"in_use": (2, 3)}
    assert [point.number for point in found.points] == numbers[2:]
    assert len(past(context(None), store, numbers[0]).points) == 1


def test_what_is_read_now_has_its_past_in_the_database(store: Any, tmp_path: Any) -> None:
    stored(store, {"a": 1})
    scratch = Backend("sqlite", str(tmp_path / "scratch.db"))
    now = stored(scratch.open(), {"a": 2})
    for database, numbers in ((store, [1, None]), (None, [None])):
        found = past(context(database), scratch.open(), now, scratch=True)
        assert [point.number for point in found.points] == numbers
        seen = found.series("widgets")["shop", "a"].values["in_use"]
        assert seen == (1, 2)[-len(numbers) :]
    scratch.close()


def test_what_is_still_read_has_no_past() -> None:
    moment: Any = SimpleNamespace()
    with pytest.raises(TypeError), past_of(context(None), moment):
        pass


def test_missing_references_are_an_error(backend: Backend) -> None:
    store: Store = backend.open()
    number = stored(store, {"a": 1, "b": 2})
    backend.execute(
        "DELETE FROM kdm_widgets_refs WHERE id = (SELECT max(id) FROM kdm_widgets_refs)"
    )
    found = past(context(None), store, number)
    with pytest.raises(DatamodelError, match=f"widgets of snapshot {number} are missing"):
        found.series("widgets")


@pytest.mark.parametrize(
    ("there", "values", "at", "of_value"),
    [
        ([True], ["x"], Since(0), Since(0)),
        ([True, True, True], ["x", "y", "y"], Since(0), Since(1, 0)),
        ([True, True, True], ["y", None, "y"], Since(0), Since(0)),
        ([True, None, True], ["y", None, "y"], Since(0), Since(0)),
        ([None, None, True], [None, None, "y"], Since(2), Since(2)),
        ([True, False, True], ["y", None, "y"], Since(2, 1), Since(2, 1)),
        ([True, True, None], ["y", "y", None], None, None),
        ([True, True, False], ["y", "y", None], Since(2, 1), None),
        ([False, None, False], [None, None, None], Since(0), None),
    ],
)
def test_since_when(
    there: Sequence[bool | None], values: Sequence[Any], at: Any, of_value: Any
) -> None:
    series = Series(there, {"version": values})
    assert series.since() == at
    assert series.since("version") == of_value

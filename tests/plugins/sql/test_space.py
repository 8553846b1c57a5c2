"""How much is in use, and what the removal of snapshots gives back."""

from __future__ import annotations

import pytest

from k8s_datamodel_plugins.sql.keeping import leases
from k8s_datamodel_plugins.sql.store import SqlStore
from support.sql_stores import Backend, record, store_widgets, widget, widgets

SIZE = 200_000
NEAR = 0.25


def text(seed: int) -> str:
    """Text of that size which does not compress well."""
    return "".join(f"{(seed + 1) * number * 2654435761 % 2**32:08x}" for number in range(SIZE // 8))


@pytest.fixture
def stored(backend: Backend) -> tuple[SqlStore, list[int]]:
    """Five snapshots: all share one object, each has one of its own, the first two share one."""
    store, bodies = backend.open(), [text(number) for number in range(7)]
    numbers = []
    for at in range(5):
        own = [record(widget("all", text=bodies[5])), record(widget("own", text=bodies[at]))]
        two = [record(widget("two", text=bodies[6]))] if at < 2 else []
        numbers.append(store_widgets(store, own + two))
    return store, numbers


def test_what_is_foreseen_is_what_a_removal_gives_back(stored: tuple[SqlStore, list[int]]) -> None:
    store, numbers = stored
    space = store.space(numbers)
    for number, foreseen in zip(numbers, space.freed, strict=True):
        store.delete([number])
        given = space.used - store.space().used
        assert abs(foreseen - given) <= max(SIZE, given) * NEAR
    assert store.space().used < SIZE


def test_what_others_need_is_not_given_back(stored: tuple[SqlStore, list[int]]) -> None:
    store, numbers = stored
    used = store.space().used
    first, second = store.space(numbers[:2]).freed
    again, alone = store.space(numbers[1::-1]).freed
    assert second == pytest.approx(alone, rel=0.01)
    assert first == pytest.approx(again, rel=0.05)
    assert second > first * 2.5
    assert second < used * 0.6


def test_one_that_is_not_there_gives_nothing(stored: tuple[SqlStore, list[int]]) -> None:
    store, numbers = stored
    none, one, same = store.space([999, numbers[0], 999]).freed
    assert none < SIZE * NEAR < one == pytest.approx(same, rel=0.05)


def test_while_another_stores_nothing_is_given_back(backend: Backend) -> None:
    store = backend.open()
    numbers = [store_widgets(store, widgets(50, at=at)) for at in range(2)]
    other = leases.take(store._database)
    store.delete(numbers[:1])
    assert store.space().pending
    leases.abandon(store._database, other)
    store.delete([])
    assert not store.space().pending


def test_an_empty_database(backend: Backend) -> None:
    space = backend.open().space([1, 2])
    assert space.used >= 0
    assert list(space.freed) == [0, 0]

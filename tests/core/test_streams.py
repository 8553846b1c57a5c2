"""Generators side by side: all that they give, in their own order, and none left behind."""

from __future__ import annotations

import threading
from collections.abc import Generator
from contextlib import closing

import pytest

from k8s_datamodel.base.threads import side_by_side


def counting(number: int) -> Generator[int | str, None, None]:
    yield from range(number)
    yield "end"


def test_all_parts_come_and_those_of_one_in_order() -> None:
    found: dict[int, list[int | str]] = {}
    with closing(side_by_side(range(40), counting, 4)) as parts:
        for thing, part in parts:
            found.setdefault(thing, []).append(part)
    assert found == {number: [*range(number), "end"] for number in range(40)}


def test_as_many_as_it_says_are_under_way() -> None:
    barrier = threading.Barrier(3)
    running = threading.Semaphore(3)

    def read(number: int) -> Generator[int | str, None, None]:
        assert running.acquire(blocking=False), "a fourth one"
        barrier.wait(30)
        yield number
        running.release()
        yield "end"

    with closing(side_by_side(range(6), read, 3)) as parts:
        assert len(list(parts)) == 12


@pytest.mark.parametrize("bad", ["first", "things"])
def test_a_fault_reaches_who_takes_the_parts(bad: str) -> None:
    def read(number: int) -> Generator[int | str, None, None]:
        yield number
        raise ValueError("broken")

    def things() -> Generator[int, None, None]:
        yield 1
        raise ValueError("broken")

    given = side_by_side([1], read, 2) if bad == "first" else side_by_side(things(), counting, 2)
    with closing(given) as parts, pytest.raises(ValueError, match="broken"):
        list(parts)


def test_left_early_it_closes_its_generators_and_ends_its_threads() -> None:
    closed: list[int] = []

    def endless(number: int) -> Generator[int | str, None, None]:
        try:
            while True:
                yield number
        finally:
            closed.append(number)

    before = threading.active_count()
    with closing(side_by_side(range(3), endless, 3)) as parts:
        next(parts)
    assert sorted(closed) == [0, 1, 2]
    assert threading.active_count() == before


def test_more_run_as_soon_as_they_are_of_use() -> None:
    """All but the first part only come when five are read at once."""
    together = threading.Barrier(5)

    def read(number: int) -> Generator[int, None, None]:
        if number:
            together.wait(60)
        yield number

    useful = [1]
    found = []
    with closing(side_by_side(range(6), read, 1, lambda: useful[-1])) as parts:
        for _, part in parts:
            found.append(part)
            useful.append(5)
    assert sorted(found) == list(range(6))

"""Small things are done in as many threads as are of use."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from itertools import count

import pytest

from k8s_datamodel.api import Count, Outcome, Resource
from k8s_datamodel.base.paged_work import PagedWork
from k8s_datamodel.base.threads import result_of

SECONDS = 60


def kinds(number: int) -> list[Resource]:
    return [Resource("birds.example", "v1", f"gulls{n}", "Gull") for n in range(number)]


def counted(resource: Resource) -> Count:
    number = int(resource.plural.removeprefix("gulls"))
    return Count(number, "exact", Outcome("complete", objects=number))


MakePages = Callable[[Callable[[Resource], Count], Callable[[], int]], PagedWork]


@pytest.fixture
def make_pages() -> Iterator[MakePages]:
    made: list[PagedWork] = []

    def make(work: Callable[[Resource], Count], at_once: Callable[[], int]) -> PagedWork:
        made.append(PagedWork(work, at_once))
        return made[-1]

    yield make
    for pages in made:
        pages.stop(wait=True)


@pytest.mark.parametrize("at_once", [1, 4, 40, 0])
def test_counts_are_in_the_order_asked(make_pages: MakePages, at_once: int) -> None:
    pages = make_pages(counted, lambda: at_once)
    futures = [pages.page(kinds(number)) for number in (30, 0, 7)]
    found = [[each.value for each in result_of(future)] for future in futures]
    assert found == [list(range(30)), [], list(range(7))]


def test_where_the_system_gives_no_more_threads_the_others_do_all(
    make_pages: MakePages, monkeypatch: pytest.MonkeyPatch
) -> None:
    useful = 2
    start, started = threading.Thread.start, count()

    def work(resource: Resource) -> Count:
        nonlocal useful
        useful = 9
        return counted(resource)

    def limited(thread: threading.Thread) -> None:
        if next(started) > 1:
            raise RuntimeError("can't start new thread")
        start(thread)

    monkeypatch.setattr(threading.Thread, "start", limited)
    future = make_pages(work, lambda: useful).page(kinds(30))
    assert [each.value for each in future.result(SECONDS)] == list(range(30))


def test_where_the_system_gives_no_thread_at_all_this_is_said(
    make_pages: MakePages, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(thread: threading.Thread) -> None:
        raise RuntimeError("can't start new thread")

    monkeypatch.setattr(threading.Thread, "start", refused)
    with pytest.raises(RuntimeError, match="can't start"):
        make_pages(counted, lambda: 4).page(kinds(30))


def test_threads_come_when_there_is_use_for_them(make_pages: MakePages) -> None:
    """The second to fifth count only end together, when the source wants four at once."""
    asked = count()
    together = threading.Barrier(4)
    threads: set[int] = set()

    def work(resource: Resource) -> Count:
        threads.add(threading.get_ident())
        if next(asked):
            together.wait(SECONDS)
        return counted(resource)

    pages = make_pages(work, lambda: 4 if threads else 1)
    assert len(result_of(pages.page(kinds(5)))) == 5
    assert len(threads) == 4


def test_threads_go_when_there_is_no_more_use_for_them(make_pages: MakePages) -> None:
    """Three count together; then the source wants one at once, and one thread does the rest."""
    useful = [3]
    together = threading.Barrier(3, action=lambda: useful.append(1))
    asked, beside = count(), threading.Event()
    threads: set[int] = set()

    def work(resource: Resource) -> Count:
        number = next(asked)
        if number < 3:
            together.wait(SECONDS)
            return counted(resource)
        threads.add(threading.get_ident())
        if number == 3:
            beside.wait(0.1)  # whoever else still counts would come here meanwhile
        else:
            beside.set()
        return counted(resource)

    pages = make_pages(work, lambda: useful[-1])
    assert len(result_of(pages.page(kinds(40)))) == 40
    assert len(threads) == 1


def test_what_a_count_raises_comes_to_who_asked(make_pages: MakePages) -> None:
    def work(resource: Resource) -> Count:
        raise KeyboardInterrupt(resource.plural)

    with pytest.raises(KeyboardInterrupt):
        result_of(make_pages(work, lambda: 2).page(kinds(3)))


def test_what_nobody_wants_any_more_is_not_counted(make_pages: MakePages) -> None:
    begun, go = threading.Event(), threading.Event()
    seen: list[str] = []

    def work(resource: Resource) -> Count:
        seen.append(resource.plural)
        begun.set()
        go.wait(SECONDS)
        return counted(resource)

    pages = make_pages(work, lambda: 1)
    pages.page(kinds(9))
    assert begun.wait(SECONDS)
    pages.stop(wait=False)
    go.set()
    pages.stop(wait=True)
    assert seen == ["gulls0"]

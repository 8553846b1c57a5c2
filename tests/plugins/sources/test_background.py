"""Work beside the caller: in one thread, in order, and the thread ends."""

from __future__ import annotations

import threading

import pytest

from k8s_datamodel_plugins.sources.server.background import Helper


def test_one_thread_does_all_in_order_and_ends() -> None:
    helper, threads = Helper(), []

    def work(number: int) -> int:
        threads.append(threading.current_thread())
        return number

    futures = [helper.begin(lambda number=number: work(number)) for number in range(5)]
    assert [each.result() for each in futures] == list(range(5))
    assert len(set(threads)) == 1
    helper.end()
    threads[0].join(60)
    assert not threads[0].is_alive()


def test_what_a_work_raises_comes_to_who_asked_and_ends_no_other() -> None:
    helper = Helper()
    broken = helper.begin(lambda: 1 // 0)
    sound = helper.begin(lambda: 1)
    with pytest.raises(ZeroDivisionError):
        broken.result()
    assert sound.result() == 1
    helper.end()

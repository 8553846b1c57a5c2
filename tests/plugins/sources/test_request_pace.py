"""How many requests are in flight, and how many a second: no server, and a clock of the test's."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from itertools import pairwise

import pytest

from k8s_datamodel_plugins.sources.server.pace.gates import Gate, gate_of
from k8s_datamodel_plugins.sources.server.pace.windows import Window
from k8s_datamodel_plugins.sources.server.wire.request_limits import Limits

MOST = 32
FAR, NEAR = 0.05, 0.0004
SMALL, LARGE = 1_000, 1_000_000


def full(window: Window, seconds: float, rounds: int = 1) -> list[int]:
    """The sizes of a window that is always full, and whose answers all take so long."""
    sizes = []
    for _ in range(rounds):
        numbers = [window.ask(at_once) for at_once in range(1, window.size + 1)]
        for number in numbers:
            window.answered(number, seconds, "counts")
        sizes.append(window.size)
    return sizes


def test_a_far_server_that_answers_promptly_soon_gets_all_it_may() -> None:
    assert full(Window(MOST), FAR, 5) == [8, 16, 32, 32, 32]


def test_a_near_server_gets_four_whatever_it_could_take() -> None:
    """On two cores more only cost: 2 ms for an answer and four in flight are 2,000 a second."""
    assert full(Window(MOST), NEAR, 5) == [4] * 5


def test_connections_are_opened_ahead_for_one_round_once_it_grows() -> None:
    window = Window(MOST)
    assert window.next_size == 0  # nothing is known yet
    window.answered(window.ask(1), FAR, "version")
    assert window.next_size == 4
    assert [(full(window, FAR), window.next_size) for _ in range(3)] == [
        ([8], 16),
        ([16], 32),
        ([32], 32),
    ]


def test_none_are_opened_ahead_to_a_near_server() -> None:
    window = Window(MOST)
    full(window, NEAR, 3)
    assert window.next_size == 0


@pytest.mark.parametrize("most", [1, 3, 20])
def test_never_more_than_the_user_allows(most: int) -> None:
    assert max(full(Window(most), FAR, 9)) == most


@pytest.mark.parametrize(
    ("slower", "becomes"), [(1.2, 32), (2.0, 16), (3.0, 12)], ids=["prompt", "so-so", "slow"]
)
def test_slower_answers_hold_it_or_make_it_smaller(slower: float, becomes: int) -> None:
    window = Window(MOST)
    full(window, FAR, 2)
    assert full(window, FAR * slower) == [becomes]


def test_slow_answers_alone_never_make_it_smaller_than_at_first() -> None:
    window = Window(MOST)
    full(window, FAR)
    assert full(window, FAR * 9, 9)[-1] == 4


def test_a_refusal_halves_it_once_for_all_that_were_in_flight() -> None:
    window = Window(MOST)
    full(window, FAR, 3)
    in_flight = [window.ask(at_once) for at_once in range(1, 33)]
    for number in in_flight:
        window.refused(number)
    assert window.size == 16
    window.refused(window.ask(16))
    assert window.size == 8


def test_after_refusals_down_to_one_it_grows_by_one() -> None:
    window = Window(MOST)
    full(window, FAR, 3)
    while window.size > 1:
        window.refused(window.ask(window.size))
    window.refused(window.ask(1))
    assert full(window, FAR, 4) == [2, 3, 4, 5]


def test_what_is_not_used_does_not_grow() -> None:
    window = Window(MOST)
    full(window, FAR)
    for _ in range(50):
        window.answered(window.ask(2), FAR, "counts")
    assert window.size == 8


def test_new_connections_are_not_taken_for_slowness() -> None:
    window = Window(MOST)
    for round_trips in (1, 3, 3, 3):
        window.answered(window.ask(4), FAR * round_trips, "counts")
    assert window.size == 8


def test_answers_of_different_kinds_are_not_compared() -> None:
    window = Window(MOST)
    for _ in range(4):
        window.answered(window.ask(4), FAR, "version")
    for _ in range(8):
        window.answered(window.ask(8), FAR * 5, "counts")
    assert window.size == 16


class Clock:
    """A time that only sleeping moves."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.now += seconds


def gate(most: int = MOST, per_second: float = float("inf")) -> tuple[Gate, Clock]:
    clock = Clock()
    return Gate(most, per_second, clock, clock.sleep), clock


def answered(door: Gate, clock: Clock, size: int = SMALL) -> None:
    """Requests that fill the gate, and their answers."""
    with ExitStack() as places:
        for _ in range(door.size):
            places.enter_context(door.place())
        asked = [door.ask() for _ in range(door.size)]
        clock.now += FAR
        for each in asked:
            door.answered(each, size, "counts")


def test_large_answers_tell_nothing() -> None:
    door, clock = gate()
    answered(door, clock, LARGE)
    assert door.size == 4
    answered(door, clock)
    assert door.size == 8


def test_a_rate_is_kept_from_the_first_request_on() -> None:
    door, _ = gate(per_second=4)
    with door.place():
        times = [door.ask().at for _ in range(5)]
    assert [later - earlier for earlier, later in pairwise(times)] == [0.25] * 4


def test_a_rate_is_not_saved_up() -> None:
    door, clock = gate(per_second=4)
    with door.place():
        door.ask()
        clock.now += 60
        assert [door.ask().at, door.ask().at] == [160, 160.25]


@pytest.fixture
def started() -> Iterator[Callable[[Callable[[], None]], threading.Thread]]:
    """Starts threads, which end before the test does."""
    threads: list[threading.Thread] = []

    def start(work: Callable[[], None]) -> threading.Thread:
        threads.append(threading.Thread(target=work))
        threads[-1].start()
        return threads[-1]

    yield start
    for thread in threads:
        thread.join()


def waiting(door: Gate, number: int) -> None:
    """Returns when so many wait for a place."""
    while door.waiting < number:
        pass


def test_who_is_patient_lets_others_go_first(
    started: Callable[[Callable[[], None]], threading.Thread],
) -> None:
    door, _ = gate(1)
    order: list[str] = []

    def visit(name: str, *, patient: bool) -> Callable[[], None]:
        def work() -> None:
            with door.place(patient=patient):
                order.append(name)

        return work

    with door.place():
        for number, (name, patient) in enumerate(
            [("count 1", True), ("count 2", True), ("page", False)], 1
        ):
            started(visit(name, patient=patient))
            waiting(door, number)
    while len(order) < 3:
        pass
    assert order == ["page", "count 1", "count 2"]


def test_a_place_that_was_given_up_goes_to_the_next(
    monkeypatch: pytest.MonkeyPatch, started: Callable[[Callable[[], None]], threading.Thread]
) -> None:
    """Ctrl-C ends who waits; nobody else waits for ever for that."""
    door, _ = gate(1)

    class Interrupted:
        """A turn whose owner is interrupted as it begins to wait."""

        def acquire(self, *_: object, timeout: float | None = None) -> bool:
            if timeout is not None:
                raise KeyboardInterrupt
            return True

    with door.place():
        monkeypatch.setattr(threading, "Lock", Interrupted)
        with pytest.raises(KeyboardInterrupt):
            door.place().__enter__()
        monkeypatch.undo()
        assert door.waiting == 0
    with door.place():
        pass


SAME = [
    "https://api.example.com",
    "https://api.example.com:443/",
    "https://API.example.com",
]
OTHERS = [
    "https://api.example.com:6443",
    "http://api.example.com",
    "https://other.example.com",
    "https://api.example.com/k8s/clusters/c-1",
]


def test_contexts_of_one_server_share_a_gate_while_they_are_open() -> None:
    with ExitStack() as stack:
        gates = [stack.enter_context(gate_of(url, Limits())) for url in SAME]
        assert len({id(each) for each in gates}) == 1
        others = [stack.enter_context(gate_of(url, Limits())) for url in OTHERS]
        assert len({id(each) for each in (gates[0], *others)}) == 1 + len(OTHERS)
        assert gates[0].users == len(SAME)
    with gate_of(SAME[0], Limits()) as anew:
        assert anew is not gates[0]


def test_contexts_of_one_server_share_what_is_in_flight() -> None:
    door, clock = gate()
    door.users = 3
    for _ in range(3):
        answered(door, clock)
    assert (door.size, door.share) == (32, 11)

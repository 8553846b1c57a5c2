"""A listing: chunks in order, then how the list ended, also when somebody leaves it half-way."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing

import pytest

from k8s_datamodel.data.chunks import Chunk, Listing
from k8s_datamodel.data.ledger import Outcome

ONE, TWO = [{"kind": "One"}], [{"kind": "Two"}]
DONE = Outcome("complete", objects=2)


def test_the_outcome_comes_after_the_chunks() -> None:
    listing = Listing([ONE, TWO, DONE])
    assert next(listing) == ONE
    with pytest.raises(RuntimeError, match="before its end"):
        _ = listing.outcome
    assert list(listing) == [TWO]
    assert listing.outcome == DONE
    assert (list(listing), listing.outcome) == ([], DONE)


def test_what_is_left_can_be_dropped() -> None:
    listing = Listing([ONE, TWO, DONE])
    next(listing)
    assert listing.drain() == DONE


def test_a_source_that_says_nothing_of_the_end_failed() -> None:
    outcome = Listing([ONE]).drain()
    assert (outcome.status, outcome.objects) == ("failed", None)
    assert "did not say how the list ended" in outcome.reason


def test_what_comes_behind_the_outcome_does_not_count() -> None:
    assert list(Listing([DONE, ONE])) == []


@pytest.mark.parametrize("taken", [0, 1, 3])
def test_a_generator_ends_with_its_listing(taken: int) -> None:
    ended: list[str] = []

    def parts() -> Iterator[Chunk | Outcome]:
        try:
            yield ONE
            yield TWO
            yield DONE
        finally:
            ended.append("closed")

    with closing(Listing(parts())) as listing:
        for _ in range(taken):
            next(listing, None)
    assert ended == (["closed"] if taken else [])


def test_a_listing_in_a_generator_is_closed_with_it() -> None:
    ended: list[str] = []

    def parts() -> Iterator[Chunk | Outcome]:
        try:
            yield ONE
            yield DONE
        finally:
            ended.append("closed")

    def outer() -> Iterator[Chunk | Outcome]:
        listing = Listing(parts())
        yield from listing
        yield listing.outcome

    with closing(Listing(outer())) as listing:
        next(listing)
    assert ended == ["closed"]

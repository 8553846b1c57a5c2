"""What a writer holds until it commits comes back as it was, in the order of its names."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from k8s_datamodel_plugins.sql.layout.version_index import Indexed
from k8s_datamodel_plugins.sql.writers.encoding import identity_key
from k8s_datamodel_plugins.sql.writers.held import Held

NAMES = ["a", "a-b", "a\0b", "b", "\x7f", "\u00e9", "\ud800", "\uffff", "\U0001f600"]
"""In the order of code points, with half a surrogate pair, and what UTF-16 would sort otherwise."""


@pytest.fixture
def held() -> Iterator[Held]:
    made = Held()
    yield made
    made.close()


def test_references_come_in_the_order_of_their_identities(held: Held) -> None:
    identities = sorted(NAMES)
    keys = [identity_key([each]) for each in identities]
    numbered = [(each, number, None, 7, 0) for number, each in enumerate(keys)]
    held.refer(1, reversed(numbered))
    held.refer(2, [("a", 99, 1, None, None)])
    as_bytes = [each.encode("utf-8", "surrogatepass") for each in keys]
    assert list(held.references(1)) == [
        (each, number, None, 7, 0) for number, each in enumerate(as_bytes)
    ]
    assert list(held.references(2)) == [(b"a", 99, 1, None, None)]


def test_of_one_identity_the_lower_row_comes_first(held: Held) -> None:
    held.refer(1, [("a", 300, 1, None, None), ("a", 2, 2, None, None)])
    assert [each[1] for each in held.references(1)] == [2, 300]


def test_a_whole_list_lies_where_its_first_record_would_and_can_be_unfolded(held: Held) -> None:
    held.refer(1, [("a", 1, None, None, 0), ("d", 2, None, None, 0)])
    held.keep(1, b"b", 1)
    found = list(held.references(1))
    assert found == [(b"a", 1, None, None, 0), (b"b", *[None] * 3, 1), (b"d", 2, None, None, 0)]
    held.unfold(1, 1, [(b"b", 8, None, None), (b"e", 9, None, 7)])
    assert [(each[0], each[1]) for each in held.references(1)] == [
        (b"a", 1),
        (b"b", 8),
        (b"d", 2),
        (b"e", 9),
    ]


def test_versions_come_by_resource_and_the_last_one_of_an_object_counts(held: Held) -> None:
    old, new = Indexed("1", 1, b"x", None, None), Indexed("2", 2, b"y", 5, b"beside", b"seal")
    held.note([("g/v1/B", "u2", old), ("g/v1/A", "u1", old), ("g/v1/B", "u1", old)])
    held.note([("g/v1/B", "u2", new)])
    assert held.resources() == ["g/v1/B", "g/v1/A"]
    assert list(held.versions("g/v1/B")) == [("u1", old), ("u2", new)]
    assert list(held.versions("g/v1/A")) == [("u1", old)]

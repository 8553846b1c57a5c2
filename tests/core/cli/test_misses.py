"""What is said when nothing matches."""

from __future__ import annotations

from typing import Any

import pytest

from k8s_datamodel.base.near_names import near_names
from k8s_datamodel.cli.params.filters import matching_of
from k8s_datamodel.cli.params.misses import misses, unknown
from k8s_datamodel.data.columns import Column
from k8s_datamodel.types.resource_types import ResourceType

WIDGETS = ResourceType(
    name="widgets",
    columns=(
        Column("group", show="table", filter="group"),
        Column("kind", filter="kind"),
        Column("count", "integer", filter="instances"),
    ),
    identity=("kind",),
    collector="nowhere:collect",
)
ROWS = [
    {"group": "cert-manager.io", "kind": "Certificate", "count": 3},
    {"group": "cert-manager.io", "kind": "Issuer", "count": 12},
    {"group": "acme.cert-manager.io", "kind": "Order", "count": None},
]


@pytest.mark.parametrize(
    ("given", "lines"),
    [
        (
            {"group": ("Cert-Manager",)},
            ['no group "Cert-Manager"; there are cert-manager.io, acme.cert-manager.io'],
        ),
        ({"kind": ("Certificat*s",)}, ['no kind "Certificat*s"; there is Certificate']),
        ({"kind": ("a", "b")}, ['no kind "a" or "b"; there are Certificate, Issuer, Order']),
        ({"instances": (">100",)}, ['no instances ">100"; there are 3 to 12']),
        (
            {"kind": ("Order",), "group": ("cert-manager.io",)},
            ["none of 3 widgets has --group cert-manager.io, --kind Order, --orphans"],
        ),
        ({}, ["none of 3 widgets has --orphans"]),
    ],
)
def test_the_nearest_is_named(given: dict[str, Any], lines: list[str]) -> None:
    test = matching_of(WIDGETS, given)
    for row in ROWS:
        test(row)
    assert misses(WIDGETS, [test], ["--orphans"], len(ROWS)) == lines


def test_nothing_at_all_is_said_so() -> None:
    test = matching_of(WIDGETS, {"group": ("x",)})
    assert misses(WIDGETS, [test], [], 0) == ["there are no widgets"]


def test_of_several_clusters_one_line() -> None:
    tests = [matching_of(WIDGETS, {"kind": ("Orde",)}) for _ in range(2)]
    for test, rows in zip(tests, (ROWS[:2], ROWS[2:]), strict=True):
        for row in rows:
            test(row)
    assert misses(WIDGETS, tests, [], 3) == ['no kind "Orde"; there is Order']


def test_rows_known_in_part_name_the_nearest_too() -> None:
    test = matching_of(WIDGETS, {"group": ("acme",)})
    assert not test.conceivable({"group": "acme.cert-manager.io"})
    assert misses(WIDGETS, [test], [], 0) == ['no group "acme"; there is acme.cert-manager.io']


def test_numbers_that_are_not_known_are_told() -> None:
    test = matching_of(WIDGETS, {"instances": (">5",)})
    assert [row["kind"] for row in ROWS if test(row)] == ["Issuer"]
    assert list(unknown(WIDGETS, [test])) == [
        "--instances leaves out 1 widget whose count is not known"
    ]


def test_far_texts_are_not_near() -> None:
    assert near_names("zzz", ["cert-manager.io"]) == []
    assert near_names("*", ["cert-manager.io"]) == []

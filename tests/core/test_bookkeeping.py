"""What a store is given of an object, and what it is not."""

from __future__ import annotations

from typing import Any

import pytest

from k8s_datamodel.api import without_bookkeeping

APPLIED = "kubectl.kubernetes.io/last-applied-configuration"


def with_metadata(**metadata: Any) -> dict[str, Any]:
    return {"kind": "Shop", "metadata": {"name": "s", "resourceVersion": "7", **metadata}}


@pytest.mark.parametrize(
    ("given", "left"),
    [
        ({"managedFields": [{"manager": "kubectl"}]}, {}),
        ({"annotations": {APPLIED: "{}"}}, {}),
        ({"annotations": {APPLIED: "{}", "mine": "yes"}}, {"annotations": {"mine": "yes"}}),
        ({"annotations": {APPLIED: "{}"}, "managedFields": []}, {}),
    ],
)
def test_what_the_server_writes_by_itself_is_left_out(
    given: dict[str, Any], left: dict[str, Any]
) -> None:
    before = with_metadata(**given)
    assert without_bookkeeping(before) == with_metadata(**left)
    assert before == with_metadata(**given)


@pytest.mark.parametrize(
    "obj",
    [
        with_metadata(annotations={"mine": "yes"}),
        with_metadata(annotations=None),
        with_metadata(annotations=["odd"]),
        {"metadata": "odd"},
        {"metadata": None},
        {},
    ],
)
def test_any_other_object_is_itself(obj: dict[str, Any]) -> None:
    assert without_bookkeeping(obj) is obj

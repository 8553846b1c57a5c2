"""Rows stand in kubectl's order."""

from __future__ import annotations

from typing import Any

import pytest

from k8s_datamodel.types.ordering import ordered
from k8s_datamodel.types.quantities import quantity


@pytest.mark.parametrize(
    "values",
    [
        [None, 1, 2, 10, 10.5],
        ["9", "10", "100"],
        ["1n", "500m", "1", "1k", "1Ki", "512Mi", "1Gi", "2e9", "1Ti"],
        [None, "2024-01-02T00:00:00Z", "2024-11-01T00:00:00Z"],
        [None, False, True, 1, "a"],
        ["v1", "v1beta1", "v2"],
        [[], ["a"], ["a", "b"]],
    ],
)
def test_missing_first_quantities_as_numbers(values: list[Any]) -> None:
    assert ordered(values[::-1], lambda value: value) == values


def test_equal_ones_stay_and_mappings_have_no_order() -> None:
    assert ordered(["b", "a"], lambda _: 1) == ["b", "a"]
    with pytest.raises(ValueError, match="mappings"):
        ordered([{}], lambda value: value)


def test_versions_are_no_quantities() -> None:
    texts = ("1.2.3", "v1", "", "1KB", "٣", "1e9999", "9" * 61)
    assert [quantity(text) for text in texts] == [None] * len(texts)

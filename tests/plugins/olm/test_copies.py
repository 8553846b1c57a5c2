"""OLM copies a CSV into each namespace that its operator watches: one record all the same."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from support.forked import Forked

NAME = "jar-operator.v1"
MESSAGE = "The operator is running in operators but is managing this namespace"


def csv(namespace: str, name: str = NAME, **more: Any) -> dict[str, Any]:
    metadata = {"name": name, "namespace": namespace, **more.pop("metadata", {})}
    return {
        "apiVersion": "operators.coreos.com/v1alpha1",
        "kind": "ClusterServiceVersion",
        "metadata": metadata,
        "spec": {"version": "1.0.0"},
        "status": {"phase": "Succeeded", "reason": "InstallSucceeded", **more},
    }


ORIGINAL = csv("operators")
OTHER = csv("elsewhere")
COPIED = {"reason": "Copied", "message": MESSAGE}
COPIES: dict[str, tuple[list[dict[str, Any]], dict[str, list[str]]]] = {
    "by its label": (
        [ORIGINAL, csv("a", metadata={"labels": {"olm.copiedFrom": "operators"}})],
        {"operators": ["a"]},
    ),
    "by an older annotation": (
        [ORIGINAL, csv("a", metadata={"annotations": {"olm.copiedFrom": "operators"}})],
        {"operators": ["a"]},
    ),
    "by its status": (
        [ORIGINAL, csv("a", **COPIED), csv("b", **COPIED)],
        {"operators": ["a", "b"]},
    ),
    "by its reason, the only original of its name": (
        [csv("a", reason="Copied"), ORIGINAL],
        {"operators": ["a"]},
    ),
    "by its reason and the operator's namespace": (
        [
            ORIGINAL,
            OTHER,
            csv(
                "a",
                reason="Copied",
                metadata={"annotations": {"olm.operatorNamespace": "elsewhere"}},
            ),
        ],
        {"elsewhere": ["a"], "operators": []},
    ),
    "the original is out of sight": ([csv("a", **COPIED)], {"operators": ["a"]}),
    "nothing says where the original is": (
        [csv("a", reason="Copied"), csv("b", reason="Copied")],
        {"a": ["a", "b"]},
    ),
    "two of their own": ([ORIGINAL, OTHER], {"elsewhere": [], "operators": []}),
}
"""CSVs, and the namespaces in which one is, with those it was copied to."""


@pytest.mark.parametrize("case", COPIES)
def test_a_copy_is_no_csv_of_its_own(case: str, command: Forked, tmp_path: Path) -> None:
    items, expected = COPIES[case]
    (tmp_path / "csvs.json").write_text(
        json.dumps({"apiVersion": "v1", "kind": "List", "items": items})
    )
    rows = command.ok("olm", "list", "-o", "json", "--source", tmp_path).json
    assert {row["namespace"]: row["copied_to"] for row in rows} == expected
    assert command.ok("olm", "count", "--source", tmp_path).out == f"{len(expected)}\n"

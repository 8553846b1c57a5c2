"""The two states of the sample cluster and what is true of them.

truth = sample.truth()
after = sample.write_state("after", tmp_path / "after")  # a folder to read as a source
client.apply(manifests.read(after))                      # or objects for a real cluster
"""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any, Literal

import yaml

FOLDER = Path(__file__).parents[2] / "docs" / "sample-cluster"

State = Literal["before", "after"]
STATES: tuple[State, ...] = ("before", "after")


def write_state(state: State, target: Path) -> Path:
    """Copies the files of one state to a folder, made if need be, and returns it."""
    shutil.copytree(FOLDER / "before", target, dirs_exist_ok=True)
    if state == "after":
        shutil.copytree(FOLDER / "change", target, dirs_exist_ok=True)
    return target


def truth() -> dict[str, Any]:
    """`truth.yaml`, whose head says what its keys mean."""
    document: dict[str, Any] = yaml.safe_load((FOLDER / "truth.yaml").read_text())
    return document


def at(value: Any, state: State) -> Any:
    """What a value of the truth is in a state: a mapping with `before` and `after` has one each."""
    return value[state] if isinstance(value, dict) and set(value) == set(STATES) else value


def instance_counts(state: State) -> dict[str, int]:
    """The number of custom resources in the cluster, by the CRD's name; only CRDs of the state."""
    found = {name: at(crd["instances"], state) for name, crd in truth()["crds"].items()}
    return {name: count for name, count in found.items() if count is not None}


def known_counts(state: State) -> dict[str, int | None]:
    """The same as far as the files tell: None where they hold no listing of the kind."""
    crds = truth()["crds"]
    return {
        name: count if crds[name]["listing"] == "complete" else None
        for name, count in instance_counts(state).items()
    }


def operators(state: State) -> dict[tuple[str, str, str], dict[str, Any]]:
    """The operators with the values of one state, by type, namespace and name."""
    return {
        (row["type"], row["namespace"], row["name"]): {k: at(v, state) for k, v in row.items()}
        for row in truth()["workloads"]
        if row["class"] == "operator"
    }

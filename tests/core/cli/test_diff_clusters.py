"""Two clusters are compared: what each gives to its objects by itself is no change."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import pytest
import yaml

from k8s_datamodel.cli import run

SAMPLE = Path(__file__).parents[3] / "docs" / "sample-cluster" / "before"
OWNER = {"apiVersion": "a.example/v1", "kind": "Fleet", "name": "fleet", "uid": "of-prod"}


class Told(NamedTuple):
    code: int
    out: str
    err: str


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Snapshots 1 of prod and 2 of staging, which hold the same; the baseline ``gold`` is 1."""
    folder = tmp_path_factory.mktemp("clusters")
    for name, change in (("prod", _owned), ("staging", _of_another)):
        for path in SAMPLE.rglob("*.yaml"):
            documents = filter(None, yaml.load_all(path.read_bytes(), yaml.CSafeLoader))
            texts = [json.dumps(_each(one, change), default=_time) for one in documents]
            file = folder / name / path.relative_to(SAMPLE)
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text("\n---\n".join(texts), encoding="utf-8")
        place = ["--source", str(folder / name), "--db-path", str(folder / "x.db")]
        assert run([*place, "-q", "database", "store"]) == 0
    place = ["--db-path", str(folder / "x.db"), "-q"]
    assert run([*place, "database", "baseline", "set", "gold", "1"]) == 0
    return folder / "x.db"


def _time(value: Any) -> str:
    return str(value.strftime("%Y-%m-%dT%H:%M:%SZ"))


def _each(document: Any, change: Callable[[Any], None]) -> Any:
    for item in document.get("items") or [document]:
        change(item)
    return document


def _owned(thing: Any) -> None:
    """The object with a uid and, of a workload, an owner."""
    thing["metadata"].setdefault("uid", f"uid-of-{thing['metadata']['name']}")
    if "replicas" in (thing.get("spec") or {}):
        thing["metadata"]["ownerReferences"] = [dict(OWNER)]


def _of_another(thing: Any) -> None:
    """The object as another cluster has it."""
    _owned(thing)
    metadata = thing["metadata"]
    uid = f"{metadata['uid']}-2"
    metadata |= {"uid": uid, "creationTimestamp": "2020-01-01T00:00:00Z", "resourceVersion": "7"}
    for owner in metadata.get("ownerReferences", ()):
        owner["uid"] = "of-staging"


@pytest.fixture
def diff(database: Path, capsys: pytest.CaptureFixture[str]) -> Callable[..., Told]:
    def call(*words: str) -> Told:
        capsys.readouterr()
        return Told(run(["diff", "--db-path", str(database), *words]), *capsys.readouterr())

    return call


def test_the_same_in_two_clusters_is_no_change(diff: Callable[..., Told]) -> None:
    told = diff("prod:latest", "staging:latest", "-o", "json")
    found = json.loads(told.out)
    assert (found["changes"], found["incomparable"], told.code) == ([], [], 0)
    assert all(each["unchanged"] for each in found["summary"].values())


def test_with_everything_owners_are_told_by_their_uids(diff: Callable[..., Told]) -> None:
    told = diff("prod:latest", "staging:latest", "--all", "--only", "operators", "-o", "json")
    paths = {each["path"] for one in json.loads(told.out)["changes"] for each in one["fields"]}
    assert {"metadata.uid", "metadata.ownerReferences[uid=of-prod]"} <= paths


@pytest.mark.parametrize(
    ("words", "numbers"),
    [
        (("prod:gold", "staging:latest"), (1, 2)),
        (("staging:latest", "gold"), (2, 1)),
    ],
)
def test_a_baseline_of_a_cluster(
    diff: Callable[..., Told], words: tuple[str, str], numbers: tuple[int, int]
) -> None:
    found = json.loads(diff(*words, "-o", "json").out)
    assert (found["from"]["id"], found["to"]["id"]) == numbers


def test_a_baseline_in_a_database(diff: Callable[..., Told], database: Path) -> None:
    for word in (f"{database}:gold", f"{database}:prod:gold"):
        assert json.loads(diff(word, "staging:latest", "-o", "json").out)["from"]["id"] == 1


@pytest.mark.parametrize(
    ("word", "said"),
    [
        ("staging:gold", "snapshot 1 is of prod, not of staging"),
        ("nowhere:gold", "snapshot 1 is of prod, not of nowhere"),
        ("prod:silver", "no snapshot 'prod:silver'"),
    ],
)
def test_what_is_no_baseline_of_the_cluster(
    diff: Callable[..., Told], word: str, said: str
) -> None:
    told = diff(word, "latest")
    assert told.code in (1, 2)
    assert said in told.err

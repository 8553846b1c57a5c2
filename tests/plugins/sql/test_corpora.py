"""Real CRDs: what thirty snapshots of an unchanged cluster cost."""

from __future__ import annotations

import json
import tarfile
from pathlib import Path
from typing import Any, ClassVar

import pytest
import yaml

from k8s_datamodel.api import Record
from k8s_datamodel_plugins.crds import TYPE
from support.sql_stores import LEDGER, Backend, snapshot

SNAPSHOTS = 30


class _Loader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc]
    """Without times, which JSON has not, and the enum value ``=``, which YAML 1.1 has."""

    yaml_implicit_resolvers: ClassVar = {
        first: [
            each
            for each in resolvers
            if each[0] not in ("tag:yaml.org,2002:timestamp", "tag:yaml.org,2002:value")
        ]
        for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
    }


def _crds(archive: Path) -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = {}
    with tarfile.open(archive) as files:
        for member in files:
            content = files.extractfile(member)
            if content is not None and member.name.endswith((".yaml", ".yml")):
                for each in yaml.load_all(content, _Loader):
                    if each and each.get("kind") == "CustomResourceDefinition":
                        found.setdefault(each["metadata"]["name"], each)
    return found


def _record(crd: dict[str, Any]) -> Record:
    spec, names, metadata = crd["spec"], crd["spec"]["names"], crd["metadata"]
    values = {
        "name": metadata["name"],
        "group_name": spec["group"],
        "kind": names["kind"],
        "plural": names["plural"],
        "scope": spec["scope"],
        "short_names": names.get("shortNames", []),
        "labels": metadata.get("labels", {}),
        "annotations": metadata.get("annotations", {}),
        "instance_count": len(metadata["name"]),
        "instance_count_method": "exact",
    }
    return Record(values, crd)


@pytest.fixture(scope="module")
def crds(shared: Path) -> list[Record]:
    return [_record(each) for each in _crds(shared / "corpora" / "crds.tar.xz").values()]


def test_thirty_snapshots_of_real_crds_cost_little_more_than_one(
    sqlite_backend: Backend, crds: list[Record]
) -> None:
    store = sqlite_backend.open(TYPE)
    sizes = []
    for day in range(1, SNAPSHOTS + 1):
        with store.begin([TYPE]) as writer:
            writer.write(TYPE, crds)
            writer.commit(snapshot(timestamp=f"2024-03-{day:02} 02:00:00"), LEDGER)
        sizes.append(Path(sqlite_backend.url).stat().st_size)
    assert len(crds) > 100
    assert sizes[-1] <= 1.05 * sizes[0]
    assert (sizes[-1] - sizes[0]) / (SNAPSHOTS - 1) <= 16 * 1024


def test_real_crds_come_back_as_they_were(backend: Backend, crds: list[Record]) -> None:
    store = backend.open(TYPE)
    with store.begin([TYPE]) as writer:
        writer.write(TYPE, crds)
        number = writer.commit(snapshot(), LEDGER)
    rows = {row["name"]: row["spec"] for row in store.records(number, "crds", objects=True)}
    assert rows == {each.values["name"]: json.loads(json.dumps(each.spec)) for each in crds}
    assert store.verify() == []

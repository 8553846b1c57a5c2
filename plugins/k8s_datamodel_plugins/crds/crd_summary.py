"""What ``database summary`` says of CRDs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from k8s_datamodel.api import Breakdown, Concern, Moment, Row
from k8s_datamodel_plugins.crds.owners import Unknown, managers_of
from k8s_datamodel_plugins.object_parts import mapping


def summary(moment: Moment) -> Iterable[Breakdown | Concern]:
    """The largest API groups, orphans, old versions, and CRDs that are being deleted."""
    groups: Counter[str] = Counter()
    found: dict[str, list[str]] = {key: [] for key in _TESTS}
    for row in moment.rows("crds", objects=True):
        groups[str(row["group_name"])] += 1
        for key, test in _TESTS.items():
            if test(row):
                found[key].append(str(row["name"]))
    yield Breakdown("groups", "CRDs by API group", groups)
    yield _orphans(moment)
    titles = {
        "deprecated": "CRDs that may have objects in a deprecated version",
        "to_migrate": "CRDs that may have objects in an older version than the storage version",
        "terminating": "CRDs that are being deleted",
    }
    yield from (Concern(key, title, found[key]) for key, title in titles.items())


def _orphans(moment: Moment) -> Concern:
    managers, unknown = managers_of(moment), Unknown(moment)
    orphans: list[str] = []
    whys: list[str] = []
    for row in moment.rows("crds"):
        name = str(row["name"])
        if name not in managers:
            why = unknown.why(name)
            (whys if why else orphans).append(why or name)
    said = f"of {len(whys):,}: {'; '.join(sorted(set(whys)))}" if whys else ""
    snapshot = f" --snapshot {moment.number}" if moment.number else ""
    look = f"crd list --orphans{snapshot}"
    return Concern("orphans", "CRDs that no operator manages", orphans, said, look)


def _old_versions(row: Row) -> set[str]:
    """Versions other than the storage version in which etcd may still hold objects."""
    return set(row["stored_versions"] or ()) - {row["storage_version"]}


def _deprecated(row: Row) -> bool:
    versions = _spec(row).get("versions")
    named = {
        str(each.get("name"))
        for each in (versions if isinstance(versions, list) else ())
        if isinstance(each, Mapping) and each.get("deprecated") is True
    }
    return bool(named.intersection(row["stored_versions"] or ()))


def _spec(row: Row) -> Mapping[str, Any]:
    return mapping(mapping(row["spec"]).get("spec"))


def _terminating(row: Row) -> bool:
    return bool(mapping(mapping(row["spec"]).get("metadata")).get("deletionTimestamp"))


_TESTS: Mapping[str, Callable[[Row], bool]] = {
    "deprecated": _deprecated,
    "to_migrate": lambda row: bool(_old_versions(row)),
    "terminating": _terminating,
}

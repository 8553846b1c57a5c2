"""Make records of ClusterServiceVersions."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import Any

from k8s_datamodel.api import KubernetesObject, Record, Row, TypeReader
from k8s_datamodel_plugins.csvs import CSVS, home_of, is_copy, package_of
from k8s_datamodel_plugins.object_parts import mapping, metadata_of, name_of, sequence, text

_Key = tuple[str, str]
"""Namespace and name."""


def collect(reader: TypeReader) -> Iterator[Record]:
    """One record for each CSV that is no copy; a copy only where its original is out of sight."""
    originals: dict[_Key, KubernetesObject] = {}
    first_copies: dict[_Key, KubernetesObject] = {}
    copied_to: dict[_Key, list[str]] = defaultdict(list)
    for csv in reader.objects(CSVS):
        copy = is_copy(csv)
        key = (home_of(csv) if copy else _namespace(csv), name_of(csv))
        if copy:
            first_copies.setdefault(key, csv)
            copied_to[key].append(_namespace(csv))
        else:
            originals[key] = csv
    homes = _homes(originals)
    for name in [name for home, name in first_copies if not home and name in homes]:
        copied_to[homes[name], name] += copied_to.pop(("", name))
        del first_copies["", name]
    for key, csv in {**first_copies, **originals}.items():
        values = {"namespace": key[0] or _namespace(csv), "copied_to": sorted(copied_to[key])}
        yield Record(values, csv)


def _homes(originals: Iterable[_Key]) -> dict[str, str]:
    """Namespaces by name, of CSVs that are in one namespace only."""
    found: dict[str, list[str]] = defaultdict(list)
    for namespace, name in originals:
        found[name].append(namespace)
    return {name: there[0] for name, there in found.items() if len(there) == 1}


def package(row: Row) -> str | None:
    """The package that a CSV is a version of."""
    name = text(row.get("name"))
    return package_of(name, text(row.get("version"))) if name else None


def crd_names(owned: Any) -> list[str]:
    """Names of the CRDs a CSV says it owns or requires."""
    found = (text(mapping(item).get("name")) for item in sequence(owned))
    return list(dict.fromkeys(name for name in found if name))


def first_paragraph(description: Any) -> str | None:
    """The first paragraph of a text."""
    return (text(description) or "").strip().split("\n\n", maxsplit=1)[0] or None


def permissions(install: Any) -> dict[str, Any]:
    """The rights that the deployments of a CSV's install strategy get."""
    found = {key: mapping(install).get(key) for key in ("permissions", "clusterPermissions")}
    return {key: value for key, value in found.items() if value}


def _namespace(csv: KubernetesObject) -> str:
    return str(metadata_of(csv).get("namespace") or "")

"""Makes records of ClusterServiceVersions."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from k8s_datamodel.api import CollectContext, KubernetesObject, Record
from k8s_datamodel_plugins.csvs import home_of, is_copy
from k8s_datamodel_plugins.object_parts import created, mapping, metadata_of, sequence, text
from k8s_datamodel_plugins.olm import CSVS

_Key = tuple[str, str]
"""Namespace and name."""


def collect(context: CollectContext) -> Iterator[Record]:
    """One record for each CSV that is no copy; a copy only where its original is out of sight."""
    originals: dict[_Key, KubernetesObject] = {}
    first_copies: dict[_Key, KubernetesObject] = {}
    copied_to: dict[_Key, list[str]] = defaultdict(list)
    for csv in context.objects(CSVS):
        copy = is_copy(csv)
        key = (home_of(csv) if copy else _namespace(csv), _name(csv))
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
        yield _record(csv, key[0] or _namespace(csv), copied_to[key])


def _homes(originals: Iterable[_Key]) -> dict[str, str]:
    """Namespaces by name, of CSVs that are in one namespace only."""
    found: dict[str, list[str]] = defaultdict(list)
    for namespace, name in originals:
        found[name].append(namespace)
    return {name: there[0] for name, there in found.items() if len(there) == 1}


def crd_names(csv: KubernetesObject, relation: str) -> list[str]:
    """Names of the CRDs a CSV has in ``owned`` or ``required``."""
    definitions = mapping(mapping(csv.get("spec")).get("customresourcedefinitions"))
    found = (text(mapping(item).get("name")) for item in sequence(definitions.get(relation)))
    return list(dict.fromkeys(name for name in found if name))


def _name(csv: KubernetesObject) -> str:
    return str(metadata_of(csv).get("name") or "")


def _namespace(csv: KubernetesObject) -> str:
    return str(metadata_of(csv).get("namespace") or "")


def _record(csv: KubernetesObject, namespace: str, copied_to: list[str]) -> Record:
    spec = mapping(csv.get("spec"))
    status = mapping(csv.get("status"))
    description = text(spec.get("description")) or ""
    values = {
        "name": _name(csv),
        "namespace": namespace,
        "display_name": text(spec.get("displayName")),
        "version": text(spec.get("version")),
        "phase": text(status.get("phase")),
        "description": description.strip().split("\n\n", maxsplit=1)[0] or None,
        "provider": text(mapping(spec.get("provider")).get("name")),
        "owned_crds": crd_names(csv, "owned"),
        "required_crds": crd_names(csv, "required"),
        "permissions": _permissions(spec),
        "replaces": text(spec.get("replaces")),
        "reason": text(status.get("reason")),
        "message": text(status.get("message")),
        "copied_to": sorted(copied_to),
        "creation_timestamp": created(csv),
    }
    return Record(values, csv)


def _permissions(spec: Mapping[str, Any]) -> dict[str, Any]:
    install = mapping(mapping(spec.get("install")).get("spec"))
    found = {key: install.get(key) for key in ("permissions", "clusterPermissions")}
    return {key: value for key, value in found.items() if value}

"""How far rights alone go: operators of real CSVs, without any mark of OLM.

    csv_rights.py FOLDER [--together] [--lists]

FOLDER holds unpacked bundles (``<package>/<version>/manifests/*.clusterserviceversion.yaml``). From
each CSV's install strategy come its Deployments, service accounts, roles and bindings as plain
manifests, and from its owned CRDs CRDs without a schema. The judge then has to find at least one
operator, and those CRDs, by RBAC, names and webhooks. ``--together`` puts the newest version of
every package into one cluster, so that packages may claim each other's CRDs.
"""

from __future__ import annotations

import argparse
import re
import sys
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

sys.path.insert(0, str(Path(__file__).parents[1]))

from k8s_datamodel_plugins.operators.operator_collector import collect
from truth.objects_reader import ObjectsReader

Object = dict[str, Any]


@dataclass
class Bundle:
    """One CSV as manifests: where it is installed, what it is, what it owns."""

    package: str
    version: str
    namespace: str
    objects: list[Object]
    owned: set[str]
    deployments: set[str]
    found: dict[str, set[str]] = field(default_factory=dict)


def version_key(text: str) -> list[int]:
    return [int(number) for number in re.findall(r"\d+", text)]


def bundles(folder: Path) -> Iterator[Bundle]:
    for path in sorted(folder.glob("*/*/manifests/*.clusterserviceversion.yaml")):
        package, version = path.parts[-4], path.parts[-3]
        csv = yaml.load(path.read_text(), getattr(yaml, "CSafeLoader", yaml.SafeLoader))
        yield bundle(package, version, csv)


def bundle(package: str, version: str, csv: Object) -> Bundle:
    spec = csv["spec"]
    install = (spec.get("install") or {}).get("spec") or {}
    owned = (spec.get("customresourcedefinitions") or {}).get("owned") or []
    objects = [crd(each) for each in owned]
    objects += [deployment(each, package) for each in install.get("deployments") or []]
    for kind, key in (("Role", "permissions"), ("ClusterRole", "clusterPermissions")):
        for number, each in enumerate(install.get(key) or []):
            objects += rights(kind, f"{package}-{number}", package, each)
    return Bundle(
        package,
        version,
        package,
        objects,
        {each["name"] for each in owned},
        {each["name"] for each in install.get("deployments") or []},
    )


def crd(owned: Object) -> Object:
    plural, _, group = owned["name"].partition(".")
    names = {"plural": plural, "kind": owned.get("kind", "")}
    return {
        "apiVersion": "apiextensions.k8s.io/v1",
        "kind": "CustomResourceDefinition",
        "metadata": {"name": owned["name"]},
        "spec": {"group": group, "names": names},
    }


def deployment(each: Object, namespace: str) -> Object:
    return {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {
            "name": each["name"],
            "namespace": namespace,
            "labels": each.get("label") or {},
        },
        "spec": each.get("spec") or {},
    }


def rights(kind: str, name: str, namespace: str, each: Object) -> Iterable[Object]:
    group = "rbac.authorization.k8s.io"
    where = {"namespace": namespace} if kind == "Role" else {}
    meta = {"name": name, **where}
    account = each.get("serviceAccountName", "default")
    subject = {"kind": "ServiceAccount", "name": account, "namespace": namespace}
    yield {
        "apiVersion": f"{group}/v1",
        "kind": kind,
        "metadata": meta,
        "rules": each.get("rules") or [],
    }
    yield {
        "apiVersion": f"{group}/v1",
        "kind": f"{kind}Binding",
        "metadata": meta,
        "roleRef": {"apiGroup": group, "kind": kind, "name": name},
        "subjects": [subject],
    }


def judged(objects: Iterable[Object]) -> dict[str, dict[str, set[str]]]:
    """Managed CRDs by namespace and name of the operators found."""
    found: dict[str, dict[str, set[str]]] = defaultdict(dict)
    for record in collect(ObjectsReader(objects)):
        values = record.values
        found[values["namespace"]][values["name"]] = set(values["managed_crds"])
    return found


def newest(every: Iterable[Bundle]) -> list[Bundle]:
    chosen: dict[str, Bundle] = {}
    for each in every:
        before = chosen.get(each.package)
        if before is None or version_key(each.version) > version_key(before.version):
            chosen[each.package] = each
    return list(chosen.values())


def fill(every: list[Bundle], together: bool) -> None:
    if together:
        found = judged(item for each in every for item in each.objects)
        for each in every:
            each.found = found.get(each.namespace, {})
        return
    for each in every:
        each.found = judged(each.objects).get(each.namespace, {})


@dataclass
class Figures:
    """How many of the CSVs that own CRDs were found, and of their CRDs."""

    csvs: int
    found: int
    right: int
    wrong: int
    missed: int

    @property
    def precision(self) -> float:
        return self.right / (self.right + self.wrong)

    @property
    def recall(self) -> float:
        return self.right / (self.right + self.missed)


def claimed(each: Bundle) -> set[str]:
    return set().union(*each.found.values())


def owning(every: Iterable[Bundle]) -> list[Bundle]:
    return [each for each in every if each.owned and each.deployments]


def figures(every: Iterable[Bundle]) -> Figures:
    chosen = owning(every)
    return Figures(
        csvs=len(chosen),
        found=sum(bool(each.found) for each in chosen),
        right=sum(len(each.owned & claimed(each)) for each in chosen),
        wrong=sum(len(claimed(each) - each.owned) for each in chosen),
        missed=sum(len(each.owned - claimed(each)) for each in chosen),
    )


def report(every: list[Bundle], lists: bool) -> None:
    got = figures(every)
    print(
        f"CSVs that own CRDs {got.csvs}, operator found in {got.found} "
        f"({got.found / got.csvs:.3f}); owned CRDs: "
        f"precision {got.precision:.3f} recall {got.recall:.3f} "
        f"({got.right} right, {got.wrong} wrong, {got.missed} missed)"
    )
    for each in owning(every) if lists else ():
        extra, less = sorted(claimed(each) - each.owned), sorted(each.owned - claimed(each))
        if not each.found:
            print("no operator:", each.package, each.version, sorted(each.deployments))
        elif extra or less:
            print("crds:", each.package, each.version, "extra", extra[:6], "missing", less[:6])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--together", action="store_true")
    parser.add_argument("--lists", action="store_true")
    arguments = parser.parse_args()
    every = list(bundles(arguments.folder))
    if arguments.together:
        every = newest(every)
    fill(every, arguments.together)
    report(every, arguments.lists)


if __name__ == "__main__":
    main()

"""The rules know no project: only the one table may name installers and proxies."""

from __future__ import annotations

import csv
import re
import tarfile
from collections.abc import Iterable
from pathlib import Path

import k8s_datamodel_plugins.operators as rules
from k8s_datamodel_plugins.operators.facts.words import GENERIC

PACKAGE = Path(rules.__file__).parent
TABLE = PACKAGE / "facts" / "marks.py"
ARCHIVES = ("operators", "crds", "csvs", "live-objects", "dumps")


def projects(shared: Path) -> set[str]:
    """Names of the corpora's top folders, without versions and without what many names end in."""
    found = set()
    for archive in ARCHIVES:
        with tarfile.open(shared / "corpora" / f"{archive}.tar.xz") as tar:
            found |= {name.split("/")[0] for name in tar.getnames()}
    bare = {name.partition("@")[0].lower() for name in found}
    ends = r"-(kubernetes-|community-|helm-)?(operator|controller|bundle|installer)(-community)?$"
    return bare | {re.sub(ends, "", name) for name in bare}


def labelled(shared: Path) -> set[str]:
    """Names of the labelled installs: theirs, their workloads', their CRDs' groups and domains."""
    with (shared / "truth" / "labels.tsv").open() as file:
        rows = list(csv.DictReader(file, delimiter="\t"))
    with (shared / "truth" / "sources.tsv").open() as file:
        found = {row["source"].lower() for row in csv.DictReader(file, delimiter="\t")}
    for row in rows:
        found |= {row["name"].lower(), row["namespace"].lower()}
        groups = {crd.partition(".")[2] for crd in row["managed_crds"].split(",") if crd}
        found |= groups | {label for group in groups for label in group.split(".")[:-1]}
    return {name for name in found if len(name) > 2 and not set(words_of(name)) <= PLAIN}


def words_of(name: str) -> list[str]:
    return re.findall("[a-z0-9]+", name)


PLAIN = GENERIC | {"agent", "access", "admin", "monitoring", "notification", "storage", "template"}
"""Words of every language of programs: a name of nothing else names no project."""


def named_in_rules(names: Iterable[str]) -> dict[str, set[str]]:
    """Which of the names stand in which file of the rules."""
    any_name = "|".join(map(re.escape, sorted(names, key=len, reverse=True)))
    pattern = re.compile(f"(?<![a-z0-9])({any_name})(?![a-z0-9])")
    paths = [path for path in sorted(PACKAGE.glob("**/*.py")) if path != TABLE]
    found = {str(path): set(pattern.findall(path.read_text().lower())) for path in paths}
    return {name: hits for name, hits in found.items() if hits}


def test_no_projects_name_stands_in_the_rules(shared: Path) -> None:
    names = projects(shared)
    assert len(names) > 200, "the corpora's folders were not found"
    assert named_in_rules(names) == {}


def test_no_name_of_the_labelled_installs_stands_in_the_rules(shared: Path) -> None:
    names = labelled(shared)
    assert len(names) > 80, "the labels were not found"
    assert named_in_rules(names) == {}


def test_the_table_names_installers_and_proxies_and_nobody_else(shared: Path) -> None:
    """What stands there beside OLM, Helm, Argo CD, Flux and Fleet is Kubernetes' own."""
    allowed = "olm|helm|argoproj|argo|fluxcd|flux|fleet|cattle|rancher|coreos|proxy|proxies|proxyv2"
    known = re.compile(f"{allowed}|istio-proxy|linkerd-proxy|envoy")
    text = known.sub("", TABLE.read_text().lower())
    names = {name for name in labelled(shared) | projects(shared) if not known.search(name)}
    pattern = re.compile(r"[a-z0-9.-]+")
    assert {name for name in pattern.findall(text) if name in names} == set()

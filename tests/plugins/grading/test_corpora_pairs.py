"""Projects at two releases, of the corpora: graded, and nothing that no rule knows."""

from __future__ import annotations

import re
import tarfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from k8s_datamodel_plugins.grading import graded

Crd = dict[str, Any]

PAIRS = [
    ("argo-cd@v2.8.21", "argo-cd"),
    ("crossplane@v0.14.0", "crossplane"),
    ("kube-prometheus@v0.13.0", "prometheus-operator"),
    ("kyverno@v1.5.6", "kyverno@v1.14.5"),
    ("kyverno@v1.14.5", "kyverno"),
    ("strimzi@0.40.0", "strimzi"),
]
EXPECTED = {
    ("crossplane@v0.14.0", "stored-version-removed"): 6,
    ("kube-prometheus@v0.13.0", "field-removed"): 27,
    ("kyverno@v1.5.6", "required-added"): 10,
    ("kyverno@v1.14.5", "version-unserved"): 1,
    ("strimzi@0.40.0", "stored-version-removed"): 10,
}
"""Findings of a release that were looked at, and how many there are."""


class Loader(yaml.CSafeLoader):
    """Texts such as ``=`` stay texts."""


Loader.yaml_implicit_resolvers = {
    letter: [each for each in known if each[0] != "tag:yaml.org,2002:value"]
    for letter, known in yaml.CSafeLoader.yaml_implicit_resolvers.items()
}


@pytest.fixture(scope="module")
def projects(shared: Path) -> dict[str, dict[str, Crd]]:
    """The CRDs of each folder of a pair, by name."""
    texts: dict[str, dict[str, None]] = {name: {} for pair in PAIRS for name in pair}
    for archive in ("crds", "operators"):
        with tarfile.open(shared / "corpora" / f"{archive}.tar.xz") as tar:
            for member in tar:
                project = next((each for each in texts if f"{each}/" in f"{member.name}/"), None)
                whole = Path(member.name).parts[0]
                if member.isfile() and member.name.endswith(".yaml") and project == whole:
                    texts[project] |= dict.fromkeys(_documents(tar.extractfile(member).read()))
    return {name: dict(_crds(list(found))) for name, found in texts.items()}


def _documents(content: bytes) -> Iterator[str]:
    for document in re.split(r"^---.*$", content.decode(), flags=re.MULTILINE):
        if re.search(r"^kind: CustomResourceDefinition$", document, flags=re.MULTILINE):
            yield document


def _crds(documents: list[str]) -> Iterator[tuple[str, Crd]]:
    for document in documents:
        crd = yaml.load(document, Loader=Loader)
        yield crd["metadata"]["name"], crd


def test_two_releases_of_a_project(projects: dict[str, dict[str, Crd]]) -> None:
    rules: Counter[tuple[str, str]] = Counter()
    for before, after in PAIRS:
        old, new = projects[before], projects[after]
        assert old
        assert new
        names = sorted(old.keys() | new.keys())
        found = [each for name in names for each in graded(old.get(name), new.get(name))]
        rules += Counter((before, each.rule) for each in found)
        levels = Counter(each.level for each in found)
        print(f"{before} -> {after}: {len(names)} CRDs, {dict(levels)}")
        assert levels["unclassified"] == 0
    assert {key: rules[key] for key in EXPECTED} == EXPECTED


def test_a_release_that_only_rewords_is_cosmetic(projects: dict[str, dict[str, Crd]]) -> None:
    old = projects["prometheus-operator"]
    found = [each for crd in old.values() for each in graded(crd, reworded(crd))]
    assert [each.rule for each in found].count("description-changed") == len(old)
    assert {each.level for each in found} == {"cosmetic"}


def reworded(value: Any) -> Any:
    if isinstance(value, dict):
        return {
            key: f"{each} Indeed."
            if key == "description" and isinstance(each, str)
            else reworded(each)
            for key, each in value.items()
        }
    return [reworded(each) for each in value] if isinstance(value, list) else value

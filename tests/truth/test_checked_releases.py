"""Releases of public projects are graded: briefly, and words alone are only words."""

from __future__ import annotations

import json
import tarfile
from collections.abc import Callable
from itertools import combinations
from pathlib import Path
from typing import Any

import pytest
import yaml

from k8s_datamodel.cli import run

pytestmark = pytest.mark.corpora

MOST_LINES = 60


@pytest.fixture(scope="module")
def corpora(shared: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    target = tmp_path_factory.mktemp("corpora")
    for name in ("crds", "operators"):
        with tarfile.open(shared / "corpora" / f"{name}.tar.xz") as tar:
            tar.extractall(target, filter="data")
    return target


def releases(corpora: Path) -> list[tuple[Path, Path]]:
    """All pairs of folders of one project at two versions that both hold CRDs."""
    by_project: dict[str, list[Path]] = {}
    for folder in sorted(each for each in corpora.iterdir() if each.is_dir()):
        if any(map(holds_crds, folder.rglob("*.yaml"))):
            by_project.setdefault(folder.name.partition("@")[0], []).append(folder)
    return [pair for folders in by_project.values() for pair in combinations(folders[::-1], 2)]


def holds_crds(path: Path) -> bool:
    return b"kind: CustomResourceDefinition" in path.read_bytes()


@pytest.fixture
def compat(capsys: pytest.CaptureFixture[str]) -> Callable[..., tuple[int, str]]:
    def call(*arguments: object) -> tuple[int, str]:
        code = run(["check", "compat", *map(str, arguments)])
        return code, capsys.readouterr().out

    return call


def test_every_pair_of_releases_is_told_in_few_lines(
    corpora: Path, compat: Callable[..., tuple[int, str]]
) -> None:
    pairs = releases(corpora)
    assert len(pairs) >= 5, pairs
    for old, new in pairs:
        code, text = compat(old, new)
        assert code in (0, 1, 3), f"{old.name} -> {new.name}: {code}"
        lines = text.splitlines()
        assert 1 <= len(lines) <= MOST_LINES, f"{old.name} -> {new.name}: {len(lines)} lines"


def test_what_changed_has_findings_and_a_comment_is_short(
    corpora: Path, compat: Callable[..., tuple[int, str]]
) -> None:
    releases = corpora / "argo-cd@v2.8.21", corpora / "argo-cd"
    found = json.loads(compat(*releases, "-o", "json")[1])["crds"]
    assert [each["name"] for each in found] == sorted(each["name"] for each in found)
    assert all(each["findings"] for each in found if each["change"] == "changed")
    assert sum(len(each["findings"]) for each in found) > 100
    markdown = compat(*releases, "-o", "markdown")[1]
    assert len(markdown.partition("<details>")[0].splitlines()) <= MOST_LINES
    assert len(markdown) < 65_536


def reworded(value: Any) -> Any:
    """The same schema, in other words."""
    if isinstance(value, list):
        return [reworded(each) for each in value]
    if not isinstance(value, dict):
        return value
    words = {
        key: f"{text} In other words."
        for key, text in value.items()
        if key == "description" and isinstance(text, str)
    }
    return {key: reworded(each) for key, each in value.items()} | words


def test_a_release_that_only_rewords_is_cosmetic(
    corpora: Path, compat: Callable[..., tuple[int, str]], tmp_path: Path
) -> None:
    old, new = corpora / "cert-manager", tmp_path / "cert-manager"
    new.mkdir()
    for path in sorted(old.glob("*.yaml")):
        things = [reworded(each) for each in yaml.safe_load_all(path.read_text()) if each]
        (new / path.name).write_text(json.dumps(things))
    code, text = compat(old, new, "--all")
    assert code == 0
    assert text.startswith("Compatible: only words changed in ")
    findings = [line.split() for line in text.splitlines() if line.startswith("  ")]
    assert findings
    assert {words[0] for words in findings} == {"cosmetic"}
    assert len(text.splitlines()) <= MOST_LINES


def test_crds_against_themselves_are_unchanged(
    corpora: Path, compat: Callable[..., tuple[int, str]]
) -> None:
    code, text = compat(corpora / "crossplane", corpora / "crossplane", "-o", "json")
    assert code == 0
    assert {each["change"] for each in json.loads(text)["crds"]} == {"unchanged"}

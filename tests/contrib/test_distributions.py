"""Each distribution of contrib, installed from its wheel: its own tests, and its first commands."""

from __future__ import annotations

import ast
import os
import subprocess
from pathlib import Path

import pytest

from contrib.conftest import CONTRIB, Run

PUBLIC = {"k8s_datamodel.api", "k8s_datamodel.commands", "k8s_datamodel.testing"}


@pytest.mark.parametrize("project", CONTRIB, ids=lambda path: path.name)
def test_its_own_tests_pass_where_it_is_installed(
    installed: Path, tmp_path: Path, project: Path
) -> None:
    done = subprocess.run(
        [
            *(installed / "python", "-m", "pytest", "-q", "-p", "no:cacheprovider"),
            *("-c", project / "pyproject.toml", "--rootdir", project, project / "tests"),
        ],
        cwd=tmp_path,
        env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "skipped" not in done.stdout


@pytest.mark.parametrize("project", CONTRIB, ids=lambda path: path.name)
def test_it_imports_the_public_api_only(project: Path) -> None:
    own = project.name.replace("-", "_")
    imported = {
        name
        for path in project.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        for name in _names(node)
        if name.partition(".")[0].startswith("k8s_datamodel")
    }
    assert {name for name in imported if name.partition(".")[0] != own} <= PUBLIC


def _names(node: ast.AST) -> list[str]:
    if isinstance(node, ast.ImportFrom):
        return [node.module or ""]
    return [alias.name for alias in node.names] if isinstance(node, ast.Import) else []


def test_all_are_sound_together(run: Run) -> None:
    done = run("plugins", "check")
    assert done.code == 0, done.out
    for name in ("acme", "helm", "parquet", "rbac"):
        assert f"k8s-datamodel-{name}/{name}: ok" in done.out

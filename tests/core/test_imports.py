"""Each rule on who may import whom is kept, and breaks when an import breaks it."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

pytest.importorskip("importlinter")

REPOSITORY = Path(__file__).parents[2]
HOST, BUILT_INS = "core/k8s_datamodel", "plugins/k8s_datamodel_plugins"
KNOWS, PUBLIC, HOST_LAYERS, CLI_LAYERS, SQL_LAYERS, HOST_CIRCLE, BUILT_INS_CIRCLE = (
    "The host knows no plugin, no Kubernetes client, no database",
    "The built-ins import the public API only",
    "The host is in layers, with every module, and imports go down",
    "The command line is in layers, with every module, and imports go down",
    "The SQL backend is in layers, with every module, and imports go down",
    "No modules of the host import in a circle",
    "No modules of the built-ins import in a circle",
)
BREAKS = [
    (f"{HOST}/base/clock.py", "import k8s_datamodel_plugins", KNOWS),
    (f"{BUILT_INS}/csvs.py", "import k8s_datamodel.cli.frame.app", PUBLIC),
    (f"{HOST}/base/clock.py", "import k8s_datamodel.data.columns", HOST_LAYERS),
    (f"{HOST}/stray.py", "", HOST_LAYERS),
    (f"{HOST}/cli/frame/app.py", "def late():\n    import k8s_datamodel.cli.root", CLI_LAYERS),
    (f"{HOST}/cli/stray.py", "", CLI_LAYERS),
    (f"{BUILT_INS}/sql/stray.py", "", SQL_LAYERS),
    (f"{HOST}/cli/frame/standard_streams.py", "import k8s_datamodel.cli.frame.app", HOST_CIRCLE),
    (f"{BUILT_INS}/definitions.py", "import k8s_datamodel_plugins.crds", BUILT_INS_CIRCLE),
]


def broken(tree: Path) -> list[str]:
    """Names of the rules that a copy of the sources breaks."""
    done = subprocess.run(
        [Path(sys.executable).parent / "lint-imports", "--no-cache"],
        cwd=tree,
        env={**os.environ, "PYTHONPATH": f"{tree / 'core'}:{tree / 'plugins'}", "COLUMNS": "200"},
        capture_output=True,
        text=True,
        check=False,
    )
    said = re.sub(r"\x1b\[[0-9;]*m", "", done.stdout)  # some versions colour what is no terminal's
    assert "Contracts: " in said, said + done.stderr
    return re.findall(r"^(.+) BROKEN$", said, re.MULTILINE)


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    for folder in (HOST, BUILT_INS):
        shutil.copytree(
            REPOSITORY / folder, tmp_path / folder, ignore=shutil.ignore_patterns("__pycache__")
        )
    shutil.copy(REPOSITORY / "pyproject.toml", tmp_path)
    return tmp_path


def test_the_rules_are_kept(tree: Path) -> None:
    assert broken(tree) == []


@pytest.mark.parametrize(("file", "line", "rule"), BREAKS)
def test_a_bad_import_breaks_its_rule(tree: Path, file: str, line: str, rule: str) -> None:
    with (tree / file).open("a", encoding="utf-8") as source:
        source.write(f"{line}\n")
    assert rule in broken(tree)

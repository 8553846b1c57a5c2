"""Commands that need no cluster and no database import neither client nor driver.

Those that read what is stored import nothing that reads a source.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from seed import sample
from support.forked import ok

HEAVY = ("kubernetes", "dataset", "sqlalchemy", "rich", "yaml")
READING = ("kubernetes", "k8s_datamodel.reading.reader", "k8s_datamodel.cli.matrices")
JUDGING = "regex"  # for what an object must be under a schema

CODE = """
import sys
from k8s_datamodel.cli import run
code = run(sys.argv[1:])
heavy = [name for name in {heavy!r} if name in sys.modules]
print(code, *heavy, file=sys.stderr)
"""


@pytest.mark.parametrize(
    "arguments",
    [
        ["--help"],
        ["crd", "--help"],
        ["crd", "list", "--help"],
        ["database", "store", "--help"],
        ["plugins", "list"],
        ["--version"],
    ],
)
def test_light_imports(arguments: list[str]) -> None:
    done = subprocess.run(
        [sys.executable, "-c", CODE.format(heavy=HEAVY), *arguments],
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stderr.splitlines()[-1] == "0"


@pytest.mark.parametrize(
    ("words", "needs"),
    [
        ("", []),
        ("crd", []),
        ("crd list --output", []),
        ("database export latest --file", []),
        ("plugins disable", []),
        ("--context", ["yaml"]),
    ],
)
def test_completion_is_light(
    words: str, needs: list[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "config").write_text("contexts: [{name: prod}]")
    monkeypatch.setenv("KUBECONFIG", str(tmp_path / "config"))
    monkeypatch.setenv("_K8S_DATAMODEL_COMPLETE", "words")
    code = [sys.executable, "-c", CODE.format(heavy=HEAVY)]
    done = subprocess.run([*code, *words.split(), ""], capture_output=True, text=True, check=True)
    assert done.stdout.strip()
    assert done.stderr.split() == ["0", *needs]


@pytest.fixture(scope="module")
def twice(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database with two snapshots of the sample cluster."""
    folder = tmp_path_factory.mktemp("twice")
    db = folder / "sample.db"
    for state in sample.STATES:
        source = sample.write_state(state, folder / state)
        words = ("database", "store", "--cluster-name", "prod", "--allow-incomplete")
        ok(*words, "--source", source, "--db-path", db)
    return db


@pytest.mark.parametrize(
    ("words", "light"),
    [
        ("diff 1 2", READING),
        ("log", READING),
        ("database list", (*READING, JUDGING)),
        ("crd history accesspasses.gates.skerrywater.example", (*READING, JUDGING)),
    ],
)
def test_what_is_stored_needs_no_reading(words: str, light: Sequence[str], twice: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", CODE.format(heavy=light), *words.split(), "--db-path", twice],
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout
    assert done.stderr.splitlines()[-1] in ("0", "3")

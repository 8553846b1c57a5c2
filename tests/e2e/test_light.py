"""Commands that need no cluster and no database import neither client nor driver."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

HEAVY = ("kubernetes", "dataset", "sqlalchemy", "rich", "yaml")

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

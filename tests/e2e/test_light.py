"""Commands that need no cluster and no database import neither client nor driver."""

from __future__ import annotations

import subprocess
import sys

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


@pytest.mark.parametrize("words", ["", "crd", "crd list --output"])
def test_completion_is_light(words: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COMP_WORDS", f"k8s-datamodel {words} ")
    monkeypatch.setenv("COMP_CWORD", str(len(words.split()) + 1))
    monkeypatch.setenv("_K8S_DATAMODEL_COMPLETE", "bash_complete")
    code = f"""
import atexit, sys
atexit.register(lambda: print([n for n in {HEAVY!r} if n in sys.modules], file=sys.stderr))
from k8s_datamodel.cli import main
main([])
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.stdout.strip()
    assert done.stderr.strip() == "[]"

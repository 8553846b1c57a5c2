"""An environment with our wheel and those of contrib installed, as a user has them."""

from __future__ import annotations

import functools
import subprocess
import sys
import sysconfig
from collections.abc import Callable
from pathlib import Path

import pytest

from support import command
from support.command import Done

ROOT = Path(__file__).parents[2]
CONTRIB = sorted((ROOT / "contrib").glob("k8s-datamodel-*"))
HEAVY = ("pyarrow>=16", "duckdb>=1.1", "filelock>=3.12")
"""What only contrib needs; everything else is taken from the environment that runs the tests."""

Run = Callable[..., Done]


def _build(project: Path, folder: Path) -> None:
    arguments = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", folder]
    subprocess.run(arguments, cwd=project, check=True, capture_output=True)


@pytest.fixture(scope="session")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of programs of that environment."""
    folder = tmp_path_factory.mktemp("contrib")
    for project in (ROOT, *CONTRIB):
        _build(project, folder / "wheels")
    environment = folder / "venv"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", environment], check=True)
    programs = environment / "bin"
    wheels = sorted((folder / "wheels").glob("*.whl"))
    pip = [sys.executable, "-m", "pip", "--python", programs / "python", "install", "--quiet"]
    subprocess.run([*pip, "--no-deps", *wheels, *HEAVY], check=True)
    # Behind its own packages; a .pth in there, such as that of an editable k8s-datamodel, is not
    # followed.
    own = next(environment.glob("lib/python*/site-packages"))
    (own / "dependencies.pth").write_text(sysconfig.get_path("purelib") + "\n")
    return programs


@pytest.fixture
def run(installed: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Runs the command of that environment, as ``command.run`` does."""
    monkeypatch.setattr(command, "PROGRAM", installed / "k8s-datamodel")
    monkeypatch.delenv("K8S_DATAMODEL_NO_EXTERNAL_PLUGINS")
    return functools.partial(command.run)


@pytest.fixture
def ok(run: Run) -> Run:
    """The same, when nothing but success is expected."""
    assert run is not None
    return command.ok

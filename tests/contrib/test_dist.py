"""`make dist`: what is given away is the same each time, and runs.

The file that runs alone is built without dependencies in most tests, as these come from a package
index: those of the interpreter that runs the tests are used.
"""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest

from contrib.conftest import ROOT
from support.command import Done
from support.forked import run

SAMPLE = ROOT / "docs" / "sample-cluster" / "before"

PASSWORD = "".join(("not", "to", "be", "given", "away"))  # so that this file has it nowhere

pytestmark = pytest.mark.cluster  # too slow for `make test`


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """What was built of two copies, one after the other: this tree may change meanwhile."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, check=True, capture_output=True)
    names = [name for name in listed.stdout.decode().split("\0") if (ROOT / name).is_file()]
    first, second = (tmp_path_factory.mktemp(f"dist{number}") for number in (1, 22))
    for name in names:
        (first / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(ROOT / name, first / name)
    shutil.copytree(first, second, copy_function=shutil.copyfile, dirs_exist_ok=True)
    for copied in (first, second):
        for command in ("init", "add ."):
            subprocess.run(["git", *command.split()], cwd=copied, check=True, capture_output=True)
    for name in ("database.env", "docs/notes.md", "core/k8s_datamodel/draft.py"):
        (second / name).write_text(PASSWORD)
    for copied in (first, second):
        subprocess.run(
            [sys.executable, copied / ".ci" / "dist.py", copied / "dist", "--no-deps"],
            check=True,
            capture_output=True,
            env={**os.environ, "SOURCE_DATE_EPOCH": "1700000000", "TMPDIR": str(copied.parent)},
        )
    return [first / "dist", second / "dist"]


def test_twice_is_the_same_byte_for_byte(built: list[Path]) -> None:
    sums = [
        {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in folder.iterdir()}
        for folder in built
    ]
    assert sums[0] == sums[1]
    assert {Path(name).suffix for name in sums[0]} == {".whl", ".gz", ".pyz"}


def test_what_git_does_not_track_is_not_given_away(built: list[Path]) -> None:
    [source] = built[1].glob("*.tar.gz")
    with tarfile.open(source) as archive:
        held = [archive.extractfile(each) for each in archive if each.isfile()]
        assert not any(PASSWORD.encode() in each.read() for each in held if each)


def test_all_files_have_the_time_that_was_given(built: list[Path]) -> None:
    [wheel] = built[0].glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        assert {each.date_time for each in archive.infolist()} == {(2023, 11, 14, 22, 13, 20)}
    [source] = built[0].glob("*.tar.gz")
    with tarfile.open(source) as archive:
        names = {each.name.partition("/")[2] for each in archive}
        assert {"pyproject.toml", "core/k8s_datamodel/api.py", "LICENSE"} <= names


def test_the_wheel_has_the_pages_for_man_where_pip_and_pipx_look(built: list[Path]) -> None:
    [wheel] = built[0].glob("*.whl")
    pages = {path.name for path in (ROOT / "docs" / "man").iterdir()}
    with zipfile.ZipFile(wheel) as archive:
        found = [name.rpartition(".data/data/share/man/man1/") for name in archive.namelist()]
    assert {name for before, _, name in found if before} == pages
    assert "k8s-datamodel.1" in pages


def test_the_one_file_runs(built: list[Path], tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, built[0] / "k8s-datamodel.pyz", "crd", "count", "--source", SAMPLE],
        env={**os.environ, "SHIV_ROOT": str(tmp_path / "unpacked")},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout) == (0, "18\n"), done.stderr
    [place] = tmp_path.glob("unpacked/*/site-packages/k8s_datamodel")
    assert place.is_dir()


STARTED = """
import importlib.machinery, runpy, sys
importlib.machinery.EXTENSION_SUFFIXES[0] = ".cpython-399-here.so"
sys.argv = sys.argv[1:]
runpy.run_path(sys.argv[0], run_name="__main__")
"""


def test_another_python_is_told_which_one_it_takes(built: list[Path], tmp_path: Path) -> None:
    """One that loads other compiled modules, and all other Pythons of the machine."""
    file, version = built[0] / "k8s-datamodel.pyz", ".".join(map(str, sys.version_info[:2]))
    # Such as pyenv's, which lie beside each other by their versions.
    pythons = Path(sys.base_prefix).parent.glob("[0-9]*/bin/python")
    others = [[str(each)] for each in pythons if f"/{version}" not in str(each)]
    here = [sys.executable, "-c", STARTED]
    for start in (here, *others):
        done = subprocess.run(
            [*start, file, "crd", "count", "--source", SAMPLE],
            env={**os.environ, "SHIV_ROOT": str(tmp_path / "unpacked")},
            capture_output=True,
            text=True,
            check=False,
        )
        assert (done.returncode, done.stdout) == (1, ""), start
        assert done.stderr.startswith(f"k8s-datamodel: {file} is for Python {version} on ")
        assert done.stderr.endswith(f": run it with python{version}, or install the wheel\n")
        assert done.stderr.count("\n") == 1
    assert (
        "it loads .cpython-399-here.so"
        in subprocess.run([*here, file], capture_output=True, text=True, check=False).stderr
    )
    assert not (tmp_path / "unpacked").exists()


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The file with all dependencies."""
    folder = tmp_path_factory.mktemp("whole")
    given = {"SOURCE_DATE_EPOCH": "1700000000", "TMPDIR": str(folder)}
    command = [sys.executable, ROOT / ".ci" / "dist.py", folder / "dist"]
    subprocess.run(command, check=True, capture_output=True, env={**os.environ, **given})
    return folder / "dist" / "k8s-datamodel.pyz"


@pytest.mark.network
def test_with_its_dependencies_it_needs_nothing_but_python(whole: Path, tmp_path: Path) -> None:
    """The main job, in an environment that is empty, by an interpreter that looks nowhere else."""
    bare = tmp_path / "bare"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", bare], check=True)
    page = (ROOT / "docs" / "deploy.md").read_text(encoding="utf-8")
    (named,) = re.findall(r"Some dependencies are compiled \(([^)]*)\)", page)
    with zipfile.ZipFile(whole) as archive:
        compiled = {name.split("/")[1].lower() for name in archive.namelist() if ".so" in name}
    names = {"pyyaml": "yaml", "psycopg": "psycopg_binary"}
    assert {names.get(each, each) for each in named.lower().split(", ")} <= compiled

    def ran(*arguments: str | Path) -> Done:
        done = subprocess.run(
            [bare / "bin" / "python", "-I", "-S", whole, *arguments],
            env={"SHIV_ROOT": str(tmp_path / "unpacked"), "HOME": str(tmp_path / "home")},
            cwd=tmp_path,
            capture_output=True,
            text=True,
            check=False,
        )
        return Done(done.returncode, done.stdout, done.stderr)

    listed = ran("crd", "list", "--source", SAMPLE)
    assert (listed.code, listed.out.count("\n")) == (0, 19), listed.err
    database = tmp_path / "inventory.db"
    store = ("--cluster-name", "sample", "--db-path", str(database), "database", "store")
    for number, state in enumerate((SAMPLE, SAMPLE.with_name("change")), start=1):
        stored = ran(*store, "--source", state)
        assert f"Stored snapshot {number} of sample:" in stored.err
    differing = ("diff", "latest~1", "latest", "-o", "json", "--db-path", str(database))
    told = ran(*differing)
    assert "vessels.fleet.skerrywater.example" in told.out
    assert told == run(*differing), "as the command where everything is installed"

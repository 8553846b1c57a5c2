"""`make dist`: what is given away is the same each time, and runs.

The file that runs alone is built without dependencies here, which come from a package index: those
of the interpreter that runs the tests are used.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest

from contrib.conftest import ROOT

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

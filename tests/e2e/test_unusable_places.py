"""Places that cannot be used: one line says what, where, why and what to do; the right exit code.

A place that cannot be right is wrong usage (2); what the system could not do is a failure (1).
"""

from __future__ import annotations

import errno
import os
import subprocess
from collections.abc import Mapping
from pathlib import Path

import pytest

from k8s_datamodel.base import unusable as unusable_places
from k8s_datamodel.base.errors import StorageError, UsageError
from support.command import PROGRAM
from support.forked import run

BEFORE = Path(__file__).parents[2] / "docs" / "sample-cluster" / "before"
LONG = "n" * 300
TOO_LONG = "File name too long: use a shorter name"
EMPTY = " is empty, and names nothing: leave it out"
A_FOLDER = "is a folder: name a file in it"

SAYS: Mapping[str, tuple[int, str]] = {
    "--db-path folder database list": (2, f"folder {A_FOLDER}"),
    "--db-path folder --source {before} database store": (2, f"folder {A_FOLDER}"),
    "--db-path {long} database list": (2, f"n: cannot be opened: {TOO_LONG}"),
    "--db-path {long} --source {before} database store": (2, TOO_LONG),
    "--db-path /dev/full database list": (2, "/dev/full is no regular file: name another"),
    "--db-path none/x.db --source {before} database store": (2, "there is no folder"),
    "--source {before} cluster export -o json --file folder": (2, f"folder: {A_FOLDER}"),
    "--source {before} cluster export -o json --file {long}": (2, TOO_LONG),
    "--source {before} cluster export -o json --file none/x": (2, "there is no folder none"),
    "--source {before} cluster export -o json --file /dev/full": (
        1,
        "/dev/full: cannot be written: No space left on device: free some space, or name a place",
    ),
    "--source {before} crd export-all --directory {long}": (2, TOO_LONG),
    "--source {before} crd export-all --directory none/x": (2, "there is no folder none"),
    "--source {before} crd export-all --directory plain/x": (2, "there is no folder plain"),
    "--source {long} crd list": (2, "cannot read nnn"),
    "--kubeconfig {long} crd list": (2, TOO_LONG),
    "--kubeconfig folder crd list": (2, "Is a directory: name a file in it"),
    "--source {before} crd export-all --directory plain": (2, "plain: cannot be used: File exists"),
    "database restore folder --yes": (2, f"folder: {A_FOLDER}"),
    "database restore none --yes": (2, "none: there is no such file"),
    "database backup {long}": (2, TOO_LONG),
    "database backup none/x": (2, "there is no folder none"),
    "database backup folder": (2, "needs a regular file of its own"),
    "database restore {long} --yes": (2, TOO_LONG),
    "database copy inventory.db {long}": (2, TOO_LONG),
    "diff 1 1 --config folder": (2, "Is a directory: name a file in it"),
    "diff 1 1 --config {long}": (2, TOO_LONG),
    "diff 1 {long}": (2, TOO_LONG),
    "check compat {long} {before}": (2, TOO_LONG),
    "report --file folder": (2, f"folder: {A_FOLDER}"),
    "report --file /dev/full": (1, "/dev/full: cannot be written: No space left on device"),
    "crd list --source {before} -o jsonpath-file={long}": (2, TOO_LONG),
    "--source= crd list": (2, EMPTY),
    "crd list --source=": (2, EMPTY),
    "--db-path= database list": (2, EMPTY),
    "--kubeconfig= crd list": (2, EMPTY),
    "database cleanup --keep 1 --cluster-context=": (2, EMPTY),
    "database list --cluster-context=": (2, EMPTY),
    "crd list --source {before} --sort-by=": (2, EMPTY),
    "database copy inventory.db {empty}": (2, "an empty FROM or TO names no database"),
    "database copy {empty} inventory.db": (2, "an empty FROM or TO names no database"),
    "report --file book.pdf": (2, "book.pdf: a report is HTML, whose suffix is .html and not .pdf"),
}
"""What is typed, the exit code, and what stderr says."""

FULL = ("crd list --source {before}", "completion bash", "--help", "database export 1", "diff 1 1")
"""Commands that write to a full stdout, in one piece and in several."""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("places")
    (made / "folder").mkdir()
    (made / "plain").touch()
    return made


@pytest.fixture(autouse=True)
def _here(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(folder)
    monkeypatch.setenv("K8S_DATAMODEL_DB", str(folder / "inventory.db"))
    if not (folder / "inventory.db").exists():
        assert run("database", "store", "--source", BEFORE).code == 0


def words(line: str) -> list[str]:
    return [word.format(before=BEFORE, long=LONG, empty="") for word in line.split()]


@pytest.mark.parametrize("line", SAYS)
def test_it_is_one_line_and_the_right_code(line: str) -> None:
    done = run(*words(line))
    code, text = SAYS[line]
    assert (done.code, done.out) == (code, ""), done.err
    assert text in done.err
    assert len(done.err.splitlines()) == 1


@pytest.mark.parametrize("line", FULL)
def test_a_full_stdout_is_named(line: str) -> None:
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            [PROGRAM, *words(line)],
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
            env=os.environ,
        )
    assert done.returncode == 1
    assert done.stderr.splitlines()[-1] == (
        "k8s-datamodel: stdout: cannot be written: No space left on device: free some space, or "
        "name a place elsewhere"
    )


@pytest.mark.parametrize(
    ("number", "kind", "says"),
    [
        (errno.ENAMETOOLONG, UsageError, "use a shorter name"),
        (errno.EISDIR, UsageError, "name a file in it"),
        (errno.ENOTDIR, UsageError, "a part of the path is a file"),
        (errno.ELOOP, UsageError, "lead in a circle"),
        (errno.ENOSPC, StorageError, "free some space"),
        (errno.EDQUOT, StorageError, "free some space"),
        (errno.EACCES, StorageError, "check the rights"),
        (errno.EROFS, StorageError, "name a place that can be written to"),
        (errno.EIO, StorageError, "check the disk"),
        (errno.ENOENT, StorageError, "No such file or directory"),
    ],
)
def test_who_can_do_something_about_it(number: int, kind: type[Exception], says: str) -> None:
    system = OSError(number, os.strerror(number), "x.db")
    told = unusable_places.unusable("x.db: cannot be written", system, StorageError)
    assert type(told) is kind
    assert str(told).startswith(f"x.db: cannot be written: {os.strerror(number)}")
    assert says in str(told)

"""A file is put in its place whole, whatever is there: a file, a link, a pipe, a device."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from k8s_datamodel.base.errors import DatamodelError, UsageError
from k8s_datamodel.base.files import is_special, replacement, whole_file

OLD, NEW = b"old", b"new"


def put(path: Path) -> None:
    with whole_file(path) as file:
        file.write(NEW)


def nothing(folder: Path) -> Path:
    return folder / "file"


def a_file(folder: Path) -> Path:
    path = folder / "file"
    path.write_bytes(OLD)
    path.chmod(0o640)
    return path


def a_link(folder: Path) -> Path:
    (folder / "link").symlink_to(a_file(folder).name)
    return folder / "link"


def a_chain_of_links(folder: Path) -> Path:
    (folder / "second").symlink_to(a_link(folder))
    return folder / "second"


def a_link_into_a_folder(folder: Path) -> Path:
    (folder / "other").mkdir()
    (folder / "link").symlink_to(a_file(folder / "other"))
    return folder / "link"


def a_link_to_nothing_yet(folder: Path) -> Path:
    (folder / "link").symlink_to("file")
    return folder / "link"


Place = Callable[[Path], Path]


@pytest.mark.parametrize(
    "place",
    [
        nothing,
        a_file,
        a_link,
        a_chain_of_links,
        a_link_into_a_folder,
        a_link_to_nothing_yet,
    ],
)
def test_links_stay_and_their_target_is_replaced(tmp_path: Path, place: Place) -> None:
    path = place(tmp_path)
    names = sorted(tmp_path.rglob("*"))
    links = [each for each in names if each.is_symlink()]
    was = path.stat() if path.exists() else None
    put(path)
    assert path.read_bytes() == NEW
    assert [each for each in sorted(tmp_path.rglob("*")) if each.is_symlink()] == links
    assert {*tmp_path.rglob("*")} == {*names, Path(os.path.realpath(path))}
    assert stat.S_IMODE(path.stat().st_mode) == (0o640 if was else 0o600)
    assert was is None or was.st_ino != path.stat().st_ino


@pytest.mark.parametrize("place", [nothing, a_file, a_link])
def test_whoever_fails_leaves_what_was_there(tmp_path: Path, place: Place) -> None:
    path = place(tmp_path)
    before = {each: each.stat() for each in tmp_path.iterdir()}
    with pytest.raises(ZeroDivisionError), whole_file(path) as file:
        file.write(NEW * (1 // 0))
    assert {each: each.stat() for each in tmp_path.iterdir()} == before


def test_other_names_of_the_file_keep_what_they_had(tmp_path: Path) -> None:
    path = a_file(tmp_path)
    (tmp_path / "hard").hardlink_to(path)
    put(path)
    assert (tmp_path / "hard").read_bytes() == OLD


@pytest.mark.parametrize("linked", [False, True])
def test_a_pipe_is_written_into(tmp_path: Path, linked: bool) -> None:
    pipe = path = tmp_path / "pipe"
    os.mkfifo(pipe)
    if linked:
        path = tmp_path / "link"
        path.symlink_to(pipe)
    got: list[bytes] = []
    reader = threading.Thread(target=lambda: got.append(pipe.read_bytes()))
    reader.start()
    put(path)
    reader.join(60)
    assert got == [NEW]
    assert is_special(path)
    assert stat.S_ISFIFO(pipe.stat().st_mode)


@pytest.mark.parametrize("name", ["/dev/stdout", "/dev/fd/1", "/proc/self/fd/1", "link"])
def test_what_is_open_is_gone_on_with(tmp_path: Path, name: str) -> None:
    """A shell's redirection holds what came before; opened anew it would begin at its start."""
    (tmp_path / "link").symlink_to("/dev/stdout")
    code = (
        "import sys; from pathlib import Path; from k8s_datamodel.base.files import whole_file\n"
        "with whole_file(Path(sys.argv[1])) as file: file.write(b'new')"
    )
    out = tmp_path / "out"
    with out.open("wb") as file:
        file.write(OLD)
        file.flush()
        subprocess.run([sys.executable, "-c", code, tmp_path / name], stdout=file, check=True)
        file.seek(0, os.SEEK_END)
        file.write(b"after")
    assert out.read_bytes() == OLD + NEW + b"after"


@pytest.mark.parametrize(
    ("name", "error", "said"),
    [
        (".", UsageError, "is a folder"),
        ("no/such/file", UsageError, "there is no folder"),
        ("file/below", UsageError, "there is no folder"),
        ("circle", UsageError, "its links lead in a circle"),
        ("x" * 300, DatamodelError, "cannot be written: File name too long"),
        ("null\0byte", DatamodelError, "cannot be written: .*embedded null"),
    ],
)
def test_what_cannot_be_is_said(
    tmp_path: Path, name: str, error: type[DatamodelError], said: str
) -> None:
    a_file(tmp_path)
    (tmp_path / "circle").symlink_to("circle")
    before = sorted(tmp_path.iterdir())
    with pytest.raises(error, match=said):
        put(tmp_path / name)
    assert sorted(tmp_path.iterdir()) == before


def test_a_replacement_is_for_regular_files() -> None:
    with pytest.raises(UsageError, match="not a regular file"), replacement(Path(os.devnull)):
        pass


def test_permissions_can_be_said(tmp_path: Path) -> None:
    path = a_file(tmp_path)
    with whole_file(path, mode=0o600) as file:
        file.write(NEW)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600

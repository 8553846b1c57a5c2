"""Links in a folder: those to its own files are read once, no other is followed."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from support.opened import Opened, configmap, write

NOT, OUT = "a link is not followed", "a link that leads out of the folder is not followed"
NOWHERE, SPECIAL = "a link that leads nowhere", "neither a file nor a folder"

LINKS = {
    # where it leads, seen from the folder: what becomes of it
    "real/x.yaml": ("", ""),
    "./real/../real/x.yaml": ("", ""),
    "{folder}/real/x.yaml": ("", ""),
    "..data/y.yaml": ("", ""),
    "chain": ("", ""),
    "real": ("skipped", NOT),
    "..data": ("skipped", NOT),
    ".": ("skipped", NOT),
    "nowhere": ("failed", NOWHERE),
    "!link.yaml": ("failed", NOWHERE),
    "circle": ("failed", NOWHERE),
    "real/x.yaml/z": ("failed", NOWHERE),
    "../outside.yaml": ("failed", OUT),
    "{outside}": ("failed", OUT),
    "real/../../outside.yaml": ("failed", OUT),
    "way out": ("failed", OUT),
    "way out/outside.yaml": ("failed", OUT),
    "../folder-beside/x.yaml": ("failed", OUT),
    "..": ("failed", OUT),
    "/etc/hostname": ("failed", OUT),
    "pipe": ("failed", SPECIAL),
    "/dev/zero": ("failed", SPECIAL),
    "/dev/stdin": ("failed", SPECIAL),
}
"""Each is the target of a link. The next one is a line."""

LINK = "!link.yaml"
"""Before all others, so that an entry for several files has its name."""

pytestmark = pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="links are those of a Unix")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "folder"
    write(folder, {"real/x.yaml": configmap("one"), "..2026/y.yaml": configmap("two")})
    write(tmp_path, {"outside.yaml": configmap("outside")})
    write(tmp_path / "folder-beside", {"x.yaml": configmap("outside")})
    (folder / "..data").symlink_to("..2026")
    (folder / "chain").symlink_to("real/x.yaml")
    (folder / "circle").symlink_to("circle")
    (folder / "way out").symlink_to(tmp_path)
    os.mkfifo(folder / "pipe")
    return folder


@pytest.mark.parametrize("target", LINKS)
def test_a_link_is_followed_to_files_of_the_folder_only(folder: Path, target: str) -> None:
    status, reason = LINKS[target]
    outside = folder.parent / "outside.yaml"
    (folder / LINK).symlink_to(target.format(folder=folder, outside=outside))
    opened = Opened(folder)
    assert opened.names() == ["one", "two"]
    told = {
        (how, why)
        for how in ("skipped", "failed")
        for path, why in opened.entries(how).items()
        if path.startswith(LINK)
    }
    assert {(how, why[: len(reason)]) for how, why in told} == ({(status, reason)} - {("", "")})
    assert opened.incomplete  # by the way out that is always there


def test_the_folder_itself_may_be_a_link(folder: Path) -> None:
    (folder / "way out").unlink()
    link = folder.parent / "linked"
    link.symlink_to(folder)
    opened = Opened(link)
    assert opened.names() == ["one", "two"]
    assert not opened.incomplete
    single = folder.parent / "single.yaml"
    single.symlink_to(folder / "chain")
    assert Opened(single).names() == ["one"]


NAMES = {
    # of a link that leads nowhere, and of a pipe: whether an object may be missing
    "crds.yaml": True,
    "deep/crds.YML": True,
    "list.json": True,
    "list.json.gz": True,
    "crds": False,
    ".#crds.el": False,
    "README.md": False,
    "kustomization.yaml": False,
    "._crds.yaml": False,
}


@pytest.mark.parametrize("kind", ["link", "pipe"])
@pytest.mark.parametrize("name", NAMES)
def test_what_cannot_be_opened_may_hold_what_its_name_says(
    tmp_path: Path, name: str, kind: str
) -> None:
    write(tmp_path, {"real/x.yaml": configmap("one")})
    path = tmp_path / name
    path.parent.mkdir(exist_ok=True)
    if kind == "link":
        path.symlink_to("nowhere")
    else:
        os.mkfifo(path)
    opened = Opened(tmp_path)
    assert opened.names() == ["one"]
    assert opened.incomplete == NAMES[name]
    reason = {"link": NOWHERE, "pipe": SPECIAL}[kind]
    assert opened.entries("failed" if NAMES[name] else "skipped") == {name: reason}

"""The pages for `man`: they render without a warning, and `man` finds them."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from cluster.tools import missing

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "docs" / "man"
PAGES = sorted(FOLDER.glob("*.1"))

READER = {"LC_ALL": "C.UTF-8", "MANWIDTH": "80", "PATH": os.environ["PATH"], "TERM": "dumb"}


def _run(program: str, *arguments: str | Path, **environment: str) -> tuple[str, str]:
    """What a program of the machine prints on both streams; it must end with 0."""
    if shutil.which(program) is None:
        missing(f"{program} is needed, to render the pages for man: install it")
    done = subprocess.run(
        [program, *arguments],
        env=READER | environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout, done.stderr


def test_there_is_a_page_for_the_program_and_each_group() -> None:
    names = {page.stem for page in PAGES}
    groups = ("crd", "operators", "olm", "instances", "database", "check", "diff", "log", "plugins")
    assert names >= {"k8s-datamodel", *(f"k8s-datamodel-{group}" for group in groups)}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.stem))
def test_groff_and_mandoc_render_it_without_a_warning(page: Path) -> None:
    out, err = _run("groff", "-ww", "-K", "utf8", "-man", "-T", "utf8", page)
    assert err == ""
    assert "SEE ALSO" in re.sub(".\b", "", out)
    assert _run("mandoc", "-T", "lint", "-W", "warning", page) == ("", "")


def test_man_finds_the_pages_of_an_installation(tmp_path: Path) -> None:
    """As below share/man of a wheel, which pip and pipx install."""
    shutil.copytree(FOLDER, tmp_path / "man" / "man1")
    for words, told in (
        (("k8s-datamodel",), "EXIT STATUS"),
        (("k8s-datamodel-crd",), "k8s-datamodel crd list [OPTIONS]"),
        (("k8s-datamodel", "check"), "--fail-on ["),
    ):
        out, err = _run("man", "--warnings", *words, MANPATH=str(tmp_path / "man"))
        assert told in out
        assert err == ""

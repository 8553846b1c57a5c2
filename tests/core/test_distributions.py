"""Entry points of installed distributions: what importlib.metadata says, without importing it."""

from __future__ import annotations

import importlib.metadata
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

import k8s_datamodel.redaction.redactor  # noqa: F401 - it needs a sys.path that tests here take away
from k8s_datamodel import PROJECT
from k8s_datamodel.plugins.distributions import EntryPoint, entry_points
from k8s_datamodel.plugins.host import Host
from k8s_datamodel.plugins.registry import Registry
from support.command import run
from support.fake_distributions import FOLDER

ACME = EntryPoint("good", "acme_good", "acme-good", "1.2")
DIST = FOLDER / "acme_good-1.2.dist-info"
ODD = """
[other]
k8s_datamodel = other
[k8s_datamodel]
# a comment = of somebody

 spaced  =  a.b : c [extra]
equals = a=b
[console_scripts]
x = y
[ k8s_datamodel ]
z = other
"""


@pytest.fixture
def path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(sys, "path", [str(tmp_path / "gone"), str(tmp_path)])
    return tmp_path


def told_by_python() -> list[tuple[str, str]]:
    return [(p.name, p.value) for p in importlib.metadata.entry_points(group=PROJECT)]


def test_they_are_those_that_python_finds() -> None:
    assert sorted(p[:2] for p in entry_points()) == sorted(told_by_python())


@pytest.mark.parametrize("suffix", [".dist-info", ".egg-info", ".DIST-INFO"])
def test_the_file_is_read_as_python_reads_it(path: Path, suffix: str) -> None:
    folder = path / f"acme_good-1.2{suffix}"
    shutil.copytree(DIST, folder)
    (folder / "entry_points.txt").write_text(ODD)
    expected = [("spaced", "a.b : c [extra]"), ("equals", "a=b")]
    assert [p[:2] for p in entry_points()] == expected
    assert {p[2:] for p in entry_points()} == {("acme-good", "1.2")}
    assert told_by_python() == expected


def test_a_line_without_a_module_is_one_broken_plugin(path: Path) -> None:
    shutil.copytree(DIST, path / DIST.name)
    (path / DIST.name / "entry_points.txt").write_text("[k8s_datamodel]\nodd\ngood = acme_good\n")
    odd, good = entry_points()
    assert good == ACME
    [plugin] = Registry(Host.discover(entry_points=[odd])).plugins
    assert plugin.state == "broken"
    assert "is not module or module:attribute" in plugin.reason


def test_an_archive_on_the_path_is_looked_into(path: Path) -> None:
    with zipfile.ZipFile(path / "acme.zip", "w") as archive:
        for file in DIST.iterdir():
            archive.write(file, f"{DIST.name}/{file.name}")
    sys.path.append(str(path / "acme.zip"))
    assert list(entry_points()) == [ACME]


def test_an_egg_on_the_path_is_looked_into(path: Path) -> None:
    shutil.copytree(DIST, path / "acme.egg" / "EGG-INFO")
    sys.path.append(str(path / "acme.egg"))
    assert list(entry_points()) == [ACME]


def test_a_finder_of_somebodys_own_is_asked(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    class Finder:
        @staticmethod
        def find_spec(*_: object) -> None:
            return None

        @staticmethod
        def find_distributions(*_: object) -> list[importlib.metadata.Distribution]:
            return [importlib.metadata.Distribution.at(DIST)]

    assert list(entry_points()) == []
    monkeypatch.setattr(sys, "meta_path", [*sys.meta_path, Finder])
    assert list(entry_points()) == [ACME]


def test_one_whose_metadata_is_a_file_has_none(path: Path) -> None:
    (path / "old-1.egg-info").write_text("Name: old")
    shutil.copytree(DIST, path / DIST.name)
    assert list(entry_points()) == [ACME]


def test_what_is_installed_and_removed_is_noticed_at_once(tmp_path: Path) -> None:
    environment = {
        "PYTHONPATH": str(tmp_path),
        "K8S_DATAMODEL_NO_EXTERNAL_PLUGINS": "0",
        "K8S_DATAMODEL_CACHE_DIR": str(tmp_path / "cache"),
    }

    def commands() -> str:
        return run("--help", **environment).out

    shutil.copy(FOLDER / "acme_good.py", tmp_path)
    assert "widget" not in commands()
    shutil.copytree(DIST, tmp_path / DIST.name)
    assert "widget" in commands()
    assert "widget" in commands()
    points = tmp_path / DIST.name / "entry_points.txt"
    installed = points.read_text()
    points.write_text(installed.replace("acme_good", "acme_gone"))  # an editable one, edited
    assert "No module named 'acme_gone'" in run("--help", **environment).err
    points.write_text(installed)
    assert "widget" in commands()
    shutil.rmtree(tmp_path / DIST.name)
    assert "widget" not in commands()


def test_a_help_text_does_without_what_is_slow_to_import(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("K8S_DATAMODEL_CACHE_DIR", str(tmp_path))
    slow = (
        "importlib.metadata",
        "tempfile",
        "traceback",
        "k8s_datamodel.cli.commands.database_snapshots",
        "k8s_datamodel.contracts.stores",
        "k8s_datamodel.data.pages",
        "k8s_datamodel.data.snapshots",
        "k8s_datamodel.reading",
    )
    program = (
        "import sys; from k8s_datamodel.cli import run; run(['--help'])\n"
        f"print([m for m in {slow} if m in sys.modules], file=sys.stderr)"
    )
    told = [
        subprocess.run(
            [sys.executable, "-c", program], check=True, capture_output=True, text=True
        ).stderr
        for _ in range(2)
    ]
    assert told[1].strip() == "[]"

"""``plugins new`` writes a package that installs, and passes the kit at once."""

from __future__ import annotations

import configparser
import os
import subprocess
import sys
from pathlib import Path

import click
import pytest

from k8s_datamodel.base.errors import UsageError
from k8s_datamodel.cli.commands.plugins_group import GROUP
from k8s_datamodel.plugins.scaffold import KINDS, write
from support.command import PROGRAM


def _install(folder: Path) -> None:
    """Put beside the package what pip would; its pyproject.toml is read as far as it is INI."""
    project = configparser.ConfigParser(interpolation=None)
    project.read_string((folder / "pyproject.toml").read_text(encoding="utf-8"))
    name = project["project"]["name"].strip('"')
    metadata = folder / f"{name.replace('-', '_')}-0.1.0.dist-info"
    metadata.mkdir()
    (metadata / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 0.1.0\n")
    points = project["project.entry-points.k8s_datamodel"].items()
    lines = "".join(f"{point} = {module.strip(chr(34))}\n" for point, module in points)
    (metadata / "entry_points.txt").write_text(f"[k8s_datamodel]\n{lines}")


@pytest.mark.parametrize("kind", KINDS)
def test_a_new_package_passes_the_kit_and_is_active(tmp_path: Path, kind: str) -> None:
    done = subprocess.run(
        [PROGRAM, "plugins", "new", "sea-chart", "--kind", kind],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=True,
    )
    folder = tmp_path / "k8s-datamodel-sea-chart"
    assert done.stdout == ""
    assert folder.name in done.stderr
    _install(folder)
    environment = {
        **os.environ,
        "PYTHONPATH": str(folder),
        "K8S_DATAMODEL_NO_EXTERNAL_PLUGINS": "",
    }
    kit = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--rootdir", folder],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert kit.returncode == 0, kit.stdout
    assert "skipped" not in kit.stdout
    check = subprocess.run(
        [PROGRAM, "plugins", "check"],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert "k8s-datamodel-sea-chart/sea-chart: ok" in check.stdout
    assert check.returncode == 0, check.stdout


@pytest.mark.parametrize("kind", KINDS)
def test_no_line_is_too_long_whatever_the_name(tmp_path: Path, kind: str) -> None:
    for path in write(f"a{'b' * 39}", kind, tmp_path).rglob("*"):
        lines = path.read_text(encoding="utf-8").splitlines() if path.is_file() else []
        assert [line for line in lines if len(line) > 100] == []


def test_the_command_offers_every_kind() -> None:
    (option,) = [each for each in GROUP.commands["new"].params if each.name == "kind"]
    assert isinstance(option.type, click.Choice)
    assert list(option.type.choices) == list(KINDS)


def test_a_prefix_is_not_doubled(tmp_path: Path) -> None:
    assert write("k8s-datamodel-sea", "backend", tmp_path).name == "k8s-datamodel-sea"


@pytest.mark.parametrize("name", ["", "A", "a b", "../a", "-a", "a--b", "snapshots"])
def test_bad_names_are_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(UsageError):
        write(name, "resource-type", tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_nothing_is_written_over(tmp_path: Path) -> None:
    folder = write("charts", "formatter", tmp_path)
    before = (folder / "README.md").read_text()
    with pytest.raises(UsageError, match="cannot be made"):
        write("charts", "backend", tmp_path)
    assert (folder / "README.md").read_text() == before

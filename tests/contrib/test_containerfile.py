"""The steps of contrib/deploy/Containerfile, run as a script: no image can be built here.

What it installs beside k8s-datamodel is taken from the environment that runs the tests.
"""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
import sysconfig
from collections.abc import Iterator
from pathlib import Path

import pytest

from contrib.conftest import ROOT

FILE = ROOT / "contrib" / "deploy" / "Containerfile"
SAMPLE = ROOT / "docs" / "sample-cluster" / "before"
PREFIX = "/opt/k8s-datamodel"

pytestmark = pytest.mark.cluster  # too slow for `make test`


def steps() -> list[tuple[str, str]]:
    """Instructions and their arguments, comments left out."""
    text = re.sub(r"\\\n", "", FILE.read_text())
    lines = [line for line in text.splitlines() if line and not line.startswith("#")]
    found = [line.split(maxsplit=1) for line in lines]
    return [(word, argument) for word, argument in found]


class Image:
    """What the instructions of the last stage make, below a folder."""

    def __init__(self, root: Path) -> None:
        self.prefix = root / "opt"
        self.source = root / "src"
        self.environment: dict[str, str] = {}
        self.user = ""
        self.entry: list[str] = []
        for word, argument in steps():
            getattr(self, f"do_{word.lower()}")(argument.replace(PREFIX, str(self.prefix)))

    def do_arg(self, argument: str) -> None:
        assert re.fullmatch(r"BASE=[a-z]+:[\w.-]+", argument), "a short name, of no registry"

    def do_from(self, argument: str) -> None:
        assert argument.split(maxsplit=1)[0] == "${BASE}"
        self.environment = {}

    def do_workdir(self, argument: str) -> None:
        assert argument == "/src"
        self.source.mkdir()

    def do_copy(self, argument: str) -> None:
        if argument.startswith("--from=build "):
            assert argument.split()[1:] == [str(self.prefix)] * 2
            return
        *names, target = argument.split()
        for name in names:
            if (ROOT / name).is_dir():
                shutil.copytree(ROOT / name, self.source / target, dirs_exist_ok=True)
            else:
                shutil.copy(ROOT / name, self.source / target)

    def do_env(self, argument: str) -> None:
        name, _, value = argument.partition("=")
        self.environment[name] = value.replace("$PATH", os.environ["PATH"])

    def do_run(self, argument: str) -> None:
        tools = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
        pip = {"PIP_NO_DEPS": "1", "PIP_NO_BUILD_ISOLATION": "0", "PIP_NO_INDEX": "1"}
        given = {**os.environ, "PATH": tools, **pip, **self.environment}
        done = subprocess.run(
            ["/bin/sh", "-ec", argument],
            cwd=self.source,
            env=given,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, f"{argument}\n{done.stdout}{done.stderr}"
        # Behind what is installed there; see `contrib.conftest`.
        own = next(self.prefix.glob("lib/python*/site-packages"))
        (own / "dependencies.pth").write_text(sysconfig.get_path("purelib") + "\n")

    def do_user(self, argument: str) -> None:
        self.user = argument

    def do_entrypoint(self, argument: str) -> None:
        self.entry = [each.strip('",') for each in shlex.split(argument.strip("[]"))]

    def do_cmd(self, argument: str) -> None:
        assert argument == '["--help"]'

    def files(self) -> Iterator[tuple[Path, int]]:
        """Everything that is installed, and when it was written."""
        for path in sorted(self.prefix.rglob("*")):
            yield path, path.lstat().st_mtime_ns


def test_the_image_stores_a_snapshot_and_writes_to_its_volumes_only(tmp_path: Path) -> None:
    image = Image(tmp_path)
    assert image.user.partition(":")[0].isdecimal()
    assert int(image.user.partition(":")[0]) > 0
    before = list(image.files())
    given = image.environment | {"K8S_DATAMODEL_DB": str(tmp_path / "data" / "inventory.db")}
    assert image.environment["K8S_DATAMODEL_DB"] == "/var/lib/k8s-datamodel/inventory.db"
    (tmp_path / "data").mkdir()
    given["K8S_DATAMODEL_CACHE_DIR"] = str(tmp_path / "tmp")
    assert not Path(given["HOME"]).exists()
    done = subprocess.run(
        [*image.entry, "database", "store", "--source", SAMPLE],
        executable=image.prefix / "bin" / image.entry[0],
        env=given,
        capture_output=True,
        text=True,
        check=False,
    )
    assert "Stored snapshot 1 of before:" in done.stderr, done.stderr
    assert (tmp_path / "tmp").is_dir()
    assert list(image.files()) == before
    assert not Path(given["HOME"]).exists()

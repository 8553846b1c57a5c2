"""``make demo`` tells its story, in two screens, and shows what it says is to be seen."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

DEMO = Path(__file__).parents[2] / "docs" / "sample-cluster" / "demo.sh"
TWO_SCREENS = 100


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """The lines of the demo, with its messages where a terminal has them."""
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    done = subprocess.run(
        ["sh", str(DEMO)],
        cwd=tmp_path_factory.mktemp("demo"),
        env={**os.environ, "PATH": path, "PYTHONUNBUFFERED": "1"},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout
    return done.stdout.splitlines()


def test_it_takes_two_screens(told: list[str]) -> None:
    assert len(told) <= TWO_SCREENS
    assert not [line for line in told if line.startswith("k8s-datamodel: ")]


def test_each_step_shows_what_it_says_is_to_be_seen(told: list[str]) -> None:
    text = "\n".join(told)
    monday, _, tuesday = text.partition("# Tuesday")
    (fleet,) = [line for line in monday.splitlines() if "berths.fleet" in line]
    assert "1.14.2" in fleet
    (tide,) = [line for line in monday.splitlines() if "tidegauges" in line]
    assert " 0 " in tide
    assert "  CRDs        19      18    1     0\n" in tuesday
    assert "  CSVs         2       2    1     1\n" in tuesday
    assert "CSVs that have failed" not in tuesday
    summary, changes = tuesday.split("# And what changed")
    assert "      + version v2 (served, stored)\n" in changes
    assert "  ~ fleet-system/fleet-operator/Deployment: image 1.14.2 -> 1.15.0\n" in changes
    assert "  ~ tidewatch/tidewatch-operator/Deployment: image 0.4.0 -> 0.4.1\n" in changes
    assert "    harbourslots.legacy.harbourmaster.example\n" in summary


def test_it_ends_with_an_upgrade_that_would_lose_data(told: list[str]) -> None:
    _, _, upgrade = "\n".join(told).partition("# Wednesday")
    assert "\nBreaking: " in upgrade
    assert "  1 of 5 objects: data lost when read: spec.route.via" in upgrade
    assert "ticketing/skw-bre-0304-1715" in upgrade


def test_no_pager_stops_it() -> None:
    assert "K8S_DATAMODEL_PAGER=cat" in DEMO.read_text()


def test_every_comment_and_command_fits_a_hundred_columns(told: list[str]) -> None:
    assert max(len(line) for line in told if line[:1] in "#$") <= 100

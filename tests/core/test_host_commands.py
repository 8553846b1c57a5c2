"""The command with a crowd of broken and hostile plugins installed: it works, and tells of each."""

from __future__ import annotations

import json
from importlib.metadata import entry_points
from pathlib import Path
from typing import Any

import pytest

from k8s_datamodel import PROJECT
from support.command import Done, run
from support.fake_distributions import FOLDER, builtin_points, fake_points

MANIFEST = b"""\
apiVersion: acme.example/v1
kind: Widget
metadata: {name: one, namespace: shop}
"""


@pytest.fixture
def hostile() -> dict[str, Any]:
    """An environment in which the fake distributions are installed, and nobody else's."""
    others = [
        p.name for p in entry_points(group=PROJECT) if p.dist and p.dist.name != "k8s-datamodel"
    ]
    return {
        "PYTHONPATH": str(FOLDER),
        "K8S_DATAMODEL_NO_EXTERNAL_PLUGINS": "",
        "K8S_DATAMODEL_DISABLE_PLUGINS": ",".join(others),
    }


def states(done: Done) -> dict[tuple[str, str], str]:
    return {(row["distribution"], row["name"]): row["state"] for row in done.json}


def test_help_comes_with_one_line_for_each_that_is_broken(hostile: dict[str, Any]) -> None:
    done = run("--help", **hostile)
    assert done.code == 0
    assert "database" in done.out
    assert "widget" in done.out, "a good plugin is there"
    assert "Traceback" not in done.err
    told = [line for line in done.err.splitlines() if line.startswith("k8s-datamodel: plugin ")]
    assert sum("plugin exits of hostile 6.6.6 is broken" in line for line in told) == 1
    assert sum("plugin crds of rival 2.0 is duplicate" in line for line in told) == 1
    assert not any("plugin prints" in line for line in told)


def test_listing_plugins_tells_every_state(hostile: dict[str, Any]) -> None:
    done = run("plugins", "list", "--output", "json", **hostile)
    assert done.code == 0
    told = states(done)
    assert len(told) == len(fake_points()) + len(builtin_points())
    assert told["k8s-datamodel", "crds"] == "active"
    assert told["acme-good", "good"] == "active"
    assert told["hostile", "exits"] == "broken"
    assert told["hostile", "newer_api"] == "incompatible"
    assert told["rival", "crds"] == "duplicate"
    without = run("plugins", "list", "--output", "json", "--no-external-plugins", **hostile)
    assert set(states(without).values()) == {"active", "disabled"}


def test_checking_plugins_tells_each_fault_with_file_and_line(hostile: dict[str, Any]) -> None:
    done = run("plugins", "check", **hostile)
    assert done.code == 1
    assert "k8s-datamodel/crds: ok" in done.out
    assert "acme-good/good: ok" in done.out
    fault = f"{FOLDER / 'hostile' / 'exits.py'}:5: SystemExit: no license was found"
    assert fault in done.out
    assert "hostile.not_there:open" in done.out, "what a plugin points to is loaded as well"
    assert "Traceback" not in done.out + done.err


@pytest.mark.parametrize(
    ("disabled", "told"),
    [
        ("operators", "No such command 'operators'. Disabled: plugin operators; 'plugins list'"),
        ("operators,olm", "No such command 'operators'. Disabled: plugins olm, operators; 'plug"),
    ],
)
def test_a_command_that_is_not_there_may_be_of_a_disabled_plugin(disabled: str, told: str) -> None:
    done = run("operators", "list", K8S_DATAMODEL_DISABLE_PLUGINS=disabled)
    assert done.code == 2
    assert told in done.err
    assert "Disabled" not in run("operatorz", "list").err


EVIDENCE = """\
from k8s_datamodel.api import EvidenceSpec, hookimpl

@hookimpl
def register_evidence():
    return [EvidenceSpec("owners", "operatorz", lambda item: ())]
"""


def test_checking_plugins_tells_evidence_that_no_type_asks_for(tmp_path: Path) -> None:
    (tmp_path / "plugins").mkdir()
    (tmp_path / "plugins" / "owners.py").write_text(EVIDENCE)
    folder = {"K8S_DATAMODEL_CONFIG_DIR": str(tmp_path), "K8S_DATAMODEL_NO_EXTERNAL_PLUGINS": ""}
    done = run("plugins", "check", **folder)
    assert done.code == 1
    assert "  evidence owners: there is no type 'operatorz'; there are: " in done.out


def test_who_is_disabled_is_silent_until_enabled(hostile: dict[str, Any]) -> None:
    assert "plugin exits of" in run("--help", **hostile).err
    assert run("plugins", "disable", "exits", **hostile).code == 0
    assert "plugin exits of" not in run("--help", **hostile).err
    told = states(run("plugins", "list", "--output", "json", **hostile))
    assert told["hostile", "exits"] == "disabled"
    assert run("plugins", "enable", "exits", **hostile).code == 0
    assert "plugin exits of" in run("--help", **hostile).err


def test_strict_makes_a_broken_plugin_an_error_but_not_for_reports(
    hostile: dict[str, Any],
) -> None:
    done = run("--strict", "crd", "list", "--source", "-", stdin=MANIFEST, **hostile)
    assert done.code == 1
    assert done.out == ""
    assert "plugin exits of hostile 6.6.6 is broken" in done.err
    assert run("plugins", "list", "--strict", **hostile).code == 0


def test_stdout_is_the_datas_whatever_plugins_print(hostile: dict[str, Any]) -> None:
    for _ in range(2):  # the first run loads the plugins, the second knows them
        done = run("crd", "list", "-o", "json", "--source", "-", stdin=MANIFEST, **hostile)
        assert json.loads(done.out) == []
        assert "Traceback" not in done.err
        done = run("widget", "list", "-o", "json", "--source", "-", stdin=MANIFEST, **hostile)
        assert [row["name"] for row in json.loads(done.out)] == ["one"]


def test_a_snapshot_of_the_others_is_whole(hostile: dict[str, Any], tmp_path: Path) -> None:
    database = ("--db-path", tmp_path / "x.db")
    done = run("database", "store", "--source", "-", *database, stdin=MANIFEST, **hostile)
    assert "Traceback" not in done.err
    shown = run("database", "show", "latest", "-o", "json", *database, **hostile)
    assert [row["name"] for row in shown.json["widgets"]] == ["one"]
    assert {"snapshot", "crds", "operators", "csvs", "widgets"} <= set(shown.json)

"""A flag is what the command line says it is, not a word that stands somewhere in it."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from seed import sample
from support.command import Done
from support.forked import Forked

SOURCE = sample.FOLDER / "before" / "crds" / "others.yaml"
BROKEN = "plugin broken of"


@pytest.fixture
def start(command: Forked, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Forked:
    """In a folder of its own, with a plugin of the user's that is broken."""
    monkeypatch.chdir(tmp_path)
    folder = Path(os.environ["K8S_DATAMODEL_CONFIG_DIR"]) / "plugins"
    folder.mkdir(parents=True)
    (folder / "broken.py").write_text("1 / 0\n")
    monkeypatch.setenv("K8S_DATAMODEL_NO_EXTERNAL_PLUGINS", "0")
    return command


def store(start: Forked, tmp_path: Path, *arguments: object) -> Done:
    place = {
        "K8S_DATAMODEL_SOURCE": str(SOURCE),
        "K8S_DATAMODEL_DB": str(tmp_path / "inventory.db"),
    }
    return start.run(*arguments, **place)


@pytest.mark.parametrize(
    ("arguments", "code", "told"),
    [
        (("database", "store"), 0, True),
        (("database", "store", "--strict"), 1, True),
        (("--strict", "database", "store"), 1, True),
        (("database", "--strict", "store"), 1, True),
        (("crd", "list", "--strict"), 1, True),
        (("database", "store", "--notes", "--strict"), 0, True),
        (("database", "store", "--notes=--strict"), 0, True),
        (("crd", "list", "--name", "--strict"), 0, True),
        (("crd", "list", "--store-db", "--notes", "--strict"), 0, True),
        (("database", "store", "--notes", "--strict", "--strict"), 1, True),
        (("database", "store", "--no-external-plugins"), 0, False),
        (("--no-external-plugins", "database", "store"), 0, False),
        (("database", "store", "--notes", "--no-external-plugins"), 0, True),
        (("crd", "list", "--name", "--no-external-plugins"), 0, True),
        (("database", "store", "--notes", "--strict", "--no-external-plugins"), 0, False),
        (("database", "store", "--notes", "--no-external-plugins", "--strict"), 1, True),
        (("database", "store", "--strict", "--no-external-plugins"), 0, False),
    ],
)
def test_a_word_is_a_flag_where_it_stands_as_one(
    start: Forked, tmp_path: Path, arguments: tuple[str, ...], code: int, told: bool
) -> None:
    done = store(start, tmp_path, *arguments)
    assert done.code == code, done
    assert (BROKEN in done.err) is told, done.err
    assert done.err.count(BROKEN) <= 1


def test_notes_are_what_was_typed(start: Forked, tmp_path: Path) -> None:
    for words in ("--strict", "--no-external-plugins", "--db-path"):
        assert store(start, tmp_path, "database", "store", "--notes", words).code == 0
    listed = store(start, tmp_path, "database", "list", "-o", "json").json
    assert [each["notes"] for each in listed] == ["--strict", "--no-external-plugins", "--db-path"]


@pytest.mark.parametrize("arguments", [("--help",), ("crd", "--help"), ("crd", "no-such")])
def test_a_broken_plugin_is_told_once_where_nothing_runs(
    start: Forked, arguments: tuple[str, ...]
) -> None:
    done = start.run(*arguments)
    assert done.err.count(BROKEN) == 1, done.err


def test_one_is_and_two_are(start: Forked) -> None:
    assert "plugins is faulty" in start.run("plugins", "check").err
    folder = Path(os.environ["K8S_DATAMODEL_CONFIG_DIR"]) / "plugins"
    (folder / "worse.py").write_text("1 / 0\n")
    assert "plugins are faulty" in start.run("plugins", "check").err


def test_help_says_what_a_group_is_for(start: Forked) -> None:
    text = start.run("--help").out
    assert "Commands: " not in text
    assert "What a cluster is, what it holds, and what may be read of it." in text

"""What the user reads is not written over, under whatever name."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest

from k8s_datamodel.base.errors import UsageError
from k8s_datamodel.cli.frame.app import App
from k8s_datamodel.cli.frame.protected_inputs import protect_inputs


class Reads(App):
    """A command that reads a database, and a dump in a folder."""

    def __init__(self, folder: Path) -> None:
        super().__init__()
        self.folder = folder

    def inputs(self) -> Mapping[str, Sequence[Path]]:
        database, dump = self.folder / "inventory.db", self.folder / "dump"
        return {"the database": (database, self.folder / "later.db"), "the source": (dump,)}


@pytest.fixture
def app(tmp_path: Path) -> App:
    (tmp_path / "dump" / "crds").mkdir(parents=True)
    (tmp_path / "dump" / "crds" / "one.yaml").write_text("one")
    (tmp_path / "inventory.db").write_text("two")
    (tmp_path / "link.db").symlink_to("inventory.db")
    (tmp_path / "hard.db").hardlink_to(tmp_path / "inventory.db")
    (tmp_path / "outside.yaml").hardlink_to(tmp_path / "dump" / "crds" / "one.yaml")
    (tmp_path / "far.yaml").symlink_to("dump/crds/one.yaml")
    (tmp_path / "other.json").write_text("three")
    return Reads(tmp_path)


@pytest.mark.parametrize(
    ("output", "what"),
    [
        ("inventory.db", "the database"),
        ("dump/../inventory.db", "the database"),
        ("link.db", "the database"),
        ("hard.db", "the database"),
        ("later.db", "the database"),
        ("./later.db", "the database"),
        ("dump", "the source"),
        ("dump/crds/one.yaml", "the source"),
        ("outside.yaml", "the source"),
        ("far.yaml", "the source"),
    ],
)
def test_what_is_read_is_refused(app: App, tmp_path: Path, output: str, what: str) -> None:
    with pytest.raises(UsageError, match=what):
        protect_inputs(app, tmp_path / output)


@pytest.mark.parametrize(
    "output", ["new.json", "other.json", "dump/crds/new.yaml", "nowhere/x.json"]
)
def test_the_rest_may_be_written(app: App, tmp_path: Path, output: str) -> None:
    protect_inputs(app, tmp_path / output)


def test_one_of_the_inputs_may_be_excepted(app: App, tmp_path: Path) -> None:
    protect_inputs(app, tmp_path / "inventory.db", but="the database")
    with pytest.raises(UsageError):
        protect_inputs(app, tmp_path / "dump", but="the database")

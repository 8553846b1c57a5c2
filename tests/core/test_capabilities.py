"""A minimal storage backend stores and shows; a command that needs more of it says so."""

from __future__ import annotations

from collections.abc import Callable
from importlib.resources import files
from pathlib import Path

import pytest

from support.command import Done
from support.forked import run

SAMPLE = Path(__file__).parents[2] / "docs" / "sample-cluster" / "before"
REGISTER = """

from k8s_datamodel.api import StorageSpec, hookimpl


@hookimpl
def register_storage_backends():
    return [StorageSpec("folder", "k8s_datamodel_local.minimal:open_store", can=())]
"""


@pytest.fixture(scope="module")
def minimal(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Done]:
    """Runs a command on a database of the backend that ``plugins new`` writes, less ``delete``."""
    folder = tmp_path_factory.mktemp("minimal")
    plugin = folder / "config" / "plugins" / "minimal.py"
    plugin.parent.mkdir(parents=True)
    template = files("k8s_datamodel") / "templates" / "backend" / "store.py.txt"
    plugin.write_text(template.read_text(encoding="utf-8") + REGISTER)
    env = {
        "K8S_DATAMODEL_CONFIG_DIR": str(folder / "config"),
        "K8S_DATAMODEL_NO_EXTERNAL_PLUGINS": "",
        "K8S_DATAMODEL_CACHE_DIR": str(folder / "cache"),
        "K8S_DATAMODEL_DB": f"folder://{folder}/database",
        "K8S_DATAMODEL_SOURCE": str(SAMPLE),
        "HOME": str(folder),
    }
    for _ in range(2):
        assert run("database", "store", **env).code == 0
    return lambda *arguments: run(*arguments, **env)


def test_it_stores_and_shows(minimal: Callable[..., Done]) -> None:
    assert [row["id"] for row in minimal("database", "list", "-o", "json").json] == [1, 2]
    shown = minimal("database", "show", "latest", "--ledger", "-o", "json").json
    assert len(shown["crds"]) == shown["snapshot"]["crd_count"] > 0
    assert minimal("database", "export", "1", "-o", "yaml").code == 0
    assert minimal("crd", "list", "--snapshot", "1", "-o", "name").out


@pytest.mark.parametrize(
    ("arguments", "needed"),
    [
        (("stats",), "stats"),
        (("verify",), "verify"),
        (("query", "SELECT 1"), "query"),
        (("backup", "x.db"), "backup"),
        (("restore", "x.db", "--yes"), "restore"),
        (("cleanup", "--keep", "1"), "delete"),
        (("cleanup", "--max-size", "2GB"), "delete"),
        (("delete", "1", "--yes"), "delete"),
    ],
)
def test_a_command_that_needs_more_says_so(
    minimal: Callable[..., Done], arguments: tuple[str, ...], needed: str
) -> None:
    done = minimal("database", *arguments)
    assert (done.code, done.out) == (2, "")
    assert f'the backend of folder databases has no "{needed}"' in done.err
    assert len(done.err.splitlines()) == 1


def test_it_cannot_be_copied_from(minimal: Callable[..., Done], tmp_path: Path) -> None:
    done = minimal("database", "copy", f"folder://{tmp_path}", tmp_path / "new.db")
    assert done.code == 2
    assert 'has no "types"' in done.err
    assert not (tmp_path / "new.db").exists()


def test_plugins_tell_what_a_backend_can_do(minimal: Callable[..., Done]) -> None:
    rows = {row["name"]: row["stores"] for row in minimal("plugins", "list", "-o", "json").json}
    assert rows["minimal"] == {"folder": []}
    assert set(rows["sql"]["sqlite"]) - set(rows["sql"]["postgresql"]) == {"backup", "restore"}
    assert rows["crds"] == {}
    told = minimal("plugins", "docs", "sql").out
    assert "showing: " + ", ".join(sorted(rows["sql"]["postgresql"])) in told

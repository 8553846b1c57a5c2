"""Whose fault it is: what fails in one plugin is never said to be another's, nor the host's."""

from __future__ import annotations

from pathlib import Path
from textwrap import dedent

import pytest

from support.forked import run

SOURCE = """\
from k8s_datamodel.api import ClusterInfo, Count, Listing, Outcome
from k8s_datamodel.api import SourceError, SourceSpec, hookimpl

BUOY = {
    "apiVersion": "sea.example/v1",
    "kind": "Buoy",
    "metadata": {"name": "north", "namespace": "bay"},
}


class Sea:
    def __init__(self, mood):
        self.mood = mood

    def describe(self, note):
        return ClusterInfo("sea")

    def list(self, request):
        if self.mood == "first":
            raise KeyError("charts")
        if self.mood == "untyped":
            return [[BUOY]]
        return Listing(self.parts())

    def parts(self):
        yield [BUOY]
        if self.mood == "midway":
            raise KeyError("charts")
        if self.mood == "gives-up":
            raise GeneratorExit("enough")
        if self.mood == "told":
            raise SourceError("the sea is rough")
        yield Outcome("complete")

    def count(self, resource, namespace=None):
        if self.mood == "counts":
            raise KeyError("charts")
        return Count(1, "exact", Outcome("complete"))

    def close(self):
        pass


def open_sea(request):
    return Sea(request.location.partition("://")[2])


@hookimpl
def register_sources():
    return [SourceSpec("sea", open_sea)]
"""

TYPE = """\
import click

from k8s_datamodel.api import Column, CommandSpec, Derived, Read, Record, Resource, ResourceType
from k8s_datamodel.api import Rows, hookimpl
from k8s_datamodel.commands import get_command

BUOYS = Resource("sea.example", "v1", "buoys", "Buoy")


def collect(reader):
    for buoy in reader.objects(BUOYS):
        yield buoy
    list(reader.count([BUOYS]))


def breaks(reader):
    yield from reader.objects(BUOYS)
    raise KeyError("paint")


def text(row):
    return "a buoy"


def fails(row):
    raise KeyError("paint")


def rows(row):
    return Rows((Column("name", show="table"),), [{"name": row["name"]}])


def choose(options):
    if options["how"] == "raise":
        raise KeyError("paint")
    return {"text": text, "fails": fails, "word": "rows", "rows": rows}.get(options["how"])


def derive(moment, earlier):
    raise KeyError("paint")


LIT = (Column("lit", "boolean"), Column("why"))
DERIVED = Derived("lit", LIT, "lit", "why", (), "k8s_datamodel_local.buoys:derive")
COLUMNS = (
    Column("namespace", show="table", path=".metadata.namespace"),
    Column("name", show="table", path=".metadata.name"),
)


def type_of(name, collector, **more):
    ids = ("namespace", "name")
    return ResourceType(
        name=name, columns=COLUMNS, identity=ids, collector=collector, reads=(Read(BUOYS),), **more
    )


TYPE = type_of("buoys", collect, derived=(DERIVED,))
get = get_command(TYPE, [click.option("--how")], choose)


@hookimpl
def register_resource_types():
    return [TYPE, type_of("wrecks", breaks)]


@hookimpl
def register_commands():
    return [CommandSpec("get", get, "buoys")]
"""

BUOYS, SEA = "plugin buoys of {}/buoys.py", "plugin sea of {}/sea.py"
PAINT, CHARTS = "failed: KeyError: 'paint' ({}/buoys.py:", "failed: KeyError: 'charts' ({}/sea.py:"

FAULTS = [
    # what is run, against which mood of the source, the exit code, and who is blamed for what
    ("buoys list", "first", 3, f"{SEA} {CHARTS}"),
    ("buoys list", "midway", 3, f"{SEA} {CHARTS}"),
    ("buoys count", "midway", 3, f"{SEA} {CHARTS}"),
    ("buoys list", "gives-up", 3, f"{SEA} failed: GeneratorExit: enough ({{}}/sea.py:"),
    ("buoys list", "told", 3, "the source failed: the sea is rough"),
    ("buoys list", "untyped", 3, "the source failed: its list is a list, no Listing"),
    ("buoys list", "counts", 3, f"{SEA} {CHARTS}"),
    (
        "wrecks list",
        "calm",
        3,
        "the collector of wrecks (plugin buoys of {}/buoys.py) failed: KeyError",
    ),
    ("buoys list --lit", "calm", 1, f"{BUOYS} {PAINT}"),
    ("buoys get north --how raise", "calm", 1, f"{BUOYS} {PAINT}"),
    ("buoys get north --how fails", "calm", 1, f"{BUOYS} {PAINT}"),
    (
        "buoys get north --how word",
        "calm",
        1,
        f"{BUOYS}: get: choose gave 'rows', neither a function",
    ),
    ("buoys get north --how text", "calm", 1, f"{BUOYS}: get: text gave a str, no Rows"),
    ("buoys get north --how rows", "calm", 0, ""),
    ("buoys list", "calm", 0, ""),
]


@pytest.fixture(scope="module")
def plugins(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("blame") / "plugins"
    folder.mkdir()
    for name, text in (("sea", SOURCE), ("buoys", TYPE)):
        (folder / f"{name}.py").write_text(dedent(text))
    return folder


@pytest.mark.parametrize(("command", "mood", "code", "said"), FAULTS)
def test_the_one_at_fault_is_named(
    plugins: Path, command: str, mood: str, code: int, said: str
) -> None:
    done = run(
        *("--source", f"sea://{mood}", *command.split()),
        K8S_DATAMODEL_CONFIG_DIR=str(plugins.parent),
        K8S_DATAMODEL_NO_EXTERNAL_PLUGINS="",
        K8S_DATAMODEL_CACHE_DIR=str(plugins.parent / "cache"),
    )
    assert done.code == code, done.err
    assert said.replace("{}", str(plugins)) in done.err
    blamed = [name for name in ("buoys.py", "sea.py", "collector") if name in done.err]
    expected = [name for name in ("buoys.py", "sea.py", "collector") if name in said]
    assert blamed == expected, done.err
    assert "fault of k8s-datamodel" not in done.err

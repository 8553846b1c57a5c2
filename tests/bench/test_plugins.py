"""What fifty plugins cost at the start of a command."""

from __future__ import annotations

import resource
import time
from collections.abc import Iterable
from pathlib import Path

import pytest

from support.command import ok

pytestmark = pytest.mark.bench

PLUGINS = 50
MOST_SECONDS = 0.050
ROUNDS = 12

MODULE = """\
from k8s_datamodel.api import (
    Column, CommandSpec, FormatterSpec, Read, Resource, ResourceType, hookimpl
)

THINGS = Resource("bench{n}.example", "v1", "things", "Thing")

@hookimpl
def register_resource_types():
    yield ResourceType(
        name="things_{n}", command="thing-{n}", singular="Thing {n}", plural="Things {n}",
        columns=(Column("namespace", show="table"), Column("name", show="table")),
        identity=("namespace", "name"), collector="bench_{n}.work:collect", reads=(Read(THINGS),),
    )

@hookimpl
def register_formatters():
    return [FormatterSpec("bench-{n}", "bench_{n}.work:Format", (".bench{n}",))]

@hookimpl
def register_commands():
    return [CommandSpec("bench-{n}", "bench_{n}.work:command", "database", "Does nothing.")]
"""


def install(folder: Path) -> None:
    """Fifty distributions, each with a type, a format and a command."""
    for n in range(PLUGINS):
        package = folder / f"bench_{n}"
        package.mkdir()
        (package / "__init__.py").write_text(MODULE.format(n=n))
        (package / "work.py").write_text("import unittest.mock  # something heavy\n")
        metadata = folder / f"bench_{n}-1.0.dist-info"
        metadata.mkdir()
        (metadata / "METADATA").write_text(
            f"Metadata-Version: 2.1\nName: bench-{n}\nVersion: 1.0\n"
        )
        (metadata / "entry_points.txt").write_text(f"[k8s_datamodel]\nbench{n} = bench_{n}\n")


def started(*arguments: str, **env: str) -> tuple[float, float]:
    """Seconds of the processor, and on the clock, that a command takes."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    before = time.perf_counter()
    ok(*arguments, **env)
    clock = time.perf_counter() - before
    now = resource.getrusage(resource.RUSAGE_CHILDREN)
    return now.ru_utime + now.ru_stime - used.ru_utime - used.ru_stime, clock


def _least(times: Iterable[tuple[float, float]]) -> tuple[float, float]:
    used, clock = zip(*times, strict=True)
    return min(used), min(clock)


@pytest.mark.parametrize("arguments", [("--help",), ("plugins", "list", "--no-load")])
def test_fifty_plugins_cost_at_most_50_ms_at_the_start(
    tmp_path: Path, arguments: tuple[str, ...]
) -> None:
    install(tmp_path)
    common = {
        "K8S_DATAMODEL_NO_EXTERNAL_PLUGINS": "",
        "XDG_CACHE_HOME": str(tmp_path / "cache"),
    }
    none = {**common, "PYTHONPATH": ""}
    fifty = {**common, "PYTHONPATH": str(tmp_path)}
    first, _ = started(*arguments, **fifty)  # imports all fifty, and keeps what they register
    started(*arguments, **none)
    assert "thing-49" in ok("--help", **fifty).out
    # In turns: what else the machine does then hits both.
    pairs = [(started(*arguments, **fifty), started(*arguments, **none)) for _ in range(ROUNDS)]
    with_them, without = (_least(each) for each in zip(*pairs, strict=True))
    # A start only computes: the processor's time is what it takes on a machine with nothing else
    # to do.
    growth = with_them[0] - without[0]
    print(
        f"\n{' '.join(arguments)}: {PLUGINS} plugins cost {growth * 1000:.0f} ms over "
        f"{without[0] * 1000:.0f} (on the clock {(with_them[1] - without[1]) * 1000:.0f} ms over "
        f"{without[1] * 1000:.0f}, the very first time {(first - without[0]) * 1000:.0f} ms)"
    )
    assert growth <= MOST_SECONDS

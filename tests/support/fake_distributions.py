"""Plugins of distributions that are not installed: their metadata lies in ``data/installed``."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.metadata import Distribution, distributions
from pathlib import Path

from k8s_datamodel import PROJECT
from k8s_datamodel.plugins.config import PluginSettings
from k8s_datamodel.plugins.distributions import EntryPoint
from k8s_datamodel.plugins.finders import Plugin
from k8s_datamodel.plugins.host import Host
from k8s_datamodel.plugins.registry import Registry

FOLDER = Path(__file__).parents[1] / "data" / "installed"
MODULES = ("acme_good", "acme_parts", "acme_shared", "hostile", "rival", "k8s_datamodel_local")


def points_of(found: Distribution) -> list[EntryPoint]:
    name = found.name.replace(".", "-").lower()
    ours = [point for point in found.entry_points if point.group == PROJECT]
    return [EntryPoint(point.name, point.value, name, found.version) for point in ours]


def builtin_points() -> list[EntryPoint]:
    return points_of(Distribution.from_name("k8s-datamodel"))


def fake_points(*names: str) -> list[EntryPoint]:
    """Entry points of the fake distributions, in the order asked; all without names.

    A name is ``name``, or ``distribution/name`` for those that share their name with another.
    """
    points = [
        (found.name, point)
        for found in distributions(path=[str(FOLDER)])
        for point in points_of(found)
    ]
    if not names:
        return [point for _, point in points]
    chosen = []
    for name in names:
        distribution, _, plain = name.rpartition("/")
        [one] = [p for d, p in points if p.name == plain and d == (distribution or d)]
        chosen.append(one)
    return chosen


@contextmanager
def importable() -> Iterator[None]:
    """The fake distributions can be imported, each time anew."""
    sys.path.insert(0, str(FOLDER))
    try:
        yield
    finally:
        sys.path[:] = [entry for entry in sys.path if entry != str(FOLDER)]
        for name in [m for m in sys.modules if m.partition(".")[0] in MODULES]:
            del sys.modules[name]


def hosted(*names: str, settings: PluginSettings | None = None) -> Host:
    """A host with the built-ins and the fake plugins of these names."""
    return Host.discover(settings or PluginSettings(), [*builtin_points(), *fake_points(*names)])


def only(registry: Registry, name: str) -> Plugin:
    [plugin] = [p for p in registry.plugins if p.name == name and not p.builtin]
    return plugin

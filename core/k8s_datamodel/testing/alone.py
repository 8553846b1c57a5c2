"""A registry that contains only the plugin under test."""

from __future__ import annotations

from types import SimpleNamespace

from k8s_datamodel import hookimpl
from k8s_datamodel.base.errors import PluginError
from k8s_datamodel.cli.root import reserved
from k8s_datamodel.contracts.specs import EvidenceSpec, FormatterSpec, StorageSpec
from k8s_datamodel.plugins.asking import HOOKS
from k8s_datamodel.plugins.finders import Plugin
from k8s_datamodel.plugins.host import Host
from k8s_datamodel.plugins.registry import Registry
from k8s_datamodel.types.resource_types import ResourceType

_NAME = "tested"


def alone(spec: ResourceType | StorageSpec | FormatterSpec | EvidenceSpec) -> Registry:
    """A registry that holds one specification, checked as the host checks any plugin's.

    Raises PluginError if the host would refuse it.
    """
    hook = next(name for name, kind in HOOKS.items() if isinstance(spec, kind))
    tested = SimpleNamespace(**{hook: hookimpl(lambda: (spec,))})
    plugin = Plugin(_NAME, _NAME, "0", _NAME, "installed", lambda: tested)
    registry = Registry(Host([plugin]), reserved)
    if registry.problems:
        raise PluginError("; ".join(registry.problems))
    return registry


def unloadable(spec: ResourceType | StorageSpec | FormatterSpec | EvidenceSpec) -> list[str]:
    """What a specification points to and cannot be imported, a line each. Raises PluginError."""
    registry = alone(spec)
    (plugin,) = registry.plugins
    return registry.unloadable(plugin)

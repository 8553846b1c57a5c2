"""A registry that contains only the plugin under test."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from k8s_datamodel import hookimpl
from k8s_datamodel.base.errors import PluginError
from k8s_datamodel.cli.root import reserved
from k8s_datamodel.contracts.specs import FormatterSpec, StorageSpec
from k8s_datamodel.plugins.host import Host, Plugin
from k8s_datamodel.plugins.registry import Registry
from k8s_datamodel.types.resource_types import ResourceType

_NAME = "tested"


class _Tested:
    """A plugin that registers one specification."""

    def __init__(self, spec: Any) -> None:
        self._spec = spec

    def _if(self, kind: type) -> Iterable[Any]:
        return (self._spec,) if isinstance(self._spec, kind) else ()

    @hookimpl
    def register_resource_types(self) -> Iterable[Any]:
        return self._if(ResourceType)

    @hookimpl
    def register_storage_backends(self) -> Iterable[Any]:
        return self._if(StorageSpec)

    @hookimpl
    def register_formatters(self) -> Iterable[Any]:
        return self._if(FormatterSpec)


def alone(spec: ResourceType | StorageSpec | FormatterSpec) -> Registry:
    """A registry that holds one specification, checked as the host checks any plugin's.

    Raises:
        PluginError: the host would refuse it.
    """
    plugin = Plugin(_NAME, _NAME, "0", _NAME, "installed", lambda: _Tested(spec))
    registry = Registry(Host([plugin]), reserved)
    if registry.problems:
        raise PluginError("; ".join(registry.problems))
    return registry


def unloadable(spec: ResourceType | StorageSpec | FormatterSpec) -> list[str]:
    """What a specification points to and cannot be imported, a line each. Raises PluginError."""
    registry = alone(spec)
    (plugin,) = registry.plugins
    return registry.unloadable(plugin)

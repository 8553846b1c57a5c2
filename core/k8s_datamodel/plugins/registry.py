"""Typed, validated registrations of plugins, and the import of their targets.

A plugin is accepted as a whole or rejected as a whole.
"""

from __future__ import annotations

import importlib
import inspect
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial
from operator import attrgetter
from typing import TYPE_CHECKING, Any, TypeAlias, cast

from k8s_datamodel.base.errors import DatamodelError, PluginError, UsageError
from k8s_datamodel.contracts.specs import (
    CommandSpec,
    EvidenceSpec,
    FormatterSpec,
    SourceSpec,
    StorageSpec,
    capabilities,
)
from k8s_datamodel.plugins.cache import Cache, Entry, entry_of, key_of
from k8s_datamodel.plugins.finders import Plugin
from k8s_datamodel.plugins.host import Host
from k8s_datamodel.plugins.isolation import fault_of, isolated
from k8s_datamodel.plugins.registrations import Spec, spec_name, targets
from k8s_datamodel.types.foreign_texts import one_line, shown
from k8s_datamodel.types.resource_types import ResourceType

if TYPE_CHECKING:
    from k8s_datamodel.contracts.formatting import Formatter

KINDS: Mapping[type[Spec], str] = {
    ResourceType: "type",
    StorageSpec: "storage",
    FormatterSpec: "formatter",
    SourceSpec: "source",
    CommandSpec: "command",
    EvidenceSpec: "evidence",
}
"""Names of the kinds for ``Registry.owner``."""

Reserved: TypeAlias = tuple[Iterable[str], Iterable[str]]
"""The host's commands, such as ``plugins`` or ``database store``, and the options (without dashes)
of commands that types add options to."""


class Registry:
    """Everything that the usable plugins offer, by kind."""

    types: tuple[ResourceType, ...]  # by order, then name
    formatters: Mapping[str, FormatterSpec]  # by name
    storages: Mapping[str, StorageSpec]  # by scheme
    sources: Mapping[str, SourceSpec]  # by scheme
    commands: tuple[CommandSpec, ...]  # by group, then name
    evidence: tuple[EvidenceSpec, ...]  # by name

    def __init__(
        self,
        host: Host,
        reserved: Callable[[], Reserved] = lambda: ((), ()),
        cache: Cache | None = None,
    ) -> None:
        """Load the host's plugins and ask each for its registrations.

        A plugin that has not changed since the cache was written is not imported. ``reserved``
        returns the names that plugins may not take, and is called only if the cache lacks a plugin.
        """
        self._host = host
        self._specs: dict[tuple[str, str], tuple[Spec, Plugin]] = {}
        for plugin, specs in _registered(host, reserved, cache):
            found = {(_kind(spec), spec_name(spec)): (spec, plugin) for spec in specs}
            self._specs.update(found)
        self._arrange()

    @property
    def plugins(self) -> tuple[Plugin, ...]:
        """Every plugin with its final state."""
        return self._host.plugins

    @property
    def problems(self) -> tuple[str, ...]:
        """One line for each plugin that cannot be used."""
        return self._host.problems

    def insist(self, *, strict: bool = False) -> None:
        """Raise PluginError if a plugin cannot be used and the settings are strict."""
        if (strict or self._host.settings.strict) and self.problems:
            raise PluginError("; ".join(self.problems))

    def type(self, name: str) -> ResourceType:
        """The resource type of that name. Raises UsageError."""
        return cast(ResourceType, self._find("type", name))

    def formatter(self, name: str) -> FormatterSpec:
        """The format of that name. Raises UsageError."""
        return cast(FormatterSpec, self._find("formatter", name))

    def storage(self, scheme: str) -> StorageSpec:
        """The storage backend of that scheme. Raises UsageError."""
        return cast(StorageSpec, self._find("storage", scheme))

    def source(self, scheme: str) -> SourceSpec:
        """The source of that scheme. Raises UsageError."""
        return cast(SourceSpec, self._find("source", scheme))

    def owner(self, kind: str, name: str) -> Plugin:
        """The plugin that registered something, by kind and name. Raises UsageError."""
        self._find(kind, name)
        return self._specs[kind, name][1]

    def specs_of(self, plugin: Plugin) -> list[Spec]:
        """Everything that a plugin registered; nothing if it is not in use."""
        return [spec for spec, owner in self._specs.values() if owner.path == plugin.path]

    def raw_reads(self, plugin: Plugin) -> list[str]:
        """Names of the resources that a plugin's types read unredacted, credentials included."""
        types = (spec for spec in self.specs_of(plugin) if isinstance(spec, ResourceType))
        return sorted({read.resource.name for spec in types for read in spec.reads if read.raw})

    def capabilities(self, plugin: Plugin) -> dict[str, list[str]]:
        """What the storage backends of a plugin can do beyond the minimum, by scheme."""
        backends = (spec for spec in self.specs_of(plugin) if isinstance(spec, StorageSpec))
        return {spec.scheme: sorted(capabilities(spec)) for spec in backends}

    def load_target(self, spec: Spec) -> Any:
        """Import a type's collector or another registration's target. Raises PluginError."""
        target = spec.collector if isinstance(spec, ResourceType) else spec.target
        if not isinstance(target, str):
            return target
        if isinstance(spec, FormatterSpec):
            return load(target, self.owner("formatter", spec.name))
        return self.load_function(spec, target)

    def load_formatter(self, spec: FormatterSpec, argument: str = "") -> Formatter:
        """A formatter that is ready to write.

        Raises PluginError, or UsageError if the format does not take this argument.
        """
        formatter = self.load_target(spec)
        plugin = self.owner("formatter", spec.name)
        if spec.argument:
            formatter = _guarded(partial(formatter, argument), plugin, str(spec.target))
        elif inspect.isclass(formatter) or not hasattr(formatter, "write"):
            formatter = _guarded(formatter, plugin, str(spec.target))
        if not callable(getattr(formatter, "write", None)):
            raise _unusable(plugin, f"{spec.target} is no formatter: no write")
        return cast("Formatter", formatter)

    def expect(self, spec: Spec, made: object, protocol: Any, also: Iterable[str] = ()) -> None:
        """Raise PluginError when what a target gave lacks a method of a protocol, or another."""
        methods = [n for n, value in vars(protocol).items() if inspect.isfunction(value)]
        there = set(dir(made))  # asking for each by ``hasattr`` alone would compute properties
        wanted = [name for name in (*methods, *also) if name[0] != "_" and name not in there]
        missing = [name for name in wanted if not hasattr(made, name)]
        if missing and not isinstance(spec, ResourceType):
            what = f"{spec.target} gave {shown(made)}, which is no {protocol.__name__}"
            raise self.misused(spec, f"{what}: no {', '.join(missing)}")

    def misused(self, spec: Spec, reason: str) -> PluginError:
        """The error that names the plugin of a registration, for what it gave the host."""
        return _unusable(self.owner(_kind(spec), spec_name(spec)), reason)

    def blamed(self, error: BaseException) -> str:
        """The plugin that raised an exception, in one line; empty if none did."""
        plugin = self._host.culprit(error)
        if plugin is None:
            return ""
        fault = fault_of(error)
        where = f" ({fault.file}:{fault.line})"
        return one_line(f"plugin {plugin.name} of {plugin.origin} failed: {fault.reason}{where}")

    def load_function(self, spec: Spec, target: str) -> Any:
        """The function that one of a specification's targets names. Raises PluginError."""
        loaded = load(target, self.owner(_kind(spec), spec_name(spec)))
        if not callable(loaded):
            raise self.misused(spec, f"{target} is {shown(loaded)}, which cannot be called")
        return loaded

    def preload(self, types: Iterable[ResourceType]) -> None:
        """Import what collects these types before threads do. Raises PluginError."""
        for each in types:
            for _, target in each.targets():
                self.load_function(each, target)

    def unloadable(self, plugin: Plugin) -> list[str]:
        """Import all targets of a plugin; one line for each failure."""
        loads: list[Callable[[], Any]] = []
        for spec in self.specs_of(plugin):
            if isinstance(spec, FormatterSpec) and not spec.argument:
                loads.append(partial(self.load_formatter, spec))
            else:
                loads += [partial(self.load_function, spec, target) for _, target in targets(spec)]
        return [fault for each in loads if (fault := _failure(each))]

    def unasked(self, plugin: Plugin) -> list[str]:
        """Evidence of a plugin that nobody asks for, as there is no such type; one line each."""
        names = [each.name for each in self.types]
        return [
            f"evidence {spec.name}: there is no type {spec.type!r}; there are: {', '.join(names)}"
            for spec in self.specs_of(plugin)
            if isinstance(spec, EvidenceSpec) and spec.type not in names
        ]

    def _find(self, kind: str, name: str) -> Spec:
        if (kind, name) in self._specs:
            return self._specs[kind, name][0]
        there = sorted(each for k, each in self._specs if k == kind)
        out = [f"{p.name} ({p.state})" for p in self.plugins if p.state != "active"]
        hint = f"; plugins that are not in use: {', '.join(out)}" if out else ""
        raise UsageError(
            f"there is no {kind} {name!r}; there are: {', '.join(there) or 'none'}{hint}"
        )

    def _arrange(self) -> None:
        specs = [spec for spec, _ in self._specs.values()]
        types = [spec for spec in specs if isinstance(spec, ResourceType)]
        self.types = tuple(sorted(types, key=lambda spec: (spec.order, spec.name)))
        self.formatters = {s.name: s for s in specs if isinstance(s, FormatterSpec)}
        self.storages = {s.scheme: s for s in specs if isinstance(s, StorageSpec)}
        self.sources = {s.scheme: s for s in specs if isinstance(s, SourceSpec)}
        evidence = [spec for spec in specs if isinstance(spec, EvidenceSpec)]
        self.evidence = tuple(sorted(evidence, key=lambda spec: spec.name))
        commands = [spec for spec in specs if isinstance(spec, CommandSpec)]
        self.commands = tuple(sorted(commands, key=lambda spec: (spec.group, spec.name)))


def _registered(
    host: Host, reserved: Callable[[], Reserved], cache: Cache | None
) -> Iterator[tuple[Plugin, Sequence[Spec]]]:
    """Each usable plugin with its registrations, from the cache or by loading it."""
    key = key_of(host.plugins) if cache else ""
    entries = cache.read(key) if cache else {}
    found = [plugin for plugin in host.plugins if plugin.state == "found"]
    if all(plugin.path in entries for plugin in found):
        # They were accepted together, so no name occurs twice.
        for plugin in found:
            yield host.update(replace(plugin, state="active")), entries[plugin.path].specs
        return
    # Asking brings all checks along, which a command with a full cache does without.
    from k8s_datamodel.plugins.asking import Claims, answers  # noqa: PLC0415

    commands, options = reserved()
    ask = partial(answers, reserved_options=frozenset(options))
    claims = Claims(commands, options)
    accepted: dict[str, Entry] = {}
    for plugin in found:
        before = set(sys.modules)
        entry = entries.get(plugin.path)
        specs = entry.specs if entry else host.ask(plugin, ask)
        if specs is None:
            continue
        current = host.update(replace(plugin, state="active")) if entry else host.current(plugin)
        if fault := claims.take(current, specs):
            host.reject(plugin, "duplicate", fault)
            continue
        yield current, specs
        # A traced plugin must be asked, and one with a reason has left something to restore.
        if entry is None and cache and not (host.settings.trace or current.reason):
            entry = entry_of(plugin, specs, before)
        if entry:
            accepted[plugin.path] = entry
    if cache and accepted.keys() != entries.keys():
        cache.write(key, accepted)


def _kind(spec: Spec) -> str:
    return next(kind for cls, kind in KINDS.items() if isinstance(spec, cls))


def load(target: str, plugin: Plugin) -> Any:
    """Import ``module:attribute`` for a plugin. Raises PluginError, in one line."""
    module, _, path = target.partition(":")
    return _guarded(lambda: attrgetter(path)(importlib.import_module(module)), plugin, target)


def _guarded(call: Callable[[], Any], plugin: Plugin, what: str) -> Any:
    try:
        with isolated():
            return call()
    except (KeyboardInterrupt, DatamodelError):
        raise
    except BaseException as error:  # a plugin may raise anything
        fault = fault_of(error)
        where = f" ({fault.file}:{fault.line})" if fault.file else ""
        raise _unusable(plugin, f"cannot load {what}: {fault.reason}{where}") from error


def _failure(call: Callable[[], Any]) -> str:
    try:
        call()
    except DatamodelError as error:
        return str(error)
    return ""


def _unusable(plugin: Plugin, reason: str) -> PluginError:
    return PluginError(one_line(f"plugin {plugin.name} of {plugin.origin}: {reason}"))

"""Ask a loaded plugin for its registrations, and find out whether their names are taken.

Only this module calls hooks. An answer is right as a whole or a fault: a generator that fails
half-way, or one wrong registration, leaves nothing behind.
"""

from __future__ import annotations

import inspect
from collections.abc import Iterable, Mapping
from itertools import islice

import pluggy

from k8s_datamodel.contracts.specs import (
    CommandSpec,
    EvidenceSpec,
    FormatterSpec,
    SourceSpec,
    StorageSpec,
)
from k8s_datamodel.plugins.finders import Plugin
from k8s_datamodel.plugins.host import place_of
from k8s_datamodel.plugins.registrations import Spec, claims
from k8s_datamodel.plugins.validation import faults
from k8s_datamodel.types.foreign_texts import Fault, FaultError, shown
from k8s_datamodel.types.resource_types import ResourceType

HOOKS: Mapping[str, type[Spec]] = {
    "register_resource_types": ResourceType,
    "register_storage_backends": StorageSpec,
    "register_formatters": FormatterSpec,
    "register_sources": SourceSpec,
    "register_commands": CommandSpec,
    "register_evidence": EvidenceSpec,
}
"""The class of the items that each hook returns."""

_MOST = 1000  # registrations of one hook; an endless generator must not fill the memory


def answers(manager: pluggy.PluginManager, reserved_options: Iterable[str]) -> list[Spec]:
    """Everything that the manager's one plugin registers.

    Raises FaultError if a registration is wrong, and whatever the plugin raises.
    """
    specs: list[Spec] = []
    for name, kind in HOOKS.items():
        caller = getattr(manager.hook, name)
        for result in caller():
            place = place_of(caller.get_hookimpls()[0].function)
            specs += _listed(result, name, kind, place, reserved_options)
    _check_distinct(specs)
    return specs


def _listed(
    result: object,
    hook: str,
    kind: type[Spec],
    place: tuple[str, int | None],
    reserved_options: Iterable[str],
) -> list[Spec]:
    """One hook's result as a list. Raises FaultError if any part is wrong."""
    expected = f"{hook} must return an iterable of {kind.__name__}"
    if inspect.iscoroutine(result):
        result.close()  # else Python warns that it was never awaited
    if isinstance(result, str | bytes | Mapping) or not isinstance(result, Iterable):
        raise FaultError(f"{expected}, not {shown(result)}", *place)
    specs = list(islice(result, _MOST + 1))
    if len(specs) > _MOST:
        raise FaultError(f"{hook} gives more than {_MOST}, perhaps without an end", *place)
    for spec in specs:
        if not isinstance(spec, kind):
            raise FaultError(f"{expected}, one is {shown(spec)}", *place)
    wrong = [what for spec in specs for what in faults(spec, reserved_options)]
    if wrong:
        raise FaultError("; ".join(wrong), *place)
    return specs


def _check_distinct(specs: list[Spec]) -> None:
    seen: set[tuple[str, str, bool]] = set()
    gets = {f"{spec.command} get" for spec in specs if isinstance(spec, ResourceType)}
    for spec in specs:
        for what, name in claims(spec):
            replaces = isinstance(spec, CommandSpec) and name in gets  # the host's, of its own type
            if (what, name, replaces) in seen:
                raise FaultError(f"it registers {what} {name!r} twice")
            seen.add((what, name, replaces))


class Claims:
    """The names that are taken, and their owners; None is k8s-datamodel itself."""

    def __init__(self, commands: Iterable[str], options: Iterable[str]) -> None:
        self._owners: dict[tuple[str, str], Plugin | None] = {
            **dict.fromkeys(("command", name) for name in commands),
            **dict.fromkeys(("option", name) for name in options),
        }
        # Plugins may share a group, but a group and a plain command cannot share a name.
        self._groups: dict[str, Plugin] = {}
        self._plain: dict[str, Plugin] = {}

    def take(self, plugin: Plugin, specs: Iterable[Spec]) -> Fault | None:
        """Claim all names of a plugin or none; returns the reason for none."""
        specs = list(specs)
        for spec in specs:
            if conflict := self._conflict(spec):
                what, name, owner = conflict
                whose = f"{owner.name} of {owner.origin}" if owner else "k8s-datamodel itself"
                reason = f"{what} {name!r} belongs to {whose}, and {plugin.origin} comes second"
                return Fault(reason)
        for spec in specs:
            self._owners.update(dict.fromkeys(claims(spec), plugin))
            if isinstance(spec, CommandSpec) and spec.group:
                self._groups.setdefault(spec.group, plugin)
            elif isinstance(spec, CommandSpec):
                self._plain[spec.name] = plugin
        return None

    def _conflict(self, spec: Spec) -> tuple[str, str, Plugin | None] | None:
        for claim in claims(spec):
            if claim in self._owners:
                return (*claim, self._owners[claim])
        if isinstance(spec, CommandSpec):
            if not spec.group and spec.name in self._groups:
                return ("command group", spec.name, self._groups[spec.name])
            if spec.group in self._plain:
                return ("command", spec.group, self._plain[spec.group])
        return None

"""Detect plugins that register the same name."""

from __future__ import annotations

from collections.abc import Iterable

from k8s_datamodel.contracts.specs import CommandSpec
from k8s_datamodel.plugins.finders import Plugin
from k8s_datamodel.plugins.validation import Spec, claims
from k8s_datamodel.types.foreign_texts import Fault


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

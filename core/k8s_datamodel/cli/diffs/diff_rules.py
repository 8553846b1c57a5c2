"""By which rules things are compared and graded: those of plugins, and the user's configuration."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from k8s_datamodel.base.errors import UsageError
from k8s_datamodel.cli.frame.app import App
from k8s_datamodel.comparing.field_paths import AnyItem, AnyKey, parsed
from k8s_datamodel.comparing.type_comparisons import Looks
from k8s_datamodel.data.findings import Grader
from k8s_datamodel.plugins.configuration import Configuration, Section
from k8s_datamodel.plugins.registry import Registry
from k8s_datamodel.types.comparison_rules import (
    ComparisonRules,
    Noise,
    Schema,
    combined,
    declared,
)
from k8s_datamodel.types.resource_types import ResourceType

_SECTION = {"noise": list, "keys": dict}
_NOISE = {"path": str, "kinds": list}
_WHY = "configured"


def looks_of(app: App, config: str | None) -> Looks:
    """How changes are looked at, as plugins and the configuration say.

    Args:
        app: of the command.
        config: a file of the configuration that the user named.

    Raises:
        PluginError: a plugin's rules cannot be had.
        UsageError: the configuration is invalid.
    """
    configuration = app.configuration(config)
    return Looks(
        combined(rules_of(app.registry), configured_noise(configuration)),
        graders=graders_of(app.registry, configuration),
        keyed=configured_keys(configuration),
    )


def rules_of(registry: Registry) -> ComparisonRules:
    """What plugins say of the objects that are compared. Raises PluginError."""
    named = {each.comparison: each for each in registry.types if each.comparison}
    functions = [registry.load_function(each, name) for name, each in named.items()]
    return combined(*(each() for each in functions), *map(declared, registry.types))


def graders_of(registry: Registry, configuration: Configuration) -> dict[str, Grader]:
    """What says what a change means, by the name of each type that grades its changes.

    Raises PluginError, or UsageError if the configuration is not what a type needs.
    """
    return {
        each.name: registry.load_function(each, each.grading)(configuration)
        for each in registry.types
        if each.grading
    }


def graded_types(
    types: Sequence[ResourceType], graders: Mapping[str, Grader]
) -> list[ResourceType]:
    """Those of some types whose changes have a level. Raises UsageError if none has."""
    found = [each for each in types if each.name in graders]
    if not found:
        plurals = ", ".join(each.plural for each in types)
        raise UsageError(f"--severity: changes of {plurals or 'nothing'} have no level")
    return found


def configured_noise(configuration: Configuration) -> ComparisonRules:
    """The noise that the configuration names. Raises UsageError, with the line."""
    section = _section(configuration)
    found: list[Noise] = []
    for number, each in enumerate(section.value.get("noise", ())):
        place: tuple[str | int, ...] = ("noise", number)
        if isinstance(each, str):
            path, kinds = each, []
        else:
            section.check(place, _NOISE, ["path"])
            place, path, kinds = (*place, "path"), each["path"], each.get("kinds", [])
        if not all(isinstance(kind, str) for kind in kinds):
            raise section.fault(("noise", number, "kinds"), "must be a list of texts")
        _steps(section, place, path)
        found.append(Noise(path, _WHY, tuple(kinds)))
    return ComparisonRules(tuple(found))


def configured_keys(configuration: Configuration) -> dict[str, Schema]:
    """What the configuration says of lists, as schemas by ``Kind.group``. Raises UsageError."""
    section = _section(configuration)
    found: dict[str, Schema] = {}
    for kind, lists in section.value.get("keys", {}).items():
        if not isinstance(lists, dict):
            raise section.fault(("keys", kind), "must be a mapping of paths to lists of keys")
        schema: dict[str, Any] = {}
        for path, names in lists.items():
            place = ("keys", kind, path)
            if not (isinstance(names, list) and names and all(isinstance(n, str) for n in names)):
                raise section.fault(place, "must be a list of keys")
            said = {"x-kubernetes-list-type": "map", "x-kubernetes-list-map-keys": names}
            try:
                _at(schema, _steps(section, place, path)).update(said)
            except ValueError as error:
                raise section.fault(place, str(error)) from None
        found[kind] = schema
    return found


def _section(configuration: Configuration) -> Section:
    section = configuration.section("diff")
    section.check((), _SECTION)
    return section


def _steps(section: Section, place: Sequence[str | int], path: Any) -> Sequence[Any]:
    if not isinstance(path, str):
        raise section.fault(place, "must be a text")
    try:
        return parsed(path).steps
    except ValueError as error:
        raise section.fault(place, str(error)) from None


def _at(schema: dict[str, Any], steps: Sequence[Any]) -> dict[str, Any]:
    """The part of a schema that holds for the fields at a path; made where it is not there."""
    for step in steps:
        if isinstance(step, AnyKey):
            schema = schema.setdefault("additionalProperties", {})
        elif isinstance(step, str):
            schema = schema.setdefault("properties", {}).setdefault(step, {})
        elif isinstance(step, AnyItem):
            schema = schema.setdefault("items", {})
        else:
            raise ValueError(f"[{step}] names one item")
    return schema

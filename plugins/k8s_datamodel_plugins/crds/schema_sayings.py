"""A change within the schema of a CRD, said as a change of the object's field: ``v1 spec.size``."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from k8s_datamodel.api import Difference, Fold, ListItem, Saying
from k8s_datamodel_plugins.crds.schemas import properties, walk
from k8s_datamodel_plugins.object_parts import mapping, text

_INNER = {"items": "[*]", "additionalProperties": ".*"}
_PLAIN = re.compile(r"[A-Za-z0-9_-]+")
"""Names that paths have without quotes, see ``docs/comparing.md``."""

_LAST_TWO = re.compile(r'[^"]+\.([^".:]+\.[^".:]+(?:: [^"]+)?)')
"""Of a field its last two names, and what else is said of it."""

_LONGEST = 60
_MANY = 3
"""Places of the same change that are counted; of fewer each has its line."""

_Steps = Sequence[str | ListItem]


class _Place(NamedTuple):
    """The field of an object that a part of a schema is about, and the steps below its schema."""

    field: str
    below: _Steps


def schema_saying(difference: Difference) -> Saying | None:
    """How people say a change of a CRD's schema; None for what is no part of one.

    ``properties``, ``items`` and ``additionalProperties`` fold into the path of the field: ``[*]``
    stands for the items of a list, ``.*`` for the values of a map.
    """
    found = _in_schema(difference.steps)
    if not found:
        return None
    version, steps = found
    value = difference.old if difference.op == "remove" else difference.new
    place = _placed(steps, isinstance(value, Mapping))
    what, said = _said(place, value)
    spaced = what if what.startswith(":") else f" {what}"
    if list(place.below) == ["description"]:
        fold: Fold | None = Fold(version, "description reworded", "descriptions reworded")
    else:
        shown = said if said is not None else text(value) or _json(value)
        fold = _repeated(version, what, shown, difference.op)
    return Saying(version + spaced, said, fold)


def _repeated(version: str, what: str, shown: str, op: str) -> Fold | None:
    """In which line the same change of many places is counted.

    A program's type that is used in many places gives the same field to each of them.
    """
    short = _LAST_TWO.fullmatch(what)
    if op == "replace" or not short or len(shown) > _LONGEST:
        return None
    sign = "+" if op == "add" else "-"
    said = f"{sign} {version} …{short[1]} {shown}".rstrip()
    return Fold(said, "place", "places", _MANY)


def _said(place: _Place, value: Any) -> tuple[str, str | None]:
    """What a part of a schema is called, and what stands for the value that came or went."""
    field, below = place
    what, said = f"{field}: {_written(below)}", None
    match below:
        case []:
            what, said = field or "schema", _described(value)
        case ["properties"]:
            what, said = f"{field}: fields", ", ".join(map(str, mapping(value)))
        case ["required"] if isinstance(value, list):
            said = ", ".join(map(str, value))
        case ["required", ListItem()] if isinstance(value, str):
            what, said = f"{_joined(field, value)}: required", ""
        case ["enum", ListItem()]:
            what, said = f"{field}: enum", _json(value)
        case ["x-kubernetes-validations", ListItem()] if text(mapping(value).get("rule")):
            what, said = f"{field}: rule", text(mapping(value).get("rule"))
    return what, said


def _in_schema(steps: _Steps) -> tuple[str, _Steps] | None:
    """The version of a schema, and the steps within it; v1beta1 may have one for all versions."""
    match steps:
        case ["spec", "validation", "openAPIV3Schema", *within]:
            return "all versions", within
        case ["spec", "versions", ListItem(key, [name]), "schema", "openAPIV3Schema", *within]:
            return (str(name), within) if key.startswith("[name=") else None
    return None


def _placed(steps: _Steps, of_schema: bool) -> _Place:
    """Where in an object a change is; ``of_schema``: a whole schema came, went or was replaced."""
    field = ""
    while steps:
        match steps:
            case ["properties", str(name), *below]:
                field = _joined(field, name)
            case [("items" | "additionalProperties") as step, *below] if below or of_schema:
                field += _INNER[str(step)]
            case [("allOf" | "anyOf" | "oneOf") as step, ListItem(key, _), *below] if below:
                field += f"({step}{key})"
            case ["not", *below] if below:
                field += "(not)"
            case _:
                break
        steps = below
    return _Place(field, steps)


def _joined(field: str, name: str) -> str:
    """The path of a field beneath another one."""
    if not _PLAIN.fullmatch(name):
        return f"{field}[{_json(name)}]"
    return f"{field}.{name}" if field else name


def _described(schema: Any) -> str | None:
    """What is said of a whole schema: its type, and how many fields are below."""
    if not isinstance(schema, Mapping):
        return None
    above = {"properties": {"it": schema}}
    [found] = properties(above)
    number = sum(1 for _ in walk(above)) - 1
    below = f", {number:,} field{'s' if number > 1 else ''} below" if number else ""
    kind = found.type.replace("(", "").replace(")", "")
    return f"({kind}{below})"


def _written(steps: _Steps) -> str:
    """Keywords of a schema as a path."""
    path = ""
    for step in steps:
        path = path + step.text if isinstance(step, ListItem) else _joined(path, step)
    return path


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, default=str)

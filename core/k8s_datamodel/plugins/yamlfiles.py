"""YAML files of the user's configuration, with the line of each value."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

import yaml

from k8s_datamodel.base.unusable import reason
from k8s_datamodel.redaction.messages import without_quotations
from k8s_datamodel.types.foreign_texts import FaultError, shown

_LARGEST = 1 << 20  # bytes; a page of text is what is expected

Place: TypeAlias = tuple[str | int, ...]
"""Keys and positions that lead to something in a document."""

Fields: TypeAlias = Mapping[str, type]
"""What a mapping may hold: the type of each value by its key."""

_WORDS = {str: "a text", bool: "true or false", int: "a whole number", dict: "a mapping"}


@dataclass(frozen=True, slots=True)
class File:
    """A YAML document and where in it everything stands."""

    path: Path
    value: Any
    lines: Mapping[Place, int]

    def at(self, place: Place) -> Any:
        """What stands at a place."""
        value = self.value
        for step in place:
            value = value[step]
        return value

    def fault(self, place: Place, reason: str) -> FaultError:
        """The fault at a place, or at the nearest thing around it that stands in the file."""
        around = next(place[:n] for n in range(len(place), -1, -1) if place[:n] in self.lines)
        name = "".join(f"[{s}]" if isinstance(s, int) else f".{s}" for s in place)
        return FaultError(
            f"{name.lstrip('.') or 'the file'}: {reason}", str(self.path), self.lines[around]
        )

    def check(self, place: Place, allowed: Fields, needed: Iterable[str]) -> None:
        """Check a mapping's keys and the types of its values."""
        value = self.at(place)
        if not isinstance(value, dict):
            raise self.fault(place, f"must be a mapping, not {_shown(value)}")
        for key, item in value.items():
            if key not in allowed:
                near = difflib.get_close_matches(str(key), allowed, n=1)
                hint = f"perhaps {near[0]} is meant" if near else f"known are {', '.join(allowed)}"
                raise self.fault((*place, key), f"is no field of this; {hint}")
            self._check_value((*place, key), item, allowed[key])
        for key in needed:
            if value.get(key) in (None, "", []):
                raise self.fault(place, f"needs {key}")

    def _check_value(self, place: Place, value: Any, kind: type) -> None:
        if not isinstance(value, kind) or (kind is int and isinstance(value, bool)):
            hint = "" if isinstance(value, dict | list) or kind is not str else "; put it in quotes"
            raise self.fault(
                place, f"must be {_WORDS.get(kind, 'a list')}, not {_shown(value)}{hint}"
            )


def _shown(value: Any) -> str:
    """A value as its file's author knows it: nothing stands behind ``key:``."""
    return "nothing" if value is None else shown(value)


def read_yaml(path: Path) -> File:
    """Read one YAML document. Raises FaultError, with the line where there is one."""
    try:
        with path.open("rb") as file:
            content = file.read(_LARGEST + 1)
        if len(content) > _LARGEST:
            raise FaultError(f"it is larger than {_LARGEST} bytes", str(path))
        loader = yaml.SafeLoader(content)
        node = loader.get_single_node()
        if node is None:
            raise FaultError("it is empty", str(path), 1)
        lines: dict[Place, int] = {}
        _note_lines(node, (), lines, {}, path)
        return File(path, loader.construct_document(node), lines)
    except OSError as error:
        raise FaultError(f"cannot be read: {reason(error)}", str(path)) from None
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = mark.line + 1 if mark else None
        problem = without_quotations(error.problem or error.context or "it is damaged")
        raise FaultError(f"is no YAML: {problem}", str(path), line) from None
    except (yaml.YAMLError, ValueError) as error:
        raise FaultError(f"is no YAML: {without_quotations(str(error))}", str(path)) from None
    except (AttributeError, KeyError, TypeError):
        # PyYAML's constructors do not expect every tag on every text.
        raise FaultError("is no YAML: a value does not fit its tag", str(path)) from None
    except RecursionError:
        raise FaultError("it is nested too deeply", str(path)) from None


def _note_lines(
    node: yaml.Node, place: Place, lines: dict[Place, int], whole: dict[int, bool], path: Path
) -> None:
    lines.setdefault(place, node.start_mark.line + 1)
    if id(node) in whole:  # an alias
        if not whole[id(node)]:
            line = node.start_mark.line + 1
            raise FaultError("an alias leads back to what it stands in", str(path), line)
        return
    whole[id(node)] = False
    if isinstance(node, yaml.SequenceNode):
        for number, item in enumerate(node.value):
            _note_lines(item, (*place, number), lines, whole, path)
    if isinstance(node, yaml.MappingNode):
        for key, item in node.value:
            inner = (*place, str(key.value))
            if inner in lines:
                raise FaultError(f"{key.value} is there twice", str(path), key.start_mark.line + 1)
            lines[inner] = key.start_mark.line + 1
            _note_lines(item, inner, lines, whole, path)
    whole[id(node)] = True

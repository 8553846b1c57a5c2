"""Parse the text of a kubeconfig into plain data with client-go's types.

client-go reads YAML 1.1 through sigs.k8s.io/yaml (go-yaml 2) into JSON. Its rules for numbers and
booleans differ from PyYAML's: times and sexagesimal numbers are text, ``y`` is true.
"""

from __future__ import annotations

import base64
import math
import re
from collections.abc import Iterator
from typing import Any, ClassVar

import orjson
import yaml

_BASE: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_SCALAR = "tag:yaml.org,2002:"

# go-yaml 2, resolve.go: resolveTable, resolveMap and yamlStyleFloat.
_WORDS = {
    "bool": "y|Y|yes|Yes|YES|true|True|TRUE|on|On|ON|n|N|no|No|NO|false|False|FALSE|off|Off|OFF",
    "null": r"~|null|Null|NULL|",
    "int": r"[-+]?(?:0b[01_]+|0x[0-9a-fA-F_]+|0o?[0-7_]+|[1-9][0-9_]*|0)",
    "float": r"[-+]?(?:\.[0-9]+|[0-9][0-9_]*(?:\.[0-9_]*)?)(?:[eE][-+]?[0-9]+)?"
    r"|[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN)",
    "merge": "<<",
}


# go-yaml 2 stops at this number if most nodes come from aliases.
_MOST_NODES = 4_000_000


class TextError(ValueError):
    """A text that is neither YAML nor JSON; says why and where, without its content."""


class _Loader(_BASE):  # type: ignore[misc]  # one of two classes, both safe
    """Safe, in C if PyYAML has it, with go-yaml's scalars."""

    yaml_implicit_resolvers: ClassVar[dict[str, list[tuple[str, re.Pattern[str]]]]] = {}


def _resolve() -> None:
    firsts = {"bool": "yYnNtTfFoO", "null": "~nN", "int": "-+0123456789", "merge": "<"}
    firsts["float"] = firsts["int"] + "."
    for tag, words in _WORDS.items():
        pattern = re.compile(f"(?:{words})\\Z")
        initials = [*firsts[tag], ""] if tag == "null" else [*firsts[tag]]
        _Loader.add_implicit_resolver(_SCALAR + tag, pattern, initials)


def _integer(loader: Any, node: yaml.ScalarNode) -> int | str:
    digits = node.value.replace("_", "")
    octal = re.fullmatch(r"([-+]?)0o?([0-7]+)", digits)
    try:
        return int(f"{octal[1]}{octal[2]}", 8) if octal else int(digits, 0)
    except ValueError:
        return str(node.value)


def _number(loader: Any, node: yaml.ScalarNode) -> float | str:
    words = node.value.replace("_", "").lower()
    if words.endswith((".inf", ".nan")):
        raise TextError("a number is infinite, or none, which JSON does not have")
    number = float(words)
    return number if math.isfinite(number) else str(node.value)


def _text(loader: Any, node: yaml.Node) -> Any:
    return node.value


def _boolean(loader: Any, node: yaml.ScalarNode) -> bool:
    return node.value.lower() in ("y", "yes", "true", "on")


def _binary(loader: Any, node: yaml.ScalarNode) -> str:
    return base64.b64decode(node.value).decode()


def _unknown(loader: Any, tag: str, node: yaml.Node) -> Any:
    """Ignore an unknown tag."""
    if isinstance(node, yaml.MappingNode):
        return loader.construct_mapping(node, deep=True)
    if isinstance(node, yaml.SequenceNode):
        return loader.construct_sequence(node, deep=True)
    return node.value


_resolve()
_Loader.add_multi_constructor("!", _unknown)
_Loader.add_constructor(_SCALAR + "timestamp", _text)
_Loader.add_constructor(_SCALAR + "binary", _binary)
_Loader.add_constructor(_SCALAR + "int", _integer)
_Loader.add_constructor(_SCALAR + "float", _number)
_Loader.add_constructor(_SCALAR + "bool", _boolean)


def parse(data: bytes) -> Any:
    """The document of a kubeconfig; None for an empty text.

    JSON, or the first document of YAML; UTF-8 or UTF-16, with or without a byte order mark. Raises
    TextError for anything else.
    """
    try:
        return orjson.loads(data)
    except ValueError:
        return _yaml(data)


def _yaml(data: bytes) -> Any:
    try:
        loader = _Loader(data)
        try:
            if not loader.check_node():
                return None
            node = loader.get_node()
            if b"*" in data:
                _check_size(node, {})
            return loader.construct_document(node)
        finally:
            loader.dispose()
    except yaml.MarkedYAMLError as error:
        line = f", line {error.problem_mark.line + 1}" if error.problem_mark else ""
        raise TextError(f"{_safe(error.problem)}{line}") from None
    except TextError:
        raise
    except (yaml.YAMLError, AttributeError, KeyError, TypeError, ValueError):
        # PyYAML's constructors do not expect every tag on every text.
        raise TextError("it is not text") from None
    except RecursionError:
        raise TextError("it is nested too deeply") from None


def _check_size(node: yaml.Node, known: dict[int, int | None]) -> int:
    """Count the nodes with all aliases expanded. Raises TextError if there are too many."""
    if id(node) in known:
        if (size := known[id(node)]) is None:
            raise TextError("an anchor holds itself")
        return size
    known[id(node)] = None
    total = 1 + sum(_check_size(each, known) for each in _below(node))
    if total > _MOST_NODES:
        raise TextError("its aliases stand for too much")
    known[id(node)] = total
    return total


def _below(node: yaml.Node) -> Iterator[yaml.Node]:
    if isinstance(node, yaml.MappingNode):
        for pair in node.value:
            yield from pair
    elif isinstance(node, yaml.SequenceNode):
        yield from node.value


def _safe(problem: str | None) -> str:
    """PyYAML quotes names of aliases, tags and single characters, perhaps parts of a value."""
    return re.sub(r"(['\"]).*\1", "...", problem or "it is damaged", flags=re.DOTALL)

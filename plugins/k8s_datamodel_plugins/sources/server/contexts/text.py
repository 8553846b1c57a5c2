"""Parse the text of a kubeconfig into plain data with client-go's types.

client-go reads YAML 1.1 through sigs.k8s.io/yaml (go-yaml 2) into JSON. Its rules for numbers and
booleans differ from PyYAML's: times and sexagesimal numbers are text, ``y`` is true.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

import orjson
import yaml

from k8s_datamodel.api import without_quotations
from k8s_datamodel_plugins.sources.dump.values.untagged import plain, tagged

_BASE: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

_CORE = "tag:yaml.org,2002:"
_PLAIN = "plain"

# go-yaml 2 stops at this number if most nodes come from aliases.
_MOST_NODES = 4_000_000


class TextError(ValueError):
    """A text that is neither YAML nor JSON; says why and where, without its content."""


class _Loader(_BASE):  # type: ignore[misc]  # one of two classes, both safe
    """Safe, in C if PyYAML has it, with go-yaml's scalars."""

    def resolve(self, kind: Any, value: Any, implicit: Any) -> Any:
        """Leave the type of a plain scalar to its constructor."""
        if kind is yaml.ScalarNode and implicit[0]:
            return f"{_CORE}merge" if value == "<<" else _PLAIN
        return super().resolve(kind, value, implicit)


def _scalar(loader: Any, node: yaml.ScalarNode) -> Any:
    value = plain(node.value) if node.tag == _PLAIN else tagged(node.tag, node.value)
    return _finite(value)


def _finite(value: Any) -> Any:
    if isinstance(value, float) and not math.isfinite(value):
        raise TextError("a number is infinite, or none, which JSON does not have")
    return value


def _unknown(loader: Any, tag: str, node: yaml.Node) -> Any:
    """Ignore an unknown tag."""
    if isinstance(node, yaml.MappingNode):
        return loader.construct_mapping(node, deep=True)
    if isinstance(node, yaml.SequenceNode):
        return loader.construct_sequence(node, deep=True)
    return node.value


_Loader.add_multi_constructor("!", _unknown)
_Loader.add_constructor(_PLAIN, _scalar)
for _kind in ("binary", "bool", "float", "int", "null", "timestamp"):
    _Loader.add_constructor(_CORE + _kind, _scalar)


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
                return loader.construct_document(node)  # which makes each anchor once
            try:
                return _ordinary(node)
            except _UnusualError:
                return loader.construct_document(node)
        finally:
            loader.dispose()
    except yaml.MarkedYAMLError as error:
        line = f", line {error.problem_mark.line + 1}" if error.problem_mark else ""
        raise TextError(f"{without_quotations(error.problem or 'it is damaged')}{line}") from None
    except TextError:
        raise
    except (yaml.YAMLError, AttributeError, KeyError, TypeError, ValueError):
        # PyYAML's constructors do not expect every tag on every text.
        raise TextError("it is not text") from None
    except RecursionError:
        raise TextError("it is nested too deeply") from None


class _UnusualError(Exception):
    """A node that needs all of PyYAML's rules."""


def _ordinary(node: yaml.Node) -> Any:
    """The value of a node as PyYAML makes it, five times faster; it has neither tags nor merges."""
    if isinstance(node, yaml.ScalarNode):
        if node.tag == _PLAIN:
            return _finite(plain(node.value))
        if node.tag == _CORE + "str":
            return node.value
    elif isinstance(node, yaml.MappingNode):
        if node.tag == _CORE + "map" and all(isinstance(k, yaml.ScalarNode) for k, _ in node.value):
            return {_ordinary(key): _ordinary(value) for key, value in node.value}
    elif node.tag == _CORE + "seq":
        return [_ordinary(each) for each in node.value]
    raise _UnusualError


def _check_size(node: yaml.Node, sizes: dict[int, int | None]) -> int:
    """Count the nodes with all aliases expanded. Raises TextError if there are too many."""
    if id(node) in sizes:
        if (size := sizes[id(node)]) is None:
            raise TextError("an anchor holds itself")
        return size
    sizes[id(node)] = None
    total = 1 + sum(_check_size(each, sizes) for each in _below(node))
    if total > _MOST_NODES:
        raise TextError("its aliases stand for too much")
    sizes[id(node)] = total
    return total


def _below(node: yaml.Node) -> Iterator[yaml.Node]:
    if isinstance(node, yaml.MappingNode):
        for pair in node.value:
            yield from pair
    elif isinstance(node, yaml.SequenceNode):
        yield from node.value

"""Replace values in the text of a kubeconfig; every other byte stays."""

from __future__ import annotations

import codecs
import json
import re
from collections.abc import Mapping
from typing import Any

import yaml

from k8s_datamodel_plugins.sources.server.contexts import text as texts

_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
# Values that need no quotes, also in a flow collection.
_PLAIN = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.~+/=-]*")
_OTHER_FORM = (yaml.YAMLError, AttributeError, KeyError, RecursionError, TypeError, ValueError)
_PATH = ("auth-provider", "config")


class UnsureError(Exception):
    """The form of the text does not let us change only the right place."""


def replaced(data: bytes, user: str, values: Mapping[str, str]) -> bytes:
    """The text of a kubeconfig with new values in the config of a user's ``auth-provider``.

    A new key is inserted before the first one of its mapping. Raises UnsureError if the text has no
    such place, or if the result differs in more than these values.
    """
    mark = codecs.BOM_UTF8 if data.startswith(codecs.BOM_UTF8) else b""
    try:
        text = data.removeprefix(mark).decode()
        changed = mark + _edited(text, _mapping(text, user), values).encode()
        if texts.parse(changed) != _expected(texts.parse(data), user, values):
            raise UnsureError("its values are shared by anchors, or written in a form of their own")
    except UnicodeDecodeError:
        raise UnsureError("it is not UTF-8") from None
    except (*_OTHER_FORM, StopIteration):
        raise UnsureError("it has another form than kubectl writes") from None
    return changed


def _mapping(text: str, user: str) -> yaml.MappingNode:
    """The place of the config in the text."""
    loader = _Loader(text)
    try:
        if not loader.check_node():
            raise UnsureError("it is empty")
        node = loader.get_node()
    finally:
        loader.dispose()
    entry = next(
        entry for entry in _child(node, "users").value if _child(entry, "name").value == user
    )
    node = _child(entry, "user")
    for key in _PATH:
        node = _child(node, key)
    if not isinstance(node, yaml.MappingNode) or not node.value:
        raise UnsureError("the auth-provider has no config")
    return node


def _child(node: yaml.Node, key: str) -> Any:
    return next(value for name, value in node.value if name.value == key)


def _edited(text: str, mapping: yaml.MappingNode, values: Mapping[str, str]) -> str:
    there = {name.value: value for name, value in mapping.value}
    edits = [
        _replacement(text, there[key], value)
        if key in there
        else _insertion(text, mapping, key, value)
        for key, value in values.items()
    ]
    for start, end, written in sorted(edits, reverse=True):
        text = text[:start] + written + text[end:]
    return text


def _replacement(text: str, node: yaml.Node, value: str) -> tuple[int, int, str]:
    if not isinstance(node, yaml.ScalarNode) or node.style in ("|", ">"):
        raise UnsureError("a token is spread over several lines")
    start, end = node.start_mark.index, node.end_mark.index
    if text[start] in "&*!":
        raise UnsureError("a token has an anchor or a tag")
    return start, end, _written(value, quotes=node.style or "")


def _insertion(text: str, mapping: yaml.MappingNode, key: str, value: str) -> tuple[int, int, str]:
    first = mapping.value[0][0]
    at, column = first.start_mark.index, first.start_mark.column
    quotes = '"' if first.style == '"' else ""
    entry = f"{_written(key, quotes=quotes)}: {_written(value, quotes=quotes)}"
    if mapping.flow_style:
        return at, at, f"{entry}, "
    before = text[at - column : at]
    if before.strip(" "):
        raise UnsureError("the config of the auth-provider begins within a line")
    end = "\r\n" if text[: at - column].endswith("\r\n") else "\n"
    return at, at, f"{entry}{end}{before}"


def _written(value: str, *, quotes: str) -> str:
    """A value as YAML, in the same quotes if possible."""
    if quotes == "'" and value.isprintable():
        return "'" + value.replace("'", "''") + "'"
    if quotes == '"' or not (_PLAIN.fullmatch(value) and texts.parse(value.encode()) == value):
        return json.dumps(value)
    return value


def _expected(document: Any, user: str, values: Mapping[str, str]) -> Any:
    changed = _unshared(document)
    for entry in changed["users"]:
        if entry["name"] == user:
            entry["user"]["auth-provider"]["config"].update(values)
    return changed


def _unshared(value: Any) -> Any:
    """A copy in which nothing is shared, unlike values of aliases."""
    if isinstance(value, dict):
        return {key: _unshared(each) for key, each in value.items()}
    return [_unshared(each) for each in value] if isinstance(value, list) else value

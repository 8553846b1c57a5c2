"""The text of a user's query: its ``:name`` parameters, as each driver wants them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from k8s_datamodel.api import UsageError

_PARTS = re.compile(
    r"""(?<!\w)[eE]'(?:[^'\\]|\\.|'')*'  # what is no name: texts, quoted names, comments
    | '(?:[^']|'')*' | "(?:[^"]|"")*" | \$(?P<tag>\w*)\$.*?\$(?P=tag)\$
    | --[^\n]* | /\*.*?\*/ | ::
    | (?<![\w:]):(?P<name>[A-Za-z_]\w*)""",
    re.VERBOSE | re.DOTALL,
)

_INTEGER = re.compile(r"-?(0|[1-9][0-9]{0,17})")


def checked(statement: str, values: Mapping[str, str]) -> str:
    """A query without what ends it. Raises UsageError if it is none, or values are not its own."""
    text = statement.strip().rstrip(";").rstrip()
    if not text or "\0" in text:
        raise UsageError("this is no query: give one SELECT")
    wanted = {match["name"] for match in _PARTS.finditer(text) if match["name"]}
    if missing := sorted(wanted - values.keys()):
        raise UsageError(f"the query needs --param {missing[0]}=VALUE")
    if unknown := sorted(values.keys() - wanted):
        there = ", ".join(f":{name}" for name in sorted(wanted)) or "none"
        raise UsageError(f"the query has no parameter :{unknown[0]}; it has {there}")
    return text


def for_psycopg(statement: str) -> str:
    """The query with ``%(name)s`` in place of ``:name``."""
    pieces, end = [], 0
    for match in _PARTS.finditer(statement):
        if match["name"]:
            pieces += [statement[end : match.start()].replace("%", "%%"), f"%({match['name']})s"]
            end = match.end()
    return "".join([*pieces, statement[end:].replace("%", "%%")])


def for_sqlite(values: Mapping[str, str]) -> dict[str, Any]:
    """Values as SQLite compares them: it never takes a text for a number by itself."""
    return {
        name: int(value) if _INTEGER.fullmatch(value) else value for name, value in values.items()
    }

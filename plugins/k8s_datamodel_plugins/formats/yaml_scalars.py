"""How YAML scalars are written so that YAML 1.1 and YAML 1.2 parsers read the same value.

Text stays plain where no parser can take it for something else, as in the manual
(``version: 1.12.0``, ``timestamp: '2024-03-15 10:30:15'``). Types that plain text may be taken
for: https://yaml.org/type/ (1.1) and https://yaml.org/spec/1.2.2/#103-core-schema.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

# Not printable in YAML, a line break in some version of it, or a byte order mark.
_SPECIAL = re.compile(
    "[^ -~\xa0-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]"
)
# As before, but a block scalar may hold tabs and line feeds.
_NOT_IN_BLOCK = re.compile(
    "[^\t\n -~\xa0-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]"
)
_BLANK_LINE = re.compile(r"^[ \t]+$", re.MULTILINE)
_SURROGATE = re.compile("[\ud800-\udfff]")
_NOT_PLAIN = re.compile(r"[-?:](?:[ \t]|$)|[?:,\[\]{}#&*!|>'\"%@` ]|---|\.\.\.")
_ENDS_PLAIN = re.compile(r": |:$| #| $")
_OTHER_TYPE = re.compile(
    r"""
    (?: ~ | = | << | null | y | n | yes | no | true | false | on | off
      | [-+]? (?: 0b[01_]+ | 0o[0-7_]+ | 0x[0-9a-f_]+
                | [0-9][0-9_]* (?: :[0-5]?[0-9] )+ (?: \.[0-9_]* )?
                | (?: [0-9][0-9_]* (?: \.[0-9_]* )? | \.[0-9_]+ ) (?: e[-+]?[0-9]+ )?
                | \.inf )
      | \.nan
    ) \Z
    | [0-9]{4}-[0-9]{1,2}-[0-9]{1,2}
    """,
    re.VERBOSE | re.IGNORECASE,
)
_NAMED = {"\n": "\\n", "\t": "\\t", "\r": "\\r"}
_CACHED = 100
_LONGEST_KEY = 1000


def key_text(key: Any, pad: str) -> str:
    """A key as it stands before its colon. Other keys than text are written as in JSON."""
    text = _flow(key if isinstance(key, str) else json.dumps(key))
    if len(text) > _LONGEST_KEY:  # parsers look at most 1,024 characters ahead for the colon
        return f"? {text}\n{pad}"
    return text


def scalar_text(value: Any, pad: str) -> str:
    """A scalar or an empty collection, its first line; following lines are indented by ``pad``."""
    if isinstance(value, str):
        return _block(value, pad) if "\n" in value and _fits_block(value) else _flow(value)
    if value is None or isinstance(value, bool):
        return json.dumps(value)
    if isinstance(value, float):
        return _float(value)
    if isinstance(value, int):
        return str(value)
    if isinstance(value, (Mapping, list, tuple)):
        return "{}" if isinstance(value, Mapping) else "[]"
    return _flow(str(value))


def _float(value: float) -> str:
    if not math.isfinite(value):
        return ".nan" if math.isnan(value) else ".inf" if value > 0 else "-.inf"
    text = repr(value)
    return text if "." in text else text.replace("e", ".0e")  # 1e+20 is text in YAML 1.1


def _fits_block(text: str) -> bool:
    """Whether every parser reads a literal block of this text the same way."""
    starts = text[0] not in " \t\n"
    return starts and not _NOT_IN_BLOCK.search(text) and not _BLANK_LINE.search(text)


def _block(text: str, pad: str) -> str:
    body = text.rstrip("\n")
    ends = len(text) - len(body)
    lines = "\n".join(pad + line if line else "" for line in body.split("\n"))
    mark = ("|-", "|", "|+")[min(ends, 2)]
    return f"{mark}\n{lines}" + "\n" * (ends - 1)


def _flow(text: str) -> str:
    return _cached(text) if len(text) <= _CACHED else _quoted(text)


def _quoted(text: str) -> str:
    if _SPECIAL.search(text):
        return f'"{_SPECIAL.sub(_escape, _slashes(text))}"'
    if _is_plain(text):
        return text
    return "'" + text.replace("'", "''") + "'"


_cached = lru_cache(maxsize=8192)(_quoted)


def _is_plain(text: str) -> bool:
    return not (
        not text or _NOT_PLAIN.match(text) or _ENDS_PLAIN.search(text) or _OTHER_TYPE.match(text)
    )


def _slashes(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"')


def _escape(match: re.Match[str]) -> str:
    character = match.group()
    if _SURROGATE.match(character):  # libyaml reads no document that has one
        return "\ufffd"
    return _NAMED.get(character) or f"\\u{ord(character):04X}"

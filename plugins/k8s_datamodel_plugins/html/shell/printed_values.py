"""How numbers, times and long texts are printed in a document."""

from __future__ import annotations

import re

from markupsafe import Markup, escape

from k8s_datamodel_plugins.formats.cells import printable_lines

_TIME = re.compile(r"(\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d)")
_BREAKABLE = re.compile("[./](?=.)")
_NAMES = re.compile("(?:.*_)?(?:id|snapshot|code|port|generation)")


def number(value: float | None) -> str:
    """``12,345``; ``unknown`` for None."""
    if value is None:
        return "unknown"
    return f"{value:,}"


def is_name(key: str) -> bool:
    """Whether the numbers under a key name something, such as snapshots: they are no quantities."""
    return _NAMES.fullmatch(key) is not None


def is_time(text: str) -> bool:
    """Whether it is a time as all documents have it, ``2024-03-15 10:30:15``."""
    return _TIME.fullmatch(text) is not None


def time(text: str | None) -> Markup:
    """A time of ours, which is UTC, as browsers know times; any other text as it is."""
    found = _TIME.fullmatch(text or "")
    if not found:
        return lines(text or "unknown")
    return Markup('<time datetime="{}T{}Z">{}</time>').format(*found.groups(), found[0])


def lines(text: str) -> Markup:
    """A text whose line feeds and tabs stay, for ``pre``."""
    return escape(printable_lines(text))


def breakable(content: Markup) -> Markup:
    """A text that breaks after dots and slashes, as names are long; elements stay as they are."""
    if "<" in content:
        return content
    return Markup(_BREAKABLE.sub(r"\g<0><wbr>", str(content)))  # noqa: S704 - it is escaped

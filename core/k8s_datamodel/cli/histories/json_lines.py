"""Documents as JSON, one a line."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

_UNWELCOME = re.compile("[\x7f-\x9f\u2028\u2029\ud800-\udfff]")
"""What ends lines or drives terminals elsewhere, and what UTF-8 cannot hold."""


def json_lines(documents: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    """A line for each document, as ``-o json`` writes values elsewhere."""
    for each in documents:
        text = json.dumps(each, ensure_ascii=False, separators=(", ", ": "))
        yield _UNWELCOME.sub(lambda match: f"\\u{ord(match.group()):04x}", text) + "\n"

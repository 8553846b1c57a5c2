"""Remove the logs that ``kubectl cluster-info dump`` prints between its lists.

Each is between ``==== START logs for container C of pod NS/P ====`` and the same with ``END``,
which follows the log's last character, a newline or not.
"""

from __future__ import annotations

import re

_START = re.compile(rb"^==== START (logs for container [^\n]{1,600}? ====)\r?$", re.MULTILINE)
_LINE = b"\n"


def has_log(data: bytes) -> bool:
    """Whether a log begins in some bytes; the log may not be text."""
    return _START.search(data) is not None


def without_logs(data: bytes | bytearray) -> tuple[bytes | bytearray, str]:
    """The text without logs, and why some of it may be missing; empty if nothing is.

    Empty lines replace the logs, so line numbers stay the same.
    """
    start = _START.search(data)
    if start is None:
        return data, ""
    kept = bytearray()
    end = 0
    while start:
        kept += data[end : start.start()]
        mark = b"==== END " + start[1]
        found = data.find(mark, start.end())
        end = len(data) if found < 0 else found + len(mark)
        kept += _LINE * data.count(_LINE, start.start(), end)
        if found < 0:
            line = data.count(_LINE, 0, start.start()) + 1
            return kept, f"line {line}: a log does not end, so lists behind it may be missing"
        start = _START.search(data, end)
    return kept + data[end:], ""

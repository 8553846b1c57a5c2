"""Tokens that replace a redacted literal: ``[redacted:<salt id>:<digest>]``.

Equal literals give equal tokens under one salt, so a change still shows. Digests of two salts
cannot be compared.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from bisect import bisect_right
from collections.abc import Callable, Sequence
from typing import Literal

TOKEN = re.compile(r"\[redacted:([0-9a-f]{8}):([0-9a-f]{16})\]")
PLACEHOLDER = "[redacted]"
"""Replaces a literal in messages, which nobody compares."""
_REPLACED = re.compile(rf"{TOKEN.pattern}|{re.escape(PLACEHOLDER)}")

Comparison = Literal["same", "different", "unknown"]


def salt_id(key: bytes) -> str:
    """Public name of a salt, eight hexadecimal digits; it does not reveal the salt."""
    return hmac.new(key, b"id", hashlib.sha256).hexdigest()[:8]


def token(key: bytes, salt: str, literal: str) -> str:
    """The token of a literal: the first 16 digits of its HMAC-SHA256 under the salt's key."""
    data = literal.encode("utf-8", "surrogatepass")
    return f"[redacted:{salt}:{hmac.new(key, data, hashlib.sha256).hexdigest()[:16]}]"


def is_token(text: str) -> bool:
    """Whether a text is exactly one token."""
    return TOKEN.fullmatch(text) is not None


def in_token(text: str) -> Callable[[int, int], bool]:
    """For a text: whether the part between two offsets was already replaced."""
    spans = [match.span() for match in _REPLACED.finditer(text)] if "[redacted" in text else []
    ends = [end for _, end in spans]

    def overlaps(start: int, end: int) -> bool:
        at = bisect_right(ends, start)
        return at < len(spans) and spans[at][0] < end

    return overlaps


def compare(a: str, b: str) -> Comparison:
    """Whether two texts were equal before they were redacted.

    ``unknown`` if they differ only by tokens of two salts, or if one has a token where the other
    may have the literal.
    """
    if a == b:
        return "same"
    ours, theirs = list(TOKEN.finditer(a)), list(TOKEN.finditer(b))
    if not ours and not theirs:
        return "different"
    if not ours or not theirs:
        tokens, literal = (a, b) if ours else (b, a)
        return "unknown" if _may_be(TOKEN.split(tokens)[::3], literal) else "different"
    if TOKEN.split(a)[::3] != TOKEN.split(b)[::3]:
        return "different"
    salts = [(mine[1], other[1]) for mine, other in zip(ours, theirs, strict=True)]
    digests = [(mine[2], other[2]) for mine, other in zip(ours, theirs, strict=True)]
    known = [pair for pair, salt in zip(digests, salts, strict=True) if len(set(salt)) == 1]
    return "different" if any(x != y for x, y in known) else "unknown"


def _may_be(parts: Sequence[str], literal: str) -> bool:
    """Whether a text consists of these parts in order, with something else between them."""
    at = 0
    for part in parts:
        found = literal.find(part, at)
        if found < 0:
            return False
        at = found + len(part)
    return literal.startswith(parts[0]) and literal.endswith(parts[-1])

"""What a value looks like."""

from __future__ import annotations

import base64
import string
from collections.abc import Callable
from random import Random

Make = Callable[[Random], str]

LETTERS, DIGITS = string.ascii_letters, string.digits
HEX, LOWER, UPPER = "0123456789abcdef", string.ascii_lowercase, string.ascii_uppercase
ALNUM = LETTERS + DIGITS
URLSAFE = ALNUM + "-_"


def drawn(alphabet: str, length: int) -> Make:
    """Characters of an alphabet, with a digit and a letter among them where it has both."""

    def make(random: Random) -> str:
        while True:
            text = "".join(random.choices(alphabet, k=length))
            mixed = any(c.isdigit() for c in text) and any(c.isalpha() for c in text)
            if mixed or not (set(alphabet) & set(DIGITS) and set(alphabet) & set(LETTERS)):
                return text

    return make


def glued(*parts: str | Make) -> Make:
    """Fixed parts and drawn ones, one behind the other."""
    return lambda random: "".join(part if isinstance(part, str) else part(random) for part in parts)


def b64(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


def pem(label: str) -> Make:
    lines = [drawn(ALNUM + "+/", 64) for _ in range(4)]

    def make(random: Random) -> str:
        body = "\n".join(line(random) for line in lines)
        return f"-----BEGIN {label}-----\n{body}\n-----END {label}-----\n"

    return make


SHAPES: dict[str, Make] = {
    "mixed": drawn(ALNUM, 20),
    "special": glued(drawn(LETTERS, 4), drawn("!+-_.", 1), drawn(ALNUM, 9)),
    "hex": drawn(HEX, 32),
    "short": drawn(ALNUM, 9),
    "word and number": glued("Tiger", drawn(DIGITS, 4)),
    "lower case": drawn(LOWER + DIGITS, 14),
}
NUMBERS: dict[str, Make] = {"digits": glued("7", drawn("123456789", 7))}

"""Regular expressions of Go (RE2) as this machine's: the same matches, or a clear "unknown".

What Go's syntax reads otherwise is written anew piece by piece; what is not known here is not
guessed. Source of the syntax: https://pkg.go.dev/regexp/syntax.
"""

from __future__ import annotations

import string
from functools import lru_cache

import regex

_SECONDS = 1.0
_WORD, _DIGIT, _SPACE = "0-9A-Za-z_", "0-9", r"\t\n\f\r\x20"
_CLASSES = {"d": _DIGIT, "w": _WORD, "s": _SPACE}
_CONTROL = {"a": r"\x07", "f": r"\f", "n": r"\n", "r": r"\r", "t": r"\t", "v": r"\v"}
_EDGE = rf"(?:(?<![{_WORD}])(?=[{_WORD}])|(?<=[{_WORD}])(?![{_WORD}]))"
_ZERO_WIDTH = {"A": r"\A", "z": r"\Z", "b": _EDGE, "B": f"(?!{_EDGE})"}
_POSIX = {
    "alnum": "0-9A-Za-z",
    "alpha": "A-Za-z",
    "ascii": r"\x00-\x7f",
    "blank": r"\t\x20",
    "cntrl": r"\x00-\x1f\x7f",
    "digit": _DIGIT,
    "graph": "!-~",
    "lower": "a-z",
    "print": r"\x20-~",
    "punct": r"!-\/\:-@\[-`\{-\~",
    "space": r"\t\n\v\f\r\x20",
    "upper": "A-Z",
    "word": _WORD,
    "xdigit": "0-9A-Fa-f",
}
_REPEAT = regex.compile(r"\{(0|[1-9][0-9]*)(,(0|[1-9][0-9]*)?)?\}")
_GROUP = regex.compile(r"\((?:\?(?:P?<([A-Za-z0-9_]+)>|([imsU]*(?:-[imsU]+)?)([:)])))?")
_PROPERTY = regex.compile(r"\\([pP])(?:\{(\^?)([A-Za-z_]+)\}|([A-Z]))")
_CODE = regex.compile(r"\\(?:x([0-9A-Fa-f]{2})|x\{([0-9A-Fa-f]+)\}|([0-7]{3}|0[0-7]?))")
_QUOTED = regex.compile(r"\\Q(.*?)(?:\\E|\Z)", regex.DOTALL)
_POSIX_CLASS = regex.compile(r"\[:(\^?)([a-z]+):\]")
_MOST_REPEATS = 1000
_DIGITS = 5  # of a number of repeats: with as many it is too large
_LAST_CODE = 0x10FFFF
_NO_ESCAPES = "89CEFGHIJKLMNORTUVXYZceghijklmoquy"
"""Letters and digits that mean nothing after a backslash, wherever it stands."""


class UnreadableError(Exception):
    """The expression uses what is not translated."""


class RefusedError(UnreadableError):
    """The expression is surely none of Go's."""


class GoPattern:
    """One expression, compiled.

    Args:
        source: As the schema has it.
    """

    def __init__(self, source: str) -> None:
        self.source = source
        try:
            text = _Translation(source).text
            self._compiled: regex.Pattern[str] | None = regex.compile(text, regex.VERSION1)
        except (UnreadableError, regex.error):
            self._compiled = None

    def matches(self, text: str) -> bool | None:
        """Whether it matches somewhere in a text; None if that is not known."""
        if self._compiled is None:
            return None
        try:
            return self._compiled.search(text, timeout=_SECONDS) is not None
        except TimeoutError:
            return None


@lru_cache(maxsize=4096)
def go_pattern(source: str) -> GoPattern:
    """The compiled expression, made once for each text."""
    return GoPattern(source)


@lru_cache(maxsize=4096)
def is_refused(source: str) -> bool:
    """Whether Go surely takes the text for no expression; False if that is not known."""
    try:
        _Translation(source)
    except RefusedError:
        return True
    except UnreadableError:
        return False
    return False


class _Translation:
    def __init__(self, source: str) -> None:
        self._source = source
        self._at = 0
        self._repeatable: bool | None = False  # None where that is not known
        self._multiline = [False]
        self._folds = False
        pieces = []
        while self._at < len(source):
            pieces.append(self._piece())
        if len(self._multiline) > 1:
            raise RefusedError
        self.text = "".join(pieces)
        if self._folds and not source.isascii():
            raise UnreadableError  # folding of other letters is not the same everywhere

    def _piece(self) -> str:
        char = self._source[self._at]
        if char in "*+?{":
            return self._repeat(char)
        special = {"\\": self._escape, "[": self._class, "(": self._group}.get(char)
        if special is not None:
            return special()
        self._at += 1
        self._repeatable = {"|": False, "^": None, "$": None}.get(char, True)
        if char == ")":
            self._close()
            return char
        if char == "$":
            return "$" if self._multiline[-1] else r"\Z"
        return char if char in "|^." else _literal(char)

    def _close(self) -> None:
        if len(self._multiline) == 1:
            raise RefusedError
        self._multiline.pop()

    def _repeat(self, char: str) -> str:
        if char == "{":
            found = _REPEAT.match(self._source, self._at)
            if found is None:
                self._at += 1
                self._repeatable = True
                return r"\{"
            least, most = (int(each[:_DIGITS]) for each in (found[1], found[3] or found[1]))
            if least > most or most > _MOST_REPEATS:
                raise RefusedError
            text, self._at = found[0], found.end()
        else:
            text = char
            self._at += 1
        if self._repeatable is None:
            raise UnreadableError
        if not self._repeatable:
            raise RefusedError  # nothing to repeat, or possessive elsewhere
        self._repeatable = False
        if self._source.startswith("?", self._at):
            self._at += 1
            text += "?"
        return text

    def _group(self) -> str:
        found = _GROUP.match(self._source, self._at)
        if found is None or (found[0] == "(" and self._source.startswith("(?", self._at)):
            raise RefusedError
        self._at = found.end()
        flags, end = found[2], found[3]
        self._repeatable = None if end == ")" else False
        if end is None:  # capturing; which group it is does not matter here
            self._multiline.append(self._multiline[-1])
            return "("
        on, _, off = flags.partition("-")
        self._folds = self._folds or "i" in on
        multiline = "m" in on or (self._multiline[-1] and "m" not in off)
        flags = "-".join(filter(None, (on.replace("U", ""), off.replace("U", ""))))
        if off.replace("U", "") and not on.replace("U", ""):
            flags = f"-{flags}"
        if end == ")":
            self._multiline[-1] = multiline
            return f"(?{flags})" if flags else ""
        self._multiline.append(multiline)
        return f"(?{flags}:"

    def _escape(self) -> str:
        quoted = _QUOTED.match(self._source, self._at)
        if quoted is not None:
            self._at = quoted.end()
            self._repeatable = True if quoted[1] else None
            return "".join(_literal(char) for char in quoted[1])
        name = self._source[self._at + 1 : self._at + 2]
        if name in _ZERO_WIDTH and name:
            self._at += 2
            self._repeatable = True
            return _ZERO_WIDTH[name]
        self._repeatable = True
        text, is_set = self._escaped()
        return f"[{text}]" if is_set else text

    def _escaped(self) -> tuple[str, bool]:
        """An escape that stands in and outside a class; whether it means several characters."""
        found = _PROPERTY.match(self._source, self._at)
        if found is not None:
            self._at = found.end()
            negative = (found[1] == "P") != (found[2] == "^")
            return rf"\{'P' if negative else 'p'}{{{found[3] or found[4]}}}", True
        found = _CODE.match(self._source, self._at)
        if found is not None:
            self._at = found.end()
            code = int(found[1] or found[2], 16) if found[1] or found[2] else int(found[3], 8)
            if code > _LAST_CODE:
                raise RefusedError
            return _literal(chr(code)), False
        name = self._source[self._at + 1 : self._at + 2]
        self._at += 2
        if name in _CONTROL:
            return _CONTROL[name], False
        if name and name.lower() in _CLASSES:
            inside = _CLASSES[name.lower()]
            return (inside, True) if name.islower() else (f"[^{inside}]", True)
        if name and name in string.punctuation:
            return _literal(name), False
        if not name or name in _NO_ESCAPES or self._refers(name):
            raise RefusedError
        raise UnreadableError

    def _refers(self, digit: str) -> bool:
        """Whether a digit just read is no number of a character but one of a group."""
        return digit in "1234567" and self._source[self._at : self._at + 1] not in set("01234567")

    def _class(self) -> str:
        self._at += 1
        negative = self._source.startswith("^", self._at)
        self._at += negative
        inside = []
        first = True
        while first or not self._source.startswith("]", self._at):
            first = False
            inside.append(self._member())
        self._at += 1
        self._repeatable = True
        return f"[{'^' if negative else ''}{''.join(inside)}]"

    def _member(self) -> str:
        posix = _POSIX_CLASS.match(self._source, self._at)
        if posix is not None:
            self._at = posix.end()
            if posix[2] not in _POSIX:
                raise RefusedError
            return f"[^{_POSIX[posix[2]]}]" if posix[1] else _POSIX[posix[2]]
        low, is_set = self._one()
        rest = self._source[self._at : self._at + 2]
        if is_set or rest[:1] != "-" or rest[1:] in ("]", ""):
            return low
        self._at += 1
        high, is_set = self._one()
        if is_set:
            raise UnreadableError
        return f"{low}-{high}"

    def _one(self) -> tuple[str, bool]:
        if self._at >= len(self._source):
            raise RefusedError  # the class has no end
        char = self._source[self._at]
        if char == "\\":
            return self._escaped()
        self._at += 1
        return _literal(char), False


def _literal(char: str) -> str:
    return char if char.isalnum() or not char.isascii() else rf"\x{ord(char):02x}"

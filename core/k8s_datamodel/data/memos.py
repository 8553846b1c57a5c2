"""What was made of one complete object alone, kept so that the next run need not make it again."""

from __future__ import annotations

from typing import Any, Final

import orjson

_ONLY_JSON = (
    orjson.OPT_PASSTHROUGH_DATACLASS
    | orjson.OPT_PASSTHROUGH_DATETIME
    | orjson.OPT_PASSTHROUGH_SUBCLASS
)


class Missing:
    """What ``Memo.get`` gives for what was not made, or was made by other code."""


MISSING: Final = Missing()


class Memo:
    """JSON values that were made of one object alone, each with the stamp of the code.

    A store keeps the text beside the object and gives it back with the same object at the same
    ``resourceVersion``. It is made of objects that are redacted already, so it holds no credential.

    Attributes:
        changed: whether it has more than the text that it was made of.
    """

    __slots__ = ("_made", "_text", "changed")

    def __init__(self, text: str = "") -> None:
        self._text = text
        self._made: dict[str, Any] | None = None
        self.changed = False

    def get(self, what: str, stamp: str) -> Any:
        """What was made under this name by the code with this stamp; else ``MISSING``."""
        found = self._entries().get(what)
        if isinstance(found, list) and len(found) == 2 and found[0] == stamp:  # noqa: PLR2004
            return found[1]
        return MISSING

    def put(self, what: str, stamp: str, value: Any) -> None:
        """Keep a JSON value in place of what has the name now."""
        self._entries()[what] = [stamp, value]
        self.changed = True

    def text(self) -> str:
        """All of it as JSON; empty if it holds what JSON has not."""
        try:
            return orjson.dumps(self._entries(), option=_ONLY_JSON).decode()
        except TypeError:
            return ""

    def _entries(self) -> dict[str, Any]:
        if self._made is None:
            self._made = _parsed(self._text)
        return self._made


def _parsed(text: str) -> dict[str, Any]:
    try:
        found = orjson.loads(text) if text else {}
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}

"""A document as a browser takes it apart: elements, their attributes and texts."""

from __future__ import annotations

from dataclasses import dataclass, field
from html.parser import HTMLParser

_EMPTY = (
    "meta",
    "wbr",
    "link",
    "br",
    "hr",
    "img",
    "input",
    "col",
    "path",
    "rect",
    "circle",
    "line",
)


@dataclass
class Element:
    name: str
    attributes: dict[str, str]
    within: tuple[str, ...]
    texts: list[str] = field(default_factory=list)

    @property
    def text(self) -> str:
        return "".join(self.texts)


class _Parser(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[Element] = []
        self._open: list[Element] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        within = tuple(each.name for each in self._open)
        made = Element(tag, {name: value or "" for name, value in attrs}, within)
        self.found.append(made)
        if tag not in _EMPTY:
            self._open.append(made)

    def handle_endtag(self, tag: str) -> None:
        if tag in _EMPTY:
            return
        assert self._open, f"</{tag}> ends nothing"
        assert self._open.pop().name == tag, f"</{tag}> ends another element"

    def handle_data(self, data: str) -> None:
        for each in self._open:
            each.texts.append(data)

    def close(self) -> None:
        super().close()
        assert self._open == []


def elements(html: str, *names: str) -> list[Element]:
    """The elements of a document, or those of some names; each must end where it should."""
    parser = _Parser()
    parser.feed(html)
    parser.close()
    return [each for each in parser.found if not names or each.name in names]

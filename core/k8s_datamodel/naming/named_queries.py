"""Queries with a name: those that plugins ship, and the user's own in the configuration folder."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from k8s_datamodel.base.errors import UsageError

FOLDER = "queries"
"""Of the configuration folder."""

OWN = "yours"
"""The origin of a query in the configuration folder."""

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]*")


@dataclass(frozen=True, slots=True)
class NamedQuery:
    """A query in a file.

    Attributes:
        name: of the file, without ``.sql``.
        statement: what is asked, with its comments.
        description: the comments at its beginning, in one line.
        origin: whose it is.
    """

    name: str
    statement: str
    description: str
    origin: str


def is_name(text: str) -> bool:
    """Whether a text can only be the name of a query."""
    return bool(_NAME.fullmatch(text))


def named_queries(folders: Iterable[tuple[str, Path]]) -> Mapping[str, NamedQuery]:
    """The queries in some folders by name; of two with one name the first counts.

    Args:
        folders: whose each is, and where. One that is not there has none.

    Raises:
        UsageError: a file cannot be read.
    """
    found: dict[str, NamedQuery] = {}
    for origin, folder in folders:
        for path in sorted(folder.glob("*.sql")):
            if is_name(path.stem) and path.is_file():
                found.setdefault(path.stem, _read(path, origin))
    return dict(sorted(found.items()))


def _read(path: Path, origin: str) -> NamedQuery:
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"the query {path} cannot be read: {error}") from error
    return NamedQuery(path.stem, text, " ".join(_comments(text)), origin)


def _comments(text: str) -> Iterator[str]:
    for line in map(str.strip, text.splitlines()):
        if not line.startswith("--"):
            return
        yield line.lstrip("-").strip()

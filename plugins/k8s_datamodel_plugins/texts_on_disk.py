"""Keep texts on disk until all are known, so that memory holds only one."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator

Key = tuple[str, ...]


class TextsOnDisk:
    """Texts by key, in an unnamed file that only this process can read. Use it in a ``with``."""

    def __init__(self) -> None:
        self._file = tempfile.TemporaryFile()  # noqa: SIM115 - closed by __exit__
        self._places: dict[Key, list[tuple[int, int]]] = {}
        self._end = 0

    def __enter__(self) -> TextsOnDisk:
        return self

    def __exit__(self, *exc_info: object) -> None:
        self._file.close()

    def add(self, key: Key, text: str) -> None:
        """Set a text aside, behind those that the key has already."""
        data = text.encode("utf-8", "surrogatepass")
        self._file.seek(self._end)
        self._file.write(data)
        self._places.setdefault(key, []).append((self._end, len(data)))
        self._end += len(data)

    def __iter__(self) -> Iterator[Key]:
        """The keys, sorted."""
        return iter(sorted(self._places))

    def __len__(self) -> int:
        """How many keys there are."""
        return len(self._places)

    def texts(self, key: Key) -> Iterator[str]:
        """The texts of a key in the order they came; none for a key that has none."""
        for start, size in self._places.get(key, ()):
            self._file.seek(start)
            yield self._file.read(size).decode("utf-8", "surrogatepass")

"""Bounds for reading a path, so that no file can exhaust memory or time.

Real objects are far below them: etcd accepts 1.5 MiB, an API server's request 3 MiB. Memory depends
on the largest file, not on the dump: at most four times ``MAX_FILE_BYTES``.
"""

MIB = 1024 * 1024

MAX_FILE_BYTES = 256 * MIB
"""For one file, expanded. A list of 2,000 CRDs in indented YAML has half as many."""

MAX_OBJECT_BYTES = 16 * MIB
"""For one object as JSON, and for what aliases add to one YAML document."""

MAX_OBJECT_WEIGHT = 32 * MIB
"""For one object in YAML: its characters, and ``SCALAR_WEIGHT`` for each value and key."""

SCALAR_WEIGHT = 8
"""The memory of a value beyond its characters, for ``MAX_OBJECT_WEIGHT``."""

MAX_DEPTH = 250
"""Levels of an object. Schemas nest some dozens; Python's recursion ends at 1,000."""

MAX_DOCUMENTS = 100_000
"""Documents of one YAML file."""

MAX_MEMBERS = 500_000
"""Files of an archive or a folder."""

MAX_EXPANDED_BYTES = 64 * 1024 * MIB
"""For a whole compressed archive; its logs are skipped but must be decompressed."""

MAX_RATIO = 250
"""Expanded to compressed bytes, once ``MAX_FILE_BYTES`` are expanded. Text reaches 60, logs 100."""

MAX_DECOMPRESSOR_BYTES = 256 * MIB
"""Memory that an xz file may use for its dictionary; ``xz -9`` needs 65 MiB."""

MAX_HEADER_BYTES = MIB
"""For one extended header of a tar, such as a long name."""

CHUNK = 64 * 1024
"""Bytes read at once."""


class Unreadable(Exception):  # noqa: N818 - not a fault of the program
    """A file, or part of one, that cannot be read. The message says why, for people.

    Attributes:
        line: in the file, from 1; 0 if unknown.
    """

    def __init__(self, reason: str, line: int = 0) -> None:
        super().__init__(reason)
        self.line = line

    def __str__(self) -> str:
        reason = super().__str__()
        return f"line {self.line}: {reason}" if self.line else reason

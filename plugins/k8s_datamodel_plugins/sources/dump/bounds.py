"""Bounds on what is read from a path, so that no file can exhaust memory or time.

A real object is far below them: etcd takes 1.5 MiB, an API server's request 3 MiB. Memory follows
the largest single file, not the whole dump: up to four times ``MAX_FILE_BYTES``, once.
"""

MIB = 1024 * 1024

MAX_FILE_BYTES = 256 * MIB
"""Of one file, expanded. A list of 2,000 CRDs in indented YAML is half of that."""

MAX_OBJECT_BYTES = 16 * MIB
"""Of one object, as JSON, and of what aliases add to one YAML document."""

MAX_OBJECT_WEIGHT = 32 * MIB
"""Of one object in YAML: its characters, and ``SCALAR_WEIGHT`` for each value and key."""

SCALAR_WEIGHT = 8
"""What a value costs in memory beyond its characters, as far as ``MAX_OBJECT_WEIGHT`` cares."""

MAX_DEPTH = 250
"""Levels of an object. Schemas nest some dozens; Python's recursion ends at 1,000."""

MAX_DOCUMENTS = 100_000
"""Documents of one YAML file."""

MAX_MEMBERS = 500_000
"""Files of an archive or a folder."""

MAX_EXPANDED_BYTES = 64 * 1024 * MIB
"""Of a whole compressed archive; its logs are skipped but must be decompressed."""

MAX_RATIO = 250
"""Expanded to compressed bytes, once ``MAX_FILE_BYTES`` are expanded. Text reaches 60, logs 100."""

MAX_DECOMPRESSOR_BYTES = 256 * MIB
"""Memory that an xz file may ask for its dictionary; ``xz -9`` needs 65 MiB."""

MAX_HEADER_BYTES = MIB
"""Of one extended header of a tar, such as a long name."""

CHUNK = 64 * 1024
"""Bytes read at once."""


class Unreadable(Exception):  # noqa: N818 - it is no fault of the program
    """A file, or a part of one, that cannot be read. The message says why, for people.

    Attributes:
        line: where in the file, from 1; 0 when that is unknown.
    """

    def __init__(self, reason: str, line: int = 0) -> None:
        super().__init__(reason)
        self.line = line

    def __str__(self) -> str:
        reason = super().__str__()
        return f"line {self.line}: {reason}" if self.line else reason

"""Which records of a snapshot are those of a whole list: what ``kdm_lists`` holds.

Such an entry is no content, and is believed only with its seal, and if the records still come to
its sum: then they are what they were when the list had that fingerprint.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from k8s_datamodel_plugins.sql.layout.content import digest_of

_SEAL_BYTES = 16


class ListEntry(NamedTuple):
    """The records of a list, as they lie in a snapshot.

    ``first_key`` and ``last_key`` are the first and the last of their identities, as bytes.
    """

    snapshot_id: int
    first_ref: int
    records: int
    sum: str
    fingerprint: str
    first_key: bytes
    last_key: bytes
    note: str

    def seal(self, read: Sequence[str | None], type_name: str) -> bytes:
        """Binds it to what was read: see ``version_index.seal`` for ``read``."""
        keys = self.first_key.hex(), self.last_key.hex()
        numbers = str(self.snapshot_id), str(self.first_ref), str(self.records)
        parts = (*read, type_name, *numbers, self.sum, self.fingerprint, *keys, self.note)
        return digest_of("\0".join(part or "" for part in parts))[:_SEAL_BYTES]


def sealed_entry(
    values: Sequence[object], seal: object, read: Sequence[str | None], type_name: str
) -> ListEntry | None:
    """The entry that a row of the table is; None if its seal is not its own."""
    kinds = (int, int, int, str, str, bytes, bytes, str)
    given = [bytes(each) if isinstance(each, memoryview) else each for each in values]
    if not all(isinstance(each, kind) for each, kind in zip(given, kinds, strict=True)):
        return None
    entry = ListEntry(*given)  # type: ignore[arg-type]  # just looked at
    return entry if entry.seal(read, type_name) == seal else None


class KeptList(NamedTuple):
    """A list whose records a snapshot keeps: ``group/version/kind``, and where they lie."""

    resource: str
    entry: ListEntry

"""What a lake holds: commits, each of some snapshots of one day, and which of them count.

A commit is a small file that is written once. It names its snapshots and a data file for each
relation. A commit counts unless another one holds all of its snapshots, and more, or the same ones
written anew. So nobody has to take a commit back, and the order in which they arrive means nothing.
"""

from __future__ import annotations

import csv
import io
import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from k8s_datamodel.api import DatamodelError

LISTED = ("relation", "day", "cluster", "file", "rows", "bytes", "snapshots", "commit")
"""Columns of the lists of files that engines read."""


@dataclass(frozen=True, slots=True)
class DataFile:
    """One Parquet file.

    Attributes:
        path: below the lake.
        rows: how many.
        bytes: its size.
        columns: kinds by name.
    """

    path: str
    rows: int
    bytes: int
    columns: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Commit:
    """Some snapshots of a day, and where their rows are.

    Attributes:
        name: of its file.
        day: of the snapshots, UTC.
        cluster: of the snapshots; empty for several.
        rank: how often these rows were written anew.
        snapshots: their ids.
        files: by relation.
    """

    name: str
    day: str
    cluster: str
    rank: int
    snapshots: frozenset[str]
    files: Mapping[str, DataFile]

    def supersedes(self, other: Commit) -> bool:
        """Whether the other one does not count any more."""
        if self.snapshots == other.snapshots:
            return self.rank > other.rank
        return self.snapshots > other.snapshots

    def content(self) -> bytes:
        """As its file says it."""
        values = {**asdict(self), "snapshots": sorted(self.snapshots)}
        return json.dumps(values, indent=1, sort_keys=True).encode()

    @classmethod
    def of(cls, path: str, content: bytes) -> Commit:
        """What a file says. Raises DatamodelError if it is damaged."""
        try:
            values: dict[str, Any] = json.loads(content)
            files = {name: DataFile(**each) for name, each in values.pop("files").items()}
            return cls(**{**values, "snapshots": frozenset(values["snapshots"]), "files": files})
        except (ValueError, TypeError, KeyError, AttributeError) as error:
            raise DatamodelError(f"{path}: is no commit of a lake: {error}") from error


def counting(commits: Sequence[Commit]) -> list[Commit]:
    """Those that count, by cluster and name."""
    anew = [each for each in commits if each.rank]
    kept = [each for each in commits if not any(other.supersedes(each) for other in anew)]
    return sorted(kept, key=lambda each: (each.cluster, each.name))


def overlapping(commits: Sequence[Commit]) -> bool:
    """Whether two of the commits that count hold one snapshot: two compactions ran at once."""
    found = Counter(each for commit in commits for each in commit.snapshots)
    return any(number > 1 for number in found.values())


def listed(commits: Sequence[Commit]) -> list[dict[str, Any]]:
    """The data files of the commits that count, a row each."""
    rows = [
        {
            "relation": relation,
            "day": commit.day,
            "cluster": commit.cluster,
            "file": file.path,
            "rows": file.rows,
            "bytes": file.bytes,
            "snapshots": len(commit.snapshots),
            "commit": commit.name,
        }
        for commit in commits
        for relation, file in commit.files.items()
    ]
    return sorted(rows, key=lambda row: (row["relation"], row["cluster"], row["file"]))


def listing(commits: Sequence[Commit]) -> bytes:
    """The list of files of a day, as CSV."""
    text = io.StringIO()
    writer = csv.DictWriter(text, LISTED, lineterminator="\n")
    writer.writeheader()
    writer.writerows(listed(commits))
    return text.getvalue().encode()

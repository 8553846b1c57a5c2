"""One lake: where its files are, what it holds, and what engines are told of it.

=======================================  ===========================================================
``lake.json``                            how it is partitioned; written once
``types/*.json``                         kinds of columns that some version wrote
``commits/DAY/*.json``                   what holds which snapshots
``tables/RELATION/day=.../cluster=...``  the rows
``files/DAY.csv``                        the data files that count: what engines read
=======================================  ===========================================================
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from urllib.parse import quote
from uuid import uuid4

from k8s_datamodel.api import DatamodelError, UsageError
from k8s_datamodel_parquet.lake.commits import Commit, counting, listing, overlapping
from k8s_datamodel_parquet.lake.kinds import Kinds, united
from k8s_datamodel_parquet.lake.storage import Storage

PARTITIONS = {"day,cluster": ("day", "cluster"), "day": ("day",)}
"""How a lake may be partitioned, by the word of the command."""

_FORMAT = 1
_ABOUT = "lake.json"


class Lake:
    """A lake that is there.

    Args:
        storage: where.
        partition: the columns by which its folders are named.
    """

    def __init__(self, storage: Storage, partition: Sequence[str]) -> None:
        self.storage, self.partition = storage, tuple(partition)

    @classmethod
    def opened(cls, storage: Storage) -> Lake:
        """The lake at a place. Raises UsageError if there is none."""
        content = storage.read(_ABOUT)
        if content is None:
            raise UsageError("there is no lake: `k8s-datamodel lake write` makes one")
        try:
            about = json.loads(content)
            version, partition = about["format"], about["partition"]
        except (ValueError, TypeError, KeyError) as error:
            raise DatamodelError(f"{_ABOUT}: does not say what a lake says: {error}") from error
        if version != _FORMAT:
            raise UsageError(
                f"the lake has format {version}: a newer k8s-datamodel-parquet reads it"
            )
        return cls(storage, partition)

    @classmethod
    def made(cls, storage: Storage, partition: str | None = None) -> Lake:
        """The lake at a place, made if there is none.

        Raises:
            UsageError: it is there, and partitioned otherwise.
        """
        with storage.alone():
            if storage.read(_ABOUT) is None:
                chosen = PARTITIONS[partition or "day,cluster"]
                about = {"format": _FORMAT, "partition": chosen}
                storage.write(_ABOUT, json.dumps(about).encode())
        lake = cls.opened(storage)
        if partition and PARTITIONS[partition] != lake.partition:
            there = ",".join(lake.partition)
            raise UsageError(f"the lake is partitioned by {there}, which stays: write into another")
        return lake

    def data_file(self, relation: str, day: str, cluster: str) -> str:
        """A new name for a data file."""
        values = {"day": day, "cluster": cluster}
        folders = (f"{each}={quote(values[each], safe='')}" for each in self.partition)
        return "/".join(("tables", relation, *folders, f"{uuid4().hex}.parquet"))

    def kinds(self) -> dict[str, dict[str, str]]:
        """The kind of each column of each relation, as wide as any version wrote it."""
        contents = (self.storage.read(each.path) for each in self.storage.files("types"))
        return united(json.loads(each) for each in contents if each)

    def declare(self, kinds: Kinds) -> None:
        """Keep the kinds that this version writes. Doing it twice is doing it once."""
        content = json.dumps(kinds, indent=1).encode()
        path = f"types/{hashlib.sha256(content).hexdigest()[:32]}.json"
        if self.storage.found(path) is None:
            self.storage.write(path, content)

    def days(self) -> list[str]:
        """The days of which there are commits, oldest first."""
        return self.storage.folders("commits")

    def commits(self, day: str) -> list[Commit]:
        """All commits of a day, also those that do not count."""
        found = []
        for each in self.storage.files(f"commits/{day}"):
            content = self.storage.read(each.path) if each.path.endswith(".json") else None
            if content is not None:
                found.append(Commit.of(each.path, content))
        return found

    def snapshots(self, day: str) -> set[str]:
        """The ids of the snapshots of a day that it holds."""
        return {each for commit in self.commits(day) for each in commit.snapshots}

    def add(self, commit: Commit) -> None:
        """Keep a commit; engines see it when the day is told."""
        self.storage.write(commit_path(commit), commit.content())

    def tell(self, day: str) -> None:
        """Tell engines what counts of a day, all at once."""
        with self.storage.alone():
            tell_alone(self, day)

    def told(self, day: str) -> bytes | None:
        """What engines are told of a day."""
        return self.storage.read(list_path(day))


def tell_alone(lake: Lake, day: str) -> list[Commit]:
    """The same, for one who has the lock; returns the commits.

    Raises:
        DatamodelError: two compactions ran at once, where there is no lock. The list stays.
    """
    while True:
        commits = lake.commits(day)
        counted = counting(commits)
        if overlapping(counted):
            raise DatamodelError(f"two compactions of {day} ran at once: run `lake compact` again")
        content = listing(counted)
        if lake.told(day) == content:
            return commits
        # Again, as without a lock another writer may have written an older list over this one.
        lake.storage.write(list_path(day), content)


def commit_path(commit: Commit) -> str:
    """Where a commit is kept."""
    return f"commits/{commit.day}/{commit.name}.json"


def list_path(day: str) -> str:
    """Where the list of a day's files is."""
    return f"files/{day}.csv"

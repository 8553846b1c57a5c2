"""Make few files of many: write the rows anew, then tell engines of the new files, all at once.

The old files stay for a while, for engines that were told of them.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from k8s_datamodel_parquet.lake.commits import Commit, counting, overlapping
from k8s_datamodel_parquet.lake.data_files import merged_batches, write_data
from k8s_datamodel_parquet.lake.kinds import Kinds, wider
from k8s_datamodel_parquet.lake.lakes import Lake, commit_path, list_path, tell_alone
from k8s_datamodel_parquet.lake.storage import Found

_UNFINISHED = 86_400.0
"""Seconds after which a file that no commit names is taken for what a killed writer left."""


@dataclass(slots=True)
class Compacted:
    """What a compaction did.

    Attributes:
        partitions: that were written anew.
        before: how many files they had.
        after: how many they have.
        removed: files that nobody was told of for long enough.
    """

    partitions: int = 0
    before: int = 0
    after: int = 0
    removed: int = 0


def compact(
    lake: Lake,
    *,
    grace: float,
    now: float,
    since: str = "",
) -> Compacted:
    """Write each partition with several files anew, as one; doing it twice is doing it once.

    Args:
        lake: to be compacted.
        grace: seconds for which engines may read the files they were told of before.
        now: the time, in seconds since 1970.
        since: the first day, ``YYYY-MM-DD``; all if empty.

    Raises:
        DatamodelError: a file cannot be read or written.
    """
    kinds, done = lake.kinds(), Compacted()
    for day in lake.days():
        if day >= since:
            with lake.storage.alone():
                for some in _partitions(lake, day):
                    if len(some) > 1 or _narrow(some[0], kinds):
                        _anew(lake, day, some, kinds, done)
                commits = tell_alone(lake, day)
                done.removed += _clean(lake, day, commits, grace, now)
    return done


def widen(lake: Lake, known: Kinds, kinds: Kinds) -> None:
    """Write what has columns of narrower kinds anew, as soon as some kind becomes wider.

    Args:
        lake: to be changed.
        known: the kinds of its columns.
        kinds: those that they will have.
    """
    if not any(
        wider(kind, kinds[relation][name]) != kind
        for relation, columns in known.items()
        for name, kind in columns.items()
    ):
        return
    for day in lake.days():
        with lake.storage.alone():
            for each in counting(lake.commits(day)):
                if _narrow(each, kinds):
                    _anew(lake, day, [each], kinds, Compacted())
            tell_alone(lake, day)


def _partitions(lake: Lake, day: str) -> Iterator[list[Commit]]:
    """The commits of a day that count, by partition; together if two hold the same snapshot."""
    counted = counting(lake.commits(day))
    by_cluster = "cluster" in lake.partition and not overlapping(counted)
    for _, some in groupby(counted, key=lambda each: each.cluster if by_cluster else ""):
        yield list(some)


def _narrow(commit: Commit, kinds: Kinds) -> bool:
    """Whether a column of a commit is narrower than the lake's."""
    return any(
        kinds.get(relation, {}).get(name, kind) != kind
        for relation, file in commit.files.items()
        for name, kind in file.columns.items()
    )


def _anew(lake: Lake, day: str, commits: Sequence[Commit], kinds: Kinds, done: Compacted) -> None:
    """One commit in place of some, whose rows it holds."""
    snapshots = frozenset(each for commit in commits for each in commit.snapshots)
    clusters = {each.cluster for each in commits}
    cluster = clusters.pop() if len(clusters) == 1 else ""
    files = {}
    for relation in sorted({name for each in commits for name in each.files}):
        path = lake.data_file(relation, day, cluster)
        rows = merged_batches(lake.storage, relation, commits, kinds)
        files[relation] = write_data(lake.storage, path, kinds[relation], rows)
    rank = 1 + max(each.rank for each in commits)
    digest = hashlib.sha256("\n".join(sorted(snapshots)).encode()).hexdigest()[:32]
    lake.add(Commit(f"{rank}-{digest}", day, cluster, rank, snapshots, files))
    done.partitions += 1
    done.before += sum(len(each.files) for each in commits)
    done.after += len(files)


def _clean(lake: Lake, day: str, commits: Sequence[Commit], grace: float, now: float) -> int:
    """Remove what engines were not told of since the day's list was written; how many files."""
    told = lake.storage.found(list_path(day))
    if told is None or now - told.modified < grace:
        return 0
    counted = {each.name for each in counting(commits)}
    removed = 0
    for each in commits:
        if each.name not in counted:
            lake.storage.remove(commit_path(each))
            for file in each.files.values():
                lake.storage.remove(file.path)
                removed += 1
    named = {file.path for each in commits for file in each.files.values()}
    for found in _data_files(lake, day):
        if found.path not in named and now - found.modified >= max(grace, _UNFINISHED):
            lake.storage.remove(found.path)
            removed += 1
    return removed


def _data_files(lake: Lake, day: str) -> Iterator[Found]:
    for relation in lake.storage.folders("tables"):
        yield from lake.storage.files(f"tables/{relation}/day={day}")

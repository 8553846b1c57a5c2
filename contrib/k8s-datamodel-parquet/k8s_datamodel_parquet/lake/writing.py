"""Bring into a lake those snapshots of a database that it does not hold."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

from k8s_datamodel.api import ResourceType, Snapshot
from k8s_datamodel.commands import StoredSnapshots
from k8s_datamodel_parquet.lake.commits import Commit
from k8s_datamodel_parquet.lake.compacting import widen
from k8s_datamodel_parquet.lake.data_files import write_data
from k8s_datamodel_parquet.lake.kinds import Kinds, united
from k8s_datamodel_parquet.lake.lakes import Lake
from k8s_datamodel_parquet.lake.relations import day_of, kinds_of, relations_of

_UNREDACTED = "none"


@dataclass(slots=True)
class Written:
    """What became of the snapshots of a database.

    Attributes:
        new: written now.
        there: held already.
        unredacted: numbers of those that may hold credentials, and were left out.
    """

    new: int = 0
    there: int = 0
    unredacted: Sequence[int] = ()


def write(
    lake: Lake,
    stored: StoredSnapshots,
    *,
    objects: bool = False,
) -> Written:
    """Write what the lake lacks; doing it twice is doing it once.

    Args:
        lake: takes them.
        stored: the snapshots of a database.
        objects: with the complete objects.

    Raises:
        DatamodelError: a file cannot be written.
    """
    own = kinds_of(stored.types, objects=objects)
    known = lake.kinds()
    kinds = united((known, own))
    widen(lake, known, kinds)
    lake.declare(own)
    redacted = [each for each in stored.snapshots if each.redaction != _UNREDACTED]
    left = [each.id for each in stored.snapshots if each.redaction == _UNREDACTED]
    written = Written(unredacted=left)
    for day, some in groupby(sorted(redacted, key=day_of), key=day_of):
        there = lake.snapshots(day)
        for each in some:
            if each.uuid in there:
                written.there += 1
            else:
                lake.add(_commit(lake, stored, each, kinds, objects=objects))
                written.new += 1
        lake.tell(day)
    return written


def _commit(
    lake: Lake, stored: StoredSnapshots, snapshot: Snapshot, kinds: Kinds, *, objects: bool
) -> Commit:
    """The commit of one snapshot, whose data files are written."""
    types: Sequence[ResourceType] = stored.types
    day, cluster = day_of(snapshot), snapshot.cluster.key
    files = {}
    for each in relations_of(stored.moment(snapshot), snapshot, types, objects=objects):
        wide = {name: kinds[each.name][name] for name in each.kinds}
        path = lake.data_file(each.name, day, cluster)
        files[each.name] = write_data(lake.storage, path, wide, each.batches(wide))
    return Commit(snapshot.uuid, day, cluster, 0, frozenset({snapshot.uuid}), files)

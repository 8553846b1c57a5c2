"""What a lake costs: makes a fleet of one lake's snapshot, and measures it.

    python engines/measure.py LAKE TARGET --clusters 1000 --days 2 --partition day

LAKE has one snapshot, such as of the cluster that is typical for the fleet. TARGET is made: a
lake in which so many clusters have it once a day. They differ as clusters do: each has four fifths
of the rows, with times of its own, one of five versions and images of each, and numbers of
instances of its own, which change from day to day.
"""

from __future__ import annotations

import csv
import re
import resource
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import product
from pathlib import Path
from random import Random
from uuid import UUID

import click
import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
from pyarrow import fs

from k8s_datamodel_parquet.lake.commits import Commit
from k8s_datamodel_parquet.lake.compacting import compact
from k8s_datamodel_parquet.lake.data_files import write_data
from k8s_datamodel_parquet.lake.kinds import Kinds, schema_of
from k8s_datamodel_parquet.lake.lakes import PARTITIONS, Lake
from k8s_datamodel_parquet.lake.storage import Folder, Storage

FIRST = date(2026, 1, 1)
EPOCH = datetime(2023, 1, 1)
_TIME = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d")


@dataclass(frozen=True)
class Model:
    """The rows of one snapshot, by relation."""

    tables: dict[str, pa.Table]
    kinds: Kinds

    @classmethod
    def of(cls, path: Path) -> Model:
        """The newest rows of a lake."""
        lake = Lake.opened(Folder(path))
        rows = [row for day in lake.days() for row in _told(lake, day)]
        tables = {
            row["relation"]: pq.read_table(path / row["file"], partitioning=None) for row in rows
        }
        return cls(tables, lake.kinds())

    def of_cluster(self, cluster: int) -> dict[str, pa.Table]:
        """The rows that a cluster has."""
        chance = Random(cluster)
        return {name: _own(table, chance) for name, table in self.tables.items()}


def _own(table: pa.Table, chance: Random) -> pa.Table:
    kept = [chance.random() < 0.8 or table.num_rows == 1 for _ in range(table.num_rows)]
    found = table.filter(pa.array(kept, pa.bool_()))
    for number, each in enumerate(found.schema):
        values = found.column(number).to_pylist() if each.type == pa.string() else []
        if each.name in ("version", "image"):
            changed = [value and f"{value}.{chance.randrange(5)}" for value in values]
        elif any(_TIME.fullmatch(value or "") for value in values):
            changed = [
                value and str(EPOCH + timedelta(0, chance.randrange(10**8))) for value in values
            ]
        else:
            continue
        found = found.set_column(number, each, pa.array(changed, pa.string()))
    return found


def _taken(table: pa.Table, cluster: int, day: date, name: str) -> pa.Table:
    """A cluster's rows as they are on a day."""
    uid = str(UUID(int=cluster * 2**64 + 1))
    taken = datetime(day.year, day.month, day.day, 3, cluster % 60)
    values = {
        "snapshot_id": name,
        "id": name,
        "snapshot_timestamp": taken,
        "timestamp": taken,
        "cluster_context": f"cluster-{cluster:04}",
        "cluster_uid": uid,
        "cluster": uid,
        "day": day,
    }
    for number, each in enumerate(table.schema):
        if each.name in values:
            value = pa.repeat(pa.scalar(values[each.name], each.type), table.num_rows)
            table = table.set_column(number, each, value)
        elif each.name == "instance_count":
            grown = [cluster * 7 % 89 + row % 13 + day.day for row in range(table.num_rows)]
            table = table.set_column(number, each, pa.array(grown, each.type))
    return table


def _told(lake: Lake, day: str) -> Sequence[dict[str, str]]:
    return list(csv.DictReader((lake.told(day) or b"").decode().splitlines()))


@contextmanager
def timed(what: str) -> Iterator[None]:
    """Print processor time and clock of a block."""
    clock, before = time.perf_counter(), resource.getrusage(resource.RUSAGE_SELF)
    yield
    after = resource.getrusage(resource.RUSAGE_SELF)
    used = after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime
    print(f"{what}: {used:.2f} s of processor time, {time.perf_counter() - clock:.2f} s")


def sizes(lake: Lake, what: str) -> None:
    """Print files, rows and bytes of what engines are told."""
    rows, size, files = Counter[str](), Counter[str](), Counter[str]()
    snapshots = 0
    for day in lake.days():
        for each in _told(lake, day):
            rows[each["relation"]] += int(each["rows"])
            size[each["relation"]] += int(each["bytes"])
            files[each["relation"]] += 1
            snapshots += int(each["snapshots"]) * (each["relation"] == "inventory_snapshots")
    total = sum(size.values())
    print(
        f"{what}: {snapshots} snapshots, {sum(files.values())} files, {total:,} bytes, "
        f"{total / snapshots:,.0f} bytes for each snapshot"
    )
    for name in sorted(size, key=lambda each: -size[each]):
        if rows[name]:
            print(
                f"  {name}: {files[name]} files, {rows[name]:,} rows, "
                f"{size[name] / rows[name]:.1f} bytes for each"
            )


QUESTIONS = {
    "instances per CRD, all clusters, the last day": "SELECT name, sum(instance_count) "
    "FROM crds WHERE day = (SELECT max(day) FROM crds) GROUP BY name",
    "one CRD, one cluster, all days": "SELECT day, instance_count FROM crds "
    "WHERE cluster_context = 'cluster-0007' AND name = (SELECT min(name) FROM crds)",
    "clusters by version of each operator, the last day": "SELECT name, version, "
    "count(DISTINCT cluster) FROM operators WHERE day = (SELECT max(day) FROM operators) "
    "GROUP BY ALL",
}


def ask(lake: Path, what: str) -> None:
    """Print what questions cost."""
    with duckdb.connect() as connection:
        connection.execute("SET threads = 2")
        for relation in ("crds", "operators"):
            connection.execute(
                f"SET VARIABLE {relation} = (SELECT list('{lake}/' || file) "
                f"FROM read_csv('{lake}/files/*.csv') WHERE relation = '{relation}')"
            )
            connection.execute(
                f"CREATE VIEW {relation} AS SELECT * "
                f"FROM read_parquet(getvariable('{relation}'), union_by_name = true)"
            )
        for name, question in QUESTIONS.items():
            with timed(f"{what}, {name}"):
                connection.execute(question).fetchall()


@click.command()
@click.argument("origin", metavar="LAKE", type=click.Path(path_type=Path))
@click.argument("target", type=click.Path(path_type=Path))
@click.option("--clusters", default=10, show_default=True)
@click.option("--days", default=2, show_default=True)
@click.option("--a-day", default=1, show_default=True, help="Snapshots of a cluster on a day.")
@click.option("--partition", type=click.Choice(sorted(PARTITIONS)), default="day")
def main(origin: Path, target: Path, clusters: int, days: int, a_day: int, partition: str) -> None:
    """Make a fleet of the snapshot of LAKE, and measure it."""
    # A plain file system, as a fleet need not wait until each file is on the disk.
    place = Storage(fs.LocalFileSystem(), str(target.absolute()))
    model, lake = Model.of(origin), Lake.made(place, partition)
    sizes(Lake.opened(Folder(origin)), "the model")
    with timed("written"):
        every = [FIRST + timedelta(number) for number in range(days)]
        for cluster in range(clusters):
            tables = model.of_cluster(cluster)
            for day, number in product(every, range(a_day)):
                name = str(UUID(int=((cluster * days + day.day) * a_day + number) * 7**20))
                taken = {key: _taken(each, cluster, day, name) for key, each in tables.items()}
                _add(lake, model.kinds, str(UUID(int=cluster * 2**64 + 1)), day, name, taken)
        for day in every:
            lake.tell(day.isoformat())
    lake.declare(model.kinds)
    sizes(lake, "as written")
    ask(target, "as written")
    with timed("compacted"):
        compact(lake, grace=0, now=time.time() + 1)
    sizes(lake, "compacted")
    ask(target, "compacted")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    print(f"peak memory: {peak / 1024:.0f} MiB")


def _add(
    lake: Lake, kinds: Kinds, key: str, day: date, name: str, tables: Mapping[str, pa.Table]
) -> None:
    files = {}
    for relation, table in tables.items():
        path = lake.data_file(relation, day.isoformat(), key)
        own = {each: kinds[relation][each] for each in table.schema.names}
        files[relation] = write_data(
            lake.storage, path, own, table.cast(schema_of(own)).to_batches()
        )
    lake.add(Commit(name, day.isoformat(), key, 0, frozenset({name}), files))


if __name__ == "__main__":
    main()

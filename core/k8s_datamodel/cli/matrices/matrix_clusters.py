"""The clusters of a matrix: what each has of one type, as stored last or as read now."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from fnmatch import fnmatchcase

from k8s_datamodel.cli.frame.app import App, Task
from k8s_datamodel.cli.frame.fleet import Attempt, Fleet
from k8s_datamodel.cli.frame.missing import lacks, unread
from k8s_datamodel.cli.matrices.matrix_cells import Cell, Found, Key, Shape, Tally, Unknown
from k8s_datamodel.cli.moments.moment_openers import read_now
from k8s_datamodel.cli.params.filters import Matching
from k8s_datamodel.contracts.stores import SnapshotQuery, Store
from k8s_datamodel.data.asked import ALL, Asked
from k8s_datamodel.data.ledger import LedgerEntry
from k8s_datamodel.data.snapshots import Snapshot
from k8s_datamodel.naming.missing_names import no_snapshot
from k8s_datamodel.reading.moments import Moment
from k8s_datamodel.reading.stored_moments import StoredMoment, cluster_keys, identities
from k8s_datamodel.types.comparison_rules import DefinedBy
from k8s_datamodel.types.resource_types import ResourceType

_NAMESPACE = "namespace"


@dataclass(frozen=True, slots=True)
class MatrixQuestion:
    """What is asked of each cluster.

    Attributes:
        type: whose records.
        shape: of the matrix.
        test: makes what chooses rows of the matrix: one of its records passes somewhere.
        asked: what is wanted of a cluster that is read now.
        namespace: the only one that the user wants.
        defined_by: which other record defines one, for a type of which a cluster is asked for some
            kinds; None for others.
        defining: the type of those.
    """

    type: ResourceType
    shape: Shape
    test: Callable[[], Matching]
    asked: Asked = ALL
    namespace: str | None = None
    defined_by: DefinedBy | None = None
    defining: ResourceType | None = None

    @property
    def types(self) -> list[ResourceType]:
        """The types whose rows are read."""
        return [self.type, *([self.defining] if self.defining else [])]


@dataclass(frozen=True, slots=True)
class ClusterCells:
    """A cluster, and what it has.

    Attributes:
        key: the UID; the context where it is not known.
        context: what the cluster is called.
        uid: None where it is not known.
        number: of the snapshot; None for what was read now.
        timestamp: when it was read; None where that failed.
        complete: whether nothing that matters was left unread.
        unknown: why something that was not found may be there; empty where all was read.
        ledger: what was read for the type, and for all.
        tally: what was found.
        test: saw all records.
        chosen: rows of the matrix of which a record passed.
        unasked: of a row that was not found: why it may be there all the same, empty if it is not.
    """

    key: str
    context: str
    uid: str | None
    number: int | None
    timestamp: str | None
    complete: bool
    unknown: str
    ledger: Sequence[LedgerEntry]
    tally: Tally
    test: Matching
    chosen: frozenset[Key] = frozenset()
    unasked: Callable[[Key, Mapping[Key, str]], str] = field(default=lambda key, reads: "")

    def cell(self, key: Key, reads: Mapping[Key, str]) -> Found:
        """What it has of a row. ``reads`` names the list in which a row would stand."""
        found: Cell | None = self.tally.cells.get(key)
        if found is not None:
            return found
        why = self.unknown or self.unasked(key, reads)
        return Unknown(why) if why else None


def stored_clusters(
    app: App, store: Store, wanted: MatrixQuestion, patterns: Sequence[str]
) -> list[ClusterCells]:
    """The newest snapshot of each cluster, in order of their contexts.

    It is the newest one that was stored with the type, and of the whole cluster, if there is one.

    Args:
        app: says which snapshot is passed over.
        store: open for as long as this is used.
        wanted: what is asked of each.
        patterns: of contexts or UIDs, of which one matches; all if empty.

    Raises SnapshotNotFoundError if there is none.
    """
    by_cluster = _by_cluster(list(reversed(store.snapshots(SnapshotQuery()))))
    chosen = {
        key: found
        for key, found in by_cluster.items()
        if any(_meant(each, patterns) for each in found)
    }
    if not chosen:
        raise no_snapshot(store, ", ".join(patterns) or None)
    clusters = [
        cells_of(key, _newest(app, store, found, wanted), wanted) for key, found in chosen.items()
    ]
    return sorted(clusters, key=lambda each: (each.context, each.key))


def _by_cluster(snapshots: Sequence[Snapshot]) -> dict[str, list[Snapshot]]:
    """Snapshots by their cluster, in the same order."""
    key = cluster_keys(snapshots)
    found: dict[str, list[Snapshot]] = {}
    for each in snapshots:
        found.setdefault(key(each.cluster), []).append(each)
    return found


def _meant(snapshot: Snapshot, patterns: Sequence[str]) -> bool:
    names = (snapshot.cluster.context, snapshot.cluster.uid or "")
    return not patterns or any(fnmatchcase(name, each) for name in names for each in patterns)


def _newest(
    app: App, store: Store, snapshots: Sequence[Snapshot], wanted: MatrixQuestion
) -> StoredMoment:
    """The moment of the newest of some snapshots that tells what is asked, else of the newest."""
    newest = StoredMoment.of(store, snapshots[0], wanted.types)
    why, other = _passed_over(newest, wanted.type)
    for each in snapshots[1:] if why else ():
        moment = StoredMoment.of(store, each, wanted.types)
        if _passed_over(moment, wanted.type) == ("", ""):
            of = newest.snapshot.cluster.context
            app.say(f"Snapshot {newest.number} of {of} {why}: {each.id} is the newest {other}.")
            return moment
    return newest


def _passed_over(moment: StoredMoment, wanted: ResourceType) -> tuple[str, str]:
    """Why an older snapshot tells more, and what that is like; empty if this one tells all."""
    if lacks(moment, wanted):
        return f"was stored without {wanted.plural}", "with them"
    if moment.namespace:
        return f"is of the namespace {moment.namespace} only", "of the whole cluster"
    return "", ""


def live_clusters(app: App, fleet: Fleet, wanted: MatrixQuestion) -> list[ClusterCells]:
    """What each context has now, in their order; of two of one cluster the one that tells more.

    Of a context that fails all is unknown.
    """
    app.registry.preload(wanted.types)

    def work(task: Task) -> ClusterCells:
        with read_now(app, wanted.types, task, wanted.asked) as moment:
            found = cells_of("", moment, wanted)
            return replace(found, context=task.context, key=found.uid or task.context)

    clusters = [_of(attempt, wanted) for attempt in fleet.each(work)]
    kept: dict[str, ClusterCells] = {}
    for each in clusters:
        other = kept.get(each.key)
        if other is not None:
            app.say(f"{each.context} is the same cluster as {other.context}.")
            each = other if not other.unknown or each.unknown else each  # noqa: PLW2901
        kept[each.key] = each
    return list(kept.values())


def _of(attempt: Attempt[ClusterCells], wanted: MatrixQuestion) -> ClusterCells:
    if attempt.result is not None:
        return attempt.result
    name, tally = attempt.context, Tally(wanted.shape)
    return ClusterCells(
        name, name, None, None, None, False, attempt.error, (), tally, wanted.test()
    )


def cells_of(key: str, moment: Moment, wanted: MatrixQuestion) -> ClusterCells:
    """Read a moment to its end; what the cluster with this key has."""
    tally, test, chosen = Tally(wanted.shape), wanted.test(), set()
    sampled = wanted.defined_by is not None
    for row in moment.rows(wanted.type.name):
        name = tally.add(row, sampled=sampled)
        if test(row):
            chosen.add(name)
    if wanted.defining is not None:
        defined = _defined(moment, wanted.defining)
    moment.finish()
    unknown = _unknown(moment, wanted)
    if unknown or _counted_in_part(moment, wanted):
        tally.without_counts()
    cluster = moment.cluster()
    made = ClusterCells(
        key,
        cluster.context,
        cluster.uid,
        moment.number,
        moment.timestamp,
        moment.complete,
        unknown,
        [each for each in moment.ledger if each.resource_type in ("", wanted.type.name)],
        tally,
        test,
        frozenset(chosen),
    )
    if wanted.defining is None:
        return made
    read = {each.read for each in moment.ledger if each.resource_type == wanted.type.name}
    whole = moment.counts.get(wanted.defining.name) is not None
    return replace(made, unasked=_Unasked(read, defined if whole else None))


def _defined(moment: Moment, defining: ResourceType) -> frozenset[str]:
    if isinstance(moment, StoredMoment):
        return frozenset(str(each[0]) for each in identities(moment, defining))
    return frozenset(str(row.get(defining.identity[0])) for row in moment.rows(defining.name))


@dataclass(frozen=True, slots=True)
class _Unasked:
    """Why a row may be there that was not found, of a type of which some kinds were asked for.

    Attributes:
        read: the lists that were read.
        defined: all that the cluster has; None where that is not known.
    """

    read: frozenset[str] | set[str]
    defined: frozenset[str] | None

    def __call__(self, key: Key, reads: Mapping[Key, str]) -> str:
        name = reads.get(key, "")
        if name in self.read or (self.defined is not None and name not in self.defined):
            return ""
        return f"{name} was not asked for" if name else "its kind was not asked for"


def _unknown(moment: Moment, wanted: MatrixQuestion) -> str:
    """Why there may be more records than were found; empty where there are none."""
    resource_type = wanted.type
    if lacks(moment, resource_type):
        remedy = resource_type.on_request
        kept = f"; database store --with-{remedy} keeps them" if remedy else ""
        return f"stored without {resource_type.plural}{kept}"
    if moment.counts.get(resource_type.name) is None:
        return next(_reasons(moment, resource_type), f"not all {resource_type.plural} were read")
    limit = moment.namespace
    if limit and limit != wanted.namespace and _NAMESPACE in resource_type.identity:
        return f"only the namespace {limit} was read"
    return ""


def _counted_in_part(moment: Moment, wanted: MatrixQuestion) -> bool:
    """Whether the numbers that its records have are of one namespace, which nobody asked for."""
    return bool(wanted.shape.count) and moment.namespace not in (None, wanted.namespace)


def _reasons(moment: Moment, resource_type: ResourceType) -> Iterator[str]:
    reads = [each for each in moment.ledger if each.resource_type == resource_type.name]
    for each in reads:
        if each.incomplete:
            yield unread(each)
    for each in reads:
        if not each.optional and each.outcome.status == "skipped":
            yield each.outcome.reason or f"{each.read} was not read"


def reads_of(clusters: Iterable[ClusterCells], defined_by: DefinedBy | None) -> dict[Key, str]:
    """The name of the list in which each row stands, as its records' definition is named."""
    found: dict[Key, str] = {}
    for each in clusters if defined_by else ():
        for key, row in each.tally.samples.items():
            identity = defined_by.identity(row) if defined_by else None
            if identity:
                found.setdefault(key, str(identity[0]))
    return found

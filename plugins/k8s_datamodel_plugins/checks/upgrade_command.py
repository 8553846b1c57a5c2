"""``check upgrade``: what an upgrade of CRDs would do to the objects that are stored."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import click

from k8s_datamodel.api import DatabaseNotFoundError, DatamodelError, Moment, Row, UsageError
from k8s_datamodel.commands import (
    Asked,
    Pair,
    PairedThings,
    answers_with_its_code,
    moment_argument,
    one_moment,
    opened,
    paired_things,
    reads,
    types_in_use,
    using_option,
    with_types,
)
from k8s_datamodel_plugins.cel_rules import missing
from k8s_datamodel_plugins.checks import check_lacks
from k8s_datamodel_plugins.checks.check_options import (
    Writing,
    check_options,
    settings_of,
    unknown_option,
)
from k8s_datamodel_plugins.checks.check_settings import CheckSettings
from k8s_datamodel_plugins.checks.check_sides import (
    STDIN,
    as_path,
    crds_of,
    judged,
    lacks_of,
    names_of,
    not_found,
    some_wanted,
)
from k8s_datamodel_plugins.checks.checked import Checked, CheckedCrd, checked_crd
from k8s_datamodel_plugins.checks.crd_places import Places
from k8s_datamodel_plugins.checks.rehearsed_crds import Upgrading
from k8s_datamodel_plugins.checks.stored_objects import StoredObjects
from k8s_datamodel_plugins.checks.touching import PassingCrds, touched, with_findings
from k8s_datamodel_plugins.crds import TYPE
from k8s_datamodel_plugins.instances import TYPE as INSTANCES
from k8s_datamodel_plugins.upgrades import CheckedObjects, Release

_OPERATORS = "operators"
_NO_OPERATORS = (
    "Which CRDs share an operator with those of NEW is not known: no snapshot tells of operators."
)
_LATEST = "latest"
_NOW = (
    "context",
    "namespace",
    "all-namespaces",
    "source",
    "cluster-name",
    "kubeconfig",
    "max-in-flight",
    "max-per-second",
)
"""Global options that say what ``--read-instances`` reads."""


@click.command(
    "upgrade",
    help="""Rehearse an upgrade of CRDs: what it does to each object that is stored.

    NEW is files, folders such as the crds/ of a chart, - for stdin, or a stored snapshot. It is
    held against the newest stored snapshot of the cluster, and against the custom resources in it
    (database store --with-instances). Nothing is written to a cluster.

    \b
    Exit codes:
      0  every finding is below --fail-on
      1  a finding is at this level or worse
      2  the command was called wrongly
      3  something could not be read or judged
      4  there is no answer""",
    epilog="Example: k8s-datamodel check upgrade ./chart/crds --against prod:latest",
)
@moment_argument("new")
@click.option(
    "--against",
    metavar="MOMENT",
    default=_LATEST,
    show_default=True,
    help="What the upgrade meets: a stored snapshot (number, latest, prod:latest, FILE.db:latest), "
    "live, or a path.",
)
@using_option(
    "--read-instances",
    _NOW,
    is_flag=True,
    help="Read the objects of the CRDs that change now, from the cluster that --context names; it "
    "must be that of the snapshot.",
)
@click.option(
    "--prune",
    is_flag=True,
    help="CRDs of the release that NEW leaves out are deleted, and their objects with them.",
)
@unknown_option()
@check_options("that of what the upgrade meets")
@reads("moments")
@click.pass_context
def upgrade(
    ctx: click.Context,
    /,
    new: str,
    against: str,
    read_instances: bool,
    prune: bool,
    **given: Any,
) -> int:
    """Rehearse an upgrade; the exit code."""
    answers_with_its_code(ctx)
    if against == STDIN:
        raise UsageError("--against -: stdin can only be NEW")
    writing, settings = Writing.of(ctx, given), settings_of(ctx, given)
    asked = Upgrade(
        new,
        against,
        names=given["name"],
        groups=given["group"],
        prune=prune,
        read_instances=read_instances,
        everything=given["everything"],
    )
    return writing.write(ctx, rehearsed(ctx, asked, settings), Places("" if new == STDIN else new))


@dataclass(frozen=True, slots=True)
class Upgrade:
    """An upgrade of CRDs that is rehearsed.

    Attributes:
        new: a word that names the release.
        against: a word that names what it meets.
        names: patterns of CRDs; all if empty.
        groups: patterns of their API groups; all if empty.
        prune: CRDs that the release leaves out are deleted.
        read_instances: objects are read now, of the CRDs that change.
        everything: objects that only get defaults are kept, too.
    """

    new: str
    against: str = _LATEST
    names: Sequence[str] = ()
    groups: Sequence[str] = ()
    prune: bool = False
    read_instances: bool = False
    everything: bool = False


def rehearsed(ctx: click.Context, asked: Upgrade, settings: CheckSettings) -> Checked:
    """Rehearse an upgrade. What could not be read or judged is told, and makes the exit code 3.

    Raises:
        DatamodelError: a side holds no CRD, or there is no file of that name.
        UsageError: a word means nothing, or two things; no CRD is wanted.
        SourceError, StorageError: a side cannot be opened.
    """
    words = as_path(asked.against), as_path(asked.new)
    scope = {"names": asked.names, "groups": asked.groups}
    try:
        with paired_things(ctx, words, TYPE.name, **scope) as things:
            checked = _checked(ctx, things, settings, asked)
            some_wanted(crds_of(things), {"name": asked.names, "group": asked.groups})
            return checked
    except DatabaseNotFoundError as error:
        raise _no_database(words, error) from None


def _no_database(words: tuple[str, str], error: DatabaseNotFoundError) -> DatamodelError:
    if words[0] == _LATEST:
        return DatamodelError(
            f"there is no snapshot to hold it against: {error}; or try --against live"
        )
    return not_found(words, error)


def _checked(
    ctx: click.Context, things: PairedThings, settings: CheckSettings, asked: Upgrade
) -> Checked:
    words = asked.against, asked.new
    lacks = lacks_of(ctx, things, words)
    server = [side.moment.cluster().version for side in (things.old, things.new)]
    settings = settings.at(server[0] or server[1])
    operators = _operators(ctx, things)
    new, installed = (side.moment.rows(TYPE.name) for side in (things.new, things.old))
    release = Release(new, installed, operators or ())
    # What could not be read of the new side may hold a CRD that it lacks.
    left_out: Callable[[Row], str] = release.why if not things.new.unread else lambda row: ""
    known = len(lacks)
    with _objects(ctx, things, settings, release, words[0], asked.read_instances) as objects:
        judge = Upgrading(
            settings,
            objects,
            left_out,
            prune=asked.prune,
            everything=asked.everything,
            lacks=lacks,
        )
        passing = PassingCrds(lambda row: asked.prune and bool(left_out(row)))
        crds = list(judge.crds(passing.watched(judged(ctx, things.pairs(), words, lacks))))
        notes = list(_notes(objects, crds, _called(things.old.moment, words[0])))
    others = touched(ctx, things, words, passing, settings)
    crds = with_findings(crds, others.findings, settings)
    notes += others.notes
    for text in lacks[known:]:
        check_lacks.lacks(ctx, text)
    named = {name for name, _ in names_of(things.new)}
    other = sum(each.name not in named and each.change == "unchanged" for each in crds)
    if other and operators is None:
        notes.append(_NO_OPERATORS)
    return Checked(
        things.old.said, things.new.said, crds, lacks, other, rehearsed=True, notes=notes
    )


def _operators(ctx: click.Context, things: PairedThings) -> Iterable[Row] | None:
    """The operators of the snapshot; None if it does not tell which there are."""
    in_use = any(each.name == _OPERATORS for each in types_in_use(ctx))
    if not (in_use and things.old.moment.number):
        return None
    moment = with_types(ctx, things.old.moment, [_OPERATORS])
    return None if moment.counts.get(_OPERATORS) is None else moment.rows(_OPERATORS)


@contextmanager
def _objects(
    ctx: click.Context,
    things: PairedThings,
    settings: CheckSettings,
    release: Release,
    word: str,
    read_instances: bool,
) -> Iterator[StoredObjects]:
    """The objects that the upgrade meets: of the snapshot, or read now of what changes."""
    old = things.old.moment
    if old.number and not read_instances:
        yield StoredObjects(with_types(ctx, old, [INSTANCES.name]))
        return
    changing = list(_changing(things, settings, release))
    if not changing:
        yield StoredObjects(None)
        return
    if old.number:
        _same_cluster(ctx, things, word)
    asked = Asked({INSTANCES.name: tuple(changing)})
    source = None if old.number else as_path(word)
    with one_moment(ctx, source, [INSTANCES.name], asked, like=old) as moment:
        yield StoredObjects(moment)


def _changing(things: PairedThings, settings: CheckSettings, release: Release) -> Iterator[str]:
    """The CRDs of whose objects something is to be said."""
    for pair in things.pairs():
        name = str(pair.key["name"])
        if pair.old is not None and pair.new is None:
            matters = bool(release.why(pair.old))
        else:
            matters = pair.old is not None and _changes(name, pair, settings)
        if matters:
            yield name


def _changes(name: str, pair: Pair, settings: CheckSettings) -> bool:
    return checked_crd(name, pair.old, pair.new, settings).change == "changed"


def _same_cluster(ctx: click.Context, things: PairedThings, word: str) -> None:
    """Objects are read only from the cluster of the snapshot. Raises UsageError."""
    stored = things.old.moment.cluster().uid
    if not stored:
        raise UsageError(
            f"--read-instances: snapshot {word} does not say which cluster it is of; use --against "
            "live, or a snapshot with its instances"
        )
    with opened(ctx, [TYPE.name], told=False) as moment:
        there = moment.cluster()
    if there.uid != stored:
        raise UsageError(
            f"--read-instances: snapshot {word} is of another cluster than {there.context} "
            f"({stored}, not {there.uid or 'known'}): --context names the cluster to read"
        )


def _called(moment: Moment, word: str) -> str:
    """What the reader knows the moment by, of which the user gave a word."""
    return f"snapshot {moment.number}" if moment.number else word


def _notes(objects: StoredObjects, crds: list[CheckedCrd], against: str) -> Iterator[str]:
    """What is said once of all objects."""
    changed = [each.objects for each in crds if each.change == "changed" and each.objects]
    if not objects.there and not all(each.known for each in changed):
        yield (
            f"What happens to objects is not known: {against} holds none; database store "
            "--with-instances keeps them, --read-instances reads them now."
        )
    if (how := missing()) and any(_lacks_engine(each) for each in changed):
        yield how


def _lacks_engine(objects: CheckedObjects) -> bool:
    """Whether a verdict is not known as no rule in CEL can be evaluated."""
    return any(
        reason.rule == "cel" and one.rehearsed.operations[reason.operation] == "unknown"
        for one in objects.affected
        for reason, _, _ in one.told()
    )

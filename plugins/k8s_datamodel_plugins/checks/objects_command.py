"""``check objects``: what a restore of the stored objects would lose now."""

from __future__ import annotations

from collections.abc import Iterator
from fnmatch import fnmatchcase
from typing import Any

import click

from k8s_datamodel.api import DatabaseNotFoundError, DatamodelError, Moment, Row, UsageError
from k8s_datamodel.commands import (
    Asked,
    answers_with_its_code,
    moment_argument,
    one_moment,
    reads,
    snapshot_head,
)
from k8s_datamodel_plugins.checks import check_lacks
from k8s_datamodel_plugins.checks.check_options import (
    Writing,
    check_options,
    settings_of,
    unknown_option,
)
from k8s_datamodel_plugins.checks.check_settings import CheckSettings
from k8s_datamodel_plugins.checks.check_sides import STDIN, as_path, some_wanted
from k8s_datamodel_plugins.checks.checked import Checked
from k8s_datamodel_plugins.checks.crd_places import Places
from k8s_datamodel_plugins.checks.rehearsed_crds import restored_crds
from k8s_datamodel_plugins.checks.stored_objects import StoredObjects
from k8s_datamodel_plugins.crds import TYPE
from k8s_datamodel_plugins.instances import TYPE as INSTANCES


@click.command(
    "objects",
    help="""Find stored objects that today's CRDs would refuse: what a restore would lose now.

    An object that was stored under an older CRD stays as it is. To create it anew, from a backup or
    in another cluster, may be refused, drop fields, or fail in a server-side apply. MOMENT is a
    snapshot with its custom resources (database store --with-instances), the newest one by
    default, or live.

    \b
    Exit codes:
      0  every object could be restored
      1  some could not, or would lose something
      2  the command was called wrongly
      3  something could not be read or judged
      4  there is no answer""",
    epilog="Example: k8s-datamodel check objects prod:latest",
)
@moment_argument("moment", "latest")
@unknown_option()
@check_options("that of the cluster", graded=False)
@reads("moments")
@click.pass_context
def objects(ctx: click.Context, /, moment: str, **given: Any) -> int:
    """Find objects that could not be restored; the exit code."""
    answers_with_its_code(ctx)
    if moment == STDIN:
        raise UsageError("stdin holds no cluster: name a snapshot, live, or a path")
    writing, settings = Writing.of(ctx, given), settings_of(ctx, given)
    try:
        types, asked = [TYPE.name, INSTANCES.name], _asked(given["name"], given["group"])
        with one_moment(ctx, as_path(moment), types, asked) as found:
            server = settings.at(found.cluster().version)
            checked = _checked(ctx, found, moment, server, given)
            some_wanted(found.rows(TYPE.name), given)
    except DatabaseNotFoundError as error:
        raise DatamodelError(f"there is no snapshot with objects: {error}; or try live") from None
    return writing.write(ctx, checked, Places(""))


def _asked(names: tuple[str, ...], groups: tuple[str, ...]) -> Asked:
    """Of what is read now, the objects of the CRDs that are wanted; perhaps of a few more."""
    patterns = names or tuple(f"{each}/*" for each in groups)
    return Asked({INSTANCES.name: patterns}) if patterns else Asked()


def _checked(
    ctx: click.Context, moment: Moment, word: str, settings: CheckSettings, given: dict[str, Any]
) -> Checked:
    stored = StoredObjects(moment)
    if not stored.there:
        raise DatamodelError(
            f"{word} was stored without custom resources; database store --with-instances keeps "
            "them, and check objects live reads them now"
        )
    lacks: list[str] = []
    rows = _wanted(moment, given["name"], given["group"])
    crds = list(restored_crds(rows, stored, settings, lacks))
    unread = [each for each in moment.ledger if each.resource_type in ("", TYPE.name)]
    check_lacks.unread(ctx, unread, word)
    for text in lacks:
        check_lacks.lacks(ctx, text)
    lacks += [f"{word}: {e.read} ({e.outcome.status})" for e in unread if e.incomplete]
    unasked = sum(not stored.reading(each.name).some for each in crds)
    notes = (
        [f"The objects of {unasked:,} of {len(crds):,} CRDs were not stored."] if unasked else []
    )
    said = snapshot_head(ctx, moment)
    return Checked(said, said, crds, lacks, rehearsed=True, restored=True, notes=notes)


def _wanted(moment: Moment, names: tuple[str, ...], groups: tuple[str, ...]) -> Iterator[Row]:
    for row in moment.rows(TYPE.name, objects=True):
        if _any(row.get("name"), names) and _any(row.get("group_name"), groups):
            yield row


def _any(value: Any, patterns: tuple[str, ...]) -> bool:
    text = str(value or "").lower()
    return not patterns or any(fnmatchcase(text, each.lower()) for each in patterns)

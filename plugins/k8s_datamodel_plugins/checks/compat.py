"""``check compat``: what the changes between two sets of CRDs mean."""

from __future__ import annotations

from typing import Any

import click

from k8s_datamodel.api import DatabaseNotFoundError, UsageError
from k8s_datamodel.commands import (
    PairedThings,
    answers_with_its_code,
    moment_argument,
    paired_things,
    reads,
)
from k8s_datamodel_plugins.checks.check_options import Writing, check_options, settings_of
from k8s_datamodel_plugins.checks.check_settings import CheckSettings
from k8s_datamodel_plugins.checks.check_sides import (
    STDIN,
    as_path,
    crds_of,
    judged,
    lacks_of,
    not_found,
    some_wanted,
    unnamed_crds,
)
from k8s_datamodel_plugins.checks.checked import Checked, checked_crds
from k8s_datamodel_plugins.checks.crd_places import Places
from k8s_datamodel_plugins.checks.touching import PassingCrds, clashing, with_findings
from k8s_datamodel_plugins.crds import TYPE


@click.command(
    "compat",
    help="""Grade each change of a CRD: what it means to what is stored, who writes and who reads.

    OLD and NEW are files, folders such as the crds/ of a chart, - for stdin, snapshots (a number,
    latest, prod:latest, FILE.db:latest) or live. Neither a cluster nor a database is needed.

    \b
    Exit codes:
      0  every finding is below --fail-on
      1  a finding is at this level or worse
      2  the command was called wrongly
      3  something could not be read or judged
      4  there is no answer""",
    epilog="Example: k8s-datamodel check compat ./crds-before ./crds-after --kubernetes 1.31",
)
@moment_argument("old")
@moment_argument("new")
@check_options("that of NEW, else that of OLD, if it is a cluster")
@reads("moments", but=("namespace", "all-namespaces"))
@click.pass_context
def compat(ctx: click.Context, /, old: str, new: str, **given: Any) -> int:
    """Grade each change of a CRD; the exit code."""
    answers_with_its_code(ctx)
    if old == new == STDIN:
        raise UsageError("OLD and NEW are both stdin, which can be read once")
    writing, settings = Writing.of(ctx, given), settings_of(ctx, given)
    words = as_path(old), as_path(new)
    scope = {"names": given["name"], "groups": given["group"]}
    try:
        with paired_things(ctx, words, TYPE.name, **scope) as things:
            checked = _checked(ctx, things, settings, (old, new))
            some_wanted(crds_of(things), given)
    except DatabaseNotFoundError as error:
        raise not_found(words, error) from None
    return writing.write(ctx, checked, Places("" if new == STDIN else new))


def _checked(
    ctx: click.Context,
    things: PairedThings,
    settings: CheckSettings,
    words: tuple[str, str],
) -> Checked:
    lacks = lacks_of(ctx, things, words)
    server = [side.moment.cluster().version for side in (things.new, things.old)]
    unnamed = unnamed_crds(things.old, things.new)
    settings = settings.at(server[0] or server[1])
    passing = PassingCrds()
    pairs = passing.watched(judged(ctx, things.pairs(), words, lacks))
    crds = list(checked_crds(pairs, settings, unnamed))
    crds = with_findings(crds, clashing(things, passing, settings, installed=False), settings)
    number = sum(each.name in unnamed for each in crds)
    return Checked(things.old.said, things.new.said, crds, lacks, number)

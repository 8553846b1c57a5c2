"""``database cleanup``: delete what no rule keeps, and say why."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any

import click

from k8s_datamodel.base.clock import now
from k8s_datamodel.base.errors import UsageError
from k8s_datamodel.base.plurals import counted, size
from k8s_datamodel.cli.commands.database_names import baseline_names
from k8s_datamodel.cli.commands.database_upkeep import print_snapshot
from k8s_datamodel.cli.frame.app import App
from k8s_datamodel.cli.frame.output import write_page
from k8s_datamodel.cli.frame.used_settings import reads
from k8s_datamodel.cli.params.options import output_option, together
from k8s_datamodel.cli.params.snapshot_options import cluster_option
from k8s_datamodel.contracts.stores import AbleStore
from k8s_datamodel.data.columns import Column
from k8s_datamodel.data.pages import Page, Rows
from k8s_datamodel.naming.amounts import age, size_of
from k8s_datamodel.naming.missing_names import snapshots_of
from k8s_datamodel.naming.retention import (
    Rules,
    Verdict,
    of_baseline,
    plan,
    removable,
    without,
)

GROUP = click.Group("database")

_COLUMNS = (
    Column("id", "integer", title="ID", show="table"),
    Column("timestamp", show="table"),
    Column("cluster_context", title="Cluster", show="table"),
    Column("cluster_uid", title="Cluster UID", show="wide"),
    Column("complete", "boolean", show="wide"),
    Column("baseline", show="wide"),
    Column("stays", "boolean", show="table"),
    Column("reasons", "list", title="Why", show="table"),
    Column("notes", show="wide"),
)


def _number(name: str, help_text: str) -> Any:
    return click.option(name, type=click.IntRange(min=1), metavar="N", help=help_text)


_RULES = together(
    _number("--keep", "Keep the newest so many of each cluster."),
    _number("--keep-daily", "Keep one of each of the newest so many days."),
    _number("--keep-weekly", "Keep one of each of the newest so many weeks."),
    _number("--keep-monthly", "Keep one of each of the newest so many months."),
    click.option("--older-than", metavar="AGE", help="30 days, 12h, 2 weeks, ..."),
    click.option(
        "--max-size",
        metavar="SIZE",
        help="Delete the oldest until the database is at most this large: 2GB, 500MB, ...",
    ),
)


@GROUP.command(
    "cleanup",
    short_help="Delete old snapshots without asking.",
    epilog="Example: k8s-datamodel database cleanup --keep-daily 30 --keep-weekly 52 --dry-run",
)
@_RULES
@cluster_option()
@click.option("--dry-run", is_flag=True, help="Only say what would be deleted, and why.")
@output_option(None, " of a line for each snapshot")
@reads("database")
@click.pass_context
def _cleanup(
    ctx: click.Context,
    /,
    cluster_context: str | None,
    dry_run: bool,
    output: str | None,
    max_size: str | None,
    **given: Any,
) -> None:
    """Delete old snapshots without asking; never a baseline.

    Of --keep and --older-than alone both must let a snapshot go. With --keep-daily, --keep-weekly,
    --keep-monthly or --max-size they are a plan: a snapshot stays if one rule keeps it, and the
    newest complete one of each cluster always stays.
    """
    app = ctx.ensure_object(App)
    rules = _rules(given, sized=max_size is not None)
    limit = None if max_size is None else _Limit(max_size, size_of(max_size))
    with app.store(needs="delete") as store:
        if limit:
            app.opening.insist(app.settings.db_path or "", "space")
        snapshots = snapshots_of(store, cluster_context)
        named = baseline_names(store)
        verdicts: Sequence[Verdict] = plan(snapshots, rules, now(), named)
        if limit:
            verdicts = (limit.foreseen if dry_run else limit.kept)(store, verdicts)
        elif not dry_run and (gone := _going(verdicts)):
            store.delete([each.snapshot.id for each in gone])
        still = None if limit is None else limit.missed(store, verdicts, foreseen=dry_run)
    _tell(ctx, verdicts, named, dry_run=dry_run, output=output, planned=rules.planned)
    if still:
        app.complain(still)
        app.missing.failed = True


def _rules(given: Mapping[str, Any], *, sized: bool) -> Rules:
    """The rules of the options. Raises UsageError."""
    if not sized and all(each is None for each in given.values()):
        raise UsageError(
            "give --keep N, --older-than AGE, or both; or a plan: --keep-daily N, "
            "--keep-weekly N, --keep-monthly N, --max-size SIZE"
        )
    older_than = given["older_than"]
    return Rules(
        keep=given["keep"],
        daily=given["keep_daily"],
        weekly=given["keep_weekly"],
        monthly=given["keep_monthly"],
        older_than=age(older_than) if older_than is not None else None,
        sized=sized,
    )


@dataclass(frozen=True, slots=True)
class _Limit:
    """How large a database may be, in words and in bytes."""

    text: str
    size: int

    def foreseen(self, store: AbleStore, verdicts: Sequence[Verdict]) -> Sequence[Verdict]:
        """What would become of each, as far as that can be estimated."""
        if store.space().used <= self.size:
            return verdicts
        more = removable(verdicts)
        number = self._number(store, _going(verdicts), more)
        return without(verdicts, more[:number], self.text)

    def kept(self, store: AbleStore, verdicts: Sequence[Verdict]) -> Sequence[Verdict]:
        """Delete until it is kept; what has become of each.

        What a removal gives back is an estimate: so half of what seems too much is removed, and
        what is in use is measured again.
        """
        going = _going(verdicts)
        while True:
            store.delete([each.snapshot.id for each in going])  # also of none: what others left
            more, space = removable(verdicts), store.space()
            if not more or space.pending or space.used <= self.size:
                return verdicts
            going = more[: (self._number(store, [], more) + 1) // 2]
            verdicts = without(verdicts, going, self.text)

    def missed(
        self, store: AbleStore, verdicts: Sequence[Verdict], *, foreseen: bool
    ) -> str | None:
        """Words for a database that is still too large."""
        gone = _going(verdicts) if foreseen else []
        space = store.space([each.snapshot.id for each in gone])
        used = space.used - (space.freed[-1] if space.freed else 0)
        if used <= self.size:
            return None
        if space.pending and removable(verdicts):
            why = "another program is storing, so that nothing is given back now; run it again"
        else:
            why = (
                "what is left must stay: baselines, the newest complete snapshots, and with "
                "--older-than what is younger"
            )
        return f"the database still uses {size(used)}, more than {self.text}: {why}"

    def _number(self, store: AbleStore, gone: Sequence[Verdict], more: Sequence[Verdict]) -> int:
        """How many of ``more`` have to go, after what is gone anyway."""
        order = [each.snapshot.id for each in chain(gone, more)]
        space = store.space(order)
        freed = [0, *space.freed][len(gone) :]
        return next(
            (at for at, each in enumerate(freed) if space.used - each <= self.size), len(more)
        )


def _going(verdicts: Iterable[Verdict]) -> list[Verdict]:
    return [each for each in verdicts if not each.stays]


def _tell(
    ctx: click.Context,
    verdicts: Sequence[Verdict],
    named: Mapping[int, str],
    *,
    dry_run: bool,
    output: str | None,
    planned: bool,
) -> None:
    app = ctx.ensure_object(App)
    if output or (dry_run and planned):
        rows = [_row(each, named) for each in verdicts]
        write_page(ctx, Page([Rows(_COLUMNS, rows, "Snapshots")]), output or "table")
    elif dry_run:
        for each in _going(verdicts):
            print_snapshot(each.snapshot, ", ".join(each.reasons))
    verb = "Would delete" if dry_run else "Deleted"
    app.say(f"{verb} {len(_going(verdicts))} of {counted(len(verdicts), 'snapshot')}.")
    only = [each.snapshot.id for each in verdicts if _is_only_named(each, named)]
    if only:
        kept = ", ".join(f"{named[number]} ({number})" for number in only)
        app.say(f"Kept, as they are baselines: {kept}.")


def _is_only_named(verdict: Verdict, named: Mapping[int, str]) -> bool:
    """Whether a snapshot stays for nothing but its name."""
    number = verdict.snapshot.id
    return number in named and verdict.reasons == (of_baseline(named[number]),)


def _row(verdict: Verdict, named: Mapping[int, str]) -> Mapping[str, Any]:
    one = verdict.snapshot
    return {
        "id": one.id,
        "timestamp": one.timestamp,
        "cluster_context": one.cluster.context,
        "cluster_uid": one.cluster.uid,
        "complete": one.complete,
        "baseline": named.get(one.id),
        "stays": verdict.stays,
        "reasons": list(verdict.reasons),
        "notes": one.notes,
    }

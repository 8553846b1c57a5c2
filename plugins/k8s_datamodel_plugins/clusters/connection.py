"""``cluster test-connection``: what can be read, and which rights lack."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import click

from k8s_datamodel.api import INCOMPLETE, LedgerEntry, Outcome, Resource, ResourceType
from k8s_datamodel.commands import (
    App,
    Command,
    Inventory,
    allow_incomplete_option,
    inventory,
    ledger_table,
    output_option,
    snapshot_option,
    write_listing,
)

_MISSING = 3


@dataclass(frozen=True, slots=True)
class Wanted:
    """One list that resource types need.

    Attributes:
        resource: what is listed.
        types: names of the types that need it.
        optional: it only enriches, for all of them.
    """

    resource: Resource
    types: tuple[str, ...]
    optional: bool


def wanted(types: Iterable[ResourceType]) -> list[Wanted]:
    """Every list that the types need, once, in their order."""
    found: dict[str, Wanted] = {}
    for each in types:
        for read in each.reads:
            so_far = found.get(read.resource.name, Wanted(read.resource, (), True))
            found[read.resource.name] = Wanted(
                so_far.resource, (*so_far.types, each.name), so_far.optional and read.optional
            )
    return list(found.values())


def tried(found: Inventory, types: Sequence[ResourceType]) -> list[LedgerEntry]:
    """Try each list with one small request, as counting does. The live server's rights decide."""
    if found.run is None:
        return list(found.ledger)
    found.cluster()
    lists = wanted(types)
    counts = found.run.reader.count([each.resource for each in lists])
    outcomes = [count.outcome for count in counts]
    entries = [
        LedgerEntry(",".join(each.types), each.resource.name, outcome, each.optional)
        for each, outcome in zip(lists, outcomes, strict=True)
    ]
    return [*found.ledger, *entries]


def verdict(entries: Sequence[LedgerEntry]) -> str:
    """One line on how it went."""
    failed = [entry for entry in entries if entry.outcome.status in INCOMPLETE]
    if not failed:
        return f"All {len(entries)} reads work."
    forbidden = sum(_is_forbidden(entry.outcome) for entry in failed)
    optional = sum(entry.optional for entry in failed)
    return (
        f"{len(failed)} of {len(entries)} reads do not work: {forbidden} lack permission, "
        f"{optional} only enrich."
    )


def _is_forbidden(outcome: Outcome) -> bool:
    return outcome.status == "forbidden"


@click.pass_context
def _run(
    ctx: click.Context,
    /,
    full: bool,
    output: str,
    snapshot: str | None,
    allow_incomplete: bool,
) -> None:
    app = ctx.ensure_object(App)
    types = app.registry.types
    with inventory(ctx, [each.name for each in types], snapshot) as found:
        everything = full or found.dump or found.snapshot is not None
        if everything and found.run:
            for _ in found.rows():  # only how the reads end matters
                pass
            found.cluster()
        entries = list(found.ledger) if everything else tried(found, types)
    write_listing(ctx, output, ledger_table(entries))
    app.say(verdict(entries))
    if not everything:
        app.say("Instances of custom resources were not tried: --full does, reading everything.")
    if any(entry.incomplete for entry in entries) and not allow_incomplete:
        ctx.exit(_MISSING)


command = Command(
    "test-connection",
    callback=_run,
    params=[
        click.Option(
            ["--full"], is_flag=True, help="Read everything that a snapshot would, store nothing."
        ),
        output_option(),
        snapshot_option(),
        allow_incomplete_option(),
    ],
    help="Say what can be read and which rights lack.\n\n"
    "Exit code 0 when all that matters works, 3 when something lacks, 1 when there is no "
    "connection. Of a dump or a snapshot it tells how reading it went.",
    epilog="Example: k8s-datamodel --context prod cluster test-connection",
)

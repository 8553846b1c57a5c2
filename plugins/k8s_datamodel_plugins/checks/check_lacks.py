"""What a check lacks is said once: in the report where people read it on stdout, else on stderr."""

from __future__ import annotations

from collections.abc import Sequence

import click

from k8s_datamodel.api import LedgerEntry
from k8s_datamodel.commands import lacking, tell_missing

_TOLD = "k8s_datamodel_plugins.checks.told"
"""Key of ``Context.meta``: the report on stdout says what is lacking."""


def told_by_report(ctx: click.Context) -> None:
    """From now on nothing is said on stderr of what the answer lacks."""
    ctx.meta[_TOLD] = True


def lacks(ctx: click.Context, text: str) -> None:
    """The answer lacks something: say it unless the report does. The command then ends with 3."""
    lacking(ctx, "" if ctx.meta.get(_TOLD) else text)


def unread(ctx: click.Context, ledger: Sequence[LedgerEntry], word: str) -> None:
    """The same of what could not be read of the moment that a word names."""
    if not ctx.meta.get(_TOLD):
        tell_missing(ctx, ledger, word)
    elif any(each.incomplete for each in ledger):
        lacking(ctx, "")

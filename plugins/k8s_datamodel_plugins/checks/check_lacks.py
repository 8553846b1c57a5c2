"""What a check lacks is said once: in the report where people read it on stdout, else on stderr."""

from __future__ import annotations

from collections.abc import Sequence
from weakref import WeakSet

import click

from k8s_datamodel.api import LedgerEntry
from k8s_datamodel.commands import lacking, tell_missing

_TOLD: WeakSet[click.Context] = WeakSet()
"""Of commands whose report on stdout says what is lacking."""


def told_by_report(ctx: click.Context) -> None:
    """From now on nothing is said on stderr of what the answer lacks."""
    _TOLD.add(ctx)


def lacks(ctx: click.Context, text: str) -> None:
    """The answer lacks something: say it unless the report does. The command then ends with 3."""
    lacking(ctx, "" if ctx in _TOLD else text)


def unread(ctx: click.Context, ledger: Sequence[LedgerEntry], word: str) -> None:
    """The same of what could not be read of the moment that a word names."""
    if ctx not in _TOLD:
        tell_missing(ctx, ledger, word)
    elif any(each.incomplete for each in ledger):
        lacking(ctx, "")

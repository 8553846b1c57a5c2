"""The options ``--since`` and ``--until``, and what lies between them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import click
from click.decorators import FC

from k8s_datamodel.base.errors import UsageError
from k8s_datamodel.cli.params.options import together
from k8s_datamodel.naming.moment_times import time_of

if TYPE_CHECKING:
    from k8s_datamodel.cli.histories.timelines import Step

time_options: Callable[[FC], FC] = together(
    click.option(
        "--since",
        metavar="TIME",
        help="Only what may have happened then or later: a day, a time, '3 days ago', yesterday.",
    ),
    click.option(
        "--until", metavar="TIME", help="Only what may have happened then or before: as --since."
    ),
)


@dataclass(frozen=True, slots=True)
class Limits:
    """Times in UTC; empty for none."""

    since: str = ""
    until: str = ""

    @classmethod
    def of(cls, given: Mapping[str, Any], now: str) -> Limits:
        """As the options say. Raises UsageError."""
        since = "" if given["since"] is None else time_of(given["since"], now, beginning=True)
        until = "" if given["until"] is None else time_of(given["until"], now)
        if since and until and since > until:
            raise UsageError("--since is later than --until")
        return cls(since, until)

    def has(self, time: str) -> bool:
        """Whether a time lies between them."""
        return (not self.since or time >= self.since) and (not self.until or time <= self.until)

    def overlap(self, old: str, new: str) -> bool:
        """Whether what happened between two times may lie between them.

        A clock that was set back has the newer snapshot at the earlier time.
        """
        first, last = sorted((old, new))
        return (not self.since or last >= self.since) and (not self.until or first <= self.until)

    def may_have(self, step: Step) -> bool:
        """Whether a step may lie between them."""
        first = step.old or step.absent or step.new
        return self.overlap(first.timestamp, step.new.timestamp)

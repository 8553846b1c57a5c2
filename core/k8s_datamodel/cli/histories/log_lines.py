"""What happened as lines for people: one for each change, or one for each snapshot."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from itertools import groupby

from k8s_datamodel.base.plurals import counted
from k8s_datamodel.cli.diffs.diff_lines import WORDS, Line, grade_text
from k8s_datamodel.cli.histories.event_log import Event
from k8s_datamodel.comparing.sayings import field_lines, thing_name
from k8s_datamodel.types.comparison_rules import ComparisonRules
from k8s_datamodel.types.resource_types import ResourceType

_SIGNS = {"added": "+", "removed": "-", "changed": "~", "recreated": "!"}


def log_lines(
    events: Iterable[Event], types: Mapping[str, ResourceType], rules: ComparisonRules
) -> Iterator[Line]:
    """A line for each change."""
    for event in events:
        change, kind = event.change, types[event.change.type_name]
        sign = _SIGNS[change.what]
        said = list(field_lines(change, kind, rules))
        alone = len(said) == 1 and change.what != "recreated"
        what = said[0] if alone else f"{WORDS[change.what]}{_number(len(said))}"
        thing = f"{kind.command}/{thing_name(change)}"
        yield Line(sign, f"{sign} {_when(event)}  {thing}  {what}{grade_text(change)}")


def stat_lines(events: Iterable[Event], types: Mapping[str, ResourceType]) -> Iterator[Line]:
    """A line for each snapshot in which something is seen to have changed."""
    for _, some in groupby(events, key=lambda event: event.new.id):
        numbers: dict[str, Counter[str]] = {}
        for event in some:
            numbers.setdefault(event.change.type_name, Counter())[event.change.what] += 1
        new = event.new
        told = ", ".join(
            f"{types[name].plural} " + " ".join(f"{n:,} {WORDS[what]}" for what, n in of.items())
            for name, of in numbers.items()
        )
        yield Line(" ", f"{new.timestamp}  {new.cluster.context} {new.id}  {told}")


def _when(event: Event) -> str:
    """When it was seen, of which cluster, and between which snapshots it lies."""
    between = f"{event.old.id}..{event.new.id}"
    return f"{event.new.timestamp}  {event.new.cluster.context} {between}"


def _number(fields: int) -> str:
    return f" ({counted(fields, 'field')})" if fields else ""

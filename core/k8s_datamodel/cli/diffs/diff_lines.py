"""A comparison as lines for people: a summary by type, then a line for each change."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from tempfile import SpooledTemporaryFile
from typing import Any, NamedTuple

from k8s_datamodel.base.plurals import counted
from k8s_datamodel.comparing.changes import Change, Counts
from k8s_datamodel.comparing.comparisons import Comparison
from k8s_datamodel.comparing.differences import Lens
from k8s_datamodel.comparing.sayings import field_lines, key_text, place_text, thing_line
from k8s_datamodel.data.snapshots import cluster_text
from k8s_datamodel.reading.documents import heading
from k8s_datamodel.types.resource_types import ResourceType

IN_MEMORY = 1 << 20
"""Characters that wait in memory for the summary that stands before them; more go to a file."""

_UNKNOWN_SHOWN = 5
"""Fields of a type of which nobody knows whether they differ; more are counted."""

WORDS = {"added": "added", "removed": "removed", "changed": "changed", "recreated": "re-created"}
"""What people call a change, in the order of a summary."""


class Line(NamedTuple):
    """A line, and its sign: ``+``, ``-``, ``~``, ``!``, ``@`` or a blank. It chooses the colour."""

    sign: str
    text: str


Hunk = Callable[[Change], Iterable[Line]]
"""Function of a change that gives lines in place of those on its fields."""


def report(
    comparison: Comparison,
    *,
    stat: bool = False,
    hunk: Hunk | None = None,
) -> Iterator[Line]:
    """All lines on a comparison, which is made before the first of them is there.

    Args:
        comparison: not iterated yet.
        stat: the summary only.
        hunk: what is shown of each change; None for a line a field.
    """
    with SpooledTemporaryFile(IN_MEMORY, "w+", encoding="utf-8", errors="surrogatepass") as spool:
        for line in _changes(comparison, hunk):
            if not stat:
                spool.write(f"{line.sign}{safe(line.text)}\n")
        yield from head_lines(comparison)
        spool.seek(0)
        for text in spool:
            yield Line(text[0], text[1:].rstrip("\n"))
    yield from _gaps(comparison)


def head_lines(comparison: Comparison) -> Iterator[Line]:
    """Which moments were compared, and how many things of each type are how."""
    for word, side in zip(("From", "To"), comparison.sides, strict=True):
        yield Line("@", f"{word:<5} {moment_text(side.description)}")
    yield Line(" ", "")
    names = {each.name: heading(each.plural) for each in comparison.types}
    width = max((len(names[name]) for name in comparison.counts), default=0)
    for name, counts in comparison.counts.items():
        yield Line(" ", f"{names[name]:<{width}}  {counts_text(counts)}")
        if name in comparison.rederived:
            yield Line(" ", f"{'':<{width}}  {rederived_text(comparison, name)}")
    if not comparison.counts:
        yield Line(" ", "There is nothing to compare.")
    elif comparison.complete and not differs(comparison):
        milder = any(each.milder for each in comparison.counts.values())
        said = "All changes are milder." if milder else "Nothing changed."
        yield from (Line(" ", ""), Line(" ", said))


def differs(comparison: Comparison) -> bool:
    """Whether a comparison that is made found a change."""
    return any(getattr(each, name) for each in comparison.counts.values() for name in WORDS)


def moment_text(said: Mapping[str, Any]) -> str:
    """A moment in a few words: ``snapshot 2 of prod, 2026-11-03 08:00:00 UTC``."""
    where = cluster_text(said.get("cluster_context"), said.get("namespace_filter"))
    what = f"snapshot {said['id']} of" if said.get("id") else "what is now in"
    notes = f" ({' '.join(str(said['notes']).split())})" if said.get("notes") else ""
    return f"{what} {where}, {said.get('timestamp')} UTC{notes}"


def counts_text(counts: Counts) -> str:
    """``1 added, 2 changed, 15 unchanged``."""
    if counts.unchanged is None:
        return "not compared"
    said = [
        f"{number:,} {word}" for name, word in WORDS.items() if (number := getattr(counts, name))
    ]
    said += beside(counts)
    if counts.added is None or counts.removed is None:
        said.append("not known what was added or removed")
    return ", ".join([*said, f"{counts.unchanged:,} unchanged"])


def beside(counts: Counts) -> list[str]:
    """How many things are neither changed nor unchanged: ``["1 not known"]``."""
    said = []
    if counts.unknown:
        said.append(f"{counts.unknown:,} not known")
    if counts.unnamed:
        said.append(f"{counts.unnamed:,} not in the manifest")
    if counts.milder:
        said.append(f"{counts.milder:,} milder")
    return said


def rederived_text(comparison: Comparison, name: str) -> str:
    """What other rules of ours made of equal objects, in a line."""
    noted = comparison.rederived[name]
    columns = ", ".join(sorted(noted.columns))
    return (
        f"{noted.rows:,} rederived from equal objects by another version of the rules "
        f"({columns}); --all shows them"
    )


def safe(text: str) -> str:
    """A line in which nothing moves a cursor or turns the direction of writing."""
    if text.isprintable():
        return text
    return "".join(each if each.isprintable() else "\ufffd" for each in text)


def said_of(change: Change, kind: ResourceType, lens: Lens) -> list[str]:
    """A line for each field of a change."""
    return list(field_lines(change, kind, lens.rules, everything=lens.everything))


def grade_text(change: Change) -> str:
    """What stands at the end of a line on a change that means something: its level, and why.

    `` [breaking: property-removed, +2]`` names the first of three rules.
    """
    if change.level in (None, "none"):
        return ""
    return f" [{change.level}: {', '.join(told_rules(change))}]"


def told_rules(change: Change) -> list[str]:
    """The first rule that gives a change its level, and how many more do: ``["x", "+2"]``."""
    rules = list(dict.fromkeys(each.rule for each in change.findings if each.level == change.level))
    return [*rules[:1], f"+{len(rules) - 1}"] if len(rules) > 1 else rules


def gap_sections(comparison: Comparison) -> Iterator[tuple[str, Sequence[str]]]:
    """What was not compared, then what nobody knows: a title each, and at least one text.

    It is known once the changes are made.
    """
    for title, texts in (("Not compared", _gap_texts), ("Not known", _unknown_texts)):
        if found := list(texts(comparison)):
            yield title, found


def _gap_texts(comparison: Comparison) -> Iterator[str]:
    """What was not compared, and why: ``crds in TO: forbidden: ...``, each once."""
    sides: dict[tuple[str, str], set[str]] = {}
    for gap in comparison.gaps:
        sides.setdefault((gap.type_name, f"{gap.status}: {gap.reason}"), set()).add(gap.side)
    for (name, why), found in sides.items():
        yield f"{name} {_side(found.pop() if len(found) == 1 else 'both')}: {why}"


def _unknown_texts(comparison: Comparison) -> Iterator[str]:
    """What nobody knows, and why: ``x.example: instances not known in FROM: ...``.

    Of many fields of a type the first, and how many more there are, unless everything is asked for.
    """
    kinds = {each.name: each for each in comparison.types}
    words = comparison.lens.rules.words
    numbers: Counter[str] = Counter()
    for each in comparison.unknown:
        numbers[each.type_name] += 1
        if comparison.lens.everything or numbers[each.type_name] <= _UNKNOWN_SHOWN:
            field = each.field
            what = place_text(field.place, field.steps, kinds[each.type_name], words)
            thing = key_text(each.key)
            yield f"{thing}: {what} not known {_side(field.side)}: {field.reason}"
    if not comparison.lens.everything:
        for name, number in numbers.items():
            if (more := number - _UNKNOWN_SHOWN) > 0:
                yield f"{name}: {counted(more, 'more field')} not known; --all shows each"


def _side(side: str) -> str:
    return "in FROM and TO" if side == "both" else f"in {side.upper()}"


def _changes(comparison: Comparison, hunk: Hunk | None) -> Iterator[Line]:
    kinds = {each.name: each for each in comparison.types}
    before = ""
    for change in comparison.changes():
        kind = kinds[change.type_name]
        if change.type_name != before:
            yield from (Line(" ", ""), Line("@", heading(kind.plural)))
            before = change.type_name
        yield from _change(change, said_of(change, kind, comparison.lens), hunk)


def _change(change: Change, said: Sequence[str], hunk: Hunk | None) -> Iterator[Line]:
    thing = thing_line(change)
    sign = thing[0]
    grade = grade_text(change)
    if hunk:
        yield Line(sign, f"  {thing}{grade}")
        yield from (Line(each.sign, f"    {each.sign} {each.text}") for each in hunk(change))
    elif len(said) == 1:
        yield Line(sign, f"  {thing}: {said[0]}{grade}")
    else:
        yield Line(sign, f"  {thing}{grade}")
        yield from (Line(each[0] if each[:2] in ("+ ", "- ") else " ", f"      {each}")
                    for each in said)  # fmt: skip


def _gaps(comparison: Comparison) -> Iterator[Line]:
    for title, texts in gap_sections(comparison):
        lines = (Line("!", f"  {text}") for text in texts)
        yield from (Line(" ", ""), Line("@", title), *lines)

"""A section for each resource type, a plugin's too: its numbers, what needs care, all its records.

What a type says of itself is enough for one: its columns, its summary, what it derives.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from markupsafe import Markup

from k8s_datamodel.api import Breakdown, Column, Concern, Derived, Row, Rows
from k8s_datamodel_plugins.html.charts.bars import Bar, bars
from k8s_datamodel_plugins.html.tables.table_views import TableView, table
from k8s_datamodel_plugins.report.places import Places
from k8s_datamodel_plugins.report.reported import Report, TypePart
from k8s_datamodel_plugins.report.section_parts import (
    Columns,
    Figure,
    Heading,
    Lead,
    Listing,
    Notice,
    Part,
    Section,
    Tabled,
)
from k8s_datamodel_plugins.report.sections.overview_section import place_of
from k8s_datamodel_plugins.report.sections.record_cells import RecordCells, columns_of

_MOST_BARS, _MOST_NAMES = 12, 100


def type_sections(report: Report, places: Places) -> Iterator[tuple[str, Section]]:
    """The sections by name of type."""
    for part in report.types:
        title = part.type.plural[:1].upper() + part.type.plural[1:]
        yield part.name, Section(place_of(part), title, [*_parts(report, part, places)])


def _parts(report: Report, part: TypePart, places: Places) -> Iterator[Part]:
    yield Lead([f"{part.type.description}. {_number(part)}"])
    if part.summary.count is None:
        yield Notice("warn", _why_unknown(report, part))
    drawn = [Figure(_bars(each)) for each in part.summary.breakdowns if len(each.numbers) > 1]
    concerns = [
        _concern(each, part, places) for each in part.summary.concerns if each.names or each.unknown
    ]
    if drawn or concerns:
        yield (
            Columns([*drawn, *concerns])
            if len(drawn) + len(concerns) > 1
            else [*drawn, *concerns][0]
        )
    for derived in part.type.derived:
        yield from _derived(derived, part, places)
    if part.rows:
        yield Tabled(_table(report, part, places))
    if part.left_out:
        command = f"{part.type.command} list"
        yield Lead([f"{part.left_out:,} more are not shown; {command} shows all."])


def _number(part: TypePart) -> str:
    amount = part.summary
    if amount.count is None:
        return "It is not known how many there are."
    there = counted_things(amount.count, part)
    if amount.new is None or amount.gone is None:
        return f"{there}."
    return f"{there}; {amount.new:,} new and {amount.gone:,} gone since the moment before."


def counted_things(number: int, part: TypePart) -> str:
    """``1 CRD``, ``2 CRDs``; ``no CRDs``."""
    if not number:
        return f"No {part.type.plural}"
    return f"{number:,} {part.type.singular if number == 1 else part.type.plural}"


def _why_unknown(report: Report, part: TypePart) -> str:
    """Why it is not known which records there are."""
    own = [each for each in report.ledger if each.resource_type == part.name and not each.optional]
    whys = [f"{each.read}: {each.outcome.reason or each.outcome.status}" for each in own
            if each.outcome.status not in ("complete", "absent")]  # fmt: skip
    why = "; ".join(dict.fromkeys(whys)) or f"{part.type.plural} were left out"
    there = "There may be more than are shown" if part.rows else "There may be some"
    return f"{there}: {why}."


def _bars(breakdown: Breakdown) -> Markup:
    ordered = sorted(breakdown.numbers.items(), key=lambda pair: (-pair[1], pair[0]))
    items = [Bar(name or "none", number) for name, number in ordered[:_MOST_BARS]]
    if rest := ordered[_MOST_BARS:]:
        items.append(Bar(f"{len(rest):,} more", None, f"{sum(number for _, number in rest):,}"))
    return bars(items, breakdown.title, of="Value")


def _concern(concern: Concern, part: TypePart, places: Places) -> Part:
    names = sorted(concern.names)
    items: list[Sequence[Any]] = [[places.link(part.name, name)] for name in names[:_MOST_NAMES]]
    if len(names) > _MOST_NAMES:
        items.append([f"and {len(names) - _MOST_NAMES:,} more"])
    if concern.unknown:
        items.append([f"not known {concern.unknown}"])
    return Listing(items, f"{concern.title}: {len(names):,}" if names else concern.title)


def _derived(derived: Derived, part: TypePart, places: Places) -> Iterator[Part]:
    """The records that what a type derives keeps, such as orphans with since when."""
    kept = [row for row in part.rows if row.get(derived.keeps)]
    unknown = [row for row in part.rows if row.get(derived.keeps) is None]
    if not (kept or unknown):
        return
    title = derived.flag.replace("-", " ")
    yield Heading(f"{title[:1].upper()}{title[1:]}: {len(kept):,}")
    if unknown:
        whys = "; ".join(sorted({str(row.get(derived.why)) for row in unknown}))
        yield Lead([f"Not known of {counted_things(len(unknown), part)}: {whys}."])
    if kept:
        shown = [e for e in derived.columns if e.show != "never" and _has_values(kept, e.name)]
        counts = [each for each in part.type.columns if each.volatile and each.type == "integer"]
        named = [part.type.column(name) for name in part.type.identity]
        block = _block(part, (*named, *counts, *shown), _linked(kept, part, places))
        caption = derived.description or title
        yield Tabled(
            table(block, f"{part.type.command}-{derived.flag}", caption=caption, filters=())
        )


def _has_values(rows: Sequence[Row], name: str) -> bool:
    return any(row.get(name) is not None for row in rows)


def _linked(rows: Sequence[Row], part: TypePart, places: Places) -> list[Mapping[str, Any]]:
    """Rows whose last name leads to the whole row."""
    name = part.type.identity[-1]
    return [{**row, name: places.to_row(part, row, str(row.get(name)))} for row in rows]


def _block(part: TypePart, columns: Sequence[Column], rows: Sequence[Row]) -> Rows:
    kind = part.type
    shown = tuple(each.name for each in columns)
    return Rows(columns, rows, kind.plural, singular=kind.singular, identity=kind.identity,
                shown=shown)  # fmt: skip


def _table(report: Report, part: TypePart, places: Places) -> TableView:
    cells = RecordCells(part, places)
    columns = columns_of(part)
    rows = [cells.row(row, columns) for row in part.rows]
    caption = f"All {part.type.plural}"
    view_rows = _block(part, columns, rows)
    anchors = {
        id(made): places.anchor(part, row) for made, row in zip(rows, part.rows, strict=True)
    }
    return table(
        view_rows,
        f"{part.type.command}-table",
        caption=caption,
        anchor=lambda row: anchors[id(row)],
    )

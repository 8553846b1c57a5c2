"""What could not be read, which comes first, and how everything was read, which comes last."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from k8s_datamodel.api import INCOMPLETE, LedgerEntry, Rows, counted
from k8s_datamodel.commands import LEDGER, ledger_row
from k8s_datamodel_plugins.html.tables.table_views import table
from k8s_datamodel_plugins.report.reported import Report, TypePart
from k8s_datamodel_plugins.report.section_parts import Lead, Notice, Part, Section, Tabled

_UNREDACTED = "none"
_UNREAD = ("read", "resource_type", "status", "http_code", "reason")
_ALL = (*_UNREAD[:3], "optional", "objects", *_UNREAD[3:])
_TIMES = "time: "
"""How entries begin that say how long stages took."""


def unread_section(report: Report) -> Section:
    """What could not be read; that nothing is missing is said, too."""
    return Section("unread", "What could not be read", [*_unread(report)])


def _unread(report: Report) -> Iterator[Part]:
    missing = [each for each in report.ledger if each.incomplete]
    if missing or not report.complete:
        yield Notice(
            "bad",
            f"This report is incomplete: {counted(len(missing), 'read')} did not come to an end. "
            "What they would have shown may be there, although this page does not show it.",
        )
        if missing:
            yield _table(missing, "unread-reads", "Reads that did not come to an end", _UNREAD)
    else:
        yield Notice("good", "Everything that matters was read to its end.")
    if weaker := [each for each in report.ledger if _weakens(each)]:
        yield Notice(
            "warn",
            f"{counted(len(weaker), 'read')} that would have given evidence did not come to an "
            "end. What rests on evidence is less certain, such as who manages what.",
        )
        yield _table(weaker, "unread-evidence", "Reads that would have given evidence", _UNREAD)
    yield from _limits(report)


def _weakens(entry: LedgerEntry) -> bool:
    return entry.optional and entry.outcome.status in INCOMPLETE


def _limits(report: Report) -> Iterator[Part]:
    """What was left out on purpose, or is not there."""
    if report.namespace:
        yield Notice("warn", f"Only the namespace {report.namespace} was read.")
    left_out = [each.type.plural for each in report.types if _left_out(report, each)]
    if left_out:
        yield Notice("warn", f"Not known, as nobody asked for them: {', '.join(left_out)}.")
    absent = [each.type.plural for each in report.types if _absent(report, each)]
    if absent:
        yield Notice("muted", f"The cluster does not serve {', '.join(absent)}, so it has none.")
    if report.head.get("redaction") == _UNREDACTED:
        yield Notice(
            "bad",
            "The snapshot was stored without redaction. This page may show credentials: look "
            "through it before you share it.",
        )


def _reads(report: Report, part: TypePart) -> list[LedgerEntry]:
    """The reads that a type needs."""
    return [e for e in report.ledger if e.resource_type == part.name and not e.optional]


def _left_out(report: Report, part: TypePart) -> bool:
    """Whether the number of a type is not known although no read of it failed."""
    return part.summary.count is None and not any(e.incomplete for e in _reads(report, part))


def _absent(report: Report, part: TypePart) -> bool:
    own = _reads(report, part)
    return bool(own) and all(each.outcome.status == "absent" for each in own)


def _table(
    entries: Sequence[LedgerEntry], table_id: str, caption: str, shown: Sequence[str]
) -> Tabled:
    rows = [ledger_row(each) for each in entries]
    block = Rows(LEDGER, rows, "reads", singular="read", identity=("read",), shown=tuple(shown))
    return Tabled(table(block, table_id, caption=caption))


def ledger_section(report: Report) -> Section:
    """The whole ledger, and what made the page."""
    source = report.head.get("source") or "an unknown source"
    dumped = report.cluster.source_timestamp
    said = f"Read from {source}{f', dumped {dumped} UTC' if dumped else ''}; this page was written "
    said += f"{report.made} UTC by {report.program}. "
    parts: list[Part] = [
        Lead([said, "What is unknown is never shown as zero, what was not read never as absent."])
    ]
    if entries := [each for each in report.ledger if not each.read.startswith(_TIMES)]:
        parts.append(_table(entries, "ledger-reads", "Every read, and how it ended", _ALL))
    return Section("ledger", "How this was read", parts)

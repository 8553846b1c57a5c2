"""The report of a large cluster with a long past, without reading one."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from browser.big_listings import HOSTILE, MANY, crd_rows
from k8s_datamodel.api import Breakdown, ClusterInfo, Concern, LedgerEntry, Outcome
from k8s_datamodel.commands import PastPoint, Series, ToldChange, ToldChanges, TypeSummary
from k8s_datamodel_plugins.crds import TYPE as CRDS
from k8s_datamodel_plugins.html.shell.html_documents import document
from k8s_datamodel_plugins.operators import TYPE as OPERATORS
from k8s_datamodel_plugins.report.definition_facts import CrdFacts, CrdVersion
from k8s_datamodel_plugins.report.reported import ChangesSince, Report, TypePart
from k8s_datamodel_plugins.report.sections import sections_of

POINTS = 30
TEAMS = 47


def big_report(folder: Path, crds: int = MANY, points: int = POINTS) -> Path:
    """The file of a report on so many CRDs over so many snapshots."""
    return _file(folder, made(list(crd_rows(crds)), points))


def hostile_report(folder: Path) -> Path:
    """The file of a report on CRDs whose names, groups and kinds mean harm."""
    rows = [
        {**row, "name": text, "group_name": text, "kind": text, "managed_by": [text]}
        for row, text in zip(crd_rows(len(HOSTILE)), HOSTILE, strict=True)
    ]
    return _file(folder, made(rows, POINTS))


def _file(folder: Path, report: Report) -> Path:
    file = folder / "report.html"
    html = document("report/report.html", report=report, sections=sections_of(report))
    file.write_text(html, encoding="utf-8")
    return file


def made(rows: list[dict[str, Any]], points: int) -> Report:
    """What a report on such CRDs tells."""
    names = [row["name"] for row in rows]
    head = {"id": points, "cluster_context": "prod", "timestamp": _time(points), "source": "file"}
    return Report(
        title="Report on prod",
        made=_time(points),
        program="k8s-datamodel",
        head=head,
        cluster=ClusterInfo("prod", version="v1.31.4", platform="rke2", nodes=120),
        namespace=None,
        complete=True,
        ledger=[LedgerEntry("crds", "customresourcedefinitions", Outcome("complete"))],
        types=[_crds(rows, points), _operators(names)],
        since=[ChangesSince("the last snapshot", _changes(names, head))],
        points=[
            PastPoint(each, _time(each), True, {"crds": len(rows)}) for each in range(1, points + 1)
        ],
        crds={name: _facts(name, number) for number, name in enumerate(names)},
    )


def _time(day: int) -> str:
    return f"2026-11-{day:02} 08:00:00"


def _crds(rows: list[dict[str, Any]], points: int) -> TypePart:
    return TypePart(
        CRDS,
        TypeSummary(
            len(rows),
            len(rows),
            0,
            0,
            [Breakdown("groups", "CRDs by API group", {f"team{n}": n for n in range(TEAMS)})],
            [Concern("orphans", "CRDs that no operator manages", [rows[0]["name"]])],
        ),
        rows,
        numbers={
            (row["name"],): _series(row["instance_count"], number, points)
            for number, row in enumerate(rows)
        },
    )


def _series(count: int | None, number: int, points: int) -> Series:
    last = count or 0
    values = [None if (day + number) % 29 == 0 else last * day // points for day in range(points)]
    return Series([True] * points, {"instance_count": [*values[:-1], count]})


def _operators(names: list[str]) -> TypePart:
    rows = list(_operator_rows(names))
    return TypePart(OPERATORS, TypeSummary(len(rows), len(rows), 0, 0), rows)


def _operator_rows(names: list[str]) -> Iterator[dict[str, Any]]:
    for team in range(TEAMS):
        yield {
            "name": "controller",
            "namespace": f"team{team}",
            "operator_type": "Deployment",
            "operator_framework": "Helm",
            "version": f"1.{team}.0",
            "replicas": 2,
            "ready_replicas": 2 - (team % 9 == 0),
            "managed_crds": [name for name in names if f".team{team}." in name],
            "confidence": 0.9,
            "image": f"registry.skerrywater.example/team{team}/controller:1.{team}.0",
            "evidence": [
                {"kind": "rbac", "strength": "strong", "object": "ClusterRole/x", "reason": "why"}
            ],
        }


def _changes(names: list[str], head: dict[str, Any]) -> ToldChanges:
    changes = [
        ToldChange("crds", name, {"name": name}, "changed", ["instances 3 -> 12"], "risky")
        for name in names[:200]
    ]
    numbers = {"crds": dict.fromkeys(("added", "removed", "changed", "recreated", "unchanged"), 7)}
    return ToldChanges(head, head, changes, numbers, [])


def _facts(name: str, number: int) -> CrdFacts:
    old = CrdVersion("v1beta1", True, False, number % 40 == 0, "", number % 25 == 0, 4_000 + number)
    return CrdFacts(name, [old, CrdVersion("v1", True, True, False, "", True, 9_000 + number)])

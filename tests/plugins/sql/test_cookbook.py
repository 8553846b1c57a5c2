"""The questions of the cookbook, each asked of a small store on both databases."""

from __future__ import annotations

import re
import sqlite3
from pathlib import Path
from typing import Any

import pytest

from k8s_datamodel.api import ClusterInfo, LedgerEntry, Outcome, Record, ResourceType
from k8s_datamodel.naming.named_queries import named_queries
from k8s_datamodel_plugins import crds, olm, operators
from k8s_datamodel_plugins.sql.store import shipped_queries
from support.sql_stores import Backend, snapshot

ROOT = Path(__file__).parents[3]
PAGE = (ROOT / "docs" / "sql-cookbook.md").read_text(encoding="utf-8")
_QUESTION = re.compile(r"^## (.*?)\n.*?^```sql\n(.*?)^```", re.DOTALL | re.MULTILINE)
QUESTIONS = dict(_QUESTION.findall(PAGE))
TYPES = (crds.TYPE, operators.TYPE, olm.TYPE)

SHIPS, DOCKS, GULLS = "ships.fleet.example", "docks.fleet.example", "gulls.birds.example"


def _crd(name: str, count: int | None, stored: list[str], **versions: dict[str, Any]) -> Record:
    plural, _, group = name.partition(".")
    listed = [
        {"name": key, "served": True, "storage": False, **each} for key, each in versions.items()
    ]
    spec = {"group": group, "names": {"plural": plural}, "versions": listed}
    storage = next(each["name"] for each in listed if each["storage"])
    values = {"name": name, "group_name": group, "version": storage, "instance_count": count}
    return Record({**values, "stored_versions": stored}, {"metadata": {"name": name}, "spec": spec})


def _operator(
    namespace: str, name: str, version: str, ready: tuple[int, int], *managed: str, host: Any = None
) -> Record:
    pods = {} if host is None else {"hostNetwork": host}
    values = {"namespace": namespace, "name": name, "operator_type": "Deployment"}
    more = {"version": version, "ready_replicas": ready[0], "replicas": ready[1]}
    complete = {"metadata": {"name": name}, "spec": {"template": {"spec": pods}}}
    return Record({**values, **more, "managed_crds": list(managed)}, complete)


def _csv(name: str, phase: str, reason: str) -> Record:
    values = {"namespace": "olm", "name": name, "phase": phase, "reason": reason}
    return Record(values, {"metadata": {"name": name}})


OLD: dict[str, Any] = {"deprecated": True}
NEW: dict[str, Any] = {"storage": True}
READ = (LedgerEntry("crds", "customresourcedefinitions", Outcome("complete")),)
UNREAD = (*READ, LedgerEntry("csvs", "clusterserviceversions", Outcome("forbidden", "403")))


def _fill(backend: Backend) -> None:
    store = backend.open(*TYPES)
    fleet = ("fleet", "fleet-operator")
    ships = [_crd(SHIPS, count, ["v1beta1", "v1"], v1beta1=OLD, v1=NEW) for count in (5, 7)]
    contents: list[tuple[str, str, tuple[LedgerEntry, ...], dict[ResourceType, list[Record]]]] = [
        (
            "prod",
            "2026-01-01 00:00:00",
            READ,
            {crds.TYPE: ships[:1], operators.TYPE: [_operator(*fleet, "1.0", (1, 1), SHIPS)]},
        ),
        (
            "prod",
            "2026-02-01 00:00:00",
            READ,
            {
                crds.TYPE: [ships[1], _crd(DOCKS, 0, ["v1"], v1=NEW)],
                operators.TYPE: [
                    _operator(*fleet, "1.1", (1, 2), SHIPS, DOCKS, host=True),
                    _operator("ops", "watcher", "0.3", (1, 1), SHIPS, host=False),
                ],
                olm.TYPE: [
                    _csv("fleet.v1", "Succeeded", "InstallSucceeded"),
                    _csv("birds.v0", "Failed", "InstallCheckFailed"),
                ],
            },
        ),
        (
            "staging",
            "2026-02-02 00:00:00",
            UNREAD,
            {
                crds.TYPE: [
                    _crd(SHIPS, None, ["v2"], v1={"served": False, **OLD}, v2=NEW),
                    _crd(GULLS, 0, ["v1"], v1=NEW),
                ],
                operators.TYPE: [_operator(*fleet, "2.0", (1, 1), SHIPS)],
            },
        ),
    ]
    for context, time, ledger, records in contents:
        cluster = ClusterInfo(context, f"uid-{context}", "v1.31", "eks", 3, "kubernetes")
        with store.begin(TYPES) as writer:
            for each, some in records.items():
                writer.write(each, some)
            writer.commit(
                snapshot(timestamp=time, cluster=cluster, complete=ledger == READ), ledger
            )


JAN, FEB, FEB2 = "2026-01-01 00:00:00", "2026-02-01 00:00:00", "2026-02-02 00:00:00"
PROD, STAGING, FLEET = "prod", "staging", "fleet-operator"
ANSWERS: dict[str, tuple[dict[str, str], list[tuple[Any, ...]]]] = {
    "How many snapshots are there of each cluster?": (
        {},
        [(PROD, "uid-prod", 2, JAN, FEB), (STAGING, "uid-staging", 1, FEB2, FEB2)],
    ),
    "What could a snapshot not read?": (
        {"snapshot": "3"},
        [("csvs", "clusterserviceversions", "forbidden", "403")],
    ),
    "Which snapshots are incomplete?": ({}, [(3, STAGING, FEB2)]),
    "How many CRDs does each cluster have?": ({}, [(PROD, 2, 1), (STAGING, 2, 2)]),
    "Which CRDs have no instances?": ({}, [(PROD, DOCKS), (STAGING, GULLS)]),
    "Which CRDs may have objects in an old version?": ({}, [(PROD, SHIPS, "v1beta1")]),
    "Which deprecated versions are served?": ({}, [(PROD, SHIPS, "v1beta1")]),
    "Which CRDs serve more than one version?": ({}, [(PROD, SHIPS, 2)]),
    "How did the number of instances of a CRD develop?": (
        {"crd": SHIPS},
        [(PROD, JAN, 5), (PROD, FEB, 7), (STAGING, FEB2, None)],
    ),
    "In which snapshot was a CRD seen first?": (
        {"crd": SHIPS},
        [(PROD, JAN), (STAGING, FEB2)],
    ),
    "Which CRDs does one cluster have that another lacks?": (
        {"here": STAGING, "there": PROD},
        [(GULLS, "v1")],
    ),
    "Which CRDs are stored in different versions in different clusters?": (
        {},
        [(SHIPS, 2, "v1", "v2")],
    ),
    "Which API groups have the most CRDs?": ({}, [("fleet.example", 2), ("birds.example", 1)]),
    "Which clusters run an operator, at which version?": (
        {"name": "fleet%"},
        [(PROD, "fleet", FLEET, "1.1"), (STAGING, "fleet", FLEET, "2.0")],
    ),
    "Which operators are not ready?": ({}, [(PROD, "fleet", FLEET, 1, 2)]),
    "Which operators manage a CRD?": (
        {"crd": SHIPS},
        [(PROD, "fleet", FLEET), (PROD, "ops", "watcher"), (STAGING, "fleet", FLEET)],
    ),
    "Which CRDs do several operators manage?": ({}, [(PROD, SHIPS, 2)]),
    "Which CRDs does no operator manage?": ({}, [(STAGING, GULLS)]),
    "Which operators' pods use the network of their node?": ({}, [(PROD, "fleet", FLEET)]),
    "Which packages of OLM are not well?": (
        {},
        [(PROD, "olm", "birds.v0", "Failed", "InstallCheckFailed")],
    ),
}


def test_there_are_twenty_and_each_has_an_answer() -> None:
    assert list(QUESTIONS) == list(ANSWERS)
    assert len(QUESTIONS) == 20


def test_the_questions_are_answered(backend: Backend) -> None:
    _fill(backend)
    store = backend.open(*TYPES)
    found = {}
    for title, sql in QUESTIONS.items():
        if "->" in sql and backend.kind == "sqlite" and sqlite3.sqlite_version_info < (3, 38):
            found[title] = ANSWERS[title][1]
            continue
        with store.query(sql, ANSWERS[title][0], 60) as answer:
            found[title] = [tuple(row.values()) for row in answer.rows]
    assert found == {title: rows for title, (_, rows) in ANSWERS.items()}


def test_the_shipped_queries_are_those_of_the_page() -> None:
    folders = [crds.queries(), operators.queries(), olm.queries(), shipped_queries()]
    shipped = named_queries([("", folder) for folder in folders])
    asked = {
        re.sub(r"^--.*\n", "", each.statement, flags=re.MULTILINE).strip()
        for each in shipped.values()
    }
    assert asked <= {sql.strip() for sql in QUESTIONS.values()}
    assert all(f"database query {name}" in PAGE for name in shipped)
    assert all(each.description.endswith(".") for each in shipped.values())


@pytest.mark.parametrize("name", ["crds", "operators", "olm", "sql"])
def test_folders_of_queries_are_packaged(name: str) -> None:
    assert list((ROOT / "plugins" / "k8s_datamodel_plugins" / name / "queries").glob("*.sql"))

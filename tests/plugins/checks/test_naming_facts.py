"""Why it is not known who names a CRD: as ledgers say it."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from k8s_datamodel.data.ledger import LedgerEntry, Outcome
from k8s_datamodel_plugins.checks.touching.naming_facts import EARLIER, why_unknown
from k8s_datamodel_plugins.upgrades.touched import KnownOperator

READ = {"operators": 1, "csvs": 0}
KNOWN = [KnownOperator("ops/fleet", [], [])]
ROLES, HOOKS = (
    "clusterroles.rbac.authorization.k8s.io",
    "validatingwebhookconfigurations.admissionregistration.k8s.io",
)


def entry(type_name: str, read: str, status: Any) -> LedgerEntry:
    return LedgerEntry(type_name, read, Outcome(status, "as the test wants"), optional=True)


@pytest.mark.parametrize(
    ("counts", "ledger", "operators", "why"),
    [
        (READ, [], KNOWN, []),
        (READ, [entry("operators", ROLES, "complete")], KNOWN, []),
        (READ, [entry("crds", ROLES, "forbidden")], KNOWN, []),
        (READ, [entry("operators", "managers of any CRD", "skipped")], KNOWN, []),
        (READ, [entry("operators", ROLES, "forbidden")], KNOWN, [f"{ROLES} forbidden"]),
        (READ, [entry("operators", HOOKS, "failed")], KNOWN, [f"{HOOKS} failed"]),
        (READ, [], [KnownOperator("ops/old")], [EARLIER]),
        ({"csvs": 0}, [], [], ["operators were not read"]),
        ({"operators": None, "csvs": 0}, [], [], ["operators were not read"]),
        ({"operators": 0}, [], [], ["ClusterServiceVersions were not read"]),
    ],
)
def test_why_others_may_name_it(
    counts: dict[str, Any],
    ledger: list[LedgerEntry],
    operators: list[KnownOperator],
    why: list[str],
) -> None:
    moment: Any = SimpleNamespace(counts=counts, ledger=ledger, namespace=None)
    assert list(why_unknown(moment, operators)) == why
    limited: Any = SimpleNamespace(counts=counts, ledger=ledger, namespace="shop")
    assert list(why_unknown(limited, operators)) == [*why, "only namespace shop was read"]

"""For each conversion webhook: whether its service was seen, or why nobody knows."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from k8s_datamodel.data.ledger import INCOMPLETE
from k8s_datamodel.testing import Ending, ObjectsSource, collect
from k8s_datamodel_plugins.crds.conversions import conversion_service_at
from k8s_datamodel_plugins.operators import TYPE
from truth.shapes import crd, service

HOOK = {"service": {"namespace": "port", "name": "hook"}}
V1 = {"strategy": "Webhook", "webhook": {"clientConfig": HOOK}}
V1BETA1 = {"strategy": "Webhook", "webhookClientConfig": HOOK}
BY_URL = {"strategy": "Webhook", "webhook": {"clientConfig": {"url": "https://hook.example"}}}

HERE = service("hook", "port", {"app": "hook"})
SELECTS_NOTHING = {**HERE, "spec": {}}
ELSEWHERE = service("hook", "sky", {"app": "hook"})
NOWHERE = {**HERE, "metadata": {"name": "hook"}}  # a manifest need not say where

FORBIDDEN = {"services": Ending("forbidden")}
PART = {"services": Ending("partial", chunks=1)}


def moment(
    objects: list[dict[str, Any]],
    namespace: str | None = None,
    endings: dict[str, Ending] | None = None,
) -> Any:
    endings = endings or {}
    ledger = collect(TYPE, ObjectsSource(objects, endings=endings), namespace).ledger
    assert not [each for each in ledger if each.incomplete], "it only enriches"
    return SimpleNamespace(ledger=ledger, namespace=namespace, snapshot=None)


def boats(conversion: dict[str, Any]) -> dict[str, Any]:
    return crd("boats.harbour.example", conversion=conversion)


@pytest.mark.parametrize("conversion", [V1, V1BETA1])
@pytest.mark.parametrize(
    ("services", "seen"),
    [
        ([HERE], True),
        ([SELECTS_NOTHING], True),
        ([NOWHERE], True),
        ([ELSEWHERE], False),
        ([], False),
    ],
)
def test_a_service_is_seen_or_not(
    conversion: dict[str, Any], services: list[dict[str, Any]], seen: bool
) -> None:
    vessel = boats(conversion)
    found = conversion_service_at(moment([vessel, *services]), vessel)
    why = "" if seen else "there is no service port/hook"
    assert found == ("port", "hook", seen, why)


@pytest.mark.parametrize(
    ("namespace", "endings", "reason"),
    [
        ("sky", {}, "services were read in namespace sky only"),
        (None, FORBIDDEN, "services: forbidden, as the test wants"),
        (None, PART, "there may be a service port/hook that was not read"),
    ],
)
def test_nobody_knows(namespace: str | None, endings: dict[str, Ending], reason: str) -> None:
    vessel = boats(V1)
    found = conversion_service_at(moment([vessel], namespace, endings), vessel)
    assert found == ("port", "hook", None, reason)


def test_what_was_read_is_seen_though_there_may_be_more() -> None:
    vessel = boats(V1)
    found = conversion_service_at(moment([vessel, HERE], None, PART), vessel)
    assert found == ("port", "hook", True, "")
    found = conversion_service_at(moment([vessel, HERE], "port"), vessel)
    assert found == ("port", "hook", True, "")


def test_moments_that_did_not_look_for_services() -> None:
    vessel = boats(V1)
    without = SimpleNamespace(ledger=[], namespace=None, snapshot=None)
    assert conversion_service_at(without, vessel) == (
        *("port", "hook", None),
        "operators were not read",
    )
    earlier = moment([vessel])
    earlier.snapshot = SimpleNamespace(stamps={})
    found = conversion_service_at(earlier, vessel)
    assert found is not None
    assert found.reason == "the snapshot is from before services were looked for"


def test_no_service_converts() -> None:
    for conversion in (BY_URL, {"strategy": "None"}):
        vessel = boats(conversion)
        assert conversion_service_at(moment([vessel]), vessel) is None


def test_many_crds_of_one_webhook_are_one_entry() -> None:
    crds = [crd(f"kind{n}s.harbour.example", conversion=V1) for n in range(3)]
    (entry,) = [e for e in moment(crds).ledger if "conversion" in e.read]
    assert (entry.outcome.status, entry.optional) == ("absent", True)
    assert entry.outcome.status not in INCOMPLETE

"""What Helm keeps becomes one record a release, without anybody's credentials."""

from __future__ import annotations

import base64
import gzip
import json
from typing import Any

import pytest
from samples import configmap, release, secret

from k8s_datamodel.testing import ObjectsSource, ResourceTypeContract, collect, summarised
from k8s_datamodel_helm import TYPE
from k8s_datamodel_helm.payload import MOST_BYTES, utc


class TestReleases(ResourceTypeContract):
    resource_type = TYPE
    objects = (
        secret(release("web", 1), status="superseded"),
        secret(release("web", 2)),
        configmap(release("old", 7)),
    )


def test_the_summary_names_releases_that_have_failed_or_are_unfinished() -> None:
    states = {"web": "deployed", "shop": "failed", "pay": "pending-upgrade"}
    objects = [secret(release(name, info={"status": each})) for name, each in states.items()]
    found = summarised(TYPE, collect(TYPE, ObjectsSource(objects)))
    statuses, *concerns = found
    assert statuses.numbers == {"deployed": 1, "failed": 1, "pending-upgrade": 1}
    assert [(each.key, each.names) for each in concerns] == [
        ("failed", ["shop/shop"]),
        ("pending", ["shop/pay"]),
    ]


def rows(*objects: dict[str, Any]) -> list[dict[str, Any]]:
    return [dict(record.values) for record in collect(TYPE, ObjectsSource(objects)).records]


def broken(data: object, **labels: str) -> dict[str, Any]:
    item = secret(release("web", 3))
    item["data"] = data
    item["metadata"]["labels"].update(labels)
    return item


def test_a_release_is_its_newest_revision() -> None:
    found = rows(
        *(secret(release("web", n), status="superseded") for n in (1, 10, 9)),
        secret(release("web", 11)),
        secret(release("web", 2), namespace="other"),
    )
    assert [(r["namespace"], r["name"], r["revision"], r["revisions"]) for r in found] == [
        ("other", "web", 2, 1),
        ("shop", "web", 11, 4),
    ]


def test_what_helm_says_of_it() -> None:
    (row,) = rows(secret(release("web", 2)))
    assert row == {
        "namespace": "shop",
        "name": "web",
        "revision": 2,
        "revisions": 1,
        "status": "deployed",
        "chart": "nginx",
        "chart_version": "15.1.0",
        "app_version": "1.25.3",
        "first_deployed": "2024-03-15 10:30:15",
        "last_deployed": "2024-03-16 10:30:15",
        "storage": "Secret",
        "detail": "Upgrade complete",
        "user_values": {
            "replicas": "(redacted)",
            "tls": True,
            "auth": {"user": "(redacted)", "pass": "(redacted)"},
            "hosts": ["(redacted)", {"pin": "(redacted)"}],
            "extra": None,
        },
    }


def test_no_value_note_or_manifest_is_kept() -> None:
    (record,) = collect(TYPE, ObjectsSource([secret(release())])).records
    kept = json.dumps([dict(record.values), dict(record.spec)])
    for secret_text in ("hunter2", "987654", "a.example", "aGVsbG8=", "manifest"):
        assert secret_text not in kept


def test_other_secrets_are_not_looked_at() -> None:
    other = secret(release("web"))
    other["type"] = "Opaque"
    unowned = secret(release("api"))
    unowned["metadata"]["labels"]["owner"] = "somebody"
    strangers = configmap(release("x"))
    strangers["metadata"].update(name="settings", labels={"owner": "helm"})
    assert rows(other, unowned, strangers) == []


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (None, "no release in its data"),
        ({}, "no release in its data"),
        ({"release": "%%%"}, "cannot be read"),
        ({"release": base64.b64encode(base64.b64encode(b"[1]")).decode()}, "no JSON object"),
        (
            {
                "release": base64.b64encode(
                    base64.b64encode(gzip.compress(b'{"name": "web"}')[:-9])
                ).decode()
            },
            "cut off",
        ),
        (
            {"release": base64.b64encode(base64.b64encode(b"\x1f\x8b\x08" + b"x" * 40)).decode()},
            "cannot be unpacked",
        ),
        (
            {"release": base64.b64encode(base64.b64encode(gzip.compress(b"[" * 200_000))).decode()},
            "nests too deep",
        ),
    ],
)
def test_a_broken_payload_is_told_and_not_the_end(data: object, reason: str) -> None:
    found = collect(TYPE, ObjectsSource([secret(release("api")), broken(data, status="failed")]))
    assert [(r.values["name"], r.values["status"]) for r in found.records] == [
        ("api", "deployed"),
        ("web", "failed"),
    ]
    (fault,) = [entry for entry in found.ledger if entry.incomplete]
    assert fault.read == "secrets shop/sh.helm.release.v1.web.v3"
    assert reason in fault.outcome.reason
    assert found.count == 2


def test_a_broken_revision_that_is_superseded_matters_to_nobody() -> None:
    found = collect(TYPE, ObjectsSource([broken({}), secret(release("web", 4))]))
    assert not [entry for entry in found.ledger if entry.incomplete]


def test_a_small_text_does_not_fill_the_memory() -> None:
    bomb = gzip.compress(b" " * (MOST_BYTES + 1) + b"{}", compresslevel=1)
    data = {"release": base64.b64encode(base64.b64encode(bomb)).decode()}
    found = collect(TYPE, ObjectsSource([broken(data)]))
    (fault,) = [entry for entry in found.ledger if entry.incomplete]
    assert "unpacks to more than" in fault.outcome.reason


@pytest.mark.parametrize("text", ["", "0001-01-01T00:00:00Z", "yesterday", None, "2024-03-15"])
def test_what_is_no_time_is_unknown(text: object) -> None:
    assert utc(text) is None

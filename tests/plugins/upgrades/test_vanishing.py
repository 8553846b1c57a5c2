"""Which CRDs of a cluster are of a release that leaves them out, and why."""

from __future__ import annotations

from typing import Any

import pytest

from k8s_datamodel_plugins.upgrades import Release

HELM = {"meta.helm.sh/release-name": "fleet", "meta.helm.sh/release-namespace": "ops"}
OTHER_NAMESPACE = {**HELM, "meta.helm.sh/release-namespace": "shop"}
TRACKED = {"argocd.argoproj.io/tracking-id": "fleet:apiextensions.k8s.io/CRD:/widgets"}
PART_OF = {"app.kubernetes.io/part-of": "fleet"}


def row(name: str, group: str, labels: Any = None, annotations: Any = None) -> dict[str, Any]:
    marks = {"labels": labels or {}, "annotations": annotations or {}}
    return {"name": f"{name}.{group}", "group_name": group, **marks}


def why(ours: dict[str, Any], theirs: dict[str, Any], *operators: dict[str, Any]) -> str:
    """Why a CRD is of the release that has another one, as installed and without marks in files."""
    bare = row("widgets", "example.com")
    installed = [{**bare, **ours}, {**row("gadgets", "example.org"), **theirs}]
    return Release([bare], installed, operators).why(installed[1])


@pytest.mark.parametrize(
    ("ours", "said"),
    [
        ({"annotations": HELM}, "the release ops/fleet"),
        ({"annotations": TRACKED}, "the application fleet"),
        ({"labels": {"olm.owner": "fleet.v1"}}, "the label olm.owner=fleet.v1"),
        ({"labels": PART_OF}, "the label app.kubernetes.io/part-of=fleet"),
        ({"labels": {"fleet.cattle.io/bundle-id": "b"}}, "the label fleet.cattle.io/bundle-id=b"),
    ],
)
def test_marks_of_a_release(ours: dict[str, Any], said: str) -> None:
    assert why(ours, ours) == f"{said} of widgets.example.com"
    assert why(ours, {}) == ""
    assert why({}, ours) == ""


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        ({"annotations": HELM}, {"annotations": OTHER_NAMESPACE}),
        ({"labels": PART_OF}, {"labels": {"app.kubernetes.io/part-of": "shop"}}),
        ({"labels": PART_OF}, {"annotations": PART_OF}),
        *(
            ({"labels": each}, {"labels": each})
            for each in (
                {"app.kubernetes.io/managed-by": "Helm"},
                {"app.kubernetes.io/component": "crds"},
                {"olm.managed": "true"},
            )
        ),
    ],
)
def test_what_many_products_share_is_no_mark(ours: dict[str, Any], theirs: dict[str, Any]) -> None:
    assert why(ours, theirs) == ""


def test_operators_and_groups() -> None:
    fleet = {"namespace": "ops", "name": "fleet"}
    one, other = (
        {**fleet, "managed_crds": [each]} for each in ("widgets.example.com", "gadgets.example.org")
    )
    assert why({}, {}, one, other) == "the operator ops/fleet of widgets.example.com"
    assert why({}, {}, one, {**other, "namespace": "shop"}) == ""
    assert why({}, {}, other) == ""
    assert why({}, {"group_name": "example.com"}).startswith("the API group example.com of")

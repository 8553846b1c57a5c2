"""Rights that an account holds to give them away: Kubernetes lets nobody give what they lack."""

from __future__ import annotations

from typing import Any

import pytest

from truth.shapes import READ, WRITE, allowed, bind, crd, managed, role, workload

RBAC = ["rbac.authorization.k8s.io"]
MAKES_ROLES = (RBAC, ["clusterroles", "clusterrolebindings"], WRITE)
FARM, HERDS, BARNS = "farms.farm.example", "herds.farm.example", "barns.farm.example"
OWN = (["farm.example"], ["farms"], ["get", "list", "watch", "update", "patch"])
ALL = (["farm.example"], ["*"], ["*"])
HERD_EDIT = (["farm.example"], ["herds"], [*WRITE, "deletecollection"])


def farm(*installers: Any, **more: Any) -> dict[str, list[str]]:
    """An installer with those rights beside the controller that it installs."""
    return managed(
        [
            *(crd(name) for name in (FARM, HERDS, BARNS)),
            *allowed("farm", "farm-operator", *installers),
            *allowed("farm", "farm-controller", more.get("controller", ALL)),
            role("farm-edit", HERD_EDIT),
            workload("farm-operator", "farm", account="farm-operator"),
            workload("farm-controller", "farm", account="farm-controller"),
        ]
    )


def test_an_installer_keeps_only_its_own_kind() -> None:
    assert farm(MAKES_ROLES, OWN, HERD_EDIT, ALL) == {
        "farm-operator": [FARM],
        "farm-controller": [BARNS, HERDS],
    }


@pytest.mark.parametrize("verbs", [["get", "list", "watch"], ["delete"]])
def test_who_makes_no_roles_has_its_rights_for_itself(verbs: list[str]) -> None:
    found = farm((RBAC, ["clusterroles"], verbs), OWN, HERD_EDIT, ALL)
    assert HERDS in found["farm-operator"]


def test_rights_that_only_the_installer_has_are_its_own() -> None:
    herd_names = (["farm.example"], ["herds", "herds/status"], WRITE)
    assert farm(MAKES_ROLES, OWN, herd_names, ALL)["farm-operator"] == [FARM, HERDS]


def test_less_than_the_installer_has_is_not_taken_over() -> None:
    less = (["farm.example"], ["herds", "barns"], READ)
    found = farm(MAKES_ROLES, OWN, HERD_EDIT, controller=less)
    assert found["farm-operator"] == [FARM, HERDS]


def test_an_installer_without_a_kind_of_its_own_is_none() -> None:
    """Two releases of a product, each with all rights, and each makes roles for what it runs."""
    objects = [crd("herds.farm.example")]
    for name in ("farm-one-operator", "farm-two-operator"):
        rights = (["farm.example"], ["herds", "herds/status"], WRITE)
        makes = [MAKES_ROLES] if "one" in name else []
        objects += [*allowed("farm", name, rights, *makes), workload(name, "farm", account=name)]
    assert managed(objects) == {
        "farm-one-operator": ["herds.farm.example"],
        "farm-two-operator": ["herds.farm.example"],
    }


def test_the_parts_of_an_aggregated_role_are_no_others() -> None:
    selects = {"matchLabels": {"farm.example/part": "yes"}}
    farms = (["farm.example"], ["farms"], [*WRITE, "deletecollection"])
    rule = (["farm.example"], ["farms", "farms/status", "herds", "herds/status"], WRITE)
    objects = [
        crd(FARM),
        crd(HERDS),
        role("whole", MAKES_ROLES, farms, aggregationRule={"clusterRoleSelectors": [selects]}),
        role("part", rule, labels={"farm.example/part": "yes"}),
        bind("whole", "farm-operator", "farm"),
        *allowed("farm", "farm-controller", ALL),
        workload("farm-operator", "farm", account="farm-operator"),
        workload("farm-controller", "farm", account="farm-controller"),
    ]
    assert managed(objects)["farm-operator"] == [FARM, HERDS]

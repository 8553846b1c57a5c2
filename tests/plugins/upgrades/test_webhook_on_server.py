"""When a real API server calls a webhook that names one version: as the rules say."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from typing import Any

import pytest

from cluster.api import ApiError
from cluster.client import Client
from k8s_datamodel_plugins.upgrades.touched import KnownOperator, loss_of, operators_naming
from support.live_source import until
from support.made_checks import crd

pytestmark = pytest.mark.cluster

GROUP = "touched.example"
BOATS = f"/apis/{GROUP}/v1/namespaces/default/boats"
CRD = f"/apis/apiextensions.k8s.io/v1/customresourcedefinitions/boats.{GROUP}"
RULE = {
    "apiGroups": [GROUP],
    "apiVersions": ["v1beta1"],
    "resources": ["boats"],
    "operations": ["CREATE"],
}
HOOK = {
    "apiVersion": "admissionregistration.k8s.io/v1",
    "kind": "ValidatingWebhookConfiguration",
    "metadata": {"name": "touched"},
    "webhooks": [
        {
            "name": "boats.touched.example",
            "clientConfig": {"service": {"namespace": "default", "name": "nobody"}},
            "rules": [RULE],
            "sideEffects": "None",
            "admissionReviewVersions": ["v1"],
        }
    ],
}
"""Nothing answers it, so an object for which it is called is refused."""

OPERATOR = KnownOperator(
    "ops/fleet",
    webhooks=[
        {
            "groups": RULE["apiGroups"],
            "versions": RULE["apiVersions"],
            "resources": RULE["resources"],
            "operations": RULE["operations"],
        }
    ],
)


def is_called(admin: Client) -> bool:
    try:
        admin.call("POST", f"{BOATS}?dryRun=All", boat())
    except ApiError as error:
        if "failed calling webhook" not in error.message:
            raise
        return True
    return False


def boat() -> dict[str, Any]:
    return {"apiVersion": f"{GROUP}/v1", "kind": "Boat", "metadata": {"generateName": "boat-"}}


def versions(old: dict[str, Any], *, served: bool | None) -> dict[str, Any]:
    """The CRD with v1beta1 served or not, or without it (None)."""
    found = copy.deepcopy(old)
    found["spec"]["versions"][1]["served"] = served
    if served is None:
        del found["spec"]["versions"][1]
    return found


@pytest.fixture
def cleaned(admin: Client) -> Iterator[Client]:
    yield admin
    admin.delete("/apis/admissionregistration.k8s.io/v1/validatingwebhookconfigurations/touched")
    admin.delete(CRD)


def test_a_webhook_is_called_while_the_crd_has_the_version_that_it_names(cleaned: Client) -> None:
    admin = cleaned
    old = crd("Boat", GROUP)
    beta = {**copy.deepcopy(old["spec"]["versions"][0]), "name": "v1beta1", "storage": False}
    old["spec"]["versions"].append(beta)
    admin.apply([old, HOOK])
    until(lambda: is_called(admin))
    for served, level in ((False, "cosmetic"), (None, None)):
        new = versions(old, served=served)
        admin.patch(CRD, {"spec": {"versions": new["spec"]["versions"]}})
        loss = loss_of(old, new)
        assert loss is not None
        [found] = operators_naming(loss, [OPERATOR])
        assert found.found.level == level
        if served is False:
            until(lambda: not is_served(admin))
            assert is_called(admin)
        else:
            until(lambda: not is_called(admin))


def is_served(admin: Client) -> bool:
    try:
        admin.get(BOATS.replace("/v1/", "/v1beta1/"))
    except ApiError:
        return False
    return True

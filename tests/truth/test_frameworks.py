"""Every framework by its installer's documented marks, through the command."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from support.forked import ok

FOLDER = Path(__file__).parent / "frameworks"

TAG = "image tag"
EXPECTED = {
    "manual": ("Manual", None, "v1.4.2", TAG),
    "helm": ("Helm", "port-authority", "1.4.2-chart", "label app.kubernetes.io/version"),
    "helm-template": ("Helm", "port-authority", "v1.4.2", TAG),
    "helm-2": ("Helm", "port-authority", "v1.4.2", TAG),
    "argo-cd": ("GitOps", "harbour-prod", "v1.4.2", TAG),
    "argo-cd-label": ("GitOps", "harbour-prod", "v1.4.2", TAG),
    "argo-cd-copied": ("Manual", None, "v1.4.2", TAG),
    "argo-cd-instance": ("Manual", None, "v1.4.2", TAG),
    "argo-cd-helm": ("GitOps", "harbour-prod", "v1.4.2", TAG),
    "flux-kustomize": ("GitOps", "platform", "v1.4.2", TAG),
    "flux-helm": ("GitOps", "harbour", "v1.4.2", TAG),
    "fleet": ("GitOps", "harbour-apps-port", "v1.4.2", TAG),
    "fleet-bundle": ("GitOps", "harbour-apps-port", "v1.4.2", TAG),
    "addon": ("Manual", None, "v1.4.2", TAG),
    "olm-v0": ("OLM", "harbour-operator.v1.4.0", "1.4.0", "label olm.owner"),
    "olm-v0-reference": ("OLM", "harbour-operator.v1.4.0", "v1.4.2", TAG),
    "olm-v0-gitops": ("OLM", "harbour-operator.v1.4.0", "1.4.0", "CSV"),
    "olm-v0-strategy": ("OLM", "harbour-operator.v1.4.0", "1.4.0", "CSV"),
    "olm-v1": ("OLM", "harbour", "1.4.1", "olm.operatorframework.io/bundle-version"),
    "olm-v1-gitops": ("OLM", "harbour", "v1.4.2", TAG),
}


def test_every_fixture_is_tested() -> None:
    assert {path.stem for path in FOLDER.glob("*.yaml")} == {*EXPECTED, "common"}


@pytest.mark.parametrize("fixture", EXPECTED)
def test_framework(fixture: str, tmp_path: Path) -> None:
    for name in ("common", fixture):
        shutil.copy(FOLDER / f"{name}.yaml", tmp_path)
    [found] = ok("operators", "list", "--source", tmp_path, "-o", "json").json
    framework, name, version, source = EXPECTED[fixture]
    assert (found["framework"], found["framework_name"]) == (framework, name)
    assert (found["version"], found["version_source"]) == (version, source)
    assert found["managed_crds"] == ["boats.harbour.example"]


TRACKING = {
    "harbour-prod:apps/Deployment:harbour/harbour-controller-manager": "GitOps",
    "team-a_harbour-prod:apps/Deployment:harbour/harbour-controller-manager": "GitOps",
    "harbour-prod:apps/Deployment:harbour/another": "Manual",
    "harbour-prod:apps/Deployment:staging/harbour-controller-manager": "Manual",
    "harbour-prod:apps/StatefulSet:harbour/harbour-controller-manager": "Manual",
    "harbour-prod:harbour.example/Deployment:harbour/harbour-controller-manager": "Manual",
    "harbour-prod:/Deployment:harbour/harbour-controller-manager": "Manual",
    "harbour-prod:platform.example/Harbour:harbour/harbour-controller-manager": "Manual",
    "harbour-prod:apps/Deployment:harbour-controller-manager": "Manual",
    "harbour-prod": "Manual",
    ":apps/Deployment:harbour/harbour-controller-manager": "Manual",
}
"""Argo CD's tracking ids, and what they say of Deployment harbour/harbour-controller-manager."""


@pytest.mark.parametrize("tracking", TRACKING)
def test_a_tracking_id_counts_where_it_names_this_very_object(
    tracking: str, tmp_path: Path
) -> None:
    shutil.copy(FOLDER / "common.yaml", tmp_path)
    text = (FOLDER / "argo-cd-copied.yaml").read_text()
    known = "harbour-prod:apps/Deployment:harbour/another"
    assert known in text
    (tmp_path / "workload.yaml").write_text(text.replace(known, f'"{tracking}"'))
    [found] = ok("operators", "list", "--source", tmp_path, "-o", "json").json
    assert found["framework"] == TRACKING[tracking]
    application = tracking.partition(":")[0] if found["framework"] == "GitOps" else None
    assert found["framework_name"] == application


@pytest.mark.parametrize(
    ("kind", "framework"),
    [
        ("ClusterExtension", ("OLM", "harbour")),
        ("ClusterCatalog", ("Manual", None)),
        ("ClusterExtensionRevision", ("Manual", None)),
    ],
)
def test_an_extension_of_olm_installs_and_a_catalog_does_not(
    kind: str, framework: tuple[str, str | None], tmp_path: Path
) -> None:
    for name in ("common", "olm-v1"):
        shutil.copy(FOLDER / f"{name}.yaml", tmp_path)
    path = tmp_path / "olm-v1.yaml"
    assert "owner-kind: ClusterExtension" in path.read_text()
    path.write_text(path.read_text().replace("owner-kind: ClusterExtension", f"owner-kind: {kind}"))
    [found] = ok("operators", "list", "--source", tmp_path, "-o", "json").json
    assert (found["framework"], found["framework_name"]) == framework

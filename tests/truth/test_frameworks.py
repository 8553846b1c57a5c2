"""Every framework by its installer's documented marks, through the command."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from command import ok

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

"""What Acme knows of operators, by labels that its teams set."""

from __future__ import annotations

from collections.abc import Iterator

from k8s_datamodel.api import KubernetesObject

_OWNS = "platform.acme.example/owns"
"""Label: the plural of the kind of Acme's platform that a workload manages."""

_TIER = "platform.acme.example/tier"
"""Label: what a workload is for; ``frontend`` is never an operator."""


def owned(workload: KubernetesObject) -> Iterator[tuple[str, str]]:
    """The words of ``operators`` for a workload."""
    labels = (workload.get("metadata") or {}).get("labels") or {}
    if plural := labels.get(_OWNS):
        yield "manages", f"{plural}.platform.acme.example"
    if labels.get(_TIER) == "frontend":
        yield "operator", "false"

"""What runs a pod, told from the pod alone: no other list is read for it."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable
from typing import Any, NamedTuple

from k8s_datamodel.api import KubernetesObject
from k8s_datamodel_plugins.object_parts import (
    annotations_of,
    labels_of,
    mapping,
    metadata_of,
    sequence,
    text,
)
from k8s_datamodel_plugins.operators.facts.fact_types import Name
from k8s_datamodel_plugins.operators.facts.object_marks import name_of
from k8s_datamodel_plugins.operators.facts.workloads import Workload, workload

_ROLLOUT_HASH = "rollouts-pod-template-hash"
"""Label of the pods of an Argo Rollout, whose ReplicaSets are called ``ROLLOUT-HASH``.

https://argo-rollouts.readthedocs.io/en/stable/
"""

_HASH = "pod-template-hash"
"""The same of a Deployment."""

_CONFIG = "openshift.io/deployment-config.name"
"""Annotation of the pods of a DeploymentConfig of OpenShift."""

_OF_CRON = re.compile(r"(.+)-\d{8,}")
"""A CronJob calls its Jobs ``CRONJOB-MINUTES``, since 1970."""

_LISTED = frozenset({"Deployment", "StatefulSet", "DaemonSet"})
_ENDED = frozenset({"Succeeded", "Failed"})


class Runner(NamedTuple):
    """What runs some pods, as a workload.

    Attributes:
        pods: those that were seen, in order of their names.
        ready: how many are ready.
    """

    workload: Workload
    pods: list[KubernetesObject]
    ready: int


def runners_of(pods: Iterable[KubernetesObject]) -> list[Runner]:
    """What runs pods, but Deployments, StatefulSets and DaemonSets, which are listed anyway.

    Pods that ended run nothing, except those of a CronJob, which will run again.
    """
    found: dict[tuple[str, Name], list[KubernetesObject]] = defaultdict(list)
    for pod in sorted(pods, key=name_of):
        kind, name = runner_of(pod)
        ended = mapping(pod.get("status")).get("phase") in _ENDED
        if kind not in _LISTED and (kind == "CronJob" or not ended):
            found[kind, Name(name_of(pod).namespace, name)].append(pod)
    return [
        Runner(_workload(*key, members[0]), members, sum(map(_ready, members)))
        for key, members in found.items()
    ]


def runner_of(pod: KubernetesObject) -> tuple[str, str]:
    """Kind and name of what runs a pod: the pod itself if nothing controls it, or a node does."""
    own = name_of(pod).name
    owners = (mapping(each) for each in sequence(metadata_of(pod).get("ownerReferences")))
    owner = next((each for each in owners if each.get("controller") is True), {})
    kind, name = text(owner.get("kind")) or "Pod", text(owner.get("name")) or own
    labels = labels_of(pod)
    if kind == "ReplicaSet":
        for label, above in ((_ROLLOUT_HASH, "Rollout"), (_HASH, "Deployment")):
            ending = f"-{text(labels.get(label)) or ''}"
            if len(ending) > 1 and name.endswith(ending):
                return above, name.removesuffix(ending)
    if kind == "Job" and (cron := _OF_CRON.fullmatch(name)):
        return "CronJob", cron[1]
    config = text(annotations_of(pod).get(_CONFIG))
    if kind == "ReplicationController" and config:
        return "DeploymentConfig", config
    return ("Pod", own) if kind == "Node" else (kind, name)


def _workload(kind: str, name: Name, pod: KubernetesObject) -> Workload:
    """The fact of a workload whose template the pod was made of."""
    metadata: dict[str, Any] = {**metadata_of(pod), "name": name.name}
    template = {"metadata": metadata_of(pod), "spec": pod.get("spec")}
    return workload({"metadata": metadata, "spec": {"template": template}}, kind)


def _ready(pod: KubernetesObject) -> bool:
    conditions = (mapping(each) for each in sequence(mapping(pod.get("status")).get("conditions")))
    return any(each.get("type") == "Ready" and each.get("status") == "True" for each in conditions)

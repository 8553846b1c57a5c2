"""Makes records of the workloads that are operators."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain
from typing import Any

from k8s_datamodel.api import INCOMPLETE, CollectContext, KubernetesObject, Record, Resource
from k8s_datamodel_plugins import operators as of
from k8s_datamodel_plugins.objects import annotations_of, created, integer, labels_of, mapping
from k8s_datamodel_plugins.operators.facts import Name
from k8s_datamodel_plugins.operators.frameworks import framework_of
from k8s_datamodel_plugins.operators.images import Image, parse_image
from k8s_datamodel_plugins.operators.judge import Facts, Judge, Verdict
from k8s_datamodel_plugins.operators.versions import version_of
from k8s_datamodel_plugins.operators.workloads import Workload, workload

_RBAC = (of.CLUSTER_ROLES, of.ROLES, of.CLUSTER_ROLE_BINDINGS, of.ROLE_BINDINGS)

Key = tuple[str, Name]


def collect(context: CollectContext) -> Iterator[Record]:
    """One record for each operator.

    Objects are kept only of workloads that may be operators, until all of them are known: who
    manages a CRD depends on who else may.
    """
    judge = Judge(gathered(context))
    kept: dict[Key, tuple[Workload, KubernetesObject]] = {}
    for resource in of.WORKLOADS:
        for item in context.objects(resource):
            found = workload(item, resource.kind)
            key = (found.kind, found.name)
            if key not in kept and judge.consider(found):
                kept[key] = (found, item)
    for key, verdict in judge.verdicts().items():
        yield Record(_values(*kept[key], verdict), kept[key][1])


def gathered(context: CollectContext) -> Facts:
    """The facts of a run. Reads that failed are told from empty ones."""

    def facts(*resources: Resource) -> list[Any]:
        return list(chain.from_iterable(context.facts(resource) for resource in resources))

    return Facts(
        crds=facts(of.CRDS),
        roles=facts(of.CLUSTER_ROLES, of.ROLES),
        bindings=facts(of.CLUSTER_ROLE_BINDINGS, of.ROLE_BINDINGS),
        tokenless=facts(of.SERVICE_ACCOUNTS),
        services=facts(of.SERVICES),
        webhooks=list(chain.from_iterable(facts(of.VALIDATING_WEBHOOKS, of.MUTATING_WEBHOOKS))),
        csvs=facts(of.CSVS),
        # Without the RBAC API something else says what accounts may do, and nobody can read it.
        rbac_read=not any(context.status(each) in (*INCOMPLETE, "absent") for each in _RBAC),
        crds_read=context.status(of.CRDS) not in INCOMPLETE,
    )


def _values(found: Workload, item: KubernetesObject, verdict: Verdict) -> dict[str, Any]:
    container = found.container
    image = parse_image(container.image) if container else Image("", "", "", "")
    csv = verdict.csv
    framework = framework_of(item, csv.name.name if csv else None)
    marks = {**annotations_of(item), **labels_of(item)}
    version = version_of(marks, image, csv.version if csv else None)
    return {
        "name": found.name.name,
        "namespace": found.name.namespace or None,
        "operator_type": found.kind,
        "operator_framework": framework.framework,
        "framework_name": framework.name,
        "version": version.version,
        "version_source": version.source,
        "replicas": replicas(item, found.kind),
        "ready_replicas": ready(item, found.kind),
        "managed_crds": list(verdict.managed),
        "confidence": verdict.confidence,
        "image": container.image or None if container else None,
        "container": container.name or None if container else None,
        "service_account": found.account,
        "evidence": list(verdict.evidence),
        "creation_timestamp": created(item),
        "labels": labels_of(item),
        "annotations": annotations_of(item),
    }


def replicas(item: KubernetesObject, kind: str) -> int | None:
    """How many pods there should be: a DaemonSet's status says, the others' spec, 1 by default."""
    if kind == "DaemonSet":
        return integer(mapping(item.get("status")).get("desiredNumberScheduled"))
    wanted = integer(mapping(item.get("spec")).get("replicas"))
    return 1 if wanted is None else wanted


def ready(item: KubernetesObject, kind: str) -> int | None:
    """How many pods are ready; None without a status. The API leaves a zero out."""
    status = mapping(item.get("status"))
    if not status:
        return None
    return integer(status.get("numberReady" if kind == "DaemonSet" else "readyReplicas")) or 0

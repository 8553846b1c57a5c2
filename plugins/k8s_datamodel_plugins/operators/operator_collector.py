"""Make records of the workloads that are operators."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import replace
from functools import partial
from itertools import chain
from typing import Any

from k8s_datamodel.api import (
    Evidence,
    KubernetesObject,
    Record,
    Resource,
    TypeReader,
    UsageError,
)
from k8s_datamodel_plugins import operators as of
from k8s_datamodel_plugins.csvs import CSVS
from k8s_datamodel_plugins.definitions import CRDS
from k8s_datamodel_plugins.object_parts import annotations_of, integer, is_name, labels_of, mapping
from k8s_datamodel_plugins.operators.facts.fact_types import (
    Crd,
    Name,
    Reference,
    Saying,
    Written,
)
from k8s_datamodel_plugins.operators.facts.images import Image, parse_image
from k8s_datamodel_plugins.operators.facts.object_marks import name_of
from k8s_datamodel_plugins.operators.facts.pod_runners import Runner, runners_of
from k8s_datamodel_plugins.operators.facts.told_words import FILE, sayings_of_file, sayings_of_word
from k8s_datamodel_plugins.operators.facts.workloads import Workload, workload
from k8s_datamodel_plugins.operators.facts.written_facts import written
from k8s_datamodel_plugins.operators.frameworks import framework_of
from k8s_datamodel_plugins.operators.judging.idle import Idle, idle_accounts
from k8s_datamodel_plugins.operators.judging.judge import Judge, Verdict
from k8s_datamodel_plugins.operators.judging.source_facts import Facts
from k8s_datamodel_plugins.operators.ledger_notes import (
    UNREAD,
    tell_objections,
    tell_undecided,
    tell_unknown,
    tell_unseen,
    tell_unseen_services,
)
from k8s_datamodel_plugins.operators.versions import version_of

_RBAC = (of.CLUSTER_ROLES, of.ROLES, of.CLUSTER_ROLE_BINDINGS, of.ROLE_BINDINGS)

_MANY = 10
"""Accounts of one name in more namespaces, as tenants have them, are one request."""

_DEFAULT = "default"
"""The account of most pods of a cluster, which are too many for one request."""


def collect(reader: TypeReader) -> Iterator[Record]:
    """One record for each operator.

    Keeps the objects of workloads that may be operators until all are read: the managers of a CRD
    depend on all other candidates.
    """
    facts = gathered(reader)
    tell_unseen_services(reader, facts.crds, facts.services)
    judge = Judge(replace(facts, services=[each for each in facts.services if each.selector]))
    running: set[Name] = set()
    kept: dict[tuple[str, Name], tuple[Workload, KubernetesObject]] = {}
    for resource in of.WORKLOADS:
        for item in reader.objects(resource):
            candidate = _with_evidence(workload(item, resource.kind), reader.evidence(item))
            running.add(candidate.runs_as)
            key = (candidate.kind, candidate.name)
            if key not in kept and judge.consider(candidate):
                kept[key] = (candidate, item)
    pods: dict[tuple[str, Name], Runner] = {}
    for runner in _out_of_sight(reader, idle_accounts(running, judge.rbac, judge.groups)):
        found = runner.workload
        running.add(found.runs_as)
        key = (found.kind, found.name)
        if key not in kept and judge.consider(found):
            kept[key], pods[key] = (found, runner.pods[0]), runner
    verdicts = judge.verdicts()
    if reader.namespace is None:
        managed = {crd for verdict in verdicts.values() for crd in verdict.managed}
        tell_unknown(reader, idle_accounts(running, judge.rbac, judge.groups), managed)
        tell_unseen(reader, judge.rbac.bound.unseen)
        tell_undecided(reader, judge.undecided())
    tell_objections(reader, judge.objections())
    for key, verdict in verdicts.items():
        beside = partial(_beside, judge, kept[key][0])
        values = _values(*kept[key], verdict)
        if runs := pods.get(key):
            values |= {"replicas": len(runs.pods), "ready_replicas": runs.ready}
        yield Record(values, kept[key][1], beside)


def _out_of_sight(reader: TypeReader, idle: Iterable[Idle]) -> Iterator[Runner]:
    """What runs as the accounts that may manage custom resources and run no listed workload.

    Only the pods of these accounts are read. The API server lets a binding name an account that
    cannot be, such as one in the namespace ``..``; asking for its pods would be another request.
    """
    named: dict[str, dict[str, None]] = defaultdict(dict)
    for account in (each.account for each in idle if all(map(is_name, each.account))):
        if reader.namespace in (None, account.namespace):
            named[account.name][account.namespace] = None
    for name, namespaces in named.items():
        chosen = f"spec.serviceAccountName={name}"
        if len(namespaces) > _MANY and name != _DEFAULT:
            pods = reader.chosen(of.PODS, None, chosen)
            yield from runners_of(pod for pod in pods if name_of(pod).namespace in namespaces)
            continue
        for namespace in namespaces:
            yield from runners_of(reader.chosen(of.PODS, namespace, chosen))


def _beside(judge: Judge, found: Workload) -> dict[str, Any]:
    """What an operator's rights and webhooks name, for whoever asks what an upgrade breaks.

    Only rules that name groups of custom resources, or all groups. Rights name no versions.
    """
    rights = [
        {"groups": rule.groups, "resources": rule.resources, "verbs": sorted(rule.verbs)}
        for rule in judge.rules(found)
    ]
    return {"rights": rights, "webhooks": [rule._asdict() for rule in judge.hook_rules(found)]}


def gathered(reader: TypeReader) -> Facts:
    """The facts of a run; failed reads differ from empty ones."""

    def facts(*resources: Resource) -> list[Any]:
        return list(chain.from_iterable(reader.facts(resource) for resource in resources))

    crds: list[Crd] = facts(CRDS)
    return Facts(
        crds=crds,
        roles=facts(of.CLUSTER_ROLES, of.ROLES),
        bindings=facts(of.CLUSTER_ROLE_BINDINGS, of.ROLE_BINDINGS),
        tokenless=facts(of.SERVICE_ACCOUNTS),
        services=facts(of.SERVICES),
        webhooks=list(chain.from_iterable(facts(of.VALIDATING_WEBHOOKS, of.MUTATING_WEBHOOKS))),
        csvs=facts(CSVS),
        written=_written(reader, crds),
        leases=facts(of.LEASES),
        # Without the RBAC API something else grants rights, and nobody can read it.
        rbac_read=not any(reader.status(each) in (*UNREAD, "absent") for each in _RBAC),
        sayings=_sayings(reader),
        rbac_whole=all(map(reader.whole, _RBAC)),
        crds_read=reader.status(CRDS) not in UNREAD,
    )


def _with_evidence(candidate: Workload, given: Iterable[Evidence]) -> Workload:
    """The workload with what plugins know of it, as if its annotations said it."""
    about = Reference(candidate.kind, candidate.name, f"{candidate.kind} {candidate.name}")
    said = [
        saying
        for each in given
        for saying in sayings_of_word(about, each.word, each.value, f"evidence {each.by}", "")
    ]
    return replace(candidate, told=(*candidate.told, *said)) if said else candidate


def _sayings(reader: TypeReader) -> list[Saying]:
    """What the user's file says; the ledger says why if it cannot be understood."""
    try:
        return sayings_of_file()
    except UsageError as error:
        reader.fault(FILE, str(error))
        return []


def _written(reader: TypeReader, crds: Iterable[Crd]) -> list[Written]:
    """Who wrote the instances of each CRD."""
    kinds = {(each.group, each.kind): each.name for each in crds}
    listed = [(each, each.instances) for each in crds if each.instances]
    for crd, resource in listed:
        if crd.unserved:
            reader.may_lack(resource, crd.unserved)
    traces = reader.traces([resource for _, resource in listed])
    return [written(crd, seen, kinds) for (crd, _), seen in zip(listed, traces, strict=True)]


def _values(candidate: Workload, item: KubernetesObject, verdict: Verdict) -> dict[str, Any]:
    container = candidate.container
    image = parse_image(container.image) if container else Image("", "", "", "")
    csv = verdict.csv
    by_olm = candidate.csv.name if candidate.csv else candidate.package
    framework = framework_of(item, by_olm or (csv.name.name if csv else ""))
    marks = {**annotations_of(item), **labels_of(item)}
    version = version_of(marks, image, csv.version if csv else None)
    return {
        "name": candidate.name.name,
        "namespace": candidate.name.namespace or None,
        "operator_type": candidate.kind,
        "operator_framework": framework.framework,
        "framework_name": framework.name,
        "version": version.version,
        "version_source": version.source,
        "replicas": _replicas(item, candidate.kind),
        "ready_replicas": _ready(item, candidate.kind),
        "managed_crds": list(verdict.managed),
        "shared_crds": list(verdict.shared),
        "confidence": verdict.confidence,
        "image": container.image or None if container else None,
        "container": container.name or None if container else None,
        "service_account": candidate.account,
        "evidence": list(verdict.evidence),
    }


def _replicas(item: KubernetesObject, kind: str) -> int | None:
    """The desired number of pods: from a DaemonSet's status, else from the spec, 1 by default."""
    if kind == "DaemonSet":
        return integer(mapping(item.get("status")).get("desiredNumberScheduled"))
    wanted = integer(mapping(item.get("spec")).get("replicas"))
    return 1 if wanted is None else wanted


def _ready(item: KubernetesObject, kind: str) -> int | None:
    """How many pods are ready; None without a status. The API omits a zero."""
    status = mapping(item.get("status"))
    if not status:
        return None
    return integer(status.get("numberReady" if kind == "DaemonSet" else "readyReplicas")) or 0

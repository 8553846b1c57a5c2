"""Make records of the workloads that are operators."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial
from itertools import chain
from typing import Any

from k8s_datamodel.api import (
    INCOMPLETE,
    Evidence,
    KubernetesObject,
    Outcome,
    Record,
    Resource,
    TypeReader,
    UsageError,
)
from k8s_datamodel_plugins import operators as of
from k8s_datamodel_plugins.csvs import CSVS
from k8s_datamodel_plugins.definitions import CRDS, managers_of, service_of_conversions
from k8s_datamodel_plugins.object_parts import annotations_of, integer, labels_of, mapping
from k8s_datamodel_plugins.operators.facts.fact_types import (
    Crd,
    Name,
    Reference,
    Saying,
    Service,
    Written,
)
from k8s_datamodel_plugins.operators.facts.frameworks import framework_of
from k8s_datamodel_plugins.operators.facts.images import Image, parse_image
from k8s_datamodel_plugins.operators.facts.pod_runners import Runner, runners_of
from k8s_datamodel_plugins.operators.facts.reduce import written
from k8s_datamodel_plugins.operators.facts.told_words import FILE, sayings_of_file, sayings_of_word
from k8s_datamodel_plugins.operators.facts.versions import version_of
from k8s_datamodel_plugins.operators.facts.workloads import Workload, workload
from k8s_datamodel_plugins.operators.judging.idle import (
    Idle,
    idle_accounts,
    why_missing,
    why_unmanaged,
    why_unseen,
)
from k8s_datamodel_plugins.operators.judging.judge import Facts, Judge, Verdict
from k8s_datamodel_plugins.operators.judging.packages import agree
from k8s_datamodel_plugins.operators.judging.told import Objection

_RBAC = (of.CLUSTER_ROLES, of.ROLES, of.CLUSTER_ROLE_BINDINGS, of.ROLE_BINDINGS)

_REASONS = 5
"""How many reasons one finding lists."""

_UNREAD = INCOMPLETE - {"partial"}
"""The RBAC objects of a dump are evidence, although some may be missing."""


def collect(reader: TypeReader) -> Iterator[Record]:
    """One record for each operator.

    Keeps the objects of workloads that may be operators until all are read: the managers of a CRD
    depend on all other candidates.
    """
    facts = gathered(reader)
    _tell_unseen_services(reader, facts.crds, facts.services)
    judge = Judge(replace(facts, services=[each for each in facts.services if each.selector]))
    running: set[Name] = set()
    kept: dict[tuple[str, Name], tuple[Workload, KubernetesObject]] = {}
    for resource in of.WORKLOADS:
        for item in reader.objects(resource):
            candidate = _with_evidence(workload(item, resource.kind), reader.evidence(item))
            running.add(Name(candidate.name.namespace, candidate.account))
            key = (candidate.kind, candidate.name)
            if key not in kept and judge.consider(candidate):
                kept[key] = (candidate, item)
    pods: dict[tuple[str, Name], Runner] = {}
    for runner in _out_of_sight(reader, idle_accounts(running, judge.rbac, judge.groups)):
        found = runner.workload
        running.add(Name(found.name.namespace, found.account))
        key = (found.kind, found.name)
        if key not in kept and judge.consider(found):
            kept[key], pods[key] = (found, runner.pods[0]), runner
    verdicts = judge.verdicts()
    if reader.namespace is None:
        managed = {crd for verdict in verdicts.values() for crd in verdict.managed}
        _tell_unknown(reader, idle_accounts(running, judge.rbac, judge.groups), managed)
        _tell_unseen(reader, judge.rbac.unseen)
    _tell_objections(reader, judge.objections())
    for key, verdict in verdicts.items():
        beside = partial(_beside, judge, kept[key][0])
        values = _values(*kept[key], verdict)
        if runs := pods.get(key):
            values |= {"replicas": len(runs.pods), "ready_replicas": runs.ready}
        yield Record(values, kept[key][1], beside)


def _out_of_sight(reader: TypeReader, idle: Iterable[Idle]) -> Iterator[Runner]:
    """What runs as the accounts that may manage custom resources and run no listed workload.

    Only the pods of these accounts are read.
    """
    for account in (each.account for each in idle if each.account.namespace):
        if reader.namespace in (None, account.namespace):
            chosen = f"spec.serviceAccountName={account.name}"
            yield from runners_of(reader.chosen(of.PODS, account.namespace, chosen))


def _beside(judge: Judge, found: Workload) -> dict[str, Any]:
    """What an operator's rights and webhooks name, for whoever asks what an upgrade breaks.

    Only rules that name groups of custom resources, or all groups. Rights name no versions.
    """
    rights = [
        {"groups": rule.groups, "resources": rule.resources, "verbs": sorted(rule.verbs)}
        for rule in judge.rules(found)
    ]
    return {"rights": rights, "webhooks": [rule._asdict() for rule in judge.hook_rules(found)]}


def _tell_unknown(reader: TypeReader, idle: Sequence[Idle], managed: Container[str]) -> None:
    """Note in the ledger which workloads are missing, and whose managers they may be."""
    missing = why_missing(idle)
    if missing and not all(reader.whole(resource) for resource in of.WORKLOADS):
        reader.note("workloads", Outcome("partial", missing))
    for crd, why in why_unmanaged(idle).items():
        if crd not in managed:
            reader.note(managers_of(crd), Outcome("skipped", why), optional=True)


def _tell_unseen(reader: TypeReader, unseen: Mapping[str, Name]) -> None:
    """Note in the ledger that roles are missing, so the managers of CRDs are unknown."""
    why = why_unseen(unseen)
    if why and not all(reader.whole(resource) for resource in (of.CLUSTER_ROLES, of.ROLES)):
        reader.note(managers_of(), Outcome("skipped", why), optional=True)


def _tell_objections(reader: TypeReader, objections: Iterable[Objection]) -> None:
    """Note in the ledger what is told and does not hold, by whom it is told.

    Of what was not read nobody knows whether it is there.
    """
    unread = any(reader.status(each) in INCOMPLETE for each in (*of.WORKLOADS, CRDS))
    found: dict[str, list[Objection]] = defaultdict(list)
    for each in objections:
        about = each.saying.workload
        elsewhere = reader.namespace not in (None, about.name.namespace)
        if not (each.absent and (unread or elsewhere)):
            where = each.saying.path or about.written
            found[of.told_by(each.saying.target, where)].append(each)
    for where, against in found.items():
        absent = all(each.absent for each in against)
        reasons = list(dict.fromkeys(each.reason for each in against))
        more = f"; and {len(reasons) - _REASONS} more" if len(reasons) > _REASONS else ""
        told = "; ".join(reasons[:_REASONS]) + more
        reader.note(where, Outcome("absent" if absent else "skipped", told), optional=True)


def _tell_unseen_services(
    reader: TypeReader, crds: Iterable[Crd], services: Iterable[Service]
) -> None:
    """Note in the ledger which services that convert custom resources are not there."""
    status = reader.status(of.SERVICES)
    if status in _UNREAD:
        return  # the ledger has it
    seen = defaultdict(set)
    for service in services:
        seen[service.name.name].add(service.name.namespace)
    whole = status == "complete" and reader.whole(of.SERVICES)
    for namespace, name in sorted({crd.webhook for crd in crds if crd.webhook}):
        limited = reader.namespace not in (None, namespace)
        if limited or any(agree(namespace, each) for each in seen[name]):
            continue
        outcome = (
            Outcome("absent", f"there is no service {namespace}/{name}")
            if whole
            else Outcome("skipped", f"there may be a service {namespace}/{name} that was not read")
        )
        reader.note(service_of_conversions(namespace, name), outcome, optional=True)


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
        rbac_read=not any(reader.status(each) in (*_UNREAD, "absent") for each in _RBAC),
        sayings=_sayings(reader),
        rbac_whole=all(map(reader.whole, _RBAC)),
        crds_read=reader.status(CRDS) not in _UNREAD,
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

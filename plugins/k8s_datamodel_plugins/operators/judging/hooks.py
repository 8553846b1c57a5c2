"""Tie workloads to what the webhooks say whose services select their pods."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence

from k8s_datamodel_plugins.operators.facts.fact_types import Crd, HookRule, Name, Service, Webhook
from k8s_datamodel_plugins.operators.facts.workloads import Workload
from k8s_datamodel_plugins.operators.judging.packages import agree


class Hooks:
    """The webhooks of a source, by the services that answer them."""

    def __init__(
        self, crds: Mapping[str, Crd], webhooks: Sequence[Webhook], services: Iterable[Service]
    ) -> None:
        self._webhooks = webhooks
        self._admitting = frozenset(hook.service for hook in webhooks)
        self._services: dict[str, list[Service]] = defaultdict(list)
        for service in services:
            self._services[service.name.name].append(service)
        self._crds: dict[Name, set[str]] = defaultdict(set)
        self._converted: dict[Name, list[Crd]] = defaultdict(list)
        for crd in crds.values():
            if crd.webhook:
                self._crds[crd.webhook].add(crd.name)
                self._converted[crd.webhook].append(crd)
        for hook in webhooks:
            self._crds[hook.service].update(_handled(hook, crds.values()))

    def served(self, workload: Workload) -> frozenset[str]:
        """The CRDs whose conversion or admission webhooks its pods answer."""
        return frozenset(
            crd
            for where, crds in self._crds.items()
            if crds and self._selects(where, workload)
            for crd in crds
        )

    def converted(self, workload: Workload) -> frozenset[str]:
        """The CRDs whose instances its pods convert."""
        return frozenset(
            crd.name
            for where, crds in self._converted.items()
            if self._selects(where, workload)
            for crd in crds
        )

    def admits(self, workload: Workload) -> bool:
        """Whether its pods answer admission webhooks, of whatever kinds."""
        return any(self._selects(where, workload) for where in self._admitting)

    def rules(self, workload: Workload) -> list[HookRule]:
        """What the admission webhooks name that its pods answer, each rule once."""
        found = (
            rule
            for hook in self._webhooks
            if self._selects(hook.service, workload)
            for rule in hook.rules
        )
        return list(dict.fromkeys(found))

    def _selects(self, where: Name, workload: Workload) -> bool:
        """Whether a service of that name selects the pods of a workload."""
        return any(
            service.selector <= workload.pod_labels
            and agree(service.name.namespace, where.namespace)
            and agree(service.name.namespace, workload.name.namespace)
            for service in self._services.get(where.name, ())
        )


def _handled(hook: Webhook, crds: Iterable[Crd]) -> Iterator[str]:
    """The CRDs whose objects an admission webhook handles."""
    resources = set(hook.resources)
    for crd in crds:
        if crd.group in hook.groups and {crd.plural, "*", "*/*"} & resources:
            yield crd.name

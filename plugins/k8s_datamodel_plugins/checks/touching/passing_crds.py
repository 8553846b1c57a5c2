"""What pairs of CRDs tell on their way to be judged; small parts of them are kept."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field

from k8s_datamodel.api import KubernetesObject, Row
from k8s_datamodel.commands import Pair, PairedSide
from k8s_datamodel_plugins.crds import TYPE
from k8s_datamodel_plugins.definitions import conversion_service, versions_of
from k8s_datamodel_plugins.object_parts import mapping
from k8s_datamodel_plugins.upgrades.touched import Loss, loss_of, names_only

Named = dict[str, KubernetesObject]
"""CRDs by name, as far as names go."""


def _nothing(row: Row) -> bool:
    return False


@dataclass(slots=True)
class PassingCrds:
    """CRDs that differ.

    Attributes:
        deleted: whether a CRD that the new side lacks is deleted.
        losses: what those who name them lose.
        converted: new ones whose objects a service converts.
        services: that convert the old ones.
        before: the old ones, as far as names go.
        after: the new ones, as far as names go.
        gone: names of those that are deleted.
    """

    deleted: Callable[[Row], bool] = _nothing
    losses: list[Loss] = field(default_factory=list)
    converted: Named = field(default_factory=dict)
    services: set[tuple[str, str]] = field(default_factory=set)
    before: Named = field(default_factory=dict)
    after: Named = field(default_factory=dict)
    gone: set[str] = field(default_factory=set)

    def watched(self, pairs: Iterable[Pair]) -> Iterator[Pair]:
        """The same pairs."""
        for pair in pairs:
            name = str(pair.key["name"])
            if pair.old is not None:
                self._old(name, pair.old, pair.new)
            if pair.new is not None:
                self._new(name, pair.new)
            yield pair

    def _old(self, name: str, old: Row, new: Row | None) -> None:
        self.before[name] = names_only(old)
        crd = mapping(old.get("spec"))
        if service := conversion_service(crd):
            self.services.add(service)
        if new is None and not self.deleted(old):
            return
        if new is None:
            self.gone.add(name)
        if loss := loss_of(crd, None if new is None else mapping(new.get("spec"))):
            self.losses.append(loss)

    def _new(self, name: str, new: Row) -> None:
        self.after[name] = names_only(new)
        crd = mapping(new.get("spec"))
        if conversion_service(crd):
            spec = mapping(crd.get("spec"))
            versions = [{"name": each.get("name")} for each in versions_of(crd)]
            kept = {"conversion": spec.get("conversion"), "versions": versions}
            self.converted[name] = {"metadata": {"name": name}, "spec": kept}


def named(side: PairedSide) -> Named:
    """All CRDs of a side, as far as names go."""
    return {str(row.get("name")): names_only(row) for row in side.moment.rows(TYPE.name)}

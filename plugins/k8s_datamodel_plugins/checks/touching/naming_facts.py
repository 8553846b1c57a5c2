"""Who names CRDs on a side: operators with their rights and webhooks, CSVs, services."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager

import click

from k8s_datamodel.api import INCOMPLETE, KubernetesObject, Moment, Row
from k8s_datamodel.commands import PairedSide, RowsByName, one_moment, types_in_use, with_types
from k8s_datamodel_plugins import operators as of
from k8s_datamodel_plugins.checks.check_sides import STDIN, as_path
from k8s_datamodel_plugins.crds import TYPE
from k8s_datamodel_plugins.crds.conversions import ConversionService, conversion_service_at
from k8s_datamodel_plugins.definitions import conversion_service, service_of_conversions
from k8s_datamodel_plugins.object_parts import full_name, mapping
from k8s_datamodel_plugins.olm import TYPE as CSVS
from k8s_datamodel_plugins.upgrades.touched import KnownOperator, SeenService

_EVIDENCE = (
    of.CLUSTER_ROLES,
    of.ROLES,
    of.CLUSTER_ROLE_BINDINGS,
    of.ROLE_BINDINGS,
    of.SERVICES,
    of.VALIDATING_WEBHOOKS,
    of.MUTATING_WEBHOOKS,
)
"""What an operator's rights and webhooks are read from."""

EARLIER = "the snapshot is from before it was kept what operators name"


@contextmanager
def naming_moment(ctx: click.Context, side: PairedSide, word: str) -> Iterator[Moment | None]:
    """A side as a moment of who names CRDs: its snapshot, else read now; None for stdin."""
    wanted = (of.TYPE.name, CSVS.name)
    types = [each.name for each in types_in_use(ctx) if each.name in wanted]
    if side.moment.number:
        yield with_types(ctx, side.moment, types)
    elif word == STDIN:
        yield None
    else:
        with one_moment(ctx, as_path(word), types, like=side.moment) as moment:
            yield moment


def known_operators(moment: Moment) -> list[KnownOperator]:
    """The operators of a moment, with what is kept beside them."""
    if not moment.counts.get(of.TYPE.name):
        return []
    return [
        KnownOperator.of(full_name(row), beside)
        for row, beside in RowsByName(moment, of.TYPE.name, 0).rows()
    ]


def known_csvs(moment: Moment) -> list[Row]:
    """The CSVs of a moment, with the complete objects."""
    return list(moment.rows(CSVS.name, objects=True)) if moment.counts.get(CSVS.name) else []


def why_unknown(moment: Moment, operators: Sequence[KnownOperator]) -> Iterator[str]:
    """Why there may be more who name a CRD than are known."""
    if moment.counts.get(of.TYPE.name) is None:
        yield "operators were not read"
    else:
        if any(each.rights is None or each.webhooks is None for each in operators):
            yield EARLIER
        wanted = {each.name for each in (*of.WORKLOADS, *_EVIDENCE)}
        yield from _unread(moment, of.TYPE.name, wanted)
    if moment.counts.get(CSVS.name) is None:
        yield "ClusterServiceVersions were not read"
    else:
        yield from _unread(moment, CSVS.name, {each.resource.name for each in CSVS.reads})
    if moment.namespace:
        yield f"only namespace {moment.namespace} was read"


class Services:
    """The services of a side, as far as its ledger tells of them.

    Args:
        side: of a check.
        moment: of who names CRDs there; None if it cannot be read.
        named: services that CRDs of the side name: of others the ledger does not tell.
        release: of manifests, what the side lacks is not there; a dump may lack something.
    """

    def __init__(
        self,
        side: PairedSide,
        moment: Moment | None,
        named: Iterable[tuple[str, str]],
        *,
        release: bool = False,
    ) -> None:
        self._side = side
        self._moment = moment
        self._named = set(named)
        self._all_named = False
        self._release = release and side.manifest

    def seen(self, crd: KubernetesObject, word: str) -> SeenService:
        """Whether the service that converts a CRD's objects was seen."""
        service = conversion_service(crd)
        if self._moment is None:
            return SeenService(word, None, "stdin can be read once")
        if service not in self._named and not self._all_named:
            self._named |= set(self._scanned())
            self._all_named = True
        if service not in self._named:
            return SeenService(word, None, "no CRD there names it, so it was not looked for")
        found = conversion_service_at(self._moment, crd)
        if found is None:
            return SeenService(word, None, "it is no service")
        lacks = self._release and found.seen is None and self._looked_for(found)
        return SeenService(word, False if lacks else found.seen, found.reason)

    def _looked_for(self, service: ConversionService) -> bool:
        """Whether the files were searched for it, and only others may have it."""
        read = service_of_conversions(service.namespace, service.name)
        ledger = self._moment.ledger if self._moment else ()
        return any(each.read == read and each.resource_type == of.TYPE.name for each in ledger)

    def _scanned(self) -> Iterator[tuple[str, str]]:
        for row in self._side.moment.rows(TYPE.name, objects=True):
            if service := conversion_service(mapping(row.get("spec"))):
                yield service


def _unread(moment: Moment, type_name: str, wanted: set[str]) -> Iterator[str]:
    for each in moment.ledger:
        asked = each.resource_type == type_name and each.read in wanted
        if asked and each.outcome.status in INCOMPLETE:
            yield f"{each.read} {each.outcome.status}"

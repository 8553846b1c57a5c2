"""Find who has a kind that nobody acts on: a manager of its group that writes or reads it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from k8s_datamodel_plugins.operators.claiming.claims import Basis, Claim
from k8s_datamodel_plugins.operators.facts.fact_types import Crd, Name
from k8s_datamodel_plugins.operators.facts.words import words_of
from k8s_datamodel_plugins.operators.sharing.acting import access_of
from k8s_datamodel_plugins.operators.sharing.suites import assists, is_agent, is_owned_by

_SOME = 2
"""Who manages so many kinds of a group, and nobody else any, is the group's manager.

One is enough to have the parameters that it reads.
"""

_INPUTS = frozenset(
    {
        *("class", "classes", "config", "configs", "configuration", "configurations"),
        *("param", "parameter", "parameters", "params", "setting", "settings"),
    }
)
"""Last words of kinds whose objects a program only reads, since people write them."""


def reported(claims: Iterable[Claim], held: Iterable[Claim]) -> list[Claim]:
    """Who has a kind that nobody manages: a manager of its group that touches it.

    Agents write some kinds that only people read. The only manager of a group also has what its
    rights let it read by name, such as parameters.
    """
    managed: dict[str, set[str]] = defaultdict(set)
    own: dict[tuple[tuple[str, Name], str], set[str]] = defaultdict(set)
    for claim in held:
        managed[claim.crd.group].add(claim.crd.name)
        own[claim.candidate.key, claim.crd.group].add(claim.crd.name)
    found = []
    for claim in claims:
        group, basis = claim.crd.group, claim.basis
        having = own.get((claim.candidate.key, group), set())
        enough = 1 if _is_input(claim.crd) else _SOME
        only = len(having) >= enough and having == managed[group]
        touches = basis is Basis.REPORT or (basis is Basis.WATCH and claim.named)
        writes = bool(having) and basis is Basis.REPORT and access_of(claim).writes
        if claim.crd.name not in managed[group] and (writes or (only and touches)):
            found.append(claim)
    return found


def carried_out(claims: Sequence[Claim], held: Iterable[Claim]) -> list[Claim]:
    """The claims of agents on each node on kinds that another of their suite manages.

    An agent with an account of its own, whose rights name the kind to watch it, carries it out on
    its node. A cache, an exporter or a server does not, nor does what an instance of it made.
    """
    running = _running(claims)
    managed: dict[tuple[str, str], set[tuple[str, Name]]] = defaultdict(set)
    for claim in held:
        managed[_place(claim)].add(claim.candidate.key)
    return [
        replace(claim, basis=Basis.AGENT, witness=None, allowed=None)
        for claim in claims
        if len(running[claim.candidate.account]) == 1 and is_agent(claim.candidate)
        if claim.named and _carries_out(claim)
        if claim.home and claim.kinship.product
        if access_of(claim).watches and not is_owned_by(claim)
        if managed[_place(claim)] and claim.candidate.key not in managed[_place(claim)]
    ]


def steered(claims: Sequence[Claim], held: Iterable[Claim]) -> list[Claim]:
    """The claims of controllers on kinds that only agents on nodes of their suite manage.

    The agents write for their nodes, the controller the rest. It manages other kinds, and has an
    account of its own whose rights name the kind to watch and change it. Who was seen to write few
    of the objects is no manager of them.
    """
    running, having = _running(claims), set()
    on_nodes: dict[tuple[str, str], list[bool]] = defaultdict(list)
    for claim in held:
        on_nodes[_place(claim)].append(claim.candidate.workload.on_a_node)
        having.add(claim.candidate.key)
    return [
        claim
        for claim in claims
        if claim.candidate.key in having and len(running[claim.candidate.account]) == 1
        if on_nodes[_place(claim)] and all(on_nodes[_place(claim)])
        if claim.home and claim.kinship.product and _steers(claim)
    ]


def _steers(claim: Claim) -> bool:
    """Whether it may watch and change objects by name, for all nodes and not on request."""
    workload = claim.candidate.workload
    aside = workload.on_a_node or workload.serving or assists(claim.candidate)
    changes = claim.basis in (Basis.CHANGE, Basis.STATUS) and access_of(claim).watches
    return changes and claim.named and not aside


def _running(claims: Iterable[Claim]) -> Mapping[Name, set[tuple[str, Name]]]:
    """The candidates by account."""
    running: dict[Name, set[tuple[str, Name]]] = defaultdict(set)
    for claim in claims:
        running[claim.candidate.account].add(claim.candidate.key)
    return running


def _carries_out(claim: Claim) -> bool:
    """Whether it may do less than a manager: not write the status, or not make objects."""
    if claim.basis is Basis.STATUS:
        return not access_of(claim).verbs & {"create", "*"}
    return Basis.WATCH <= claim.basis <= Basis.CHANGE


def _place(claim: Claim) -> tuple[str, str]:
    return claim.crd.name, claim.candidate.workload.name.namespace


def _is_input(crd: Crd) -> bool:
    return bool(_INPUTS & set(words_of(crd.kind)[-1:]))

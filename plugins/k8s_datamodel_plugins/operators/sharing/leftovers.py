"""Find who has a kind that nobody acts on: a manager of its group that writes or reads it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import replace

from k8s_datamodel_plugins.operators.claiming.claims import Basis, Candidate, Claim
from k8s_datamodel_plugins.operators.facts.fact_types import Crd, Name
from k8s_datamodel_plugins.operators.facts.words import PLATFORMS, words_of
from k8s_datamodel_plugins.operators.sharing.acting import access_of
from k8s_datamodel_plugins.operators.sharing.suites import (
    assists,
    is_agent,
    is_owned_by,
    same_image,
    same_program,
)

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


_NODE = "node"
"""What tells a program that its part is that of nodes."""


def reported(claims: Sequence[Claim], held: Iterable[Claim]) -> list[Claim]:
    """Who has a kind that nobody manages: a manager of its group that touches it.

    Agents write some kinds that only people read. The only manager of a group also has what its
    rights let it read by name, such as parameters. Where nobody watches any kind of a group, who
    answers its webhooks learns of the objects by them.
    """
    managed: dict[str, set[str]] = defaultdict(set)
    own: dict[tuple[tuple[str, Name], str], set[str]] = defaultdict(set)
    for claim in held:
        managed[claim.crd.group].add(claim.crd.name)
        own[claim.candidate.key, claim.crd.group].add(claim.crd.name)
    watched = {claim.crd.group for claim in claims if claim.basis is not Basis.REPORT}
    found = []
    for claim in claims:
        group, basis = claim.crd.group, claim.basis
        having = own.get((claim.candidate.key, group), set())
        enough = 1 if _is_input(claim.crd) else _SOME
        only = len(having) >= enough and having == managed[group]
        only = only or (group not in watched and _asked(claim))
        touches = basis is Basis.REPORT or (basis is Basis.WATCH and claim.named)
        writes = bool(having) and basis is Basis.REPORT and access_of(claim).writes
        if claim.crd.name not in managed[group] and (writes or (only and touches)):
            found.append(claim)
    return found


def _asked(claim: Claim) -> bool:
    """Whether a program of the product, no server by its name, answers webhooks of the group."""
    groups = {name.partition(".")[2] for name in claim.candidate.serves}
    ours = claim.home and claim.kinship.product and not claim.candidate.workload.serving
    return ours and claim.crd.group in groups


def adopted(claims: Sequence[Claim], held: Iterable[Claim]) -> list[Claim]:
    """The claims on kinds without a status of groups that programs of one account only read.

    Nobody else has rights on such a group, so it is an API that its only reader implements. Those
    of its programs have its kinds that manage others.
    """
    having, managed = set(), set()
    for claim in held:
        having.add(claim.candidate.key)
        managed.add(claim.crd.group)
    by_group: dict[str, list[Claim]] = defaultdict(list)
    for claim in claims:
        by_group[claim.crd.group].append(claim)
    return [
        claim
        for group, pool in by_group.items()
        if group not in managed and len({claim.candidate.account for claim in pool}) == 1
        if all(map(_only_reads, pool))
        for claim in pool
        if claim.candidate.key in having
    ]


def _only_reads(claim: Claim) -> bool:
    """Whether rights that name a kind without a status let it watch the objects, no more."""
    return claim.named and claim.basis is Basis.WATCH and claim.crd.plain


def carried_out(claims: Sequence[Claim], held: Iterable[Claim]) -> list[Claim]:
    """The claims of agents on each node on kinds that another of their suite manages.

    An agent with an account of its own, or of its twins, whose rights name the kind to watch it,
    carries it out on its node. A cache, an exporter or a server does not. What an instance made
    does so for that instance, if it manages other kinds and the managers are elsewhere: but not for
    the kind of the instance, nor for kinds of its group that it only reads.
    """
    running = _running(claims)
    managed: dict[str, set[tuple[str, Name]]] = defaultdict(set)
    for claim in held:
        managed[claim.crd.name].add(claim.candidate.key)
    having = {key for keys in managed.values() for key in keys}
    return [
        replace(claim, basis=Basis.AGENT, witness=None, allowed=None)
        for claim in claims
        if len(running[claim.candidate.account]) == 1
        if is_agent(claim.candidate) or (claim.candidate.key in having and _is_made(claim))
        if claim.named and _carries_out(claim) and not _reads_for_its_maker(claim)
        if claim.home and claim.kinship.product
        if access_of(claim).watches and not is_owned_by(claim)
        if _by_others(claim, managed[claim.crd.name])
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


def paired(claims: Sequence[Claim], held: Iterable[Claim]) -> list[Claim]:
    """The claims of a controller and of the agents on nodes with its account, each on the other's.

    Both may change the kind, and what ties the one to its group ties the other. Of several agents
    nothing tells which acts on it, one that answers webhooks may do no more, and others may run
    commands in one whose program is told nothing. One that is told to do the part of nodes does no
    more.
    """
    partners = _partners(claims)
    having = {(claim.crd.name, claim.candidate.key): claim for claim in held}
    found = []
    for claim in claims:
        crd, key = claim.crd.name, claim.candidate.key
        theirs = having.get((crd, partners[key])) if key in partners else None
        if theirs and (crd, key) not in having and _does_alike(claim, theirs):
            found.append(replace(claim, basis=Basis.AGENT, witness=None, allowed=None))
    return found


def _does_alike(claim: Claim, theirs: Claim) -> bool:
    """Whether it may change the kind that another has, and is as near to its group.

    Who was seen to write it, but not under the name of the other, wrote few of the objects.
    """
    one, other = claim.witness, theirs.witness
    same = one is None or (other is not None and one.manager == other.manager)
    changes = same and claim.by_rights in (Basis.CHANGE, Basis.STATUS)
    return changes and claim.home and (claim.kinship.product or not theirs.kinship.product)


def _partners(claims: Iterable[Claim]) -> Mapping[tuple[str, Name], tuple[str, Name]]:
    """By controller and agent: the other one, of accounts with one controller and one agent."""
    agents: dict[Name, dict[tuple[str, Name], Candidate]] = defaultdict(dict)
    controllers: dict[Name, dict[tuple[str, Name], Candidate]] = defaultdict(dict)
    for candidate in (claim.candidate for claim in claims if not assists(claim.candidate)):
        if candidate.workload.kind != "DaemonSet":
            if candidate.workload.controlling:
                controllers[candidate.account][candidate.key] = candidate
        elif not candidate.answers:
            agents[candidate.account][candidate.key] = candidate
    found: dict[tuple[str, Name], tuple[str, Name]] = {}
    for account, running in agents.items():
        agent = next(iter(running.values()))
        others = [*controllers[account].values()]
        if len(others) > 1:
            others = [each for each in others if same_image(each.workload, agent.workload)]
        alone = len(running) == len(others) == 1 and account.name != "default"
        if alone and not (agent.workload.told_nothing or _told_apart(agent, others[0])):
            found |= {agent.key: others[0].key, others[0].key: agent.key}
    return found


def _told_apart(agent: Candidate, controller: Candidate) -> bool:
    """Whether both run one program and are told its parts, the agent that of nodes."""
    mine, theirs = agent.workload.commands, controller.workload.commands
    of_nodes = _NODE in mine - theirs and bool(theirs - mine)
    return of_nodes and same_program(agent.workload, controller.workload)


def _steers(claim: Claim) -> bool:
    """Whether it may watch and change objects by name, for all nodes and not on request."""
    workload = claim.candidate.workload
    aside = workload.on_a_node or workload.serving or assists(claim.candidate)
    changes = claim.basis in (Basis.CHANGE, Basis.STATUS) and access_of(claim).watches
    return changes and claim.named and not aside


def _running(claims: Iterable[Claim]) -> Mapping[Name, set[tuple[str, ...]]]:
    """What runs as each account, by kind and name; twins for several platforms are one."""
    running: dict[Name, set[tuple[str, ...]]] = defaultdict(set)
    for candidate in (claim.candidate for claim in claims):
        words = words_of(candidate.workload.name.name)
        name = (word for word in words if word not in PLATFORMS)
        running[candidate.account].add((candidate.workload.kind, *name))
    return running


def _is_made(claim: Claim) -> bool:
    return bool(claim.candidate.workload.owner)


def _by_others(claim: Claim, managers: Set[tuple[str, Name]]) -> bool:
    """Whether others manage the kind: in its namespace, or only elsewhere for what was made.

    What an instance made in their namespace is a program of the product like them.
    """
    where = claim.candidate.workload.name.namespace
    beside = any(name.namespace == where for _, name in managers)
    near = beside if is_agent(claim.candidate) else not beside
    return bool(managers) and near and claim.candidate.key not in managers


def _carries_out(claim: Claim) -> bool:
    """Whether it may do less than a manager: not write the status, or not make objects.

    It may do both for its own node.
    """
    if claim.basis is Basis.STATUS:
        return claim.on_its_node or not access_of(claim).verbs & {"create", "*"}
    return Basis.WATCH <= claim.basis <= Basis.CHANGE


def _reads_for_its_maker(claim: Claim) -> bool:
    """Whether an instance of the kind's group made it, and it only reads the kind."""
    group = claim.candidate.workload.owner[:1]
    return group == (claim.crd.group,) and claim.basis is Basis.WATCH


def _place(claim: Claim) -> tuple[str, str]:
    return claim.crd.name, claim.candidate.workload.name.namespace


def _is_input(crd: Crd) -> bool:
    return bool(_INPUTS & set(words_of(crd.kind)[-1:]))

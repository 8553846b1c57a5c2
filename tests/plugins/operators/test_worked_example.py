"""docs/operators-judging.md: its cluster goes through the collector, each step is as told."""

from __future__ import annotations

import re
from pathlib import Path

import yaml

from k8s_datamodel_plugins.operators.claiming.claims import Candidate, claims_of, kinships, ties_of
from k8s_datamodel_plugins.operators.facts.workloads import Workload, workload
from k8s_datamodel_plugins.operators.judging.judge import Judge
from k8s_datamodel_plugins.operators.operator_collector import gathered
from k8s_datamodel_plugins.operators.sharing.shares import shared_out
from truth.objects_reader import ObjectsReader
from truth.shapes import records

PAGE = (Path(__file__).parents[3] / "docs" / "operators-judging.md").read_text()
OBJECTS = list(yaml.safe_load_all(PAGE.partition("```yaml\n")[2].partition("```")[0]))
GROUP = "ferry.example"


def table(step: str) -> list[tuple[str, ...]]:
    part = PAGE.partition(f"\n## {step}")[2].partition("\n## ")[0]
    rows = re.findall(r"^\| (.+) \|$", part, re.M)
    return [tuple(row.split(" | ")) for row in rows[1:]]


def considered() -> tuple[Judge, list[tuple[Workload, bool]]]:
    judge = Judge(gathered(ObjectsReader(OBJECTS)))
    found = [workload(each, "Deployment") for each in OBJECTS if each["kind"] == "Deployment"]
    return judge, [(each, judge.consider(each)) for each in found]


def candidates() -> tuple[Judge, list[Candidate]]:
    judge, seen = considered()
    made = []
    for each in (each for each, candidate in seen if candidate):
        rights = judge.rbac.rights(each.name._replace(name=each.account))
        made.append(Candidate(each, rights, kinships(each, rights, judge.groups, False)))
    return judge, made


def test_which_workloads_are_candidates() -> None:
    _, seen = considered()
    told = [(each.name.name, "yes" if candidate else "no") for each, candidate in seen]
    assert told == table("2.")


def test_how_close_each_is_to_the_group() -> None:
    found = [(each.workload.name.name, each.kinships[GROUP]) for each in candidates()[1]]
    told = [(name, str(kin.points), "yes" if kin.product else "no") for name, kin in found]
    assert told == table("3.")


def test_what_each_claims_and_who_gets_it() -> None:
    judge, found = candidates()
    groups = judge.groups.by_name
    crds = {crd.name: crd for crd in groups[GROUP].crds}
    tied = [(each, ties_of(each, groups)) for each in found]
    claims = [c for each, ties in tied for c in claims_of(each, crds, groups, ties)]
    told = [(c.candidate.workload.name.name, c.crd.name, c.basis.name) for c in claims]
    assert sorted(told) == table("4.")
    held = [(c.crd.name, c.candidate.workload.name.name) for c in shared_out(claims).held]
    assert sorted(held) == table("5.")


def test_what_the_collector_makes_of_it() -> None:
    made = records(OBJECTS)
    told = [(n, ", ".join(r["managed_crds"]), str(r["confidence"])) for n, r in made.items()]
    assert told == table("6.")

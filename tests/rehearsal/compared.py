"""The engine's verdicts beside the server's answers."""

from __future__ import annotations

from k8s_datamodel_plugins.grading import GradingSettings, graded
from k8s_datamodel_plugins.rehearsal import SHOWN, STORED, Rehearsal
from k8s_datamodel_plugins.upgrades.causes import Causes
from rehearsal.cases import Case, Json, crd

GROUP = "things.example"


def rehearsal(case: Case, group: str = GROUP) -> Rehearsal:
    return Rehearsal(crd(group, case.old), crd(group, case.new), "v1.36.3")


def concerned(case: Case, shown: Json) -> list[tuple[str | int, ...]]:
    """The paths in the object that findings on the CRD concern, as `check upgrade` has them."""
    old, new = (crd(GROUP, spec) for spec in (case.old, case.new))
    findings = list(graded(old, new, GradingSettings()))
    version = Rehearsal(old, new).new.working_version(case.version)
    return Causes.of(findings, version).concerned(shown)


def compare(case: Case, answers: Json, group: str = GROUP) -> Json:
    """Where engine and server differ: the operation, then the engine's verdict and the server's.

    The engine is asked twice. Told what is really stored, it must say what the server said; not
    told, it may call a verdict unknown where the readings of a default do differ.
    """
    side = rehearsal(case, group)
    shown, stored = answers["shown"], answers["stored"]
    paths = concerned(case, shown)
    really, otherwise = (STORED, SHOWN) if case.before is None else (SHOWN, STORED)
    found = side.one_reading(shown, stored, really, paths)
    blind = side.operations(shown, paths)
    differing = {}
    for operation, said in answers["operations"].items():
        told, untold = found.operations[operation], blind.operations[operation]
        if told == untold == "unknown" and "conversion" in case.new:
            continue  # nobody knows what a webhook makes of it
        if told != said or untold not in (said, "unknown"):
            differing[operation] = [told, untold, said]
        elif untold == "unknown" and told != "unknown":
            other = side.one_reading(shown, stored, otherwise, paths)
            if other.operations[operation] == told:
                differing[operation] = [told, untold, said]
    if found.reads != answers["reads"] and "conversion" not in case.new:
        differing["reads"] = [found.reads, answers["reads"]]
    changes = [[one.kind, list(one.path), one.old, one.new] for one in found.read_changes]
    if changes != answers["changes"]:
        differing["changes"] = [changes, answers["changes"]]
    return differing

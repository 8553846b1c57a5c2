"""Find who else a change of CRDs touches, and add that to what is found on each CRD."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field, replace

import click

from k8s_datamodel.api import Finding, Moment, ordered_findings
from k8s_datamodel.commands import PairedThings
from k8s_datamodel_plugins.checks.check_settings import CheckSettings
from k8s_datamodel_plugins.checks.checked import CheckedCrd
from k8s_datamodel_plugins.checks.crd_grading import ignored
from k8s_datamodel_plugins.checks.touching.naming_facts import (
    Services,
    known_csvs,
    known_operators,
    naming_moment,
    why_unknown,
)
from k8s_datamodel_plugins.checks.touching.passing_crds import PassingCrds, named
from k8s_datamodel_plugins.definitions import conversion_service
from k8s_datamodel_plugins.grading.definition.crd_versions import OfVersion
from k8s_datamodel_plugins.grading.levels import finding
from k8s_datamodel_plugins.upgrades.touched import (
    csvs_naming,
    missing_service,
    new_clashes,
    operators_naming,
)

OfCrd = tuple[str, Finding]
"""The name of a CRD, and a finding on it."""


@dataclass(slots=True)
class Touched:
    """Who else is touched.

    Attributes:
        findings: each with the name of its CRD.
        notes: what is not known, a sentence each.
    """

    findings: list[OfCrd] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


def clashing(
    things: PairedThings, passing: PassingCrds, settings: CheckSettings, *, installed: bool
) -> Iterator[OfCrd]:
    """Names that CRDs share from now on.

    Args:
        things: both sides.
        passing: their CRDs that differ, once these were judged.
        settings: for the rules.
        installed: old CRDs that the new side lacks stay, but for those that are deleted.
    """
    before = named(things.old) | passing.before
    after = named(things.new) | passing.after
    if installed:
        stay = {name: crd for name, crd in before.items() if name not in passing.gone}
        after = stay | after
    yield from new_clashes(before.values(), after.values(), settings.grading)


def touched(
    ctx: click.Context,
    things: PairedThings,
    words: tuple[str, str],
    passing: PassingCrds,
    settings: CheckSettings,
) -> Touched:
    """Who else an upgrade touches.

    Nothing is read where nobody loses anything, and no service converts.

    Args:
        ctx: of the command.
        things: what is installed, and the release.
        words: what the user calls them.
        passing: their CRDs that differ, once these were judged.
        settings: for the rules.
    """
    found = Touched(list(clashing(things, passing, settings, installed=True)))
    if passing.losses or passing.converted:
        with naming_moment(ctx, things.old, words[0]) as moment:
            if passing.losses and moment:
                _naming(moment, passing, settings, found)
            _services(ctx, things, words, moment, passing, settings, found)
    return found


def with_findings(
    crds: Iterable[CheckedCrd], found: Iterable[OfCrd], settings: CheckSettings
) -> list[CheckedCrd]:
    """The CRDs with more findings, less what is ignored."""
    by_name = defaultdict(list)
    for name, each in found:
        by_name[name].append(each)
    return [_more(each, by_name.get(each.name, []), settings) for each in crds]


def _more(crd: CheckedCrd, found: list[Finding], settings: CheckSettings) -> CheckedCrd:
    if not found:
        return crd
    counting = [each for each in found if not ignored(crd.name, each, settings)]
    return replace(
        crd,
        findings=ordered_findings((*crd.findings, *counting)),
        ignored=crd.ignored + len(found) - len(counting),
    )


def _naming(moment: Moment, passing: PassingCrds, settings: CheckSettings, found: Touched) -> None:
    operators, csvs = known_operators(moment), known_csvs(moment)
    for loss in passing.losses:
        for each in (*operators_naming(loss, operators), *csvs_naming(loss, csvs)):
            found.findings += _graded(loss.crd, each, settings)
    if whys := list(dict.fromkeys(why_unknown(moment, operators))):
        found.notes.append(f"Whether others name what goes is not known: {'; '.join(whys)}.")


def _services(
    ctx: click.Context,
    things: PairedThings,
    words: tuple[str, str],
    moment: Moment | None,
    passing: PassingCrds,
    settings: CheckSettings,
    found: Touched,
) -> None:
    old = Services(things.old, moment, passing.services)
    new: Services | None = None
    unknown: list[str] = []
    with ExitStack() as stack:
        for name, crd in passing.converted.items():
            here = old.seen(crd, words[0])
            if here.seen:
                continue
            if new is None:
                there = stack.enter_context(naming_moment(ctx, things.new, words[1]))
                services = map(conversion_service, passing.converted.values())
                new = Services(things.new, there, filter(None, services), release=True)
            said = missing_service(crd, [here, new.seen(crd, words[1])])
            if isinstance(said, str):
                unknown.append(said)
            elif said:
                found.findings += _graded(name, said, settings)
    for each in dict.fromkeys(unknown):
        found.notes.append(f"Not known {each}.")


def _graded(name: str, found: OfVersion, settings: CheckSettings) -> Iterator[OfCrd]:
    for each in finding(found.found, found.version, False, settings.grading):
        yield name, each

"""What a check found, in sentences."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

from k8s_datamodel.api import SEVERITIES, Finding, Severity, counted
from k8s_datamodel_plugins.checks.checked import Checked
from k8s_datamodel_plugins.checks.reports.folding import Fold
from k8s_datamodel_plugins.checks.reports.object_sentences import objects_said
from k8s_datamodel_plugins.checks.reports.report_words import one_line

_VERDICTS: dict[Severity, str] = {
    "blocked": "Blocked: the API server would refuse {some}",
    "breaking": "Breaking: what is stored, who writes or who reads would be hurt by {some}",
    "risky": "Risky: somebody may be surprised by {some}",
    "unclassified": "Not classified: no rule knows what changed in {some}",
    "additive": "Compatible: more than before is allowed in {some}",
    "cosmetic": "Compatible: only words changed in {some}",
    "none": "Compatible: nothing that counts changed in {all}",
}

_RESTORED = ("A restore would lose something", "Everything that was read could be restored")


def verdict(checked: Checked, named: Callable[[str], str] | None = None) -> str:
    """The answer in one sentence; ``named`` writes the name of a CRD."""
    said = _said(checked, named)
    if checked.rehearsed and (objects := objects_said(checked)):
        said = f"{said}; {objects}"
    if not checked.complete:
        return f"Incomplete: not everything could be read or judged. Of the rest: {said}."
    return f"{said}."


def _said(checked: Checked, named: Callable[[str], str] | None) -> str:
    if checked.restored:
        return _RESTORED[checked.level == "none"]
    number, total = sum(each.level == checked.level for each in checked.crds), len(checked.crds)
    crds = counted(total, "CRD")
    name = next((each.name for each in checked.crds if each.level == checked.level), "")
    some = (named or one_line)(name) if number == 1 else f"{number:,} of {crds}"
    return _VERDICTS[checked.level].format(some=some, all=crds)


def remarks(checked: Checked) -> list[str]:
    """What else is to be said of all of it."""
    said = [f"Not known: {one_line(each)}" for each in checked.lacks]
    if number := checked.ignored:
        said.append(f"The configuration ignores {counted(number, 'finding')}.")
    if number := checked.unnamed:
        crds = counted(number, "CRD")
        where = "the cluster" if checked.rehearsed else "OLD"
        said.append(f"NEW says nothing of {crds} of {where}: not looked at.")
    said.extend(one_line(each) for each in checked.notes)
    return said


def place(finding: Finding) -> str:
    """Where a finding is: ``v1 spec.size``; empty for a whole CRD."""
    return one_line(" ".join(part for part in (finding.version, finding.path) if part))


def places_text(fold: Fold) -> str:
    """Where the first of some findings is, and how many more places there are."""
    more = len(fold.findings) - 1
    where = place(fold.example)
    return f"{where} (and {counted(more, 'more place')})" if more else where


def sentence(finding: Finding, where: str | None = None) -> str:
    """Where it is and what it means, in one line; ``where`` says the place in other words."""
    where = place(finding) if where is None else where
    message = one_line(finding.message)
    if finding.objects:
        message = f"{message} It hurts {counted(finding.objects, 'object')}."
    return f"{where}: {message}" if where else message


def levels_text(findings: list[Finding]) -> str:
    """How many findings have which level: ``2 risky, 31 cosmetic``."""
    numbers = Counter(each.level for each in findings)
    return ", ".join(f"{numbers[level]:,} {level}" for level in SEVERITIES if numbers[level])

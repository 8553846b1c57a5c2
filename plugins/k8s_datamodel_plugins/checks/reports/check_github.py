"""A check as annotations of a GitHub workflow.

Source: "Workflow commands for GitHub Actions" of GitHub's documentation.
"""

from __future__ import annotations

from collections.abc import Iterator

from k8s_datamodel.api import Severity, reaches
from k8s_datamodel_plugins.checks.checked import Checked
from k8s_datamodel_plugins.checks.crd_places import Places
from k8s_datamodel_plugins.checks.reports.folding import folded, unfolded
from k8s_datamodel_plugins.checks.reports.report_words import one_line
from k8s_datamodel_plugins.checks.reports.sentences import places_text, remarks, sentence, verdict


def check_github(
    checked: Checked, places: Places, fail_on: Severity, *, everything: bool
) -> Iterator[str]:
    """The lines, each with its end; the worst first, as GitHub shows ten of a kind.

    What changes words or allows more is left out unless everything is asked for, and what says
    the same of fields of one name stands at the first of them.
    """
    found = [
        (crd.name, each)
        for crd in checked.worst_first()
        for each in (unfolded(crd.findings) if everything else folded(crd.findings, by_name=True))
    ]
    for name, fold in sorted(found, key=lambda one: not reaches(one[1].level, fail_on)):
        level, each = annotation(fold.level, fail_on), fold.example
        if level != "notice" or everything:
            where = places.of(name, each)
            at = {"file": where.path, "line": str(where.line)} if where else {}
            said = {**at, "title": one_line(f"{name}: {each.level} ({each.rule})")}
            yield _command(level, said, sentence(each, places_text(fold)))
    for text in remarks(checked):
        yield _command("warning" if text.startswith("Not known") else "notice", {}, text)
    failed = reaches(checked.level, fail_on)
    level = "error" if failed else "notice" if checked.complete else "warning"
    yield _command(level, {"title": "k8s-datamodel check"}, verdict(checked))


def annotation(level: Severity, fail_on: Severity) -> str:
    """How loud a finding is: an error where it makes the check fail."""
    if reaches(level, fail_on):
        return "error"
    return "warning" if reaches(level, "unclassified") else "notice"


def _command(name: str, properties: dict[str, str], message: str) -> str:
    said = ",".join(f"{key}={_property(value)}" for key, value in properties.items())
    return f"::{name}{' ' if said else ''}{said}::{_data(message)}\n"


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")

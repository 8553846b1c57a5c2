"""What an upgrade would do: the rehearsal of ``check upgrade``."""

from __future__ import annotations

from collections.abc import Iterator

from k8s_datamodel.api import SEVERITIES, Column, Rows
from k8s_datamodel_plugins.checks.checked import Checked
from k8s_datamodel_plugins.checks.reports.object_sentences import lines_of
from k8s_datamodel_plugins.checks.reports.sentences import place, remarks, verdict
from k8s_datamodel_plugins.html.shell.shown_values import Mood, badge_of
from k8s_datamodel_plugins.html.tables.table_views import table
from k8s_datamodel_plugins.report.definition_facts import CRDS
from k8s_datamodel_plugins.report.places import Places
from k8s_datamodel_plugins.report.reported import Report
from k8s_datamodel_plugins.report.section_parts import Lead, Listing, Notice, Part, Section, Tabled

_FINDINGS = (
    Column("crd", title="CRD", show="table"),
    Column("change", show="table", filter="change"),
    Column("level", show="table", filter="level"),
    Column("place", title="Where", show="table"),
    Column("message", title="What it means", show="table"),
    Column("objects", "integer", title="Objects hurt", show="table"),
    Column("rule", show="table", filter="rule"),
)
_MILD = SEVERITIES.index("additive")


def upgrade_section(report: Report, places: Places) -> Section | None:
    """The rehearsal; nothing if none was asked for."""
    checked = report.rehearsal
    if checked is None:
        return None
    return Section("upgrade", "What the upgrade would do", [*_parts(report, checked, places)])


def _parts(report: Report, checked: Checked, places: Places) -> Iterator[Part]:
    said = [[each] for each in remarks(checked)]
    yield Notice(_mood(checked), verdict(checked))
    held = (
        f"A rehearsal of {_name(report.release)}: its CRDs were held against those of the cluster, "
    )
    yield Lead(
        [held, "and tried on the objects that are at hand. Nothing was written to the cluster."]
    )
    if rows := [*_rows(checked, places)]:
        block = Rows(_FINDINGS, rows, "findings", singular="finding", identity=("crd",))
        yield Tabled(table(block, "upgrade-findings", caption="Findings, the worst CRD first"))
    about = lines_of(checked)
    objects = [
        [places.link(CRDS, crd.name), ": ", line]
        for crd in checked.worst_first()
        for line in about(crd)
    ]
    if objects:
        yield Listing(objects, "What happens to stored objects")
    if said:
        yield Listing(said, "What else is to be known")


def _name(release: str) -> str:
    """The last part of a path: the rest says where somebody keeps files."""
    return release.rstrip("/").rpartition("/")[2] or release


def _mood(checked: Checked) -> Mood:
    if checked.level in ("blocked", "breaking"):
        return "bad"
    if SEVERITIES.index(checked.level) < _MILD or not checked.complete:
        return "warn"
    return "good"


def _rows(checked: Checked, places: Places) -> Iterator[dict[str, object]]:
    for crd in checked.worst_first():
        for each in sorted(crd.findings, key=lambda one: SEVERITIES.index(one.level)):
            yield {
                "crd": places.link(CRDS, crd.name),
                "change": crd.change,
                "level": badge_of(each.level),
                "place": place(each) or None,
                "message": each.message,
                "objects": each.objects,
                "rule": each.rule,
            }

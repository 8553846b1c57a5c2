"""Which CRDs of a cluster a release leaves out that are of it: by operator, release mark or group.

Of the others a release says nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from k8s_datamodel.api import Row
from k8s_datamodel_plugins.object_parts import full_name, mapping, text, texts
from k8s_datamodel_plugins.operators.facts import marks

_LABELS = (
    marks.OLM_OWNER,
    marks.OLM_V1_OWNER_NAME,
    *marks.APPLIER_LABELS,
    *marks.BUNDLE_MARKS,
    marks.PART_OF,
    marks.INSTANCE,
    marks.NAME,
)


class Release:
    """What tells the CRDs of a release: those that it names, as installed and as they come.

    Args:
        new: rows of the CRDs of the release.
        installed: rows of the CRDs of the cluster.
        operators: rows of its operators.
    """

    def __init__(
        self, new: Iterable[Row], installed: Iterable[Row], operators: Iterable[Row]
    ) -> None:
        self._managers: dict[str, set[str]] = {}
        for each in operators:
            for crd in texts(each.get("managed_crds")):
                self._managers.setdefault(crd, set()).add(full_name(each))
        named: set[str] = set()
        self._signs: dict[str, str] = {}
        for row in new:
            named.add(str(row.get("name")))
            self._learn(row)
        for row in installed:
            if str(row.get("name")) in named:
                self._learn(row)

    def why(self, row: Row) -> str:
        """Why a CRD that the release does not name is of it; empty if it is not."""
        signs = _signs(row, self._managers)
        return next((f"{sign} of {self._signs[sign]}" for sign in signs if sign in self._signs), "")

    def _learn(self, row: Row) -> None:
        for sign in _signs(row, self._managers):
            self._signs.setdefault(sign, str(row.get("name")))


def _signs(row: Row, managers: Mapping[str, Iterable[str]]) -> Iterator[str]:
    """What a CRD may share with others, in words, the strongest first."""
    for each in sorted(managers.get(str(row.get("name")), ())):
        yield f"the operator {each}"
    labels, annotations = mapping(row.get("labels")), mapping(row.get("annotations"))
    if release := text(annotations.get(marks.HELM_RELEASE)):
        where = text(annotations.get(marks.HELM_NAMESPACE))
        yield f"the release {where}/{release}" if where else f"the release {release}"
    if application := (text(annotations.get(marks.TRACKING_ID)) or "").partition(":")[0]:
        yield f"the application {application}"
    for label in _LABELS:
        if value := text(labels.get(label)):
            yield f"the label {label}={value}"
    yield f"the API group {row.get('group_name')}"

"""ClusterServiceVersions that own or require what a CRD loses.

OLM holds each owned and each required CRD against the version that the CSV names: that version must
be served. Source: ``requirementStatus`` in ``pkg/controller/operators/olm`` of
operator-framework/operator-lifecycle-manager.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from k8s_datamodel.api import Row
from k8s_datamodel_plugins.grading.definition.crd_versions import OfVersion
from k8s_datamodel_plugins.grading.schema.found import Found
from k8s_datamodel_plugins.object_parts import full_name, mapping, sequence, text
from k8s_datamodel_plugins.upgrades.touched.losses import Loss, enumerated

_WORDS = {"required": ("csv-requires-removed", "require"), "owned": ("csv-owns-removed", "own")}


def csvs_naming(loss: Loss, csvs: Sequence[Row]) -> Iterator[OfVersion]:
    """One finding for each way and each version in which CSVs name what goes.

    Args:
        loss: of the CRD.
        csvs: rows of the type ``csvs`` with the complete object.
    """
    for key, (rule, word) in _WORDS.items():
        for version in (None,) if loss.whole else loss.versions:
            named = sorted(
                {full_name(row) for row in csvs if _names(loss, version, _crds(row, key))}
            )
            if named:
                what = f"{version} of {loss.crd}" if version else loss.crd
                verb = word if len(named) > 1 else f"{word}s"
                said = f"{enumerated(named)} {verb} {what}: OLM misses it then."
                yield OfVersion(version, Found(rule, said, None, named, None))


def _crds(row: Row, key: str) -> Iterable[Any]:
    spec = mapping(mapping(row.get("spec")).get("spec"))
    return sequence(mapping(spec.get("customresourcedefinitions")).get(key))


def _names(loss: Loss, version: str | None, entries: Iterable[Any]) -> bool:
    found = [mapping(each) for each in entries if mapping(each).get("name") == loss.crd]
    return any(version is None or text(each.get("version")) == version for each in found)

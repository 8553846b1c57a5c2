"""The version of a workload from the best source."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, NamedTuple

from k8s_datamodel_plugins.object_parts import text
from k8s_datamodel_plugins.operators.facts import marks
from k8s_datamodel_plugins.operators.facts.images import Image

_NUMBERED = re.compile(r"(?:^|[^a-z0-9])v?\d+(?:\.\d+)+|^v?\d+$", re.IGNORECASE)
_CSV = re.compile(r"\.v?(\d+\.\d+.*)$")
_CHART = re.compile(r"-v?(\d+\.\d+.*)$")


class Version(NamedTuple):
    """A version and its source; both None if nothing states a version."""

    version: str | None
    source: str | None


def version_of(labels: Mapping[str, Any], image: Image, csv_version: str | None = None) -> Version:
    """The version of a workload with these labels and annotations.

    The first one found of: the CSV's version, the version in the CSV's name, the version of the OLM
    v1 bundle, the label, an image tag that looks like a version, the chart's version, any image
    tag, any label. A digest is not a version.
    """
    label = text(labels.get(marks.VERSION))
    numbered = label if label and _NUMBERED.search(label) else None
    found = (
        (csv_version, "CSV"),
        (_match(_CSV, labels.get(marks.OLM_OWNER)), f"label {marks.OLM_OWNER}"),
        (text(labels.get(marks.OLM_V1_BUNDLE_VERSION)), marks.OLM_V1_BUNDLE_VERSION),
        (numbered, f"label {marks.VERSION}"),
        (image.tag if _NUMBERED.search(image.tag) else None, "image tag"),
        (_match(_CHART, labels.get(marks.HELM_CHART)), f"label {marks.HELM_CHART}"),
        (image.tag or None, "image tag"),
        (label, f"label {marks.VERSION}"),
    )
    return next((Version(value, source) for value, source in found if value), Version(None, None))


def _match(pattern: re.Pattern[str], value: Any) -> str | None:
    match = pattern.search(value) if isinstance(value, str) else None
    return match[1] if match else None

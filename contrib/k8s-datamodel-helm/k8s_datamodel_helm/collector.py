"""Makes one record of all revisions of a release; imported only when it collects."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from k8s_datamodel.api import KubernetesObject, Record, TypeReader
from k8s_datamodel_helm import CONFIGMAPS, SECRETS
from k8s_datamodel_helm.payload import decoded, redacted, utc

_NAME = re.compile(r"sh\.helm\.release\.v1\.(?P<name>.+)\.v(?P<revision>\d+)")
# Notes may show the passwords that they tell the user to look up; manifests and templates are the
# cluster's objects once more.
_KEPT_OF_INFO = ("first_deployed", "last_deployed", "deleted", "status", "description")


@dataclass(slots=True)
class _Release:
    """What is known of a release while its revisions pass by.

    Attributes:
        revision: the newest so far.
        values: of the record.
        spec: of the record.
        fault: why the newest revision cannot be read; empty when it can.
        where: the object that keeps the newest revision.
        revisions: how many there were.
    """

    revision: int = -1
    values: dict[str, Any] = field(default_factory=dict)
    spec: KubernetesObject = field(default_factory=dict)
    fault: str = ""
    where: str = ""
    revisions: int = 0


def collect(reader: TypeReader) -> Iterator[Record]:
    """One record for each release, of its newest revision.

    Of a revision that cannot be unpacked only what its labels say is known; the ledger tells.
    """
    releases: dict[tuple[str, str], _Release] = {}
    for resource in (SECRETS, CONFIGMAPS):
        for item in reader.objects(resource):
            _take(releases, item, resource.plural)
    for _, release in sorted(releases.items()):
        if release.fault:
            reader.fault(release.where, release.fault)
        yield Record({**release.values, "revisions": release.revisions}, release.spec)


def _take(releases: dict[tuple[str, str], _Release], item: KubernetesObject, plural: str) -> None:
    metadata = item["metadata"]
    labels = metadata.get("labels") or {}
    match = _NAME.fullmatch(metadata["name"])
    name = labels.get("name") or (match["name"] if match else "")
    if not name:
        return  # a ConfigMap of somebody else's whose owner is called helm
    release = releases.setdefault((metadata["namespace"], name), _Release())
    release.revisions += 1
    revision = _revision(labels, match)
    if revision > release.revision:
        release.revision = revision
        release.where = f"{plural} {metadata['namespace']}/{metadata['name']}"
        _describe(release, item, name)


def _revision(labels: Mapping[str, str], match: re.Match[str] | None) -> int:
    text = labels.get("version", "")
    if text.isascii() and text.isdecimal():
        return int(text)
    return int(match["revision"]) if match else 0


def _describe(release: _Release, item: KubernetesObject, name: str) -> None:
    metadata = item["metadata"]
    try:
        content, release.fault = decoded(item["kind"], item.get("data")), ""
    except ValueError as error:
        content, release.fault = {}, str(error)
    info = _mapping(content.get("info"))
    chart = _mapping(_mapping(content.get("chart")).get("metadata"))
    config = content.get("config")
    values = redacted(config) if isinstance(config, dict) else None
    release.values = {
        "namespace": metadata["namespace"],
        "name": name,
        "revision": release.revision,
        "status": _text(info.get("status")) or (metadata.get("labels") or {}).get("status"),
        "chart": _text(chart.get("name")),
        "chart_version": _text(chart.get("version")),
        "app_version": _text(chart.get("appVersion")),
        "first_deployed": utc(info.get("first_deployed")),
        "last_deployed": utc(info.get("last_deployed")),
        "storage": item["kind"],
        "detail": _text(info.get("description")),
        "user_values": values,
    }
    kept = ("name", "namespace", "uid", "labels", "creationTimestamp")
    release.spec = {
        # Not the Secret's own kind: what reads Secrets must never be given this in place of one.
        "apiVersion": "helm.sh/release.v1",
        "kind": "Release",
        "metadata": {key: metadata[key] for key in kept if key in metadata},
        "release": {
            "name": name,
            "version": release.revision,
            "info": {key: info[key] for key in _KEPT_OF_INFO if key in info},
            "chart": {"metadata": chart},
            "config": values,
        },
    }


def _mapping(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) and value else None

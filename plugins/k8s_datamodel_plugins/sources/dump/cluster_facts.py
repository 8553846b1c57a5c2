"""Facts about the whole cluster from the objects and notes of a dump."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from typing import Any

from k8s_datamodel_plugins.object_parts import mapping
from k8s_datamodel_plugins.sources.dump.catalogue import describes_bundle
from k8s_datamodel_plugins.sources.dump.values.packing import Packed

OBSERVED = frozenset(
    (
        ("", "Namespace"),
        ("", "Node"),
        ("coordination.k8s.io", "Lease"),
        ("config.openshift.io", "ClusterVersion"),
        ("operators.coreos.com", "ClusterServiceVersion"),
    )
)
"""Group and kind of the objects that ``Facts.observe`` needs."""

_TIME = re.compile(r"(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d:\d\d)(?:\.\d+)?(?:Z| ?([+-])(\d\d):?(\d\d))")
_FORMAT = re.compile(r"\d{1,3}(?:\.\d{1,3}){0,2}")
_PLAUSIBLE = 631152000.0  # 1990; reproducible archives have times near 0


@dataclass(slots=True)
class Facts:
    """Filled while the files are read.

    Attributes:
        uids: of the ``kube-system`` namespaces; more than one means several clusters.
        version: ``gitVersion`` of the API server, if stated.
        openshift: version of OpenShift; a must-gather states no other.
        made: when the dump was made, as it states.
        renewed: newest lease renewal, RFC 3339; nodes renew theirs every ten seconds.
        modified: newest Unix time of the files in an archive.
        built: newest time at which a CSV that no cluster has was written, as it states.
        bundled: they are a bundle's or a catalogue's.
        backup: they are a backup's, whose files have the times at which they were read.
    """

    uids: set[str] = field(default_factory=set)
    version: str | None = None
    openshift: str | None = None
    nodes: list[dict[str, Any]] = field(default_factory=list)
    made: str | None = None
    renewed: str = ""
    modified: float = 0.0
    built: str = ""
    bundled: bool = False
    backup: bool = False

    def observe(self, item: Packed) -> None:
        """Take the facts from an object of ``OBSERVED``."""
        if item.kind == "Namespace":
            if item.metadata.get("name") == "kube-system" and "uid" in item.metadata:
                self.uids.add(item.metadata["uid"])
        elif item.kind == "Node":
            self.nodes.append(item.load())
        elif item.kind == "Lease":
            renewed = _at(item.load(), "spec", "renewTime")
            if isinstance(renewed, str) and _TIME.fullmatch(renewed):
                self.renewed = max(self.renewed, renewed)
        elif item.kind == "ClusterServiceVersion":
            if "uid" not in item.metadata:
                created = _at(item.load(), "metadata", "annotations", "createdAt")
                self.built = (
                    max(self.built, utc(created) or "") if isinstance(created, str) else self.built
                )
        else:
            version = _at(item.load(), "status", "desired", "version")
            self.openshift = version if isinstance(version, str) else self.openshift

    def note(self, value: Any) -> bool:
        """Take the server's version from a document; returns whether it is such a document.

        The notes of an OLM bundle about itself count, too.

        ``kubectl version -o json``, a server's ``/version`` and a support bundle's
        ``cluster-info/cluster_version.json`` have this form.
        """
        if describes_bundle(value):
            self.bundled = True
            return True
        for keys in (("serverVersion", "gitVersion"), ("info", "gitVersion"), ("gitVersion",)):
            version = _at(value, *keys)
            if isinstance(version, str) and version:
                self.version = version
                return True
        return False

    def note_version(self, text: str) -> bool:
        """Take a must-gather's ``version`` file; returns whether it was one."""
        lines = text.split()
        if not lines or "must-gather" not in lines[0]:
            return False
        self.openshift = self.openshift or (lines[1] if len(lines) > 1 else None)
        return True

    def note_format(self, path: str, text: str) -> bool:
        """Whether a file is a Velero backup's note of its format, ``metadata/version``."""
        return path.endswith("metadata/version") and bool(_FORMAT.fullmatch(text.strip()))

    def note_timestamp(self, text: str) -> bool:
        """Take the first line of a must-gather's ``timestamp`` file; returns whether it was one."""
        when = utc(text)
        self.made = self.made or when
        return when is not None

    def made_at(self) -> str | None:
        """When the dump was made: as it states, by its newest lease, or by its archive's files.

        A bundle was made when its CSV says that it was.
        None for a folder of manifests, whose file times say nothing about a cluster.
        """
        if self.made or self.renewed:
            return self.made or utc(self.renewed)
        if self.bundled and self.built:
            return self.built
        if (self.uids or self.backup) and self.modified > _PLAUSIBLE:
            when = datetime.fromtimestamp(self.modified, timezone.utc)
            return when.strftime("%Y-%m-%d %H:%M:%S")
        return None


def utc(text: str) -> str | None:
    """The first time in a text, with its zone, as ``YYYY-MM-DD HH:MM:SS`` in UTC."""
    match = _TIME.search(text)
    if not match:
        return None
    day, time, sign, hours, minutes = match.groups()
    try:
        when = datetime.strptime(f"{day} {time}", "%Y-%m-%d %H:%M:%S")
        offset = timedelta(hours=int(hours or 0), minutes=int(minutes or 0))
        return str(when + offset if sign == "-" else when - offset)
    except (ValueError, OverflowError):
        return None


def _at(value: Any, *keys: str) -> Any:
    for key in keys:
        value = mapping(value).get(key)
    return value

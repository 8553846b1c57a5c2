"""Versions that leave while something names them, and the commands that migrate."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from k8s_datamodel.api import Finding
from k8s_datamodel_plugins.definitions import storage_version, versions_of
from k8s_datamodel_plugins.object_parts import mapping, metadata_of, text
from k8s_datamodel_plugins.upgrades.causes import MANAGED

_STORED = "stored-version-removed"


def managed_versions(old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[Finding]:
    """A finding for each version that leaves, in case an object's managedFields name it."""
    stay = {text(each.get("name")) for each in versions_of(new)}
    name = text(metadata_of(old).get("name")) or ""
    place = "NAME" if _is_of_cluster(old) else "NAME -n NAMESPACE"
    for version in (text(each.get("name")) for each in versions_of(old)):
        if version and version not in stay:
            said = (
                f"Objects name {version} in managedFields: a server-side apply of them is refused. "
                f"Before it goes, for each of them: kubectl patch {name} {place} "
                "--type=json -p "
                '\'[{"op":"replace","path":"/metadata/managedFields","value":[{}]}]\''
            )
            yield Finding(
                rule=MANAGED, level="breaking", message=said, version=version, old=version
            )


def with_commands(finding: Finding, old: Mapping[str, Any], new: Mapping[str, Any]) -> Finding:
    """A finding, with the commands that migrate if a version leaves in which objects are stored."""
    if finding.rule != _STORED:
        return finding
    stored = storage_version(old)
    stays = {text(each.get("name")) for each in versions_of(new)}
    name = text(metadata_of(old).get("name")) or ""
    if stored not in stays:
        how = f" First make a version the stored one that stays; the API server stores {stored} now"
        return replace(finding, message=f"{finding.message}{how}; then write each object anew.")
    every = "" if _is_of_cluster(old) else " -A"
    status = f'\'{{"status":{{"storedVersions":["{stored}"]}}}}\''
    how = (
        f" To migrate: kubectl get {name}{every} -o json | kubectl replace -f - && "
        f"kubectl patch crd {name} --subresource=status --type=merge -p {status}"
    )
    return replace(finding, message=f"{finding.message}{how}")


def _is_of_cluster(crd: Mapping[str, Any]) -> bool:
    return mapping(crd.get("spec")).get("scope") == "Cluster"

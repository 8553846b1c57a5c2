"""Versions that leave while something names them, and the commands that migrate."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from k8s_datamodel.api import Finding
from k8s_datamodel_plugins.definitions import in_namespaces, storage_version, versions_of
from k8s_datamodel_plugins.grading import GradingSettings
from k8s_datamodel_plugins.grading.levels import finding
from k8s_datamodel_plugins.grading.schema.found import Found
from k8s_datamodel_plugins.object_parts import mapping, metadata_of, text
from k8s_datamodel_plugins.upgrades.causes import MANAGED

_STORED = "stored-version-removed"


def managed_versions(
    old: Mapping[str, Any], new: Mapping[str, Any], settings: GradingSettings
) -> Iterator[Finding]:
    """A finding for each version that leaves, in case an object's managedFields name it."""
    stay = {text(each.get("name")) for each in versions_of(new)}
    name = text(metadata_of(old).get("name")) or ""
    place = "NAME -n NAMESPACE" if _is_namespaced(old) else "NAME"
    for version in (text(each.get("name")) for each in versions_of(old)):
        if version and version not in stay:
            said = (
                f"Objects name {version} in managedFields: a server-side apply of them is refused. "
                f"Before it goes, for each of them: kubectl patch {name} {place} "
                "--type=json -p "
                '\'[{"op":"replace","path":"/metadata/managedFields","value":[{}]}]\''
            )
            yield from finding(Found(MANAGED, said, old=version), version, False, settings)


def with_commands(one: Finding, old: Mapping[str, Any], new: Mapping[str, Any]) -> Finding:
    """A finding, with the commands that migrate if a version leaves in which objects are stored."""
    if one.rule != _STORED:
        return one
    stored = storage_version(old)
    stays = {text(each.get("name")) for each in versions_of(new)}
    name = text(metadata_of(old).get("name")) or ""
    if stored not in stays:
        how = f" First make a version the stored one that stays; the API server stores {stored} now"
        return replace(one, message=f"{one.message}{how}; then write each object anew.")
    every = " -A" if _is_namespaced(old) else ""
    status = f'\'{{"status":{{"storedVersions":["{stored}"]}}}}\''
    how = (
        f" To migrate: kubectl get {name}{every} -o json | kubectl replace -f - && "
        f"kubectl patch crd {name} --subresource=status --type=merge -p {status}"
    )
    return replace(one, message=f"{one.message}{how}")


def _is_namespaced(crd: Mapping[str, Any]) -> bool:
    return in_namespaces(mapping(crd.get("spec")).get("scope"))

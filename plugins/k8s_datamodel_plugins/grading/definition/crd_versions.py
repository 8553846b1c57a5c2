"""Versions that came, went, are no longer served, or store objects from now on."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from k8s_datamodel_plugins.grading.definition.crd_reading import Definition, Version
from k8s_datamodel_plugins.grading.schema.found import Found


class OfVersion(NamedTuple):
    """A finding, and the version that it is about; None for the whole CRD."""

    version: str | None
    found: Found


def version_changes(old: Definition, new: Definition) -> Iterator[OfVersion]:
    """What differs in which versions there are, and which of them are served and stored."""
    for name, version in old.versions.items():
        if name not in new.versions:
            yield OfVersion(name, _removed(old, new, version))
    for name, version in new.versions.items():
        before = old.versions.get(name)
        if before is None:
            said = f"{name} can be {'used' if version.served else 'served later'}."
            yield OfVersion(name, Found("version-added", said, None, None, name))
        else:
            yield from (OfVersion(name, found) for found in _same_name(before, version))
    if old.storage and new.storage and old.storage != new.storage:
        said = f"{new.storage} is stored; what is stored as {old.storage} stays so until written."
        found = Found("storage-version-changed", said, None, old.storage, new.storage)
        yield OfVersion(f"{old.storage} -> {new.storage}", found)


def _removed(old: Definition, new: Definition, version: Version) -> Found:
    name = version.name
    migrated = bool(new.stored) and name not in new.stored
    if (version.storage or name in old.stored) and not migrated:
        said = f"Objects may be stored as {name}: the API server refuses a CRD without it."
        return Found("stored-version-removed", said, None, name, None)
    if version.served:
        said = f"{name} is gone: requests for it are answered with 404."
        return Found("version-removed", said, None, name, None)
    said = f"{name} is gone; it was not served."
    return Found("version-removed", said, None, name, None, "cosmetic")


def _same_name(old: Version, new: Version) -> Iterator[Found]:
    name = new.name
    if old.served and not new.served:
        said = f"{name} is no longer served: requests for it are answered with 404."
        yield Found("version-unserved", said, None, True, False)
    if new.served and not old.served:
        yield Found("version-served", f"{name} is served now.", None, False, True)
    if new.deprecated and not old.deprecated:
        said = f"{name} is deprecated: it may go with a next release, and clients are warned."
        yield Found("version-deprecated", said, None, old.deprecated, new.deprecated)
    elif old.deprecated and not new.deprecated:
        said = f"{name} is no longer deprecated."
        yield Found("deprecation-changed", said, None, old.deprecated, new.deprecated)
    elif old.warning != new.warning:
        said = "Clients are warned in other words."
        yield Found("deprecation-changed", said, None, old.warning, new.warning)

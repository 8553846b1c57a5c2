"""The bundles of a file-based catalogue of OLM, and which of them are meant.

A catalogue is JSON or YAML documents with a ``schema``: packages, their channels, and bundles,
whose manifests are in ``olm.bundle.object``, in base64. Newer ones have ``olm.csv.metadata``
instead; then the CRDs are in the bundle's image only. What a source means is the newest bundle of
each package: the head of its default channel.

Rules: https://olm.operatorframework.io/docs/reference/file-based-catalogs/
"""

from __future__ import annotations

import base64
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from k8s_datamodel.api import SourceError
from k8s_datamodel_plugins.object_parts import mapping, text
from k8s_datamodel_plugins.sources.dump.bounds import Unreadable
from k8s_datamodel_plugins.sources.dump.values import packing
from k8s_datamodel_plugins.sources.dump.values.packing import Packed

NOT_HEAD = "a bundle that is not the head of its package's default channel is not read"
"""Why a bundle is skipped."""

_SHOWN = 3
_OF_CSV = {
    "apiServiceDefinitions": "apiservicedefinitions",
    "crdDescriptions": "customresourcedefinitions",
}
_OF_METADATA = frozenset(("annotations", "labels"))


class Bundle(NamedTuple):
    """A bundle: what it is called, where it stands, and its properties, compressed."""

    name: str
    package: str
    image: str
    path: str
    line: int
    packed: Packed

    @property
    def properties(self) -> list[tuple[str, Any]]:
        """Type and value of each."""
        return [(kind, value) for kind, value in self.packed.load()["properties"]]


@dataclass(slots=True)
class Catalogue:
    """Filled document by document.

    Attributes:
        defaults: the default channels of packages.
        channels: the entries of channels, by package and name.
        bundles: by name.
    """

    defaults: dict[str, str] = field(default_factory=dict)
    channels: dict[tuple[str, str], list[dict[str, Any]]] = field(default_factory=dict)
    bundles: dict[str, Bundle] = field(default_factory=dict)

    def take(self, value: Any, path: str, line: int) -> bool:
        """Take a document into account; returns whether it is one of a catalogue.

        Raises ValueError for a bundle that is too large or too deep.
        """
        schema = value.get("schema") if isinstance(value, dict) else None
        if schema not in ("olm.package", "olm.channel", "olm.bundle", "olm.deprecations"):
            return False
        name, package = text(value.get("name")) or "", text(value.get("package")) or ""
        if schema == "olm.package":
            self.defaults[name] = text(value.get("defaultChannel")) or ""
        elif schema == "olm.channel":
            self.channels[package, name] = _mappings(value.get("entries"))
        elif schema == "olm.bundle":
            found = _mappings(value.get("properties"))
            properties = [(text(each.get("type")) or "", each.get("value")) for each in found]
            packed = packing.pack({"properties": properties})
            image = text(value.get("image")) or ""
            self.bundles[name] = Bundle(name, package, image, path, line, packed)
        return True

    def chosen(self, name: str) -> Iterator[Bundle | Unreadable]:
        """The named bundle, or the newest of each package. Raises SourceError without that name."""
        if name:
            if name not in self.bundles:
                raise SourceError(f"there is no bundle {name}; there are {_some(self.bundles)}")
            yield self.bundles[name]
            return
        for package in sorted({bundle.package for bundle in self.bundles.values()}):
            heads = self._heads(package)
            if len(heads) == 1:
                yield self.bundles[heads[0]]
            else:
                reason = f"package {package} has {len(heads) or 'no'} newest bundles"
                names = heads or [b.name for b in self.bundles.values() if b.package == package]
                yield Unreadable(f"{reason}: name one by ?bundle=NAME: {_some(names)}")

    def _heads(self, package: str) -> list[str]:
        """Those of the default channel that none replaces or skips; without a channel, all."""
        own = sorted(bundle.name for bundle in self.bundles.values() if bundle.package == package)
        entries = self.channels.get((package, self.defaults.get(package, "")))
        if entries is None:
            return own
        passed = {entry.get("replaces") for entry in entries}
        for entry in entries:
            skips = entry.get("skips")
            passed |= {each for each in skips if text(each)} if isinstance(skips, list) else set()
        names = {text(entry.get("name")) for entry in entries}
        return [name for name in own if name in names and name not in passed]


def manifests_of(bundle: Bundle) -> Iterator[str | dict[str, Any] | Unreadable]:
    """The manifests of a bundle as texts, or its CSV as far as its metadata tells it."""
    held = False
    metadata: dict[str, Any] = {}
    version = ""
    for kind, value in bundle.properties:
        if kind == "olm.bundle.object":
            held = True
            yield _manifest(bundle, mapping(value))
        elif kind == "olm.csv.metadata":
            metadata = dict(mapping(value))
        elif kind == "olm.package":
            version = text(mapping(value).get("version")) or ""
    if metadata and not held:
        yield _csv(bundle.name, version, metadata)


def lacks_manifests(bundle: Bundle) -> str:
    """Why a bundle has no manifests in the catalogue; empty if it has."""
    if any(kind == "olm.bundle.object" for kind, _ in bundle.properties):
        return ""
    image = f" {bundle.image}" if bundle.image else ""
    return f"bundle {bundle.name} has no manifests in the catalogue: they are in its image{image}"


def describes_bundle(value: Any) -> bool:
    """Whether a document is one of a bundle's ``metadata/``, next to its ``manifests/``."""
    if not isinstance(value, dict) or len(value) != 1:
        return False
    ((key, held),) = value.items()
    if key == "annotations":
        return any(str(each).startswith(_BUNDLE) for each in mapping(held))
    found = _mappings(held)
    typed = all("type" in each and "value" in each for each in found)
    return key in ("dependencies", "properties") and bool(found) and typed


_BUNDLE = "operators.operatorframework.io.bundle."


def _manifest(bundle: Bundle, value: Mapping[str, Any]) -> str | Unreadable:
    if "data" not in value and (file := text(value.get("ref"))):
        return Unreadable(
            f"bundle {bundle.name}: a manifest is in another file, {file}, which is not looked "
            "for; opm render writes a catalogue that holds it"
        )
    try:
        return base64.b64decode(value["data"], validate=True).decode()
    except (KeyError, TypeError, ValueError):
        return Unreadable(f"bundle {bundle.name}: an olm.bundle.object is not text in base64")


def _csv(name: str, version: str, metadata: dict[str, Any]) -> dict[str, Any]:
    spec = {
        _OF_CSV.get(key, key): value for key, value in metadata.items() if key not in _OF_METADATA
    }
    return {
        "apiVersion": "operators.coreos.com/v1alpha1",
        "kind": "ClusterServiceVersion",
        "metadata": {"name": name} | {k: v for k, v in metadata.items() if k in _OF_METADATA},
        "spec": spec | ({"version": version} if version else {}),
    }


def _mappings(value: Any) -> list[dict[str, Any]]:
    return [each for each in value if isinstance(each, dict)] if isinstance(value, list) else []


def _some(names: Any) -> str:
    found = sorted(names)
    more = f" and {len(found) - _SHOWN} more" if len(found) > _SHOWN else ""
    return ", ".join(found[:_SHOWN]) + more

"""Make records of the custom resources that CRDs define, as the CRDs stream by."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any

from k8s_datamodel.api import (
    INCOMPLETE,
    KubernetesObject,
    Outcome,
    Record,
    Resource,
    TypeReader,
    hint,
)
from k8s_datamodel_plugins.definitions import CRDS, instances_of, refused, unserved
from k8s_datamodel_plugins.object_parts import integer, mapping, metadata_of, text, texts


@dataclass(frozen=True, slots=True)
class Definition:
    """What a CRD says of its instances.

    Attributes:
        text: it changes whenever one of them could read differently; empty if nothing tells.
        refused: why its names are not its own; empty when they are.
        unserved: why a server may not know the kind; empty when it does.
    """

    resource: Resource
    text: str
    refused: str
    unserved: str


def definition(crd: KubernetesObject) -> Definition:
    """The fact that this type keeps of each CRD."""
    resource = instances_of(crd)
    return Definition(resource, _definition(crd, resource), refused(crd), unserved(crd))


def collect(reader: TypeReader) -> Iterator[Record]:
    """One record for each custom resource of the kinds that are wanted."""
    wanted = _wanted(reader, reader.facts(CRDS))
    for resource, chunk in reader.lists(wanted, each_recorded=True):
        for item in chunk:
            yield Record(_named(resource), item)


def version_of(item: KubernetesObject) -> str | None:
    """The version that a custom resource was read at."""
    return (text(item.get("apiVersion")) or "").rpartition("/")[2] or None


def means(pattern: str, resource: Resource) -> bool:
    """Whether a pattern means a kind: ``GROUP/KIND``, or one word for any of its names.

    The kind may be its plural too; ``*`` and ``?`` match, case does not matter.
    """
    kinds = (resource.kind, resource.plural)
    group, slash, kind = pattern.lower().rpartition("/")
    if not slash:
        return _any(kind, (*kinds, resource.group, resource.name))
    return _any(group, (resource.group,)) and _any(kind, kinds)


def _any(pattern: str, names: Sequence[str]) -> bool:
    return any(fnmatchcase(name.lower(), pattern) for name in names)


def _wanted(
    reader: TypeReader, definitions: Sequence[Definition]
) -> Iterator[tuple[Resource, str]]:
    """The lists to read; the ledger names what cannot be listed, and patterns without a kind."""
    useless = set(reader.patterns)
    for each in definitions:
        resource = each.resource
        meant = {pattern for pattern in reader.patterns if means(pattern, resource)}
        useless -= meant
        if meant and reader.wanted(_named(resource)):
            if each.refused:
                reader.note(resource.name, Outcome("skipped", each.refused))
                continue
            if each.unserved:
                reader.may_lack(resource, each.unserved)
            yield resource, each.text
    for pattern in sorted(useless - {"*"}):
        near = _near(pattern, [each.resource for each in definitions])
        reader.note(pattern, _undefined(reader, near))


def _near(pattern: str, resources: Sequence[Resource]) -> str:
    """Which kind or group may be meant, in the form of the pattern."""
    if "/" in pattern:
        return hint(pattern, {f"{each.group}/{each.kind}" for each in resources})
    others = {name for each in resources for name in (each.plural, each.group, each.name)}
    return hint(pattern, {each.kind for each in resources}) or hint(pattern, others)


def _undefined(reader: TypeReader, near: str) -> Outcome:
    """How the list of a kind ends that no CRD defines, as far as CRDs were read.

    ``near`` says which kind may be meant.
    """
    status = reader.status(CRDS)
    if status == "absent" or (status == "complete" and reader.whole(CRDS)):
        return Outcome("absent", f"no CRD defines such a kind{near}")
    if status in INCOMPLETE:
        reason = "the CRDs could not be read, so nobody knows whether one defines such a kind"
        return Outcome(status, reason)
    reason = f"no CRD of the source defines such a kind, and it need not hold all of them{near}"
    return Outcome("partial", reason)


def _definition(crd: KubernetesObject, resource: Resource) -> str:
    """Uid and generation of the CRD: its defaults, pruning and conversion decide what is read.

    A webhook may convert otherwise tomorrow, though the CRD is the same; then nothing tells.
    """
    metadata = metadata_of(crd)
    uid, generation = text(metadata.get("uid")), integer(metadata.get("generation"))
    if not uid or generation is None:
        return ""
    conversion = mapping(mapping(crd.get("spec")).get("conversion"))
    stored = texts(mapping(crd.get("status")).get("storedVersions"))
    if conversion.get("strategy") == "Webhook" and stored != [resource.version]:
        return ""
    return f"{uid}/{generation}"


def _named(resource: Resource) -> dict[str, Any]:
    return {"group_name": resource.group, "kind": resource.kind, "crd": resource.name}

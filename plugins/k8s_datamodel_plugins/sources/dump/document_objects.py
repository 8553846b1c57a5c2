"""Find the Kubernetes objects in a document: one, a list, or lists of lists."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Literal

from k8s_datamodel_plugins.object_parts import mapping
from k8s_datamodel_plugins.sources.dump.layout import Place
from k8s_datamodel_plugins.sources.dump.values import packing
from k8s_datamodel_plugins.sources.dump.values.packing import Packed

Maker = Literal["server", "client"]

_LIST = "List"
_NESTED = 5


@dataclass(frozen=True, slots=True)
class ListEvidence:
    """A list of a cluster's objects, which is evidence of their number.

    Attributes:
        namespaces: of its objects, ``""`` for objects without one.
        rest: it is one chunk of several.
        made: ``server`` for a server's list; ``client`` for one that kubectl combined, which does
            not state the names or labels it was asked for.
    """

    api_version: str
    kind: str
    namespaces: frozenset[str]
    rest: bool
    made: Maker


@dataclass(slots=True)
class DocumentObjects:
    """The objects of a document, and what else it holds.

    Attributes:
        objects: the Kubernetes objects, complete, with ``apiVersion`` and ``kind``.
        listings: evidence of the numbers of objects.
        flaws: why something is not an object although it looks like one.
        others: how many values are not objects at all.
    """

    objects: list[Packed] = field(default_factory=list)
    listings: list[ListEvidence] = field(default_factory=list)
    flaws: list[str] = field(default_factory=list)
    others: int = 0


def find(value: Any, place: Place | None) -> DocumentObjects:
    """The objects of one document; ``place`` helps for objects without a kind.

    The elements of a list at the document's root are packed.
    """
    found = DocumentObjects()
    hint = (place.api_version, place.kind) if place else ("", "")
    bundled = place is not None and place.bundle and all(hint)
    if isinstance(value, list) or (value is None and bundled):  # Go writes an empty list as null
        _elements(value or [], hint, found, of=_called({}, hint))
        if _known(place):
            found.listings += _listings(found.objects, hint, "server", rest=False)
    elif isinstance(value, dict):
        _mapping(value, hint, found, served=_known(place))
    elif value is not None:
        found.others += 1
    return found


def _known(place: Place | None) -> bool:
    """Whether it is where dumps keep a server's answers; support bundles keep bare lists."""
    return place is not None and bool(place.resource) and not place.single


def _mapping(
    value: dict[str, Any],
    hint: tuple[str, str],
    found: DocumentObjects,
    *,
    served: bool = False,
    depth: int = 0,
) -> None:
    if not _is_list(value):
        _single(value, hint, found)
        return
    before = len(found.objects)
    typed = _typed(value) or hint
    called = _called(value, hint)
    if not isinstance(value["items"], (list, type(None))):
        found.flaws.append(f"{called}: items is not a list")
        return
    _elements(value["items"] or [], typed, found, depth, of=called)
    items = found.objects[before:]
    maker = "server" if served else _maker(value, items)
    if maker:
        found.listings += _listings(items, typed, maker, rest=_paged(value))


def _is_list(value: dict[str, Any]) -> bool:
    """Whether a mapping is a list of objects, or says so and is none."""
    metadata = mapping(value.get("metadata"))
    if "items" not in value or metadata.get("name") or metadata.get("generateName"):
        return False
    kind = value.get("kind")
    stated = isinstance(kind, str) and kind.endswith(_LIST)
    if isinstance(value["items"], (list, type(None))):
        return kind is None or stated
    return stated and bool(_called(value, ("", "")))


def _called(value: dict[str, Any], hint: tuple[str, str]) -> str:
    """What a list is called that can hold nothing but objects; empty for any other."""
    kind = value.get("kind")
    if kind and (kind == _LIST or _typed(value)):
        return str(kind)
    return "the list" if all(hint) else ""


def _typed(value: dict[str, Any]) -> tuple[str, str] | None:
    """``apiVersion`` and kind of the items of ``DeploymentList`` and the like."""
    kind, api_version = value.get("kind"), value.get("apiVersion")
    if not isinstance(kind, str) or not isinstance(api_version, str) or kind == _LIST:
        return None
    return api_version, kind.removesuffix(_LIST)


def _single(value: dict[str, Any], hint: tuple[str, str], found: DocumentObjects) -> None:
    says = [isinstance(value.get(key), str) for key in ("apiVersion", "kind")]
    if not all(says) and not all(hint):  # other files may hold values that cannot be packed
        found.others += 1
        return
    packed = packing.pack({key: _unpacked(each) for key, each in value.items()})
    _object(packed, hint, found)


def _unpacked(value: Any) -> Any:
    """Unpack an object that has ``items`` of its own at its root, which are not objects."""
    if isinstance(value, list):
        return [each.load() if isinstance(each, Packed) else each for each in value]
    return value


def _elements(
    items: list[Any],
    hint: tuple[str, str],
    found: DocumentObjects,
    depth: int = 0,
    *,
    of: str = "",
) -> None:
    """Take the elements of a list; ``of`` is what it is called if it must hold objects only."""
    for number, item in enumerate(items):
        packed = packing.take(item)
        if not isinstance(packed, Packed):
            if of:
                found.flaws.append(f"{of}: items[{number}] is not a mapping")
            else:
                found.others += 1
        elif packed.listed and packed.kind == _LIST and depth == _NESTED:
            found.flaws.append(f"{_LIST}: lists within lists, deeper than {_NESTED}")
        elif packed.listed and packed.kind.endswith(_LIST) and depth < _NESTED:
            _mapping(packed.load(), hint, found, depth=depth + 1)
        else:
            _object(packed, hint, found)


def _object(packed: Packed, hint: tuple[str, str], found: DocumentObjects) -> None:
    if all(hint) and "name" in packed.metadata:
        packed = packed.typed(*hint)
    if not packed.api_version or not packed.kind:
        found.others += 1
    elif packed.flaw:
        found.flaws.append(f"{packed.kind}: {packed.flaw}")
    else:
        found.objects.append(packed)


def _maker(value: dict[str, Any], items: list[Packed]) -> Maker | None:
    """The maker of a list; None for a handwritten one, which proves nothing.

    A server's list has a kind of its own and a resourceVersion. ``kubectl get`` writes a ``List``
    with an empty resourceVersion, whatever it was asked for.
    """
    version = mapping(value.get("metadata")).get("resourceVersion")
    if version and value.get("kind") != _LIST:
        return "server"
    live = bool(items) and all("uid" in item.metadata for item in items)
    return "client" if live or version is not None else None


def _paged(value: dict[str, Any]) -> bool:
    metadata = mapping(value.get("metadata"))
    return bool(metadata.get("continue") or metadata.get("remainingItemCount"))


def _listings(
    items: list[Packed], typed: tuple[str, str], made: Maker, *, rest: bool
) -> Iterator[ListEvidence]:
    """One for each kind in a list; an empty list counts if it states its kind."""
    namespaces: dict[tuple[str, str], set[str]] = {typed: set()} if all(typed) else {}
    for item in items:
        kinds = namespaces.setdefault((item.api_version, item.kind), set())
        kinds.add(item.metadata.get("namespace", ""))
    for (api_version, kind), names in namespaces.items():
        yield ListEvidence(api_version, kind, frozenset(names), rest, made)

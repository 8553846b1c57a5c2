"""Rules by which two objects are compared; the engine has none of its own, plugins give them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from k8s_datamodel.data.objects import KubernetesObject, Row
from k8s_datamodel.types.resource_types import ResourceType

Schema = Mapping[str, Any]
"""An OpenAPI v3 schema as CRDs have it; of a built-in kind what says of lists and quantities.

A quantity has ``format: quantity``, or the pattern that Go's generators write for one.
"""

ORDERED = "x-k8s-datamodel-ordered"
"""In a schema of a list of type ``map``: true if another order of its items is a change."""

WHOLE = "x-k8s-datamodel-whole"
"""In a schema of a list: true if a manifest names all of its items, as of an ``atomic`` one."""


@dataclass(frozen=True, slots=True)
class Noise:
    """A field that changes without a change that anybody made.

    Attributes:
        path: of the field, as ``--ignore`` takes it: ``status.conditions[*].lastTransitionTime``.
        why: the class of noise, for the documentation.
        kinds: ``Kind.group`` of the objects that it holds for (``Deployment.apps``, ``Node``); all
            if empty.
        columns_of: it is a column, of the resource types with these names, and the path begins
            with the column's name.
        between_clusters: it is noise only where the two sides are of different clusters.
    """

    path: str
    why: str
    kinds: tuple[str, ...] = ()
    columns_of: tuple[str, ...] = ()
    between_clusters: bool = False


@dataclass(frozen=True, slots=True)
class DefinedBy:
    """Where the schema of an object stands, if another object defines it, as a CRD does.

    Attributes:
        type_name: the resource type of the defining objects.
        identity: function of a row that returns the identity of the row that defines it, or None.
        schema: function of the defining object and of ``apiVersion`` that returns the schema.
    """

    type_name: str
    identity: Callable[[Row], tuple[Any, ...] | None]
    schema: Callable[[KubernetesObject, str], Schema | None]


@dataclass(frozen=True, slots=True)
class ListItem:
    """A step of a path that means an item of a list.

    Attributes:
        text: as paths have it: ``[name=v2]``, ``[=a]``, ``[3]``.
        names: the values that tell it from the others, or its position.
    """

    text: str
    names: tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Difference:
    """A field of an object that differs, as a function of ``ComparisonRules.says`` is given it.

    Attributes:
        steps: the path to it; a text is the key of a map.
        op: what happened to it.
        old: the value before; None if it was added.
        new: the value after; None if it was removed.
    """

    steps: tuple[str | ListItem, ...]
    op: Literal["add", "remove", "replace"]
    old: Any
    new: Any


@dataclass(frozen=True, slots=True)
class Fold:
    """What is said of several fields in one line: ``v1: 34 descriptions reworded``.

    Attributes:
        of: what they belong to; fields with equal folds are counted together.
        one: what is said after the number of a single one.
        many: and of more.
        least: so many are counted; fewer have a line each.
    """

    of: str
    one: str
    many: str
    least: int = 1


@dataclass(frozen=True, slots=True)
class Saying:
    """How people say that a field differs. Fields may be added.

    Attributes:
        what: what they call the field.
        value: what stands for the value that came or went; None for the value itself, "" for
            nothing.
        fold: in which line it is counted unless everything is asked for; None for its own line.
    """

    what: str
    value: str | None = None
    fold: Fold | None = None


@dataclass(frozen=True, slots=True)
class ComparisonRules:
    """What plugins know of the objects that are compared. Fields may be added.

    Attributes:
        noise: what is left out unless everything is asked for.
        schemas: of kinds that no object defines, by ``Kind.group``; under ``*`` what all have.
        defined_by: how to find the schemas of the others.
        words: what people call a field, by the name of the field: ``{"storage": "stored"}``.
        tells: by the key of a column, paths of fields of the object that lines for people leave
            out where the column differs, as it tells the same better.
        says: by the name of a resource type, a function that says a field of its objects in lines
            for people; where it returns None the field is said by its path. Documents and
            ``--path`` have the path in any case.
    """

    noise: tuple[Noise, ...] = ()
    schemas: Mapping[str, Schema] = field(default_factory=dict)
    defined_by: DefinedBy | None = None
    words: Mapping[str, str] = field(default_factory=dict)
    tells: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    says: Mapping[str, Callable[[Difference], Saying | None]] = field(default_factory=dict)


NO_RULES = ComparisonRules()


def combined(*rules: ComparisonRules) -> ComparisonRules:
    """The rules of several plugins together; of two that say different things the first holds."""
    schemas: dict[str, Schema] = {}
    words: dict[str, str] = {}
    tells: dict[str, tuple[str, ...]] = {}
    says: dict[str, Callable[[Difference], Saying | None]] = {}
    for each in rules:
        schemas = {**each.schemas, **schemas}
        words = {**each.words, **words}
        tells = {**each.tells, **tells}
        says = {**each.says, **says}
    noise = tuple(dict.fromkeys(one for each in rules for one in each.noise))
    defined_by = next((each.defined_by for each in rules if each.defined_by), None)
    return ComparisonRules(noise, schemas, defined_by, words, tells, says)


def declared(resource_type: ResourceType) -> ComparisonRules:
    """The rules that a type declares without a function: its ``noise``."""
    resources = [each.resource for each in resource_type.reads]
    kinds = tuple(f"{one.kind}.{one.group}" if one.group else one.kind for one in resources)
    why = f"declared by {resource_type.name}"
    return ComparisonRules(tuple(Noise(path, why, kinds) for path in resource_type.noise))


def kind_name(thing: KubernetesObject) -> str:
    """``Kind.group`` of an object, ``Kind`` in the core group."""
    group, slash, _ = str(thing.get("apiVersion") or "").partition("/")
    kind = str(thing.get("kind") or "")
    return f"{kind}.{group}" if slash else kind

"""Which types and things of two moments are compared."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any

from k8s_datamodel.base.errors import UsageError
from k8s_datamodel.base.near_names import hint
from k8s_datamodel.reading.stored_moments import StoredMoment, identities
from k8s_datamodel.types.resource_types import ResourceType

_NAMESPACE, _NAME = "namespace", "name"
_GROUPS = ("group", "group_name")
"""Names that the column with the API group has."""


@dataclass(frozen=True, slots=True)
class Scope:
    """What the user wants compared; everything where a field is empty.

    Attributes:
        names: patterns, of which one matches the name.
        groups: patterns, of which one matches the API group.
        namespace: the only one.
    """

    names: Sequence[str] = ()
    groups: Sequence[str] = ()
    namespace: str | None = None

    def types(self, types: Sequence[ResourceType]) -> list[ResourceType]:
        """Those of some types that have what this tells things apart by."""
        return [each for each in types if self._tells(each)]

    def _tells(self, kind: ResourceType) -> bool:
        named = not self.names or _NAME in kind.identity
        grouped = not self.groups or group_column(kind) is not None
        return named and grouped and (not self.namespace or _NAMESPACE in kind.identity)

    def wanted(
        self, moments: Sequence[StoredMoment]
    ) -> Callable[[ResourceType, Mapping[str, Any]], bool]:
        """A test of a thing by its type and key, see ``type_comparisons.Wanted``."""
        of_groups: dict[str, set[tuple[Any, ...]]] = {}

        def wants(kind: ResourceType, key: Mapping[str, Any]) -> bool:
            values = dict(zip(kind.identity, key.values(), strict=True))
            if self.namespace and values[_NAMESPACE] != self.namespace:
                return False
            if self.names and not _matches(values[_NAME], self.names):
                return False
            if not self.groups:
                return True
            if kind.name not in of_groups:
                of_groups[kind.name] = self._of_groups(kind, moments)
            return tuple(key.values()) in of_groups[kind.name]

        return wants

    def _of_groups(
        self, kind: ResourceType, moments: Sequence[StoredMoment]
    ) -> set[tuple[Any, ...]]:
        """The identities of the things of a type whose API group is wanted, on either side."""
        column = group_column(kind)
        assert column is not None  # noqa: S101 - others are not compared
        return {
            tuple(identity)
            for moment in moments
            if any(each.name == kind.name for each in moment.types)
            for *identity, group in identities(moment, kind, (column,))
            if _matches(group, self.groups)
        }


def named_types(types: Sequence[ResourceType], words: Sequence[str]) -> list[ResourceType]:
    """The types that users' words name, of which commas may part several; all without words.

    A word is a type's name, command, singular or plural. Raises UsageError.
    """
    wanted = [word for text in words for word in text.split(",")]
    found = [_named(types, word) for word in wanted]
    return [each for each in types if each in found] if wanted else list(types)


def _named(types: Sequence[ResourceType], word: str) -> ResourceType:
    for each in types:
        names = (each.name, each.command, each.singular, each.plural)
        if word.strip().lower() in [name.lower() for name in names]:
            return each
    there = [each.name for each in types]
    near = hint(word, there)
    raise UsageError(f"--only {word}: there is no such type{near}; there are {', '.join(there)}")


def group_column(kind: ResourceType) -> str | None:
    """The column with the API group of a type's things; None if it has none."""
    names = {each.name for each in kind.columns}
    return next((each for each in _GROUPS if each in names), None)


def _matches(value: Any, patterns: Sequence[str]) -> bool:
    text = str(value or "").lower()
    return any(fnmatchcase(text, pattern.lower()) for pattern in patterns)

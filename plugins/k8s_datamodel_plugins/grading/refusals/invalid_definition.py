"""What an API server refuses in a CRD apart from its schemas: its names, scope and versions.

Source: apiextensions-apiserver, pkg/apis/apiextensions/validation/validation.go, and the defaults
of pkg/apis/apiextensions/v1. The server does not forgive it where the CRD that it has is so, too.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from k8s_datamodel.api import KubernetesObject
from k8s_datamodel_plugins.definitions import BETA
from k8s_datamodel_plugins.grading.in_words import shown
from k8s_datamodel_plugins.grading.schema.found import Found
from k8s_datamodel_plugins.object_parts import LONGEST_NAME, mapping, metadata_of, sequence

_LONGEST_LABEL = 63
_SCOPES = ("Cluster", "Namespaced")
_STRATEGIES = ("None", "Webhook")


class _Form(NamedTuple):
    """What a text must be, in words and as an expression."""

    words: str
    expression: re.Pattern[str]
    longest: int

    def fits(self, value: str) -> bool:
        return len(value) <= self.longest and self.expression.fullmatch(value) is not None


_LABEL = _Form(
    "a DNS label: lower-case letters, digits and -, first a letter, at most 63",
    re.compile(r"[a-z](?:[-a-z0-9]*[a-z0-9])?"),
    _LONGEST_LABEL,
)
_KIND = _Form(
    "letters, digits and -, first a letter, at most 63",
    re.compile(r"[A-Za-z](?:[-A-Za-z0-9]*[A-Za-z0-9])?"),
    _LONGEST_LABEL,
)
_GROUP = _Form(
    "a DNS domain with a dot, such as example.com",
    re.compile(r"[a-z0-9](?:[-a-z0-9]*[a-z0-9])?(?:\.[a-z0-9](?:[-a-z0-9]*[a-z0-9])?)+"),
    LONGEST_NAME,
)


class _Wrong(NamedTuple):
    """What must be otherwise: where it stands, what it must be, and what it is."""

    where: str
    must: str
    value: Any

    def found(self) -> Found:
        here = "it is missing" if self.value in (None, "") else f"it is {shown(self.value)}"
        said = f"{self.where} must be {self.must}; here {here}."
        return Found("crd-invalid", said, None, None, self.value)


def invalid_definition(crd: KubernetesObject, *, is_named: bool = True) -> Iterator[Found]:
    """What the server refuses in a CRD, which may be anything; its schemas are not looked at.

    A CRD or version without a name and a CRD without versions, which nobody can judge, are left
    out.

    Args:
        crd: the CRD.
        is_named: whether its name must be that of its plural and group.
    """
    crd = mapping(crd)
    spec = mapping(crd.get("spec"))
    names = mapping(spec.get("names"))
    wrong = [
        *_text("spec.group", spec.get("group"), _GROUP),
        *_names(names),
        *(_name(metadata_of(crd).get("name"), names, spec) if is_named else ()),
        *_choices(spec, is_beta=crd.get("apiVersion") == BETA),
        *_versions(spec),
    ]
    for each in wrong:
        yield each.found()


def _text(where: str, value: Any, form: _Form) -> Iterator[_Wrong]:
    if not isinstance(value, str) or not form.fits(value):
        yield _Wrong(where, form.words, value)


def _name(name: Any, names: Mapping[str, Any], spec: Mapping[str, Any]) -> Iterator[_Wrong]:
    plural, group = names.get("plural"), spec.get("group")
    if not (isinstance(plural, str) and isinstance(group, str) and plural and group and name):
        return
    wanted = f"{plural}.{group}"
    if name != wanted:
        yield _Wrong("metadata.name", f"{wanted} (its plural and its group)", name)
    elif len(wanted) > LONGEST_NAME:
        yield _Wrong("metadata.name", f"{LONGEST_NAME} letters or less", name)


def _names(names: Mapping[str, Any]) -> Iterator[_Wrong]:
    """Names that are no names; those that the server fills in may be missing."""
    kind, list_kind, singular = (names.get(each) for each in ("kind", "listKind", "singular"))
    yield from _text("spec.names.plural", names.get("plural"), _LABEL)
    wrong = list(_text("spec.names.kind", kind, _KIND))
    yield from wrong
    if singular not in (None, ""):
        yield from _text("spec.names.singular", singular, _LABEL)
    if list_kind not in (None, ""):
        yield from _text("spec.names.listKind", list_kind, _KIND)
    elif not wrong:
        yield from _text("spec.names.listKind", f"{kind}List", _KIND)
    if kind and kind == list_kind:
        yield _Wrong("spec.names.listKind", "another name than the kind", list_kind)
    for keyword in ("shortNames", "categories"):
        words = names.get(keyword)
        if words is not None and not isinstance(words, list):
            yield _Wrong(f"spec.names.{keyword}", "a list", words)
        for number, word in enumerate(sequence(words)):
            yield from _text(f"spec.names.{keyword}[{number}]", word, _LABEL)


def _choices(spec: Mapping[str, Any], *, is_beta: bool) -> Iterator[_Wrong]:
    """The scope and the strategy of the conversion, which are of some words only."""
    scope = spec.get("scope")
    if scope not in _SCOPES and not (is_beta and scope in (None, "")):
        yield _Wrong("spec.scope", " or ".join(_SCOPES), scope)
    conversion = mapping(spec.get("conversion"))
    strategy = conversion.get("strategy")
    if conversion and strategy not in _STRATEGIES:
        yield _Wrong("spec.conversion.strategy", " or ".join(_STRATEGIES), strategy)


def _versions(spec: Mapping[str, Any]) -> Iterator[_Wrong]:
    """Versions with another name than one of their own."""
    told: list[Any] = []
    for number, version in enumerate(sequence(spec.get("versions"))):
        where, name = f"spec.versions[{number}].name", mapping(version).get("name")
        if not name:
            continue
        yield from _text(where, name, _LABEL)
        if name in told:
            yield _Wrong(where, "the name of one version only", name)
        told.append(name)

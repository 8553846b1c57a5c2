"""What people say of operators: in annotations, and in a file of the configuration folder.

Both have the same three words: a workload ``manages`` CRDs, a CRD is ``managed-by`` workloads, and
a workload is an ``operator`` or is none.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from functools import partial
from typing import Any, NamedTuple

from k8s_datamodel.api import KubernetesObject, UsageError, settings, without_credentials
from k8s_datamodel_plugins.object_parts import (
    LONGEST_NAME,
    annotations_of,
    is_name,
    labels_of,
    texts,
)
from k8s_datamodel_plugins.operators.facts.fact_types import Name, Reference, Saying

DOMAIN = "k8s-datamodel.io/"
MANAGES, MANAGED_BY, OPERATOR = "manages", "managed-by", "operator"

FILE = "settings/operators.yaml"
"""The file, in the configuration folder."""

_PLUGIN = "operators"
_LONGEST_TEXT = 80
_MOST_READ = 10_000

_CRD = re.compile(r"[a-z0-9*-]+(\.[a-z0-9*-]+)+")
_KIND = re.compile(r"[A-Za-z][A-Za-z0-9]{0,62}")

_Reader = Callable[[str, str, str], Iterator[Saying]]
"""What a word says by its value, on an object, at a path."""


@dataclass(frozen=True, slots=True)
class ToldFile:
    """What ``settings/operators.yaml`` says; each is empty where it is silent.

    Attributes:
        manages: lists of CRDs by workload.
        managed_by: lists of workloads by CRD.
        operator: true or false by workload.
    """

    manages: dict[str, Any] = field(default_factory=dict)
    managed_by: dict[str, Any] = field(default_factory=dict)
    operator: dict[str, Any] = field(default_factory=dict)


class _Place(NamedTuple):
    """Where something is said: the object and the place in it, as findings have them."""

    target: str
    path: str


def sayings_of_file() -> list[Saying]:
    """What the user's file says; nothing without a file.

    Raises UsageError if it says anything that cannot be understood.
    """
    told = settings(_PLUGIN, ToldFile)
    found = []
    for workload, place, crds in _lists(told.manages, MANAGES):
        found += [_pair(reference(workload), crd, place) for crd in crds]
    for crd, place, workloads in _lists(told.managed_by, MANAGED_BY):
        found += [_pair(reference(each), crd, place) for each in workloads]
    for workload, said in told.operator.items():
        place = _Place(FILE, f".{OPERATOR}.{workload}")
        found.append(_verdict(reference(str(workload)), _scalar(said), place))
    for each in found:
        if each.fault:
            raise UsageError(f"{each.target}: {short(each.path[1:])}: {each.fault}")
    return found


def _scalar(value: Any) -> str:
    """A value of the file as a text; aliases may make a list of a few lines endless."""
    if isinstance(value, list | dict):
        return "[...]" if isinstance(value, list) else "{...}"
    return "" if value is None else str(value)


def _lists(values: Mapping[str, Any], word: str) -> Iterator[tuple[str, _Place, list[str]]]:
    """What lists say of a subject each. Raises UsageError if one is no list of names."""
    for subject, listed in values.items():
        key = word.replace("-", "_")
        if not listed or not isinstance(listed, list) or len(texts(listed)) < len(listed):
            what = "CRDs" if word == MANAGES else "workloads"
            raise UsageError(f"{FILE}: {key}.{short(str(subject))}: must be a list of {what}")
        names = list(dict.fromkeys(texts(listed)))
        yield str(subject), _Place(FILE, f".{key}.{subject}"), names


def sayings_of_workload(item: KubernetesObject, kind: str, name: Name) -> tuple[Saying, ...]:
    """What the annotations of a workload say."""
    about = Reference(kind, name, f"{kind} {name}")
    known = {word: partial(sayings_of_word, about, word) for word in (MANAGES, OPERATOR)}
    return tuple(_sayings(item, about.written, "workload", known))


def sayings_of_crd(item: KubernetesObject, name: str) -> tuple[Saying, ...]:
    """What the annotation of a CRD says."""
    known = {MANAGED_BY: partial(_managers_of, name)}
    return tuple(_sayings(item, f"CustomResourceDefinition {name}", "CRD", known))


def _sayings(
    item: KubernetesObject, target: str, what: str, known: Mapping[str, _Reader]
) -> Iterator[Saying]:
    """What an object says, and each word that stands in the wrong place or is unknown."""
    for key, value in annotations_of(item).items():
        if not str(key).startswith(DOMAIN):
            continue
        word, path = key[len(DOMAIN) :], f'.metadata.annotations["{short(key)}"]'
        if word in known:
            said = "" if value is None else str(value)  # a file may have a word without quotes
            yield from known[word](said, target, path)
        else:
            words = ", ".join(DOMAIN + each for each in known)
            yield _faulty(target, path, f"it means nothing on a {what}; known there: {words}")
    for key in labels_of(item):
        if str(key).startswith(DOMAIN):
            path = f'.metadata.labels["{short(key)}"]'
            yield _faulty(target, path, "a label says nothing: make it an annotation")


def _faulty(target: str, path: str, fault: str) -> Saying:
    return Saying(Reference("", Name("", ""), ""), "", True, target, path, fault)


def _managers_of(crd: str, value: str, target: str, path: str) -> Iterator[Saying]:
    """What ``managed-by`` says of a CRD."""
    return (_pair(reference(each), crd, _Place(target, path)) for each in _parts(value))


def sayings_of_word(
    about: Reference, word: str, value: str, target: str, path: str
) -> Iterator[Saying]:
    """What ``manages`` or ``operator`` says of a workload."""
    place = _Place(target, path)
    if word == OPERATOR:
        yield _verdict(about, value, place)
    elif word == MANAGES:
        yield from (_pair(about, crd, place) for crd in _parts(value))
    else:
        yield Saying(
            about, "", True, target, path, f"{short(word)!r} is neither manages nor operator"
        )


def _parts(value: str) -> list[str]:
    """The names in a text with commas, each once; ``_pair`` names an empty one as a fault."""
    return list(dict.fromkeys(part.strip() for part in value.split(",")))


def _verdict(workload: Reference, value: str, place: _Place) -> Saying:
    said = value.strip().lower()
    fault = "" if said in ("true", "false") else f"must be true or false, not {short(value)!r}"
    return Saying(workload, "", said != "false", *place, fault or _misnamed(workload))


def _pair(workload: Reference, crd: str, place: _Place) -> Saying:
    """That a workload manages a CRD."""
    named = len(crd) <= LONGEST_NAME and _CRD.fullmatch(crd)
    fault = "" if named else f"{short(crd)!r} is no name of a CRD, such as widgets.example.com"
    return Saying(workload, crd, True, *place, fault or _misnamed(workload))


def _misnamed(workload: Reference) -> str:
    if workload.name.name:
        return ""
    return f"{short(workload.written)!r} is no NAMESPACE/NAME or KIND/NAMESPACE/NAME of a workload"


def reference(written: str) -> Reference:
    """``NAMESPACE/NAME`` or ``KIND/NAMESPACE/NAME``; without a name if it is neither."""
    parts = [part.strip() for part in written.split("/")]
    *kinds, namespace, name = parts if len(parts) > 1 else ("", "")
    named = is_name(namespace) and is_name(name)
    if not named or len(kinds) > 1 or not all(map(_KIND.fullmatch, kinds)):
        return Reference("", Name("", ""), written)
    return Reference("".join(kinds), Name(namespace, name), written)


def named(pattern: str, crds: Collection[str]) -> list[str]:
    """The names of CRDs that a saying has for them: ``*`` stands for any letters."""
    if "*" in pattern:
        return [each for each in crds if fnmatchcase(each, pattern)]
    return [pattern] if pattern in crds else []


def short(text: str) -> str:
    """What somebody says, as far as a sentence can hold it, without credentials."""
    safe = without_credentials(text[:_MOST_READ])  # half of one would not look like one
    return safe if len(safe) <= _LONGEST_TEXT else f"{safe[: _LONGEST_TEXT - 3]}..."

"""Which Kubernetes a validation rule needs, by the functions and fields that it uses.

A function may be used in a new CRD one release after the API server knows it, which
``cel_rules.functions_by_version`` has. Sources: k8s.io/apiserver, pkg/cel/environment/base.go, and
the feature gates MessageExpression and CRDValidationRatcheting in the Kubernetes documentation.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

Release = tuple[int, int]

EVERYWHERE: Release = (1, 30)
"""What came until then is not told where the release of the API server is not known."""

_FUNCTIONS: tuple[tuple[str, str, Release], ...] = (
    ("optional fields (.?)", r"\.\?|\[\?|\boptional\.\w+\(|\.orValue\(|\.optMap\(", (1, 29)),
    ("quantity()", r"\b(?:isQ|q)uantity\(", (1, 29)),
    ("sets", r"\bsets\.\w+\(", (1, 30)),
    ("format() of texts", r"(?<!\w)strings\.quote\(|'\.format\(", (1, 30)),
    ("ip()", r"\b(?:isIP|ip|ip\.isCanonical)\(", (1, 31)),
    ("cidr()", r"\b(?:isCIDR|cidr)\(", (1, 31)),
    ("format.named()", r"\bformat\.\w+\(", (1, 32)),
    (
        "comprehensions with two variables",
        r"\.(?:all|exists|existsOne)\(\s*\w+\s*,\s*\w+\s*,|\.transform(?:List|Map|MapEntry)\(",
        (1, 33),
    ),
    ("semver()", r"\b(?:isS|s)emver\(", (1, 34)),
    (
        "functions of lists",
        r"\.(?:distinct|first|flatten|last|reverse|slice|sort|sortBy)\(|\blists\.range\(",
        (1, 35),
    ),
)

_FIELDS: Mapping[str, Release] = {
    "rule": (1, 25),
    "messageExpression": (1, 27),
    "reason": (1, 28),
    "fieldPath": (1, 28),
    "optionalOldSelf": (1, 30),
}

_COMPILED = [(name, re.compile(pattern), release) for name, pattern, release in _FUNCTIONS]

_TEXT = re.compile(r"""'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*\"""")


def needed(rule: Mapping[str, Any]) -> Iterator[tuple[str, Release]]:
    """What a rule uses that did not always exist, and the release that has it."""
    code = without_texts(f"{rule.get('rule') or ''}\n{rule.get('messageExpression') or ''}")
    for name, pattern, release in _COMPILED:
        if pattern.search(code):
            yield name, release
    for name, release in _FIELDS.items():
        if rule.get(name):
            yield name, release


def without_texts(code: str) -> str:
    """A rule with empty texts in it, so that no function is found within one."""
    return _TEXT.sub("''", code)

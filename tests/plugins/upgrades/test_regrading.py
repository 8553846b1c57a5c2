"""Which level a finding has, once it is known what happens to the objects."""

from __future__ import annotations

from dataclasses import replace

import pytest

from k8s_datamodel.api import Finding, Severity
from k8s_datamodel_plugins.upgrades import CheckedObjects, regraded

STORED, WRITERS = "enum-value-removed", "version-removed"
"""Rules that hurt what is stored, and only those who write and read."""

SAFE = CheckedObjects(checked=3)
HURT = CheckedObjects(checked=3, hurt=1)
DOUBTFUL = CheckedObjects(checked=3, doubtful=1)
UNREAD = CheckedObjects(known=False)


@pytest.mark.parametrize(
    ("rule", "level", "objects", "expected"),
    [
        (STORED, "breaking", SAFE, "risky"),
        (STORED, "risky", SAFE, "additive"),
        (STORED, "cosmetic", SAFE, "cosmetic"),
        (STORED, "breaking", HURT, "breaking"),
        (STORED, "breaking", DOUBTFUL, "breaking"),
        (STORED, "breaking", UNREAD, "breaking"),
        (STORED, "blocked", SAFE, "blocked"),
        (WRITERS, "breaking", SAFE, "breaking"),
        ("of-a-stranger", "breaking", SAFE, "breaking"),
    ],
)
def test_objects_that_are_safe_lower_a_finding(
    rule: str, level: Severity, objects: CheckedObjects, expected: Severity
) -> None:
    [found] = regraded([Finding(rule=rule, level=level, message="")], objects)
    assert found.level == expected
    assert found.objects == (0 if objects.known else None)


@pytest.mark.parametrize("known", [True, False])
@pytest.mark.parametrize(("level", "expected"), [("risky", "breaking"), ("blocked", "blocked")])
def test_what_surely_hurts_an_object_is_breaking(
    level: Severity, expected: Severity, known: bool
) -> None:
    finding = Finding(rule=WRITERS, level=level, message="")
    objects = replace(HURT, known=known, certain={id(finding)}, hurt_by={id(finding): 1})
    [found] = regraded([finding], objects)
    assert (found.level, found.objects) == (expected, 1 if known else None)

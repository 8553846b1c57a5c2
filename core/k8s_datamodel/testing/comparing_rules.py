"""The rules by which a resource type is compared, read and used as ``diff`` does."""

from __future__ import annotations

from collections.abc import Mapping

from k8s_datamodel.comparing.differences import Lens, object_changes
from k8s_datamodel.comparing.field_paths import parsed
from k8s_datamodel.comparing.sayings import said
from k8s_datamodel.data.objects import KubernetesObject
from k8s_datamodel.testing.alone import alone
from k8s_datamodel.types.comparison_rules import (
    ComparisonRules,
    Noise,
    Saying,
    combined,
    declared,
)
from k8s_datamodel.types.field_checks import misfits
from k8s_datamodel.types.resource_types import ResourceType


def compared_by(resource_type: ResourceType) -> ComparisonRules:
    """The rules that a type names and declares, none without any.

    Raises AssertionError for what is none: another class, a field of a wrong type, a path that
    cannot be read, columns that the type has not.
    """
    rules = declared(resource_type)
    for declared_path in resource_type.noise:
        parsed(declared_path)
    if not resource_type.comparison:
        return rules
    named = alone(resource_type).load_function(resource_type, resource_type.comparison)()
    assert isinstance(named, ComparisonRules), f"comparison gives {named!r}, no ComparisonRules"
    rules = combined(named, rules) if rules.noise else named
    assert isinstance(rules.schemas, Mapping), "schemas must be a mapping"
    assert isinstance(rules.words, Mapping), "words must be a mapping"
    assert isinstance(rules.says, Mapping), "says must be a mapping"
    names = {column.name for column in resource_type.columns}
    for each in rules.noise:
        assert isinstance(each, Noise), f"noise holds {each!r}, no Noise"
        assert list(misfits(each, "noise")) == []
        path = parsed(each.path)
        if resource_type.name in each.columns_of:
            assert path.steps[0] in names, f"noise {each.path}: {resource_type.name} has no such"
        assert each.why, f"noise {each.path} says no why"
    return rules


def check_sayings(
    rules: ComparisonRules,
    resource_type: ResourceType,
    old: KubernetesObject,
    new: KubernetesObject,
) -> None:
    """Raise AssertionError where the rules say a field in which two objects differ as nobody can.

    They are asked for each field that came, went, or has another value, and again.
    """
    for one, other in ((old, new), (new, old)):
        for field in object_changes(one, other, Lens(rules)).fields:
            saying = said(field, resource_type, rules)
            assert saying == said(field, resource_type, rules), f"{field.path}: said in two ways"
            if saying is not None:
                assert isinstance(saying, Saying), f"{field.path}: says gives {saying!r}, no Saying"
                assert list(misfits(saying, "saying")) == []
                assert saying.what.strip(), f"{field.path}: says what is empty"


def changes(rules: ComparisonRules, old: KubernetesObject, new: KubernetesObject) -> list[str]:
    """The paths of the fields in which two objects differ by these rules."""
    return [each.path for each in object_changes(old, new, Lens(rules)).fields]

"""Every rule, by its id."""

from collections.abc import Mapping
from types import MappingProxyType

from k8s_datamodel_plugins.grading.rules.field_rules import FIELD_RULES
from k8s_datamodel_plugins.grading.rules.naming_rules import NAMING_RULES
from k8s_datamodel_plugins.grading.rules.object_rules import OBJECT_RULES
from k8s_datamodel_plugins.grading.rules.rule import Rule
from k8s_datamodel_plugins.grading.rules.serving_rules import SERVING_RULES
from k8s_datamodel_plugins.grading.rules.touching_rules import TOUCHING_RULES
from k8s_datamodel_plugins.grading.rules.value_rules import VALUE_RULES
from k8s_datamodel_plugins.grading.rules.version_rules import VERSION_RULES

__all__ = ["RULES", "Rule"]

_RULES = (
    *NAMING_RULES,
    *VERSION_RULES,
    *SERVING_RULES,
    *FIELD_RULES,
    *VALUE_RULES,
    *OBJECT_RULES,
    *TOUCHING_RULES,
)

RULES: Mapping[str, Rule] = MappingProxyType(
    {each.id: each for each in sorted(_RULES, key=lambda rule: rule.id)}
)
"""The rules, in the order of their ids."""

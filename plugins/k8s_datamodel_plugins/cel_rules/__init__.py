"""CEL rules of CRDs (`x-kubernetes-validations`), evaluated as the API server evaluates them."""

from k8s_datamodel_plugins.cel_rules.engine import missing, syntax_fault
from k8s_datamodel_plugins.cel_rules.rules import (
    Evaluator,
    RuleResult,
    evaluator,
    has_rules,
)

__all__ = ["Evaluator", "RuleResult", "evaluator", "has_rules", "missing", "syntax_fault"]

"""Where CEL comes in: what evaluates a schema's rules, and what becomes of the results.

``cel_rules`` evaluates; where it has no engine, its results are unknown.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Protocol

from k8s_datamodel_plugins.cel_rules import RuleResult
from k8s_datamodel_plugins.structural import Correlated, Failure

_OLD_SELF = re.compile(r"\boldSelf\b")


class Evaluator(Protocol):
    """Evaluates all rules of one schema, and forgives what the server forgives on an update."""

    def check(self, value: Any, update: Correlated | None = None) -> Sequence[RuleResult]:
        """The results of the rules on a whole object.

        Args:
            value: The object, or the new one.
            update: The object with the one before the update; left out when it is created.
        """


EvaluatorFactory = Callable[[Mapping[str, Any], str], Evaluator]
"""Makes the evaluator of an ``openAPIV3Schema`` for a Kubernetes version such as ``1.36``."""


def cel_failures(
    evaluator: Evaluator,
    value: Mapping[str, Any],
    correlated: Correlated | None = None,
    *,
    forgives: bool = True,
) -> Iterator[Failure]:
    """The rules that fail, or of which it is not known.

    Args:
        evaluator: Of the schema's rules.
        value: The object that is created, or the new one.
        correlated: The update.
        forgives: Whether failures of what an update does not change are forgiven (since 1.30).
    """
    for result in evaluator.check(value, correlated):
        certain = result.state == "failed"
        if result.state == "passed":
            continue
        if not certain and forgives and _would_be_forgiven(result, correlated):
            continue
        yield Failure("cel", tuple(result.path), f"{result.message} ({result.rule})", certain)


def _would_be_forgiven(result: RuleResult, correlated: Correlated | None) -> bool:
    """Whether it does not matter that a rule is not known: on what did not change, if it failed.

    A rule that compares with the old value counts always.
    """
    if correlated is None or _OLD_SELF.search(result.rule):
        return False
    return correlated.nearest(result.path).same()

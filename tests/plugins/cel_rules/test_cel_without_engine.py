"""Where the engine is not installed, every rule is unknown, and one line tells how to get it."""

from __future__ import annotations

import sys
from collections.abc import Iterator

import pytest

from k8s_datamodel_plugins.cel_rules import RuleResult, engine, evaluator, missing
from k8s_datamodel_plugins.structural import Correlated, compiled

SCHEMA = {
    "type": "object",
    "properties": {
        "spec": {"type": "string", "x-kubernetes-validations": [{"rule": "self == 'a'"}]},
        "old": {"type": "string", "x-kubernetes-validations": [{"rule": "self == oldSelf"}]},
    },
}


@pytest.fixture
def no_engine(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setitem(sys.modules, "cel_expr_python", None)
    monkeypatch.setitem(sys.modules, "cel_expr_python.cel", None)
    engine.find_engine.cache_clear()
    yield
    engine.find_engine.cache_clear()


@pytest.mark.usefixtures("no_engine")
def test_every_rule_is_unknown_and_one_line_says_how_to_get_the_engine() -> None:
    rules = evaluator(SCHEMA)
    assert "pip install 'k8s-datamodel[cel]'" in missing()
    assert "\n" not in missing()
    assert rules.check({"spec": "b"}) == [
        RuleResult(("spec",), "self == 'a'", "unknown", engine.NOT_INSTALLED)
    ]
    assert rules.check({}) == []
    assert [why for _, _, why in rules.rules()] == [engine.NOT_INSTALLED] * 2


@pytest.mark.usefixtures("no_engine")
def test_a_transition_rule_is_not_asked_where_nothing_was() -> None:
    rules = evaluator(SCHEMA)
    assert rules.check({"old": "b"}) == []
    update = Correlated({"old": "b"}, {"old": "c"}, compiled(SCHEMA))
    assert [one.state for one in rules.check(update.value, update)] == ["unknown"]

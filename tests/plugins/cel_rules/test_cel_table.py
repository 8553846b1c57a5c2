"""Kubernetes' CEL, function by function and trap by trap, as the real API server answered."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from support.cel_rules import playing, table

ANSWERS = Path(__file__).parents[2] / "data/cel/table.json"
NOT_MODELLED = {
    "self.findAll('x*').size() == 4": "findAll with empty matches",
    "'%s %s'.format([[1, 'a'], {'b': true}]) == self": "the text of a list or map",
}
ROWS = table.rows()
BY_RULE: dict[str, list[int]] = {}
for _number, _row in enumerate(ROWS):
    BY_RULE.setdefault(_row.rule["rule"], []).append(_number)


@pytest.fixture(scope="module")
def told() -> list[list[str]]:
    answers: list[list[str]] = json.loads(ANSWERS.read_text())
    assert len(answers) == len(ROWS), "the table changed: test_cel_rules_live.py asks the server"
    return answers


@pytest.mark.parametrize("rule", BY_RULE)
def test_the_api_server_says_the_same(rule: str, told: list[list[str]]) -> None:
    for number in BY_RULE[rule]:
        row = ROWS[number]
        mine = playing.ours(row)
        if rule in NOT_MODELLED:
            assert mine == f"unknown: not modelled: {NOT_MODELLED[rule]}"
            continue
        assert not isinstance(mine, str), (row, mine)
        answer = playing.told_in_full(row, told[number])
        assert playing.alike(answer, mine), (row.value, row.old, answer, mine)

"""Kubernetes' CEL, function by function and trap by trap, as the real API server answered."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from support.cel_rules import playing, table

ANSWERS = Path(__file__).parents[2] / "data/cel/table.json"
EMPTY_MATCHES = "self.findAll('x*').size() == 4"  # the engine leaves them out: not modelled


def grouped() -> dict[str, list[tuple[table.Row, playing.Answer]]]:
    told = json.loads(ANSWERS.read_text())
    rows = table.rows()
    assert len(rows) == len(told), "the table changed: see test_cel_rules_live.py"
    by_rule: dict[str, list[tuple[table.Row, playing.Answer]]] = {}
    for row, answer in zip(rows, told, strict=True):
        by_rule.setdefault(row.rule["rule"], []).append((row, playing.told_in_full(row, answer)))
    return by_rule


GROUPED = grouped()


@pytest.mark.parametrize("rule", GROUPED)
def test_the_api_server_says_the_same(rule: str) -> None:
    for row, answer in GROUPED[rule]:
        mine = playing.ours(row)
        if rule == EMPTY_MATCHES:
            assert isinstance(mine, str)
            continue
        assert not isinstance(mine, str), (row, mine)
        assert playing.alike(answer, mine), (row.value, row.old, answer, mine)

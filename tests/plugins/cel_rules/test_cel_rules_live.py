"""The table of CEL rules, played on the real API server; a sample of it each time."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from cluster.client import Client
from support.cel_rules import playing, table

ANSWERS = Path(__file__).parents[2] / "data/cel/table.json"
WRITE = "WRITE_CEL_ANSWERS"  # set: `make soak` writes the answers


def played(admin: Client, rows: list[table.Row], name: str) -> list[list[str]]:
    answers = playing.asked(admin, rows, name)
    kept = []
    for row, answer in zip(rows, answers, strict=True):
        assert not isinstance(answer, str), (row.rule, answer)
        kept.append(playing.kept(row, answer))
    return kept


def test_the_answers_are_the_servers(admin: Client) -> None:
    rows, told = table.rows(), json.loads(ANSWERS.read_text())
    sample = [number for number in range(len(rows)) if number % 50 == 7]
    answers = played(admin, [rows[number] for number in sample], "sample")
    assert answers == [told[number] for number in sample]


@pytest.mark.soak
def test_all_answers_are_the_servers(admin: Client) -> None:
    answers = played(admin, table.rows(), "all")
    if os.environ.get(WRITE):
        ANSWERS.write_text(json.dumps(answers, ensure_ascii=False, indent=0) + "\n")
    assert answers == json.loads(ANSWERS.read_text())

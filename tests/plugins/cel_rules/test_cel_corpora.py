"""The rules of real CRDs: they compile, and say of objects what the API server says of them."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest

from cluster.client import Client
from k8s_datamodel_plugins.cel_rules import evaluator
from support.cel_rules import corpus, playing
from support.cel_rules.table import Row

ANSWERS = Path(__file__).parents[2] / "data/cel/corpora.json"
WRITE = "WRITE_CEL_ANSWERS"  # set: `make soak` writes the answers
FEW = ("crds",)
Cases = list[list[Row]]


@pytest.fixture(scope="module")
def schemas(shared: Path) -> list[dict[str, Any]]:
    return list(corpus.read_schemas(shared, FEW))


@pytest.fixture(scope="module")
def few(schemas: list[dict[str, Any]]) -> Cases:
    return corpus.cases(schemas)


def bits(rows: list[Row]) -> str:
    """For each row 1 if we take its value, 0 if not, ? if we do not know."""
    verdicts = [playing.ours(row) for row in rows]
    return "".join("?" if isinstance(one, str) else str(int(not one)) for one in verdicts)


def asked(admin: Client, cases: Cases, name: str) -> dict[str, str]:
    """What the server says: by the digest of a rule and its values, 1 for each that it takes."""
    answers = iter(playing.asked(admin, [row for rows in cases for row in rows], name))
    told = {}
    for rows in cases:
        here = [next(answers) for _ in rows]
        refused = [one for one in here if isinstance(one, str)]
        assert not refused, (rows[0].rule, refused)
        told[corpus.digest(rows)] = "".join(str(int(not one)) for one in here)
    return told


def assert_all_compile(schemas: list[dict[str, Any]], at_least: int) -> None:
    told = [one for schema in schemas for one in evaluator(schema).rules()]
    print(f"{len(told)} rules at their places compile, {len({text for _, text, _ in told})} texts")
    assert len(told) >= at_least
    assert [one for one in told if one[2]] == []


def test_every_rule_compiles(schemas: list[dict[str, Any]]) -> None:
    assert_all_compile(schemas, at_least=400)


def test_the_answers_that_are_kept_are_ours(few: Cases) -> None:
    kept = json.loads(ANSWERS.read_text())
    different = [
        (rows[0].rule["rule"], kept.get(corpus.digest(rows)), bits(rows))
        for rows in few
        if kept.get(corpus.digest(rows)) != bits(rows)
    ]
    both = sum({"0", "1"} <= set(bits(rows)) for rows in few)
    print(f"{len(few)} rules with {sum(map(len, few))} objects, {both} with valid and invalid ones")
    assert different == []


def test_a_sample_is_what_the_server_says(few: Cases, admin: Client) -> None:
    sample = few[:: max(1, len(few) // 40)][:40]
    told = asked(admin, sample, "some")
    assert told == {corpus.digest(rows): bits(rows) for rows in sample}


@pytest.mark.soak
def test_all_rules_are_what_the_server_says(shared: Path, admin: Client) -> None:
    schemas = list(corpus.read_schemas(shared, corpus.ARCHIVES))
    assert_all_compile(schemas, at_least=3000)
    cases = corpus.cases(schemas)
    told = asked(admin, cases, "every")
    if os.environ.get(WRITE):
        ANSWERS.write_text(json.dumps(told, indent=0, sort_keys=True) + "\n")
    both = sum({"0", "1"} <= set(one) for one in told.values())
    print(
        f"{len(cases)} rules, {both} with valid and invalid objects, {sum(map(len, cases))} objects"
    )
    assert both >= 200
    assert told == {corpus.digest(rows): bits(rows) for rows in cases}
    assert told == json.loads(ANSWERS.read_text())

"""``check rules``: the rules by which changes of CRDs are graded."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import click

from k8s_datamodel.api import Column, Fields, Page, Row, Rows, Text, UsageError, hint
from k8s_datamodel.commands import (
    output_option,
    reads,
    write_page,
)
from k8s_datamodel_plugins.grading import RULES, Rule

_COLUMNS = (
    Column("id", title="Rule", show="table", importance=90),
    Column("level", show="table", importance=80),
    Column("hurts", "list", show="table", importance=60, description="Whom it may hurt"),
    Column("title", title="What Changed", show="table", importance=70),
    Column("reason", show="wide", importance=20),
    Column("example"),
    Column("server", description="What the API server does"),
    Column("remedy", description="How to get out"),
)
_LINES = ("table", "wide", "rich", "plain")


@click.group("rules", epilog="Example: k8s-datamodel check rules list")
def rules() -> None:
    """List and explain the rules by which changes of CRDs are graded."""


@rules.command("list", epilog="Example: k8s-datamodel check rules list")
@output_option()
@reads("nothing")
@click.pass_context
def list_rules(ctx: click.Context, /, output: str) -> None:
    """List the rules."""
    write_page(
        ctx, Page([Rows(_COLUMNS, map(_row, RULES.values()), "Rules", singular="rule")]), output
    )


@rules.command("explain", epilog="Example: k8s-datamodel check rules explain required-added")
@click.argument("rule")
@output_option()
@reads("nothing")
@click.pass_context
def explain(ctx: click.Context, /, rule: str, output: str) -> None:
    """Explain a rule: why it matters, what the API server does, how to get out."""
    found = RULES.get(rule)
    if found is None:
        raise UsageError(
            f"there is no rule {rule}{hint(rule, RULES) or '; check rules list has all'}"
        )
    if output in _LINES:
        write_page(ctx, Page([Text(_text(found))]), "")
    else:
        write_page(ctx, Page([Fields(_row(found), "Rule", identity=("id",))]), output)


def _row(rule: Rule) -> Row:
    return {column.name: rule.document()[column.name] for column in _COLUMNS}


def _text(rule: Rule) -> Iterator[str]:
    hurts = {"stored": "what is stored", "writers": "who writes", "readers": "who reads"}
    who = " and ".join(hurts[each] for each in rule.hurts) or "nobody"
    yield f"{rule.id}: {rule.title}\n\n"
    yield f"Level: {rule.level}. It may hurt {who}.\n"
    parts: dict[str, Any] = {
        "Why it matters": rule.reason,
        "Example": rule.example,
        "What the API server does": rule.server,
        "How to get out": rule.remedy,
    }
    for title, text in parts.items():
        yield f"\n{title}\n"
        yield from (f"  {line}\n" for line in str(text).splitlines())

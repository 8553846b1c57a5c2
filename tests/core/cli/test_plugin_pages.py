"""``plugins docs`` and ``plugins list`` tell of everything that a plugin adds."""

from __future__ import annotations

import pytest

from k8s_datamodel import cli


def printed(capsys: pytest.CaptureFixture[str], *words: str) -> str:
    assert cli.run(["plugins", *words]) == 0
    return capsys.readouterr().out


def test_docs_have_derived_and_deferred_columns(capsys: pytest.CaptureFixture[str]) -> None:
    page = printed(capsys, "docs", "crds")
    assert "| `orphan_since` |" in page
    assert "(`list --orphans`, `get`), never stored." in page
    assert "Filled by a run that stores, from `operators`: `managed_by`" in page


def test_the_table_tells_what_backends_can(capsys: pytest.CaptureFixture[str]) -> None:
    table, _, backends = printed(capsys, "list").partition("\n\n")
    assert table.startswith("NAME ")
    assert backends.startswith("sqlite:// can backup, baselines, ")
    assert "\npostgresql:// can baselines, " in backends
    assert "//" not in printed(capsys, "list", "--no-load")

"""The command lines of the pages on safety and PostgreSQL, run one after the other."""

from __future__ import annotations

import os
import re
import subprocess
from pathlib import Path

import pytest

from manual.pages import Dialogue, dialogues
from support.command import PROGRAM
from support.servers.postgres import PASSWORD, USER, Postgres

ROOT = Path(__file__).parents[2]


def text_of(page: str) -> str:
    return (ROOT / "docs" / page).read_text(encoding="utf-8")


def lines(page: str, language: str = "sh") -> str:
    """All shell blocks of a page as one script."""
    return "\n".join(re.findall(rf"^```{language}\n(.*?)^```", text_of(page), re.M | re.S))


def told(page: str) -> list[Dialogue]:
    """The commands of a page with what it says that they print."""
    return list(dialogues(lines(page, "console")))


def run(script: str, folder: Path, **env: str) -> str:
    """Run a script in a folder that has the sample cluster; what it printed."""
    docs = folder / "docs"
    docs.mkdir()
    (docs / "sample-cluster").symlink_to(ROOT / "docs" / "sample-cluster")
    path = f"{PROGRAM.parent}{os.pathsep}{os.environ['PATH']}"
    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", script],
        cwd=folder,
        env={**os.environ, "PATH": path, "HOME": str(folder), **env},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "Traceback" not in done.stderr
    return done.stdout + done.stderr


def test_the_page_on_safety(tmp_path: Path) -> None:
    said = run(lines("safety.md"), tmp_path)
    assert said.count("The database is well.") == 4
    assert "Stored with --no-redact: 2." in said


@pytest.mark.postgresql
def test_the_page_on_postgresql(tmp_path: Path, postgres: Postgres) -> None:
    admin = postgres.new_database()
    name = admin.rpartition("/")[2]
    postgres.run("postgres", f"ALTER DATABASE {name} OWNER TO {USER}")
    script = lines("postgresql.md")
    for ours, theirs in (
        ("db.example.org", "127.0.0.1"),
        ("5432", str(postgres.port)),
        ("collector:PASSWORD", f"{USER}:{PASSWORD}"),
        ("/inventory ", f"/{name} "),
        ("/inventory\n", f"/{name}\n"),
        ("dbname=inventory", f"dbname={name}"),
    ):
        assert ours in script
        script = script.replace(ours, theirs)
    source = str(ROOT / "docs" / "sample-cluster" / "before")
    said = run(script, tmp_path, INVENTORY_PASSWORD=PASSWORD, K8S_DATAMODEL_SOURCE=source)
    assert PASSWORD not in said
    assert "holds a password" not in said
    assert "Would copy 1 snapshot." in said
    assert "Copied 1 snapshot; 0 were there already." in said
    assert "Copied 2 snapshots; 0 were there already." in said
    assert "The database is well." in said


@pytest.mark.postgresql
def test_the_page_on_postgresql_begins_with_what_it_prints(
    tmp_path: Path, postgres: Postgres
) -> None:
    [first] = told("postgresql.md")
    theirs = "postgresql://collector@db.example.org:5432/inventory"
    assert theirs in first.command
    source = str(ROOT / "docs" / "sample-cluster" / "before")
    command = first.command.replace(theirs, postgres.new_database())
    assert first.stands_in(run(command, tmp_path, K8S_DATAMODEL_SOURCE=source))

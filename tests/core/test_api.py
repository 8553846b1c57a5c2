"""The public API is the one that plugins were promised; a change says what it means to them."""

from __future__ import annotations

import ast
import builtins
import collections.abc
import contextlib
import pathlib
import re
import subprocess
import sys
import typing
from importlib.metadata import version
from pathlib import Path

import pytest

import public_api

DOCS = Path(__file__).parents[2] / "docs"
BUILT_INS = Path(__file__).parents[2] / "plugins" / "k8s_datamodel_plugins"
FILE = DOCS / "reference" / "api.txt"


def test_the_api_is_the_promised_one() -> None:
    promised, _, _ = public_api.parsed(FILE.read_text(encoding="utf-8"))
    changes = public_api.changes(promised, public_api.facts())
    assert not changes.breaking, "plugins break: keep it, or raise API_VERSION and `make docs`"
    assert not changes.added, "new: run `make docs`, and raise API_MINOR if the API was released"


def test_what_public_names_lead_to_is_public() -> None:
    """So mypy, which is strict with the built-ins, finds each attribute that is not public."""
    facts = {name: text for name, text in public_api.facts().items() if "testing." not in name}
    known = {name.split(".")[1] for name in facts} | LIBRARIES
    for module in (builtins, collections.abc, contextlib, pathlib, typing):
        known |= set(dir(module))
    led_to = {
        name: found - known
        for name, text in facts.items()
        if (found := set(re.findall(r"(?<![\w.])[A-Z]\w+", re.sub(r"'[^']*'", "", text)))) - known
    }
    assert led_to == {}


LIBRARIES = {"Choose", "Command", "FC", "HookimplMarker", "Result", "Test"}
"""Names of click and pluggy, variables for types, and names for kinds of functions."""


def test_the_built_ins_do_not_reach_behind_the_public_api() -> None:
    hidden = {"ensure_object", "find_object", "obj", "meta"}  # of click.Context: the host's own
    found = [
        f"{path.name}:{node.lineno}"
        for path in BUILT_INS.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Attribute)
        and isinstance(node.value, ast.Name)
        and node.value.id == "ctx"
        and node.attr in hidden
    ]
    assert found == []


def test_every_public_name_is_documented() -> None:
    assert public_api.undocumented() == []
    page = (DOCS / "reference" / "api.md").read_text(encoding="utf-8")
    names = {name.split(".")[1] for name in public_api.facts() if not name.startswith("hook.")}
    assert [name for name in names if f"### {name}\n" not in page] == []


BREAKING = {
    # what an earlier API had, and what a change makes of it
    "a name is removed": ({"api.old": "(x: int) -> int"}, {}),
    "a hook is removed": ({"hook.register_x": "() -> int"}, {}),
    "a field is removed": (
        {"api.A": ": dataclass", "api.A.x": ": int [0]"},
        {"api.A": ": dataclass"},
    ),
    "a field has another type": ({"api.A.x": ": int [0]"}, {"api.A.x": ": str [0]"}),
    "a field stands elsewhere": ({"api.A.x": ": int [0]"}, {"api.A.x": ": int [1]"}),
    "a field lost its default": ({"api.A.x": ": int = 1 [0]"}, {"api.A.x": ": int [0]"}),
    "a field must be given": (
        {"api.A": ": dataclass"},
        {"api.A": ": dataclass", "api.A.x": ": int [0]"},
    ),
    "a parameter must be given": (
        {"api.f": "(x: int) -> int"},
        {"api.f": "(x: int, y: int) -> int"},
    ),
    "a parameter is renamed": ({"api.f": "(x: int) -> int"}, {"api.f": "(z: int) -> int"}),
    "another result": ({"api.f": "(x: int) -> int"}, {"api.f": "(x: int) -> str"}),
    "plugins must have a method more": (
        {"api.Store": ": protocol [implemented by plugins]"},
        {
            "api.Store": ": protocol [implemented by plugins]",
            "api.Store.copy": "(self) -> None [implemented by plugins]",
        },
    ),
    "plugins are given an argument more": (
        {"api.Store.copy": "(self) -> None [implemented by plugins]"},
        {"api.Store.copy": "(self, x: int = 1) -> None [implemented by plugins]"},
    ),
}

ADDED = {
    "a name": ({}, {"api.new": "(x: int) -> int"}),
    "a class with fields": ({}, {"api.A": ": dataclass", "api.A.x": ": int [0]"}),
    "a field with a default": (
        {"api.A": ": dataclass"},
        {"api.A": ": dataclass", "api.A.x": ": int = 1 [0]"},
    ),
    "a parameter with a default": (
        {"api.f": "(x: int) -> int"},
        {"api.f": "(x: int, y: int = 2, *, z: str = '') -> int"},
    ),
    "a method of what the host gives": (
        {"api.Context": ": protocol"},
        {"api.Context": ": protocol", "api.Context.fault": "(self) -> None"},
    ),
}


@pytest.mark.parametrize("what", BREAKING)
def test_what_breaks_plugins_is_seen(what: str) -> None:
    before, now = BREAKING[what]
    changes = public_api.changes(before, now)
    assert (len(changes.breaking), changes.added) == (1, ())


@pytest.mark.parametrize("what", ADDED)
def test_what_is_added_breaks_nobody(what: str) -> None:
    before, now = ADDED[what]
    changes = public_api.changes(before, now)
    assert changes.breaking == ()
    assert changes.added


def test_the_file_comes_back_as_it_was_written() -> None:
    facts = public_api.facts()
    content = public_api.lines(facts, "1.2", "3.4")
    assert public_api.parsed(content) == (facts, "1.2", "3.4")


LINE = "api.Column.title: str = '' [3]\n"


def test_make_docs_refuses_to_break_the_promise(tmp_path: Path) -> None:
    docs = tmp_path / "docs"
    (docs / "reference").mkdir(parents=True)
    for module in DOCS.glob("*.py"):
        (docs / module.name).write_text(module.read_text(encoding="utf-8"))
    (tmp_path / "tests").symlink_to(DOCS.parent / "tests")
    content = FILE.read_text(encoding="utf-8")
    promised = content.replace(LINE, LINE.replace("title", "gone"))
    assert promised != content
    (docs / "reference" / "api.txt").write_text(promised)
    (tmp_path / "CHANGELOG.md").write_text(f"# Changelog\n\n## {version('k8s-datamodel')}\n")
    done = subprocess.run(
        [sys.executable, docs / "generate.py"], capture_output=True, text=True, check=False
    )
    assert done.returncode == 1
    assert "break plugins that are made for API 1.0:\n  api.Column.gone: str" in done.stderr
    assert "or raise API_VERSION" in done.stderr
    assert (docs / "reference" / "api.txt").read_text() == promised
    assert [path.name for path in (docs / "reference").iterdir()] == ["api.txt"]


def test_the_promise_begins_with_the_release() -> None:
    import generate

    released = f"# Changelog\n\n## {version('k8s-datamodel')}\n"
    without = FILE.read_text(encoding="utf-8").replace(LINE, "")
    assert "api.Column.title" in generate.refusal(without, released)
    assert "Raise API_MINOR" in generate.refusal(without, released)
    assert generate.refusal(without, "# Changelog\n\n## Unreleased\n") == ""

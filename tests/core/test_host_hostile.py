"""Plugins that do what no plugin should: the host works, the others are whole, all is told."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from k8s_datamodel.plugins.finders import Plugin
from k8s_datamodel.plugins.host import Host
from k8s_datamodel.plugins.registry import Registry, Reserved
from support.fake_distributions import FOLDER, builtin_points, hosted, importable, only

GOOD = "Acme.Good/good"


@pytest.fixture(autouse=True)
def _importable() -> Iterator[None]:
    with importable():
        yield


def reserved() -> Reserved:
    return ("plugins", "plugins list", "database", "database store"), ("output", "no-color")


def registry_with(*names: str) -> Registry:
    return Registry(hosted(*names), reserved)


REFUSED = {
    # name: (state, part of the reason, line of the fault in its file or None)
    "import_error": ("broken", "ImportError: the library of the vendor is too old", 3),
    "missing_dependency": ("broken", "No module named 'no_such_library'; install it", 3),
    "exits": ("broken", "SystemExit: no license was found", 5),
    "syntax_error": ("broken", "SyntaxError: ", 3),
    "base_exception": ("broken", "Stop: stop everything", 8),
    "broken_message": ("broken", "Secretive: (its message cannot be shown)", 9),
    "many_lines": ("broken", "ValueError: first second [31m third and more", 3),
    "recursion": ("broken", "RecursionError: maximum recursion depth exceeded", 5),
    "asks": ("broken", "EOFError", 3),
    "hides": ("broken", "RuntimeError: nothing to see here", 6),
    "no_attribute": ("broken", "has no attribute 'nothing'", None),
    "no_module": ("broken", "No module named 'hostile.gone'; install it", None),
    "malformed": ("broken", "its entry point 'not a module' is not module or", None),
    "unknown_hook": ("incompatible", "no hook kdm_before_everything; it needs a newer", 6),
    "misspelt_hook": ("incompatible", "perhaps register_formatters is meant", 6),
    "wrong_argument": ("incompatible", "register_formatters gives no argument config", 6),
    "newer_api": ("incompatible", "asks for API 99, this is API 1; it needs a newer", None),
    "newer_import": ("incompatible", "cannot import name 'NotInventedYet'", 3),
    "strange_api": ("broken", "from 1 on, or a pair as (1, 2), not 'v2'", None),
    "newer_minor": ("incompatible", "asks for API 1.99, this is API 1.", None),
    "no_hook": ("broken", "no hook marked with hookimpl", None),
    "wrapper": ("broken", "register_resource_types is a wrapper", 6),
    "returns_dict": ("broken", "must return an iterable of FormatterSpec, not {'format'", 6),
    "returns_one": ("broken", "an iterable of FormatterSpec, not FormatterSpec(name='one'", 6),
    "coroutine": ("broken", "must return an iterable of FormatterSpec, not <coroutine", 6),
    "wrong_kind": ("broken", "an iterable of ResourceType, one is FormatterSpec(", 6),
    "raises_in_hook": ("broken", "KeyError: 'settings'", 8),
    "exits_in_hook": ("broken", "SystemExit: 0", 8),
    "half_fails": ("broken", "OSError: the list of formats is gone", 9),
    "half_wrong": ("broken", "FormatterSpec No Name: name must match", 6),
    "endless": ("broken", "gives more than 1000", 8),
    "twice": ("broken", "registers format 'twice' twice", None),
    "bad_target": ("broken", "target must be 'module:attribute', not 'acme_parts.Format'", 6),
    "wrong_fields": ("broken", "FormatterSpec.target must be str | ", 6),
    "wrong_types": ("broken", "ResourceType.name must be str, not 7", 10),
    "bad_type": ("broken", "'ledger' is taken by documents", 10),
    "bad_columns": ("broken", "column spec: spec is the complete object", 10),
    "no_columns": ("broken", "no column has show='table'", 10),
    "takes_own_command": ("duplicate", "command 'plugins' belongs to k8s-datamodel itself", None),
    "takes_own_option": ("duplicate", "option 'no-color' belongs to k8s-datamodel itself", None),
    "takes_subcommand": ("duplicate", "command 'database store' belongs to k8s-data", None),
}

TOLERATED = {
    # name: formats it registers
    "prints": ["prints"],
    "prints_in_hook": ["prints-in-hook"],
    "changes_directory": ["changes-directory"],
    "slow": ["slow"],
    "returns_none": [],
    "class": ["from-class"],
    "object": ["from-object"],
    "targets": ["failing", "half"],
}


def test_every_hostile_plugin_is_expected_to_do_something() -> None:
    [text] = [path.read_text() for path in FOLDER.glob("hostile-*/entry_points.txt")]
    assert set(REFUSED) | set(TOLERATED) == {
        line.partition(" = ")[0] for line in text.splitlines() if " = " in line
    }
    assert len(REFUSED) >= 20


@pytest.mark.parametrize("name", REFUSED)
def test_a_hostile_plugin_is_refused_with_a_clear_reason(name: str) -> None:
    state, reason, line = REFUSED[name]
    registry = registry_with(name, GOOD)

    plugin = only(registry, name)
    assert (plugin.state, plugin.line) == (state, line)
    assert reason in plugin.reason
    if line is not None:
        assert plugin.file == str(FOLDER / "hostile" / f"{name}.py")
    [problem] = registry.problems
    assert problem.startswith(f"plugin {name} of hostile 6.6.6 is {state} with k8s-datamodel ")
    assert problem.isprintable()
    assert len(problem) < 1000


@pytest.mark.parametrize("name", REFUSED)
def test_a_refused_plugin_leaves_nothing_and_takes_nothing_from_others(name: str) -> None:
    with_it, without = registry_with(name, GOOD), registry_with(GOOD)
    assert with_it.types == without.types
    assert with_it.formatters == without.formatters
    assert with_it.storages == without.storages
    assert with_it.sources == without.sources
    assert with_it.commands == without.commands
    assert {p.state for p in with_it.plugins if p.name != name} == {"active"}


@pytest.mark.parametrize("name", TOLERATED)
def test_what_a_rude_plugin_does_is_put_right(name: str) -> None:
    before = process_state()
    registry = registry_with(name)
    assert process_state() == before

    plugin = only(registry, name)
    assert (plugin.state, plugin.reason) == ("active", "")
    builtin = Registry(hosted_builtins())
    assert sorted(set(registry.formatters) - set(builtin.formatters)) == TOLERATED[name]
    assert not registry.problems


def test_what_plugins_print_goes_to_stderr(capfd: pytest.CaptureFixture[str]) -> None:
    registry_with("prints", "prints_in_hook")
    out, err = capfd.readouterr()
    assert out == ""
    for said in ("printed", "written", "echoed", "straight", "printed in the hook"):
        assert said in err.splitlines()


def test_a_slow_plugin_is_told_by_its_time() -> None:
    registry = registry_with("slow")
    assert only(registry, "slow").seconds >= 0.05


def test_an_interrupt_while_loading_is_the_users() -> None:
    def interrupted() -> object:
        raise KeyboardInterrupt

    host = Host([Plugin("waits", "acme", "1", "acme:plugin", "installed", interrupted)])
    with pytest.raises(KeyboardInterrupt):
        Registry(host)


def test_all_hostile_plugins_together_leave_the_good_ones_whole() -> None:
    registry = Registry(hosted(), reserved)
    states = {(p.distribution, p.name): p.state for p in registry.plugins}
    assert {states["k8s-datamodel", p.name] for p in builtin_points()} == {"active"}
    assert states["acme-good", "good"] == "active"
    assert {name: states["hostile", name] for name in REFUSED} == {
        name: state for name, (state, _, _) in REFUSED.items()
    }
    assert registry.type("widgets").command == "widget"


def hosted_builtins() -> Host:
    return Host.discover(entry_points=builtin_points())


def process_state() -> tuple[object, ...]:
    return Path.cwd(), sys.stdout, sys.stderr, sys.stdin

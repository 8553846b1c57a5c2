"""What plugins offer, by kind: accepted as a whole or not at all, and imported when it is used."""

from __future__ import annotations

import io
import threading
from collections.abc import Iterator

import pytest

from k8s_datamodel.base.errors import PluginError, UsageError
from k8s_datamodel.contracts.formatting import Output
from k8s_datamodel.data.pages import Page, Rows
from k8s_datamodel.plugins.isolation import isolated
from k8s_datamodel.plugins.registry import Registry
from support.fake_distributions import hosted, importable, only

GOOD = "Acme.Good/good"


@pytest.fixture(autouse=True)
def _importable() -> Iterator[None]:
    with importable():
        yield


@pytest.fixture
def registry() -> Iterator[Registry]:
    return Registry(hosted(GOOD, "targets"))


def test_views_hold_what_built_ins_and_others_register(registry: Registry) -> None:
    assert [t.name for t in registry.types] == [
        "crds",
        "operators",
        "csvs",
        "instances",
        "widgets",
    ]
    assert {"json", "table", "acme"} <= set(registry.formatters)
    assert {"sqlite", "acme"} <= set(registry.storages)
    assert {"kubernetes", "file", "acme"} <= set(registry.sources)
    assert [(c.group, c.name) for c in registry.commands if "acme" in c.target] == [
        ("", "acme"),
        ("database", "audit"),
    ]


def test_each_is_found_by_name_with_its_owner(registry: Registry) -> None:
    assert registry.type("widgets").singular == "Widget"
    assert registry.formatter("acme").suffixes == (".acme",)
    assert registry.storage("acme").scheme == "acme"
    assert registry.source("acme").scheme == "acme"
    for kind, name in (
        ("type", "widgets"),
        ("formatter", "acme"),
        ("storage", "acme"),
        ("source", "acme"),
        ("command", "acme"),
        ("command", "database audit"),
    ):
        assert registry.owner(kind, name).distribution == "acme-good"
    assert registry.owner("type", "crds").builtin


def test_what_is_not_there_is_told_with_what_is_and_who_is_out() -> None:
    registry = Registry(hosted("import_error"))
    with pytest.raises(UsageError) as caught:
        registry.formatter("parquet")
    told = str(caught.value)
    there = ", ".join(sorted(registry.formatters))
    assert f"no formatter 'parquet'; there are: {there}; " in told
    assert {"csv", "json", "table"} <= set(registry.formatters)
    assert told.endswith("plugins that are not in use: import_error (broken)")
    with pytest.raises(UsageError, match="no type 'widgets'"):
        registry.owner("type", "widgets")


@pytest.mark.parametrize(
    ("name", "what"),
    [
        ("rival_type", "resource type 'widgets' belongs to good of acme-good 1.2"),
        ("rival_command", "command 'widget' belongs to good of acme-good 1.2"),
        ("rival_count", "count column 'widget_count' belongs to good of acme-good 1.2"),
        ("rival_format", "format 'json' belongs to formats of k8s-datamodel"),
        ("rival_scheme", "storage scheme 'sqlite' belongs to sql of k8s-datamodel"),
        ("rival_suffix", "file suffix '.acme' belongs to good of acme-good 1.2"),
        ("rival_group", "command 'acme' belongs to good of acme-good 1.2"),
    ],
)
def test_of_two_that_register_the_same_the_first_wins(name: str, what: str) -> None:
    registry = Registry(hosted(name, GOOD))
    rival = only(registry, name)
    assert rival.state == "duplicate"
    assert rival.reason == f"{what}{rival.reason[len(what) :]}"
    assert rival.reason.endswith("rival 2.0 comes second")
    assert only(registry, "good").state == "active"
    assert "gadgets" not in [t.name for t in registry.types]


def test_a_command_cannot_take_the_name_of_anothers_group() -> None:
    grouped, command = Registry(hosted("rival_group")), Registry(hosted(GOOD, "rival_group"))
    assert [c.group for c in grouped.commands if c.name == "inner"] == ["acme"]
    assert "inner" not in [c.name for c in command.commands]


def test_two_may_add_to_one_group() -> None:
    registry = Registry(hosted(GOOD), lambda: (("database", "database store"), ()))
    assert "audit" in [c.name for c in registry.commands]


def test_targets_are_imported_when_they_are_asked_for(registry: Registry) -> None:
    assert registry.load_target(registry.type("widgets"))(None) is not None
    assert registry.load_target(registry.source("acme"))("request") == "request"
    read = registry.type("widgets").reads[0]
    assert (
        registry.load_function(registry.type("widgets"), read.fact)({"metadata": {"name": "n"}})
        == "n"
    )


def test_a_formatter_class_is_made_into_one(registry: Registry) -> None:
    formatter = registry.load_formatter(registry.formatter("acme"))
    text = io.StringIO()
    formatter.write(Page([Rows((), ())]), Output(text, io.BytesIO()))
    assert text.getvalue() == "a page"


@pytest.mark.parametrize(
    ("kind", "name", "reason"),
    [
        ("source", "missing-module", "cannot load hostile.not_there:open: ModuleNotFoundError"),
        ("source", "missing-attribute", "cannot load acme_parts:nothing: AttributeError"),
        ("source", "not-callable", "acme_parts:__name__ is 'acme_parts', which cannot be called"),
        ("storage", "exits", "cannot load hostile.exits:open: SystemExit: no license was found ("),
    ],
)
def test_a_target_that_cannot_be_used_is_told_in_one_line(
    registry: Registry, kind: str, name: str, reason: str
) -> None:
    with pytest.raises(PluginError) as caught:
        registry.load_target(getattr(registry, kind)(name))
    assert str(caught.value).startswith(f"plugin targets of hostile 6.6.6: {reason}")
    assert str(caught.value).isprintable()


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("half", "hostile.targets:Half is no formatter: no write"),
        ("failing", "cannot load hostile.targets:failing: LookupError: no such printer ("),
    ],
)
def test_a_formatter_that_is_none_is_told(registry: Registry, name: str, reason: str) -> None:
    with pytest.raises(PluginError) as caught:
        registry.load_formatter(registry.formatter(name))
    assert str(caught.value).startswith(f"plugin targets of hostile 6.6.6: {reason}")


def test_checking_a_plugin_names_everything_that_cannot_be_loaded(registry: Registry) -> None:
    assert registry.unloadable(only(registry, "good")) == []
    told = registry.unloadable(only(registry, "targets"))
    assert len(told) == 6
    assert all(line.startswith("plugin targets of hostile 6.6.6: ") for line in told)


def test_a_target_may_print_while_stdout_is_the_datas(
    registry: Registry, capfd: pytest.CaptureFixture[str]
) -> None:
    registry.load_target(next(c for c in registry.commands if c.name == "prints"))
    out, err = capfd.readouterr()
    assert out == ""
    assert "printed" in err


def test_foreign_code_in_a_thread_leaves_stdout_to_who_writes_to_it(
    capfd: pytest.CaptureFixture[str],
) -> None:
    inside, written = threading.Event(), threading.Event()

    def load() -> None:
        with isolated():
            inside.set()
            written.wait(timeout=60)

    thread = threading.Thread(target=load)
    thread.start()
    assert inside.wait(timeout=60)
    print("data")
    written.set()
    thread.join()
    assert capfd.readouterr().out == "data\n"

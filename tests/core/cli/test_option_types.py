"""What values of options may be, which format is meant, and what a URL gives away."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import click
import pytest

from k8s_datamodel.base.errors import UsageError
from k8s_datamodel.cli.frame.app import App
from k8s_datamodel.cli.frame.output import format_of
from k8s_datamodel.cli.params.global_options import (
    GlobalOption,
    NamespaceName,
    warn_of_password,
)
from k8s_datamodel.cli.params.options import OutputFormat
from k8s_datamodel.cli.params.per_type import Collecting, OnlySome, collected
from k8s_datamodel.contracts.specs import FormatterSpec
from k8s_datamodel.data.columns import Column
from k8s_datamodel.types.resource_types import ResourceType


def made(name: str, **attributes: Any) -> ResourceType:
    return ResourceType(
        name=name,
        command=name,
        singular=name.title(),
        plural=name,
        columns=(Column("name", show="table"),),
        identity=("name",),
        collector="nowhere:collect",
        reads=(),
        **attributes,
    )


WIDGETS, PARTS = made("widgets"), made("spare_parts", skip="parts")
INSTANCES = made("instances", on_request="instances")
FORMATS = {
    spec.name: spec
    for spec in (
        FormatterSpec("table", "x:y"),
        FormatterSpec("json", "x:y", suffixes=(".json",)),
        FormatterSpec("yaml", "x:y", suffixes=(".yaml", ".yml")),
    )
}


@pytest.fixture
def app() -> App:
    app = App()
    registry: Any = SimpleNamespace(formatters=FORMATS, types=(WIDGETS, PARTS, INSTANCES))
    app.registry = registry
    return app


@pytest.fixture
def ctx(app: App) -> click.Context:
    return click.Context(click.Command("list"), obj=app)


@pytest.mark.parametrize("name", ["shop", "a", "0", "kube-system", "a--b", "x" * 63])
def test_names_of_namespaces(name: str) -> None:
    assert NamespaceName("namespace", lambda *_: ()).convert(name, None, None) == name


@pytest.mark.parametrize(
    "name", ["", "Shop", "-a", "a-", "a.b", "a_b", "x" * 64, "a b", "shop\n", "*", "a/b"]
)
def test_what_no_namespace_can_be_called(name: str) -> None:
    with pytest.raises(click.BadParameter, match="63"):
        NamespaceName("namespace", lambda *_: ()).convert(name, None, None)


def test_a_format_is_one_that_is_registered(ctx: click.Context) -> None:
    for name in ("yaml", "yml"):
        assert OutputFormat().convert(name, None, ctx) == "yaml"
    with pytest.raises(click.BadParameter, match=r"'xml'.*table, json, yaml"):
        OutputFormat().convert("xml", None, ctx)


@pytest.mark.parametrize(
    ("typed", "offered"), [("", ["table", "json", "yaml"]), ("j", ["json"]), ("x", [])]
)
def test_formats_complete(ctx: click.Context, typed: str, offered: list[str]) -> None:
    items = OutputFormat().shell_complete(ctx, click.Option(["-o"]), typed)
    assert [item.value for item in items] == offered


@pytest.mark.parametrize(
    ("file", "own", "expected"),
    [
        (None, (), "table"),
        ("-", (), "table"),
        ("out", (), "table"),
        ("out.", (), "table"),
        (".hidden", (), "table"),
        ("out.json", (), "json"),
        ("folder.yaml/out.JSON", (), "json"),
        ("out.yml", (), "yaml"),
        ("out.md", (".md",), "table"),
    ],
)
def test_a_suffix_means_a_format(
    ctx: click.Context, file: str | None, own: tuple[str, ...], expected: str
) -> None:
    assert format_of(ctx, file, "table", own) == expected


def test_a_suffix_of_no_format_is_an_error(ctx: click.Context) -> None:
    with pytest.raises(UsageError, match=r"out\.xls.*\.json, \.yaml, \.yml"):
        format_of(ctx, "out.xls", "table")


@pytest.mark.parametrize(
    ("url", "told"),
    [
        ("postgresql://me:secret@host/db", True),
        ("postgresql://:secret@host/db", True),
        ("postgresql://host/db?password=secret", True),
        ("postgresql://host/db?sslmode=require&sslPassword=secret", True),
        ("postgresql://me@host/db", False),
        ("postgresql://me:@host/db", False),
        ("postgresql://host:5432/db", False),
        ("postgresql://host/db?password=", False),
        ("postgresql://host/a:b@c", False),
        ("inventory.db", False),
        ("folder:with@signs", False),
    ],
)
def test_a_password_on_the_command_line_is_told(
    app: App, capsys: pytest.CaptureFixture[str], url: str, told: bool
) -> None:
    warn_of_password(app, url, "--db-path")
    err = capsys.readouterr().err
    assert ("--db-path holds a password" in err) == told
    assert "secret" not in err


class _Globals(click.Group):
    """``tool`` and ``tool list``, both with two global options."""

    def __init__(self) -> None:
        super().__init__("tool", params=self._options(), invoke_without_command=True)
        self.add_command(click.Command("list", params=self._options(), callback=lambda: None))

    @staticmethod
    def _options() -> list[click.Parameter]:
        return [GlobalOption("--context", envvar="TOOL_CONTEXT"), GlobalOption("--namespace")]


@pytest.mark.parametrize(
    ("arguments", "env", "context", "typed"),
    [
        ([], {}, None, set()),
        (["--context", "a"], {}, "a", {"context"}),
        (["list", "--context", "b"], {}, "b", {"context"}),
        (["--context", "a", "list", "--context", "b"], {}, "b", {"context"}),
        (["list"], {"TOOL_CONTEXT": "e"}, "e", set()),
        (["--context", "a", "list"], {"TOOL_CONTEXT": "e"}, "a", {"context"}),
        (["list", "--context", "b"], {"TOOL_CONTEXT": "e"}, "b", {"context"}),
        (["list", "--namespace", "n"], {"TOOL_CONTEXT": "e"}, "e", {"namespace"}),
    ],
)
def test_the_command_line_wins_over_the_environment_at_any_level(
    monkeypatch: pytest.MonkeyPatch,
    arguments: list[str],
    env: Mapping[str, str],
    context: str | None,
    typed: set[str],
) -> None:
    for name, value in env.items():
        monkeypatch.setenv(name, value)
    app = App()
    _Globals().main(arguments, obj=app, standalone_mode=False)
    assert (app.settings.context, app.typed) == (context, typed)


def flags(*typed: str) -> dict[str, Any]:
    options: list[click.Parameter] = [Collecting.flag(t) for t in (WIDGETS, PARTS, INSTANCES)]
    return click.Command("store", params=options).make_context("store", list(typed)).params


@pytest.mark.parametrize(
    ("typed", "snapshot", "types", "patterns"),
    [
        ([], None, ["widgets", "spare_parts"], {}),
        (["--no-parts"], None, ["widgets"], {}),
        (["--with-instances"], None, ["widgets", "spare_parts", "instances"], ("*",)),
        (
            ["--no-widgets", "--with-instances", "a*", "--with-instances", "b"],
            None,
            ["spare_parts", "instances"],
            ("a*", "b"),
        ),
        (["--no-parts", "--no-widgets", "--with-instances"], None, ["instances"], ("*",)),
        (["--no-parts"], "latest", ["widgets", "instances"], ()),
    ],
)
def test_flags_leave_types_and_ask_for_others(
    ctx: click.Context, typed: list[str], snapshot: str | None, types: list[str], patterns: Any
) -> None:
    left, asked = collected(ctx, flags(*typed), snapshot)
    assert [each.name for each in left] == types
    assert asked.patterns == ({"instances": patterns} if "instances" in types else {})


@pytest.mark.parametrize(
    ("typed", "snapshot", "said"),
    [
        (["--no-widgets", "--no-parts"], None, "left out"),
        (["--with-instances"], "latest", "--with-instances"),
    ],
)
def test_flags_that_leave_nothing_or_come_too_late(
    ctx: click.Context, typed: list[str], snapshot: str | None, said: str
) -> None:
    with pytest.raises(UsageError, match=said):
        collected(ctx, flags(*typed), snapshot)


def test_only_some_types() -> None:
    options: list[click.Parameter] = [OnlySome.flag(each) for each in (WIDGETS, PARTS)]
    command = click.Command("export", params=options)
    given = command.make_context("export", ["--spare-parts-only"]).params
    assert OnlySome.chosen([WIDGETS, PARTS], given) == ["spare_parts"]


def test_who_opens_a_place_says_what_is_wrong_with_it(
    parameters: Mapping[str, list[click.Parameter]],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Else some places that cannot be used are told in click's form, with a usage before it."""
    (tmp_path / "file").touch()
    monkeypatch.setattr(os, "access", lambda *_, **__: False)
    paths = {
        f"{command} {each.name}": each.type
        for command, taken in parameters.items()
        for each in taken
        if isinstance(each.type, click.Path)
    }
    assert {" db_path", " source", " kubeconfig", "diff config", "report file"} <= paths.keys()
    for name, kind in paths.items():
        for place in (tmp_path, tmp_path / "file", tmp_path / "none"):
            assert str(kind.convert(str(place), None, None)) == str(place), name

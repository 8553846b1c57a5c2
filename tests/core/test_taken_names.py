"""Of two plugins with one name the second is refused, whatever the name is of."""

from __future__ import annotations

import pytest

from k8s_datamodel.api import (
    Column,
    CommandSpec,
    FormatterSpec,
    ResourceType,
    SourceSpec,
    StorageSpec,
)
from k8s_datamodel.plugins.asking import Claims
from k8s_datamodel.plugins.finders import Plugin
from k8s_datamodel.plugins.registrations import Spec

TARGET = "shop:target"
SHOPS = ResourceType(
    name="shops",
    command="shop",
    identity=("name",),
    collector=TARGET,
    columns=(Column("name", show="table"),),
)


def plugin(name: str) -> Plugin:
    return Plugin(name, f"acme-{name}", "1.0", name, "installed", lambda: None)


@pytest.mark.parametrize(
    ("first", "second", "taken"),
    [
        (SHOPS, SHOPS, "resource type 'shops'"),
        (SHOPS, CommandSpec("list", TARGET, "shop"), "command 'shop list'"),
        (CommandSpec("shop", TARGET), SHOPS, "command 'shop'"),
        (StorageSpec("db", TARGET), StorageSpec("db", TARGET), "storage scheme 'db'"),
        (StorageSpec("db", TARGET), SourceSpec("db", TARGET), ""),
        (SourceSpec("db", TARGET), SourceSpec("db", TARGET), "source scheme 'db'"),
        (FormatterSpec("x", TARGET), FormatterSpec("x", TARGET), "format 'x'"),
        (
            FormatterSpec("x", TARGET, (".x",)),
            FormatterSpec("y", TARGET, (".y", ".x")),
            "file suffix '.x'",
        ),
        (CommandSpec("go", TARGET, "fleet"), CommandSpec("stop", TARGET, "fleet"), ""),
        (CommandSpec("go", TARGET, "fleet"), CommandSpec("fleet", TARGET), "command group 'fleet'"),
        (CommandSpec("fleet", TARGET), CommandSpec("go", TARGET, "fleet"), "command 'fleet'"),
    ],
)
def test_the_second_with_a_name_is_refused(first: Spec, second: Spec, taken: str) -> None:
    claims = Claims((), ())
    assert claims.take(plugin("one"), [first]) is None
    fault = claims.take(plugin("two"), [second])
    said = f"{taken} belongs to one of acme-one 1.0, and acme-two 1.0 comes second"
    assert (fault.reason if fault else "") == (said if taken else "")


@pytest.mark.parametrize(
    ("spec", "taken"),
    [
        (CommandSpec("plugins", TARGET), "command 'plugins'"),
        (SHOPS, "option 'shops-only'"),
    ],
)
def test_names_of_the_host_are_taken(spec: Spec, taken: str) -> None:
    fault = Claims(["plugins"], ["shops-only"]).take(plugin("one"), [spec])
    assert fault
    assert fault.reason.startswith(f"{taken} belongs to k8s-datamodel itself, and ")


def test_whoever_is_refused_takes_nothing() -> None:
    claims = Claims((), ())
    wanted = StorageSpec("db", TARGET)
    assert claims.take(plugin("one"), [SHOPS]) is None
    assert claims.take(plugin("two"), [wanted, SHOPS])
    assert claims.take(plugin("three"), [wanted]) is None

"""What a specification must be like: each rule refuses what breaks it, and says so."""

from __future__ import annotations

import dataclasses
import typing
from dataclasses import replace
from typing import Any

import pytest

from k8s_datamodel.contracts.specs import (
    CommandSpec,
    EvidenceSpec,
    FormatterSpec,
    SourceSpec,
    StorageSpec,
)
from k8s_datamodel.data.columns import Column, Level
from k8s_datamodel.data.objects import Resource
from k8s_datamodel.plugins.registrations import Spec, claims, spec_name
from k8s_datamodel.plugins.validation import faults
from k8s_datamodel.types import field_checks
from k8s_datamodel.types.resource_types import (
    Deferred,
    Derived,
    ItemColumn,
    ItemRelation,
    Matrix,
    Read,
    ResourceType,
)
from k8s_datamodel.types.type_checks import column_faults

WIDGETS = Resource("acme.example", "v1", "widgets", "Widget")
TYPE = ResourceType(
    name="widgets",
    command="widget",
    singular="Widget",
    plural="Widgets",
    columns=(Column("name", show="table", filter="name"), Column("size", "integer")),
    identity=("name",),
    collector="acme:collect",
    reads=(Read(WIDGETS, fact="acme:fact"),),
)
MAPPED = ResourceType(
    columns=(
        Column("size", "integer", path=".spec.size"),
        Column("colour", path=".spec.colour", value="acme:colour"),
        Column("age", value=len),
    ),
    reads=(Read(WIDGETS),),
)
FORMAT = FormatterSpec("acme", "acme:Format", (".acme", ".tar.gz"))


BIG = Derived(
    "big",
    (Column("is_big", "boolean"), Column("why_big")),
    keeps="is_big",
    why="why_big",
    types=("gadgets",),
    target="acme:look_up",
)


def derived(*of: Derived, **change: Any) -> dict[str, Any]:
    return {"derived": of or (replace(BIG, **change),)}


LATE = Deferred(("bulk", "why_bulk"), why="why_bulk", types=("gadgets",), target="acme:bulks")


def deferred(**change: Any) -> dict[str, Any]:
    late = (Column("bulk", "integer", volatile=True), Column("why_bulk", volatile=True))
    return {**columns(*late, Column("fixed")), "deferred": (replace(LATE, **change),)}


def relation(name: str = "gadget_tags", items: str = ".spec.tags", **change: Any) -> dict[str, Any]:
    column = ItemColumn(**{"name": "tag", "key": "name", **change})
    more = (Column("tags", "list"),)
    return {**columns(*more), "relations": (ItemRelation(name, items, (column,)),)}


def columns(*more: Column) -> dict[str, Any]:
    return {"columns": (*TYPE.columns, *more)}


@pytest.mark.parametrize(
    "spec",
    [
        TYPE,
        replace(TYPE, collector=lambda reader: ()),
        replace(TYPE, derived=(BIG,)),
        replace(TYPE, **deferred()),
        replace(
            TYPE, **columns(Column("why_big")), derived=(replace(BIG, columns=BIG.columns[:1]),)
        ),
        replace(
            TYPE,
            columns=(
                *TYPE.columns,
                Column("a", "real", at_least="min-a", levels=(Level("b", 1.0), Level("c", 0.5))),
            ),
        ),
        replace(TYPE, matrix=Matrix(key=("name",), count="size")),
        replace(TYPE, matrix=Matrix(product="acme:product")),
        MAPPED,
        FORMAT,
        SourceSpec("git+ssh", "acme:open"),
        StorageSpec("acme.v2", "acme.parts.store:Store.open"),
        EvidenceSpec("owners", "operators", "acme:known"),
        CommandSpec("check-all", "acme:command"),
        CommandSpec("audit", "acme:command", group="database"),
    ],
)
def test_what_is_right_has_no_faults(spec: Spec) -> None:
    assert faults(spec) == []


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ({"name": "Widgets"}, "name must match"),
        ({"name": "wid-gets"}, "name must match"),
        ({"name": "w" * 41}, "name must match"),
        ({"name": "snapshot"}, "name 'snapshot' is taken"),
        ({"name": "ledger"}, "name 'ledger' is taken"),
        ({"command": "get widgets"}, "command must match"),
        ({"command": "--widget"}, "command must match"),
        ({"skip": "Widgets!"}, "skip must match"),
        ({"count": "id"}, "count must match"),
        ({"count": "timestamp"}, "count must match"),
        ({"singular": "a\nb"}, "singular must be a printable text"),
        ({"plural": " "}, "plural must be a printable text"),
        ({"collector": "acme.collect"}, "collector must be 'module:attribute'"),
        ({"reads": (Read(WIDGETS, fact="fact"),)}, "fact of widgets.acme.example must be"),
        ({"reads": (Read(WIDGETS), Read(WIDGETS, "a:b"))}, "is there twice"),
        ({"reads": (Read(Resource("", "", "pods", "Pod")),)}, "read of 'pods' needs version"),
        ({"columns": ()}, "no column has show='table'"),
        ({"columns": (Column("name"),)}, "no column has show='table'"),
        (columns(Column("size")), "column name 'size' is there twice"),
        (columns(Column("other", key="size")), "column key 'size' is there twice"),
        (columns(Column("a", filter="name")), "option 'name' is there twice"),
        (columns(Column("a", filter="output")), "option 'output' is one of list already"),
        (columns(Column("a", filter="A b")), "filter of column a must match"),
        (columns(Column("a", filter="wide")), "option 'wide' is one of list already"),
        (columns(Column("a", filter="skew")), "option 'skew' is one of matrix already"),
        ({"matrix": Matrix(key=("gone",))}, "matrix key 'gone' is no plain column"),
        ({"matrix": Matrix(key=("name", "name"))}, "matrix key 'name' is there twice"),
        ({"matrix": Matrix(product="acme")}, "matrix product must be 'module:attribute'"),
        ({"matrix": Matrix(key=("name",), product="a:b")}, "a key or a product, not both"),
        (columns(Column("a", "real", at_least="name")), "option 'name' is there twice"),
        (columns(Column("a", "real", at_least="wide")), "option 'wide' is one of list already"),
        (columns(Column("a", "real", at_least="A b")), "at_least of column a must match"),
        (columns(Column("a", at_least="min-a")), "are for numbers, not text"),
        (columns(Column("a", importance=101)), "importance of column a must be from 0 to 100"),
        (columns(Column("a", importance=-1)), "importance of column a must be from 0 to 100"),
        (columns(Column("a", levels=(Level("b", 1.0),))), "are for numbers, not text"),
        (columns(Column("a", "real", levels=(Level("B", 1.0),))), "level of column a must match"),
        (
            columns(Column("a", "real", levels=(Level("b", 1.0), Level("c", 1.0)))),
            "levels of column a must fall",
        ),
        (derived(target="acme"), "target of derived big must be"),
        (derived(flag="Big"), "flag of derived Big must match"),
        (derived(flag="name"), "option 'name' is there twice"),
        (derived(flag="wide"), "option 'wide' is one of list already"),
        (derived(flag="output"), "option 'output' is one of list already"),
        (derived(keeps="why_big"), "keeps must name a boolean column"),
        (derived(why="is_big"), "why must name a text column"),
        (derived(BIG, BIG), "option 'big' is there twice"),
        (deferred(target="acme"), "target of deferred bulk, why_bulk must be"),
        (deferred(columns=("fixed", "why_bulk")), "must name volatile columns of the type"),
        (deferred(columns=("nothing", "why_bulk")), "must name volatile columns of the type"),
        (deferred(why="bulk"), "why must name a text column of these"),
        (deferred(why="fixed"), "why must name a text column of these"),
        (derived(columns=(*BIG.columns, Column("size"))), "column name 'size' is there twice"),
        (columns(Column("spec")), "column spec: spec is the complete object"),
        (columns(Column("other", key="spec")), "column other: spec is the complete object"),
        (columns(Column("a", path="spec.a")), "path 'spec.a': a path begins with a dot"),
        (columns(Column("a", value="a")), "value of column a must be 'module:attribute'"),
        ({"reads": (Read(WIDGETS, also_lists="a"),)}, "also_lists of widgets.acme.example must"),
        ({"collector": ""}, "needs a collector, as it has not one read without a fact"),
        ({"collector": "", "reads": (Read(WIDGETS),)}, "column size needs a path or a value"),
        (columns(Column("Size")), "column name must match"),
        (columns(Column('x"; drop table crds; --', key="x")), "column name must match"),
        (columns(Column("a", key="a b")), "key of column a must match"),
        ({"identity": ()}, "identity names no column"),
        ({"identity": ("uid",)}, "identity 'uid' is no column"),
        ({"identity": ("name", "name")}, "identity 'name' is there twice"),
        (
            {"identity": ("a",), **columns(Column("a", volatile=True))},
            "identity 'a' must be a plain column",
        ),
        (
            {"identity": ("a",), **columns(Column("a", "list"))},
            "identity 'a' must be a plain column",
        ),
        (relation(name="Tags"), "name of a relation must match"),
        (relation(items="size"), "relation gadget_tags: items must be a path such as"),
        (relation(items=".spec['x']"), "items must be a path such as"),
        (relation(items="tags"), "column tag needs a key if the items are objects, and only then"),
        (relation(key=""), "column tag needs a key if the items are objects, and only then"),
        (relation(key="x'"), 'column tag: "x\'" is no plain key'),
        (relation(column="none", key=""), "column tag: 'none' is no column of the type"),
        (relation(column="tags"), "column tag repeats a column, so it has neither key"),
        (relation(within="size", type="boolean"), "'size' is no list column of the type"),
        (relation(within="tags"), "with within or default its type is boolean"),
        ({**relation(name="snapshot_id"), "name": "snapshot_id"}, "'snapshot_id' is there twice"),
    ],
)
def test_a_type_that_breaks_a_rule_is_told_so(change: dict[str, Any], fault: str) -> None:
    told = faults(replace(TYPE, **change), reserved_options=["output"])
    assert any(fault in line for line in told), told
    assert all(line.startswith("type ") for line in told)


@pytest.mark.parametrize(
    ("spec", "fault"),
    [
        (replace(FORMAT, name="JSON"), "FormatterSpec JSON: name must match"),
        (replace(FORMAT, suffixes=("acme",)), "suffix must match"),
        (replace(FORMAT, suffixes=(".a", ".a")), "suffix '.a' is there twice"),
        (replace(FORMAT, target="acme"), "target must be 'module:attribute'"),
        (replace(FORMAT, target=" acme:x"), "target must be 'module:attribute'"),
        (SourceSpec("c", "a:b"), "scheme must match"),
        (SourceSpec("My Source", "a:b"), "scheme must match"),
        (SourceSpec("acme", "a:b", suffixes=("acme",)), "suffix must match"),
        (StorageSpec("1db", "a:b"), "scheme must match"),
        (CommandSpec("a b", "a:b"), "name must match"),
        (EvidenceSpec("a b", "c", "a:b"), "name must match"),
        (EvidenceSpec("a", "Operators", "a:b"), "type must match"),
        (EvidenceSpec("a", "operators", "a"), "target must be 'module:attribute'"),
        (CommandSpec("a", "a:b", group="B"), "group must match"),
    ],
)
def test_another_specification_that_breaks_a_rule_is_told_so(spec: Spec, fault: str) -> None:
    assert any(fault in line for line in faults(spec)), faults(spec)


@pytest.mark.parametrize(
    ("spec", "fault"),
    [
        (replace(TYPE, name=None), "ResourceType.name must be str, not None"),
        (replace(TYPE, order=True), "ResourceType.order must be int, not True"),
        (replace(TYPE, order="1"), "ResourceType.order must be int, not '1'"),
        (replace(TYPE, identity="name"), "ResourceType.identity must be tuple[str, ...]"),
        (replace(TYPE, identity=(1,)), "ResourceType.identity must be tuple[str, ...]"),
        (replace(TYPE, columns=list(TYPE.columns)), "ResourceType.columns must be tuple["),
        (replace(TYPE, columns=("name",)), "ResourceType.columns must be tuple["),
        (replace(TYPE, collector=7), "ResourceType.collector must be"),
        (replace(TYPE, columns=(Column("a", "int"),)), "ResourceType.columns[0].type must be"),
        (replace(TYPE, columns=(Column("a", show=[]),)), "ResourceType.columns[0].show must be"),
        (replace(TYPE, columns=(Column("a", volatile=1),)), "columns[0].volatile must be bool"),
        (replace(TYPE, derived=(replace(BIG, types="gadgets"),)), "derived[0].types must be"),
        (replace(TYPE, columns=(Column("a", levels=("b",)),)), "columns[0].levels must be"),
        (replace(TYPE, reads=(Read("pods"),)), "ResourceType.reads[0].resource must be Resource"),
        (
            replace(TYPE, reads=(Read(Resource(None, "v1", "pods", "Pod")),)),
            "ResourceType.reads[0].resource.group must be str, not None",
        ),
        (replace(FORMAT, suffixes=None), "FormatterSpec.suffixes must be tuple[str, ...]"),
        (replace(FORMAT, binary="yes"), "FormatterSpec.binary must be bool"),
        (StorageSpec(b"db", "a:b"), "StorageSpec.scheme must be str"),
    ],
)
def test_a_field_of_another_type_is_told_so(spec: Spec, fault: str) -> None:
    told = faults(spec)
    assert any(fault in line for line in told), told


def test_one_column_can_be_checked_by_itself() -> None:
    assert column_faults(Column("size", "integer")) == []
    assert column_faults(Column("size", "int"))
    assert column_faults(Column("spec"))


@pytest.mark.parametrize(
    "cls",
    [
        ResourceType,
        Column,
        Level,
        Deferred,
        Derived,
        ItemColumn,
        ItemRelation,
        Read,
        Resource,
        StorageSpec,
        FormatterSpec,
        SourceSpec,
        EvidenceSpec,
    ],
)
def test_the_checker_knows_how_every_field_is_annotated(cls: Any) -> None:
    """A field added to the model with a new kind of annotation must not raise in the checker."""
    hints = typing.get_type_hints(cls)
    for field in dataclasses.fields(cls):
        origin = typing.get_origin(hints[field.name])
        assert origin is None or origin in checker_kinds(), field


def checker_kinds() -> set[Any]:
    return set(field_checks._GENERIC)


def test_a_type_without_a_collector_is_named_after_the_kind_it_lists() -> None:
    names = (MAPPED.name, MAPPED.command, MAPPED.singular, MAPPED.plural, MAPPED.skip, MAPPED.count)
    assert names == ("widgets", "widget", "Widget", "Widgets", "widgets", "widget_count")
    assert [column.name for column in MAPPED.columns][:2] == ["namespace", "name"]
    assert MAPPED.identity == ("namespace", "name")
    nodes = replace(WIDGETS, namespaced=False)
    made = ResourceType(reads=(Read(nodes),), columns=(Column("name", path=".spec.name"),))
    assert (made.identity, [column.path for column in made.columns]) == (("name",), [".spec.name"])


def test_a_type_with_a_collector_is_named_after_its_name() -> None:
    made = ResourceType(name="old_ships", columns=(), collector="acme:collect", reads=TYPE.reads)
    names = (made.command, made.singular, made.plural, made.skip, made.count)
    assert names == ("old-ships", "old ship", "old ships", "old-ships", "old_ship_count")
    told = replace(made, singular="Ship", plural="", count="")
    assert (told.plural, told.count) == ("old ships", "ship_count")
    assert ResourceType(name="crds", singular="CRD", columns=()).plural == "CRDs"


def test_claims_name_what_nobody_else_may_have() -> None:
    assert set(claims(TYPE)) == {
        ("resource type", "widgets"),
        ("count column", "widget_count"),
        ("command", "widget"),
        ("command", "widget list"),
        ("command", "widget get"),
        ("command", "widget count"),
        ("command", "widget matrix"),
        ("option", "no-widgets"),
        ("option", "widgets-only"),
    }
    assert claims(replace(TYPE, **relation()))[-1] == ("relation", "gadget_tags")
    assert claims(FORMAT)[1:] == [("file suffix", ".acme"), ("file suffix", ".tar.gz")]
    assert claims(CommandSpec("a", "x:y", group="b")) == [("command", "b a")]
    assert claims(SourceSpec("x", "x:y")) != claims(StorageSpec("x", "x:y"))


def test_a_specification_is_known_by_its_name_or_scheme() -> None:
    assert [spec_name(s) for s in (TYPE, FORMAT, SourceSpec("git", "a:b"))] == [
        "widgets",
        "acme",
        "git",
    ]
    assert spec_name(CommandSpec("a", "x:y", group="b")) == "b a"
    assert spec_name(CommandSpec("a", "x:y")) == "a"

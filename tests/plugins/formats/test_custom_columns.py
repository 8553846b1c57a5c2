"""kubectl's columns: what kubectl v1.32 prints of these objects is what we print."""

from __future__ import annotations

from pathlib import Path

import pytest

from k8s_datamodel.api import Column, Fields, Rows, UsageError
from k8s_datamodel_plugins.formats.custom_columns import CustomColumns, CustomColumnsFile
from k8s_datamodel_plugins.formats.kubectl_jsonpath import JsonPath, JsonPathFile
from support.format_samples import document, gadgets, widgets, written

OBJECTS = (
    {
        "kind": "A",
        "metadata": {"name": "one", "labels": {"b": "2", "a": "1"}},
        "spec": {"n": [1, 2]},
    },
    {"kind": "A", "metadata": {"name": "a-long-one", "text": "x\ny\tz"}, "spec": {"n": []}},
)
COLUMNS = (Column("name"), Column("size", "integer"))


def rows(**more: bool) -> Rows:
    found = [{"name": "row", "size": 3, "spec": each} for each in OBJECTS]
    return Rows(COLUMNS, found, "Things", objects=True, **more)


@pytest.mark.parametrize(
    ("columns", "lines"),
    [
        ("N:.metadata.name,S:spec.n", ["N            S", "one          [1 2]", "a-long-one   []"]),
        ("N:{.spec.n[*]},Z:.zz", ["N        Z", "1,2      <none>", "<none>   <none>"]),
        (
            "L:.metadata.labels,K:.kind",
            ["L              K", "map[a:1 b:2]   A", "<none>         A"],
        ),
        ("A:.kind,SIZE:.size", ["A     SIZE", "A     3", "A     3"]),
        (
            "T:.metadata.text,N:.kind",
            ["T        N", "<none>   A", "x", "y        z     A"],
        ),
    ],
)
def test_columns_of_objects(columns: str, lines: list[str]) -> None:
    assert written(CustomColumns(columns), rows()).splitlines() == lines


def test_columns_without_headings() -> None:
    assert written(CustomColumns("N:.kind"), rows(headers=False)) == "A\nA\n"
    assert written(CustomColumns("N:.kind,M:.kind"), widgets()) == "N     M\n"


def test_other_pages_have_columns_too() -> None:
    assert written(CustomColumns("N:.total"), Fields({"total": 1})) == "N\n1\n"
    assert written(CustomColumns("N:.name"), document(widgets("a"))) == "N\na\n"


def test_columns_from_a_file(tmp_path: Path) -> None:
    file = tmp_path / "columns"
    file.write_text("NAME KIND\n.metadata.name {.kind}\n")
    assert written(CustomColumnsFile(str(file)), rows()).splitlines()[1] == "one          A"
    file.write_text("NAME KIND\n.metadata.name\n")
    for wrong in (file, tmp_path / "none"):
        with pytest.raises(UsageError):
            CustomColumnsFile(str(wrong))


@pytest.mark.parametrize("columns", ["", "N", "N:", "N:.a,", "N:.a}{", "N:.a[x]"])
def test_columns_that_are_invalid(columns: str) -> None:
    with pytest.raises(UsageError):
        CustomColumns(columns)


def test_templates_of_pages(tmp_path: Path) -> None:
    template = tmp_path / "template"
    template.write_text("{.items[*].kind} {[0].size}")
    assert written(JsonPathFile(str(template)), rows()) == "A A 3"
    assert written(JsonPath("{.widgets.items[*].name}"), document(widgets("a"), gadgets())) == "a"
    alone = Rows(COLUMNS, [{"name": "row", "spec": OBJECTS[0]}], objects=True, alone=True)
    assert written(JsonPath("{.kind}{.name}"), alone) == "Arow"


def test_templates_that_do_not_fit_or_are_invalid() -> None:
    with pytest.raises(UsageError, match="invalid JSONPath"):
        JsonPath("{.a")
    for formatter in (JsonPath("{.items[9]}"), CustomColumns("N:.kind[0]")):
        with pytest.raises(UsageError, match="does not fit"):
            written(formatter, rows())

from __future__ import annotations

import pytest

from k8s_datamodel.api import Column, Fields, Pages, Rows, UsageError
from k8s_datamodel_plugins.formats.names import Names
from support.format_samples import document, gadget, gadgets, widgets, written


def test_one_line_for_each_row_as_get_takes_it() -> None:
    assert written(Names(), gadgets(gadget(), gadget("two"))) == "shop/one\nshop/two\n"
    assert written(Names(), widgets("a.acme.io")) == "a.acme.io\n"
    assert written(Names(), widgets()) == ""


def test_what_has_no_namespace_has_a_bare_name() -> None:
    assert written(Names(), gadgets(gadget(namespace=None), alone=True)) == "one\n"


def test_a_table_gives_its_first_column() -> None:
    table = Rows((Column("id", "integer"), Column("notes")), [{"id": 7, "notes": "x"}])
    assert written(Names(), table) == "7\n"


def test_one_name_is_one_line_whatever_it_holds() -> None:
    assert written(Names(), widgets("a\nb\x1b[31m")) == "a\\nb\\x1b[31m\n"


def test_a_document_of_several_types_says_which() -> None:
    one = document(widgets("a"))
    several = document(gadgets(gadget()), widgets("a"))
    assert written(Names(), one) == "a\n"
    assert written(Names(), Pages([several])) == "gadget/shop/one\nwidget/a\n"


def test_a_value_has_no_names() -> None:
    with pytest.raises(UsageError, match="json"):
        written(Names(), Fields({"total": 1}))

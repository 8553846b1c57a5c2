from __future__ import annotations

import pytest

from k8s_datamodel.api import Column, Table, UsageError
from k8s_datamodel_plugins.formats.names import Names
from support.format_samples import document, gadget, gadgets, widgets, written


def test_one_line_for_each_row_as_get_takes_it() -> None:
    assert written(Names().listing, gadgets(gadget(), gadget("two"))) == "shop/one\nshop/two\n"
    assert written(Names().listing, widgets("a.acme.io")) == "a.acme.io\n"
    assert written(Names().listing, widgets()) == ""


def test_what_has_no_namespace_has_a_bare_name() -> None:
    assert written(Names().record, gadgets(), gadget(namespace=None)) == "one\n"


def test_a_table_gives_its_first_column() -> None:
    table = Table((Column("id", "integer"), Column("notes")), [{"id": 7, "notes": "x"}])
    assert written(Names().listing, table) == "7\n"


def test_one_name_is_one_line_whatever_it_holds() -> None:
    assert written(Names().listing, widgets("a\nb\x1b[31m")) == "a\\nb\\x1b[31m\n"


def test_a_document_of_several_types_says_which() -> None:
    one = document(widgets("a"))
    several = document(gadgets(gadget()), widgets("a"))
    assert written(Names().document, one) == "a\n"
    assert written(Names().documents, [several]) == "gadget/shop/one\nwidget/a\n"


def test_a_value_has_no_names() -> None:
    with pytest.raises(UsageError, match="json"):
        written(Names().value, {"total": 1})

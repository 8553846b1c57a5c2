"""kubectl's JSONPath: what kubectl v1.32 and v1.36 print of this object is what we print."""

from __future__ import annotations

import math
import re
from typing import Any

import pytest

from k8s_datamodel.types.template_values import json_text, plain_text
from k8s_datamodel.types.templates import Item, ItemList, item_of, parse_relaxed, parse_template

OBJECT: dict[str, Any] = {
    "apiVersion": "v1",
    "kind": "ConfigMap",
    "metadata": {"name": "a", "labels": {"x.y/z": "1"}, "annotations": {"q": "r"}},
    "n": [
        1234567.5,
        0.00001,
        0.0001,
        1e21,
        1.5e300,
        123456789012345678901234,
        0.1,
        1e-7,
        -2.5,
        1.0,
    ],
    "s": "ab",
    "e": "",
    "nul": None,
    "l": [{"a": []}, {"a": [1, 2]}],
    "html": {"b": "<&>", "a": True},
}

PRINTED = {
    "plain": "plain",
    "{.n[*]}": "1.2345675e+06 1e-05 0.0001 1e+21 1.5e+300 1.2345678901234569e+23 0.1 1e-07 -2.5 1",
    "{.n}": "[1234567.5,0.00001,0.0001,1e+21,1.5e+300,1.2345678901234569e+23,0.1,1e-7,-2.5,1]",
    r"{.metadata.labels['x\.y/z']} {.metadata.labels.x\.y/z}": "1 1",
    "{.missing}|{.metadata.missing.more}|{.}": "||",
    "{.nul} {.html}": r'null {"a":true,"b":"\u003c\u0026\u003e"}',
    "{@.s}{$.s}{ .s }": "ababab",
    "{.s.*}": "97 98",
    "{..a}": "[] [1,2] true",
    "{.l[*].a[*]}": "",
    "{.l[-1].a[*]} {.l[1].a[0:1]} {.l[1].a[::2]} {.l[1].a[1:1]}": "1 2 1 1 ",
    "{.l[]}": '{"a":[]}',
    "{.n[0,1]}{['s','e']}": "1.2345675e+06 1e-05ab ",
    "{.metadata['name','labels']}": 'a {"x.y/z":"1"}',
    "{.l[?(@.a)]}": '{"a":[]} {"a":[1,2]}',
    '{.l[?(@.zz=="x")].a}': "",
    "{.l[1].a[?(@>=2)]}": "2",
    '{range .l[*]}[{range .a[*]}{@};{end}]{"\\n"}{end}': "[]\n[1;2;]\n",
    "{range .l[*]}{.a}": "[][1,2]",
    "{range .zz[*]}a{end}b": "b",
    r'{"a\tb\u00e9\"}"}{true}{1.5}': 'a\tbé"}true1.5',
}
"""What ``kubectl annotate --local -f FILE q=r -o jsonpath=TEMPLATE`` prints."""

INVALID = {
    "{.s": "has no }",
    "{..*}": "unexpected '*'",
    "{.a[x]}": "[x] is no position",
    "{.a[0}": "has no ]",
    "{.a[?(@.b}": "has no )]",
    "{.a[?(@.b)}": "ends with )]",
    '{.a[?(@.b=~"c")]}': "no operator '='",
    '{"a}': "no end",
    '{"\\q"}': "no escape",
    "{1.2.3}": "no number",
    "{.....a}": "follows '..'",
}

UNFIT = {
    "{.s[0]}": "a text has no positions",
    "{.l[5]}": "a list of 2 has no position 5",
    "{.n[2:1]}": "position 2 is behind position 1",
    "{.l[?(@.a[0]==1)]}": "a list of 0 has no position 0",
    '{.l[?(@.a=="x")]}': "a list and a text cannot be compared by ==",
    "{.l[1].a[?(@>true)]}": "cannot be compared",
    "{.html[?(@.a)]}": "a mapping cannot be filtered",
    "{name}": "'name' is no word",
    "{range .n[*]}a{end}b{end}": "{end} without {range}",
}
"""Where kubectl ends with an error, too."""


@pytest.mark.parametrize("template", PRINTED)
def test_it_prints_what_kubectl_prints(template: str) -> None:
    assert parse_template(template).text(OBJECT) == PRINTED[template]


@pytest.mark.parametrize("template", INVALID)
def test_an_invalid_template_is_refused(template: str) -> None:
    with pytest.raises(ValueError, match=re.escape(INVALID[template])):
        parse_template(template)


@pytest.mark.parametrize("template", UNFIT)
def test_a_template_that_does_not_fit_is_an_error(template: str) -> None:
    parsed = parse_template(template)
    with pytest.raises(ValueError, match=re.escape(UNFIT[template])):
        parsed.text(OBJECT)


def test_a_key_with_dots_needs_no_backslash() -> None:
    """kubectl takes ``['x.y/z']`` for two fields; where there is such a key, it is meant."""
    assert parse_template("{.metadata.labels['x.y/z']}").text(OBJECT) == "1"
    assert parse_template("{['metadata.name']}").text(OBJECT) == "a"


def test_json_is_indented_by_four() -> None:
    assert parse_template("{.l[1].a[*]}{.zz}").json(OBJECT) == "[\n    1,\n    2\n]\n[]\n"


def test_an_item_is_the_object_and_behind_it_the_row() -> None:
    row = {"name": "n", "kind": "Row", "count": 3, "status": "s", "spec": OBJECT}
    item = item_of(row)
    assert isinstance(item, Item)
    assert parse_template("{.count} {.kind} {.status}{.spec}").text(item) == "3 ConfigMap "
    assert json_text(item) == json_text(OBJECT)
    assert parse_template("{..count}").text(ItemList([item])) == ""
    bare = {"name": "n", "spec": {"chart": 1}}
    assert item_of(bare) is bare


def test_positions_of_a_list_of_items_are_those_of_its_items() -> None:
    items = ItemList([{"a": 1}, {"a": 2}])
    for template in ("{[*].a}", "{.items[*].a}", "{[?(@.a>0)].a}"):
        assert parse_template(template).text(items) == "1 2"
    assert parse_template("{.kind} {[-1].a}").text(items) == "List 2"


def test_one_path_may_be_short() -> None:
    for path in ("metadata.name", ".metadata.name", "{.metadata.name}", "{metadata.name}"):
        assert parse_relaxed(path).find(OBJECT) == [["a"]]
    for path in ("", "{.a}{.b}", "."):
        with pytest.raises(ValueError, match="one path"):
            parse_relaxed(path)


def test_values_of_columns_are_as_go_prints_them() -> None:
    assert plain_text({"b": [1, None], "a": {"c": "x"}}) == "map[a:map[c:x] b:[1 <nil>]]"
    assert [plain_text(x) for x in (math.inf, -math.inf, True, -0.0)] == [
        "+Inf",
        "-Inf",
        "true",
        "-0",
    ]
    assert json_text({"a": [], "b": {}}, "    ") == '{\n    "a": [],\n    "b": {}\n}'

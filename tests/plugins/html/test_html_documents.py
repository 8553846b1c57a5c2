"""What every document promises: one file, which loads nothing and runs only what it says."""

from __future__ import annotations

import base64
import hashlib
import json

import pytest
from jinja2 import UndefinedError
from markupsafe import Markup

from k8s_datamodel.api import Column, Page, Rows
from k8s_datamodel_plugins.html.listings.html_format import Html
from k8s_datamodel_plugins.html.shell.html_documents import document, environment
from k8s_datamodel_plugins.html.shell.inlined import data_block, inlined
from k8s_datamodel_plugins.html.shell.printed_values import number, time
from k8s_datamodel_plugins.html.shell.shown_values import (
    Badge,
    Drawn,
    Link,
    anchor_of,
    badge_of,
    content_of,
)
from support.format_samples import document as snapshot
from support.format_samples import gadget, gadgets, written
from support.parsed_html import elements

HARM = "</script><script>x</script><!--\u2028&\ud800"


def listing() -> str:
    return written(Html(), gadgets(gadget(HARM)))


def policy(html: str) -> dict[str, str]:
    [meta] = [each for each in elements(html, "meta") if "http-equiv" in each.attributes]
    assert meta.attributes["http-equiv"] == "Content-Security-Policy"
    parts = (part.split(" ", 1) for part in meta.attributes["content"].split("; "))
    return dict(parts)


def test_the_policy_allows_what_stands_there_and_nothing_else() -> None:
    html = listing()
    allowed = policy(html)
    assert allowed.pop("default-src") == allowed.pop("base-uri") == "'none'"
    assert allowed.pop("form-action") == "'none'"
    assert allowed.pop("img-src") == "data:"
    for directive, name in (("style-src", "style"), ("script-src", "script")):
        texts = [each.text for each in elements(html, name)]
        digests = [base64.b64encode(hashlib.sha256(t.encode()).digest()).decode() for t in texts]
        assert texts
        assert allowed.pop(directive) == " ".join(f"'sha256-{each}'" for each in digests)
    assert allowed == {}


def test_the_policy_comes_before_what_it_is_about() -> None:
    html = listing()
    assert 0 < html.index("Content-Security-Policy") < html.index("<style")


def test_nothing_needs_what_the_policy_forbids_and_nothing_is_loaded() -> None:
    for page in (gadgets(gadget(HARM)), snapshot(gadgets(gadget())), gadgets(gadget(), alone=True)):
        for each in elements(written(Html(), page)):
            assert each.name not in ("img", "iframe", "object", "embed", "base", "form")
            for attribute, value in each.attributes.items():
                assert attribute != "style"
                assert not attribute.startswith("on")
                if attribute in ("src", "href", "srcset"):
                    assert value.startswith(("#", "data:"))


@pytest.mark.parametrize("text", ["</script>", "</STYLE >", "<!-- x", "<script"])
def test_what_would_end_its_element_is_refused(text: str) -> None:
    for styles, scripts in (([text], []), ([], [text])):
        with pytest.raises(ValueError, match="no style or script"):
            inlined(styles, scripts)


def test_digests_are_of_what_a_browser_sees() -> None:
    assert inlined(["a {}\r\n"], []) == inlined(["a {}\n"], [])
    assert "script-src 'none'" in inlined(["a {}"], []).policy


def test_data_is_data() -> None:
    value = {"a": HARM, "b": [1.5, None, True]}
    html = f"<main>{data_block('x', value)}</main>"
    [block] = elements(html, "script")
    assert block.attributes == {"type": "application/json", "id": "x"}
    assert json.loads(block.text) == value
    assert html.isascii()
    with pytest.raises(ValueError, match="JSON"):
        data_block("x", float("nan"))


def test_what_a_template_prints_is_escaped_and_obeyed_by_nothing() -> None:
    made = environment().from_string("{{ a }}|{{ b }}|{{ c }}|<i title='{{ a }}'>")
    assert made.render(a="<b>'\u202e\x1b\ud800", b=Markup("<b>"), c=7) == (
        "&lt;b&gt;&#39;\\u202e\\x1b\\ud800|<b>|7|<i title='&lt;b&gt;&#39;\\u202e\\x1b\\ud800'>"
    )


def test_a_value_that_is_not_given_is_an_error() -> None:
    with pytest.raises(UndefinedError):
        document("html/listings/listing.html", parts=[])


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (None, "-"),
        (True, "yes"),
        (0, "0"),
        (2026, "2,026"),
        (-12_345, "-12,345"),
        (0.5, "0.5"),
        ("<b>", "&lt;b&gt;"),
        ("a\nb\u202e", "a\\nb\\u202e"),
        (["a", "<"], "a, &lt;"),
        ({"a": "<"}, "{&#34;a&#34;: &#34;&lt;&#34;}"),
        ("2024-03-15 10:30:15", '<time datetime="2024-03-15T10:30:15Z">2024-03-15 10:30:15</time>'),
        ("x" * 401, f'<div class="long" tabindex="0">{"x" * 401}</div>'),
        (Link("<\x1b", "a-b"), '<a href="#a-b">&lt;\\x1b</a>'),
        (Badge("<\x1b", "bad"), '<span class="badge bad">&lt;\\x1b</span>'),
        (badge_of("breaking"), '<span class="badge bad">breaking</span>'),
        (badge_of("anything"), '<span class="badge muted">anything</span>'),
        (Drawn(Markup("<svg></svg>"), 1), "<svg></svg>"),
        ([Link("a", "b"), "<"], '<a href="#b">a</a>, &lt;'),
    ],
    ids=str,
)
def test_how_values_stand_in_a_document(value: object, expected: str) -> None:
    assert content_of(value) == expected


def test_numbers_and_times_that_are_not_known_say_so() -> None:
    assert (number(None), str(time(None)), str(time("<"))) == ("unknown", "unknown", "&lt;")


def test_a_thing_has_an_id_of_its_own_whatever_its_name() -> None:
    names = ["a.b", "a b", "a_b", "a_20.b", "a", "A", "", HARM, "x" * 10_000, "x" * 10_001]
    ids = [anchor_of("crd", name) for name in names]
    pairs = [anchor_of("crd", "a", "b"), anchor_of("crd", "ab"), anchor_of("op", "a.b")]
    assert ids[0] == "crd-a.b"
    assert len({*ids, *pairs}) == len(ids) + len(pairs)
    assert all(each.isascii() and len(each) < 120 and " " not in each for each in ids)


def test_rows_that_are_numbered_are_no_quantities() -> None:
    columns = (Column("id", "integer"), Column("size", "integer"))
    page = Page([Rows(columns, [{"id": 12_345, "size": 12_345}], "Things")])
    cells = [each.text for each in elements(written(Html(), page), "th", "td")]
    assert cells == ["Id", "Size", "12345", "12,345"]

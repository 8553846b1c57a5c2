from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from k8s_datamodel.api import Column, Fields, Output, Page, Pages, Rows
from k8s_datamodel_plugins.formats.yaml import Yaml
from support.format_samples import GADGETS, Counting, document, gadget, gadgets, widgets, written

MANUAL = """\
snapshot:
  id: 1
  timestamp: '2024-03-15 10:30:15'
  cluster_context: prod-cluster
  cluster_info:
    version: v1.28.3
    platform: eks
    nodes: 5
  crd_count: 45
  operator_count: 12
  csv_count: 8
  notes: Production cluster before upgrade
crds:
  - name: certificates.cert-manager.io
    group: cert-manager.io
    version: v1
    kind: Certificate
    scope: Namespaced
    instance_count: 23
operators:
  - name: cert-manager
    namespace: cert-manager
    type: Deployment
    framework: Helm
    version: v1.12.0
    replicas: 1
    ready_replicas: 1
csvs:
  - name: cert-manager.v1.12.0
    namespace: operators
    phase: Succeeded
    version: 1.12.0
    description: Certificate management for Kubernetes
"""


def test_a_document_looks_like_the_manuals_example() -> None:
    example = yaml.safe_load(MANUAL)
    sections = [_section(name, example[name]) for name in ("crds", "operators", "csvs")]
    assert written(Yaml(), Page([Fields(example["snapshot"], key="snapshot"), *sections])) == MANUAL


def _section(name: str, rows: list[dict[str, Any]]) -> Rows:
    return Rows([Column(key) for key in rows[0]], iter(rows), key=name, joined=True)


def test_a_listing_is_a_sequence_with_lists() -> None:
    text = written(Yaml(), gadgets(gadget(), gadget("two", parts=[])))
    found = yaml.safe_load(text)
    assert [each["parts"] for each in found] == [["a", "b"], []]
    assert list(found[0])[:3] == ["name", "namespace", "group"]
    assert text.startswith("- name: one\n  namespace: shop\n")
    assert "  parts:\n    - a\n    - b\n" in text


def test_no_rows_are_an_empty_sequence() -> None:
    assert written(Yaml(), gadgets()) == "[]\n"
    assert written(Yaml(), Pages(iter(()))) == "[]\n"
    text = written(Yaml(), document(widgets(), ledger=[]))
    assert text.endswith("widgets: []\nledger: []\n")


def test_a_document_has_lists_as_text_that_is_never_null() -> None:
    section = gadgets(gadget(), gadget("two", parts=None))
    found = yaml.safe_load(written(Yaml(), document(section)))
    assert [each["parts"] for each in found["gadgets"]] == ["a,b", ""]


def test_many_documents_are_one_sequence() -> None:
    text = written(Yaml(), Pages([document(widgets("a")), document(widgets("b"), widgets())]))
    found = yaml.safe_load(text)
    assert [each["widgets"] for each in found] == [[{"name": "a"}], []]
    assert text.startswith("- snapshot:\n    id: 7\n")
    assert "\n  widgets:\n    - name: a\n" in text


def test_a_record_and_a_value_are_mappings() -> None:
    row = gadget(spec={"kind": "Gadget"})
    assert (
        yaml.safe_load(written(Yaml(), gadgets(row, objects=True, alone=True)))["spec"]
        == row["spec"]
    )
    assert written(Yaml(), Fields({})) == "{}\n"


WORDS = """
1e3 0o7 0x1F 0b1 017 08 1_000 .5 1. -1 +1 1e+3 1:30 190:20:30 190:20:30.15 .inf -.INF .nan ._ +.1e5
yes No on OFF y N true False null Null NULL ~ = << 2024-01-01 2024-1-1T1:1:1Z 2024-03-15foo
- -- --- ... --flag=x -x : :x ?x ? a: a:b #a a#b @x `x %x &x *x !x |x >x {x} [x] ,x 'x' "x" x' \n
v1 1.12.0 1.2.3-rc.1 a/b 10.0.0.1 12s 5Gi 100m http://x:80 sha256:abc key=value $(X) é 日本
"""
TRICKY = re.findall(r"\S+", WORDS)
TEXTS = [
    *("", " ", " a", "a ", "a: b", "a #b", "a:", "two words", "- a", "? a", "--- a", "it's", '"'),
    *(
        "a\nb",
        "a\nb\n",
        "a\n\n",
        "\na",
        " a\nb",
        "a\n  b\n",
        "a \nb",
        "a\n \nb",
        "\n",
        "a\n\nb\n\n",
    ),
    *("a\r\nb", "\r", "a\x85b", "a\u2028b\nc", "\ufeffa", "a\ufeff", "\x00", "\x1b[31m", "\x7f"),
    *("\xa0", "\ufffe", "\U0001f600", "\U0001f469\u200d\U0001f467\n日本\n", "#\n#", "- x\n- y\n"),
    *("---\na: 1\n", "%YAML\n", "a" * 3000, "'\n\"", "a\tb\nc", "\tx\ny", "a\n\tb", "# c\nd"),
    *("key: |\n  x\n", "x\n...\ny", "tab\tin", "\ta", "a\n\nb\n\n"),
]


@pytest.mark.parametrize("loader", [yaml.SafeLoader, yaml.CSafeLoader])
@pytest.mark.parametrize("text", [*TRICKY, *TEXTS])
def test_text_comes_back_as_the_same_text(text: str, loader: Any) -> None:
    value = {"a": text, text: [text, [text], {"x": text}], "z": 1}
    written_yaml = written(Yaml(), Fields(value))
    assert yaml.load(written_yaml, loader) == value


# The core schema of YAML 1.2.2, 10.3.2: what a plain scalar may be taken for.
CORE = re.compile(
    r"null|Null|NULL|~||true|True|TRUE|false|False|FALSE|[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+"
    r"|[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?|[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)"
)


@pytest.mark.parametrize("text", TRICKY)
def test_a_plain_text_is_text_in_yaml_1_2_too(text: str) -> None:
    node = yaml.compose(written(Yaml(), Fields({"x": text})), yaml.SafeLoader)
    scalar = node.value[0][1]
    assert scalar.style or not CORE.fullmatch(text)


@pytest.mark.parametrize("number", [0, -7, 2**70, 0.5, 1e20, 1e-7, -2.5e300, 5e-324])
def test_numbers_come_back_as_the_same_numbers(number: float) -> None:
    text = written(Yaml(), Fields({"x": number}))
    assert yaml.safe_load(text) == {"x": number}
    assert type(yaml.safe_load(text)["x"]) is type(number)


def test_text_for_people_stays_readable() -> None:
    text = written(Yaml(), Fields({"description": "# Title\n\nTwo  \nlines: yes\n"}))
    assert text == "description: |\n  # Title\n\n  Two  \n  lines: yes\n"


def test_a_lone_surrogate_becomes_a_replacement_character() -> None:
    assert yaml.safe_load(written(Yaml(), Fields({"x": "a\ud83db"}))) == {"x": "a\ufffdb"}


def test_a_key_of_any_length_comes_back() -> None:
    value = {"a": {"k" * 2000: {"b": 1}, "k: " * 500: [1], "\n" * 2000: "x"}}
    assert yaml.safe_load(written(Yaml(), Fields(value))) == value


def test_keys_that_are_no_text_are_written_as_in_json() -> None:
    assert yaml.safe_load(written(Yaml(), Fields({1: {True: 2, None: 3}}))) == {
        "1": {"true": 2, "null": 3}
    }


def test_the_same_object_twice_needs_no_anchor() -> None:
    shared = {"a": [1, 2]}
    text = written(Yaml(), Fields({"x": shared, "y": shared}))
    assert "&" not in text
    assert yaml.safe_load(text) == {"x": shared, "y": shared}


def test_rows_are_written_as_they_are_read() -> None:
    stream = Counting()
    written_before: list[int] = []

    def rows() -> Iterator[dict[str, Any]]:
        for number in range(3):
            written_before.append(stream.characters)
            yield gadget(str(number), notes="x" * 1000)

    section = GADGETS.block(rows())
    Yaml().write(document(section), Output(stream, None))  # type: ignore[arg-type]
    assert written_before[2] > written_before[1] + 1000 > 2000


SCALARS = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False)
    | st.text(st.characters(exclude_categories=["Cs"]), max_size=30)
    | st.text("\n\t :-#'\"a1.é\r|>", max_size=12)
)
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text("a :\n1#é"), inner),
    max_leaves=15,
)


@settings(max_examples=300)
@given(st.dictionaries(st.text(max_size=8), VALUES, max_size=4))
def test_any_value_comes_back(value: dict[str, Any]) -> None:
    text = written(Yaml(), Fields(value))
    assert yaml.load(text, yaml.SafeLoader) == value
    assert yaml.load(text, yaml.CSafeLoader) == value

"""What holds for every object: deterministic, idempotent, schemas stay, planted values go."""

from __future__ import annotations

import copy
import json
import re
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from k8s_datamodel.redaction.redactor import Redactor
from k8s_datamodel.redaction.tokens import compare

KEY = b"properties"

NAMES = """
password token apiKey clientSecret secret secretKey key tokens credentials auth name value kind data
stringData env args description annotations url Authorization openAPIV3Schema valueFrom secretName
passwordSecretRef DB_PASSWORD acme.io/token checksum/secret
"""
FRAGMENTS = r"""
password=|token: |--api-key |--secret=|://u:|@host/x|Bearer |Basic |-u a:|[redacted:|]|Secret
AKIAIOSFODNN7EXAMPLE|ghp_a1B2a1B2a1B2a1B2a1B2a1B2a1B2a1B2a1B2|LS0tLS1CRUdJTi|hunter2|é|a|"|'|\
-----BEGIN PRIVATE KEY-----|-----END PRIVATE KEY-----|01234567:0123456789abcdef|{{ .x }}|$(X)
eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.dozjg|f565cd64401775f93c820dc63fc3d4f6
{"password": "x1y2z3"}|true|/var/run/x|;|,|=|:|{|}|[
"""
names = st.one_of(st.sampled_from(re.findall(r"\S+", NAMES)), st.text(max_size=12))
fragments = st.sampled_from([*re.split(r"[|\n]", FRAGMENTS), "\n", "\t", " ", "\ud800"])
texts = st.one_of(
    st.lists(fragments, max_size=8).map("".join),
    st.text(max_size=40),
    st.dictionaries(names, fragments, max_size=3).map(json.dumps),
)
values = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(allow_nan=False), texts),
    lambda inner: st.one_of(
        st.lists(inner, max_size=4),
        st.dictionaries(names, inner, max_size=4),
        st.fixed_dictionaries({"name": names, "value": inner}),
    ),
    max_leaves=12,
)
objects = st.dictionaries(names, values, max_size=5)


def schemas(node: Any) -> list[Any]:
    """Every schema in an object, in order."""
    if isinstance(node, dict):
        here = [node["openAPIV3Schema"]] if "openAPIV3Schema" in node else []
        inner = [value for key, value in node.items() if key != "openAPIV3Schema"]
        return here + [each for value in inner for each in schemas(value)]
    return [each for value in node for each in schemas(value)] if isinstance(node, list) else []


@settings(max_examples=400)
@given(objects)
def test_redacting_twice_is_redacting_once(obj: dict[str, Any]) -> None:
    once = Redactor(KEY).object(obj)
    assert Redactor(KEY).object(once) is once


@settings(max_examples=200)
@given(objects)
def test_the_same_object_gives_the_same_result_and_stays_as_it_was(obj: dict[str, Any]) -> None:
    before = copy.deepcopy(obj)
    assert Redactor(KEY).object(obj) == Redactor(KEY).object(copy.deepcopy(before))
    assert obj == before


@settings(max_examples=200)
@given(objects)
def test_schemas_and_shapes_stay(obj: dict[str, Any]) -> None:
    new = Redactor(KEY).object(obj)
    assert schemas(new) == schemas(obj)
    assert _shape(new) == _shape(obj)


@settings(max_examples=200)
@given(texts, texts)
def test_two_salts_never_call_the_same_text_changed(one: str, other: str) -> None:
    mine, yours = Redactor(b"mine"), Redactor(b"yours")
    assert compare(_redacted(mine, one), _redacted(yours, one)) in ("same", "unknown")
    assert compare(_redacted(mine, one), _redacted(mine, one)) == "same"
    assert compare(_redacted(mine, one), _redacted(mine, other)) != "unknown" or one != other


SECRET = st.from_regex(r"[A-Z][a-z]{3}[0-9]{3}[A-Za-z0-9]{8}", fullmatch=True)
PLACES = (
    lambda secret: {"password": secret},
    lambda secret: {"env": [{"name": "API_TOKEN", "value": secret}]},
    lambda secret: {"args": ["--password", secret, f"--token={secret}"]},
    lambda secret: {"x": f"amqp://u:{secret}@mq/v and postgres://u:{secret}@db"},
    lambda secret: {"x": f"Server=db;Password={secret};Encrypt=true"},
    lambda secret: {"data": {"a.yaml": f"a: 1\npassword: {secret}\nb:\n- token: '{secret}'\n"}},
    lambda secret: {"kind": "Secret", "stringData": {"x": secret}},
    lambda secret: {"x": json.dumps({"a": [{"clientSecret": secret}]})},
    lambda secret: {"annotations": {"acme.io/client-secret": secret}},
)


@settings(max_examples=300)
@given(st.sampled_from(PLACES), SECRET)
def test_a_secret_in_a_usual_place_is_gone(place: Any, secret: str) -> None:
    dumped = json.dumps(Redactor(KEY).object(place(secret)))
    assert secret not in dumped


def _redacted(redactor: Redactor, text: str) -> str:
    return str(redactor.object({"x": text})["x"])


def _shape(node: Any) -> Any:
    """The object with every text and number replaced by ``str``, and without names."""
    if isinstance(node, dict):
        return [(key in ("kind", "data"), _shape(value)) for key, value in node.items()]
    if isinstance(node, (list, tuple)):
        return [_shape(value) for value in node]
    return node if node is None or isinstance(node, bool) else str

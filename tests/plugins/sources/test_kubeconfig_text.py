"""The values of a kubeconfig's YAML: the quick way gives what PyYAML's own gives."""

from __future__ import annotations

from typing import Any

import pytest

from k8s_datamodel_plugins.sources.server.contexts.text import TextError, parse

ORDINARY = """
apiVersion: v1
clusters:
- cluster: {server: 'https://a.example', insecure-skip-tls-verify: yes}
  name: "a\\u00e9"
users:
  - name: me
    user:
      token: |
        two
        lines
      exec: {args: [get, -o, 017, 1e3, ~, 12:30], env: null}
1: number
"""
VALUE = {
    "apiVersion": "v1",
    "clusters": [
        {
            "cluster": {"server": "https://a.example", "insecure-skip-tls-verify": True},
            "name": "a\u00e9",
        }
    ],
    "users": [
        {
            "name": "me",
            "user": {
                "token": "two\nlines\n",
                "exec": {"args": ["get", "-o", 15, 1000, None, "12:30"], "env": None},
            },
        }
    ],
    1: "number",
}


@pytest.mark.parametrize(
    ("text", "value"),
    [
        (ORDINARY, VALUE),
        # A tag, or an anchor, sends all of the text through PyYAML's own rules.
        (f"{ORDINARY}more: !!str 5", {**VALUE, "more": "5"}),
        (f"{ORDINARY}more: &five 5\nsame: *five", {**VALUE, "more": 5, "same": 5}),
        (f"{ORDINARY}more: {{<<: {{a: 1}}, b: 2}}", {**VALUE, "more": {"a": 1, "b": 2}}),
        (f"{ORDINARY}more: !custom {{a: 1}}", {**VALUE, "more": {"a": 1}}),
        ("a: 1\na: 2", {"a": 2}),
        ("# nothing", None),
        ("just text", "just text"),
        ("a:\n- 1\n--- \nb: 2", {"a": [1]}),
    ],
)
def test_values_are_those_of_pyyaml(text: str, value: Any) -> None:
    found = parse(text.encode())
    assert found == value
    assert repr(found) == repr(value)  # where 1 is not True


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("a: .inf", "a number is infinite, or none"),
        ("a: !!float .nan", "a number is infinite, or none"),
        ("a: [1", "did not find|expected"),
        ("? {a: 1}\n: b", "unhashable key"),
        ("a: !!int x", "it is not text"),
        ("[" * 100_000 + "]" * 100_000, "nest"),
    ],
)
def test_what_is_no_kubeconfig_is_told_without_its_content(text: str, why: str) -> None:
    with pytest.raises(TextError, match=why):
        parse(text.encode())

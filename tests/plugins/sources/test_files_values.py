"""Values of YAML and JSON are what kubectl makes of them; bombs and depths are refused."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from k8s_datamodel_plugins.sources.dump.values import jsons, yamls
from support.opened import Opened, configmap

HEAD = "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: one\n"

SCALARS: dict[str, Any] = {
    "=": "=",
    "2025-01-02": "2025-01-02",
    "2025-01-02T03:04:05Z": "2025-01-02T03:04:05Z",
    "12:30:45": "12:30:45",
    "22:22": "22:22",
    **dict.fromkeys(("y", "Y", "yes", "on", "On", "true", "TRUE"), True),
    **dict.fromkeys(("n", "N", "no", "off", "OFF", "False"), False),
    **dict.fromkeys(("~", "null", "NULL", ""), None),
    **dict.fromkeys(("tRue", "yEs", "nUll", "1.2.3", "v1", "0b2", "0o8", "_1", "+", "."), ...),
    **dict.fromkeys(("1e400", "e3", "0x1p3", "infinity", "nan", "1,000", "a<<"), ...),
    "1e+09": 1000000000,
    "1e3": 1000,
    "1.0": 1,
    "1.5e3": 1500,
    "5.": 5,
    ".5": 0.5,
    "-.5": -0.5,
    "+12": 12,
    "1_000": 1000,
    "0777": 511,
    "-017": -15,
    "0o17": 15,
    "08": 8,
    "0x1F": 31,
    "0b11": 3,
    "-0.0": 0,
    "1e-7": 1e-7,
    "1e21": 1e21,
    "9223372036854775807": 9223372036854775807,
    "9223372036854775808": 9.223372036854776e18,
    "18446744073709551615": 1.8446744073709552e19,
    "123456789012345678901234567890": 1.2345678901234568e29,
    "9223372036854774784.0": 9223372036854775000,
    "!!str 5": "5",
    "!!int '5'": 5,
    "!!float 3": 3,
    "!!bool yes": True,
    "!!binary aGVsbG8=": "hello",
    "!!timestamp 2001-01-01": "2001-01-01",
    "!own 5": "5",
    "'on'": "on",
    '"5"': "5",
    '"\\u00e4\\n"': "ä\n",
    "'': '": None,
    "|\n  a\n  b\n": "a\nb\n",
    ">-\n  a\n  b\n": "a b",
    "!!set {a, b}": {"a": None, "b": None},
    "!!omap [a: 1]": [{"a": 1}],
    "{5: a, 1.5: b, on: c}": {"5": "a", "1.5": "b", "true": "c"},
    "{k: 1, k: 2}": {"k": 2},
    '{"<<": 1}': {"<<": 1},
}
del SCALARS["'': '"]

MERGES = {
    "&a {k: 1}\nw:\n  k: 5\n  <<: *a\n": {"k": 1},
    "&a {k: 1}\nw:\n  <<: *a\n  k: 5\n": {"k": 5},
    "&a {k: 1}\nw:\n  <<: [*a, {k: 9, z: 3}]\n": {"k": 1, "z": 3},
}

REFUSED = {
    ".nan": "",
    "-.inf": "",
    "***HIDDEN***": "line 5",
    "{{ .Values.x }}": "line 5",
    "&a [*a]": "an alias holds itself",
    "*q": "an alias without an anchor",
    "{~: x}": "a key is null",
    "{[1]: x}": "a key is a mapping or a list",
    "{<<: 5}": "a merge (<<) needs a mapping",
    "!!int x": "cannot decode a text as !!int",
    "!!binary '*'": "invalid base64",
    "b: c": "mapping values are not allowed",
    "\n\tk: v": "line 6",
    "'x": "unexpected end of stream",
    "@x": "cannot start any token",
    "\x01": "control characters",
}


def value(tmp_path: Path, text: str, key: str = "v") -> Any:
    (tmp_path / "x.yaml").write_text(f"{HEAD}v: {text}")
    return Opened(tmp_path).objects()[0][key]


@pytest.mark.parametrize("text", SCALARS)
def test_a_value_is_what_kubectl_makes_of_it(tmp_path: Path, text: str) -> None:
    expected = text if SCALARS[text] is ... else SCALARS[text]
    found = value(tmp_path, text)
    assert found == expected
    assert type(found) is type(expected)


@pytest.mark.parametrize("text", MERGES)
def test_merges_happen_in_the_order_they_are_written(tmp_path: Path, text: str) -> None:
    assert value(tmp_path, text, "w") == MERGES[text]


@pytest.mark.parametrize("text", REFUSED)
def test_what_kubectl_refuses_is_refused_with_its_line(tmp_path: Path, text: str) -> None:
    (tmp_path / "a.yaml").write_text(configmap("good"))
    (tmp_path / "x.yaml").write_text(f"{HEAD}v: {text}\n")
    opened = Opened(tmp_path)
    assert opened.names() == ["good"]
    reason = opened.entries("failed")["x.yaml"]
    assert reason.startswith("line ") or "control characters" in reason
    assert REFUSED[text] in reason


def test_kubectl_agrees(tmp_path: Path) -> None:
    """The expectations above are kubectl's own, asked without any server."""
    kubectl = shutil.which("kubectl")
    if not kubectl:
        pytest.skip("kubectl is not installed: it says what values mean")
    texts = {f"v: {text}": SCALARS[text] for text in SCALARS} | {
        f"v: {text}": MERGES[text] for text in MERGES
    }
    documents = [HEAD.replace("one", f"n{n:03}") + text + "\n" for n, text in enumerate(texts)]
    done = subprocess.run(
        [kubectl, "annotate", "--local", "--filename=-", "--output=json", "a=b"],
        input="---\n".join(documents),
        capture_output=True,
        text=True,
        check=True,
    )
    (tmp_path / "kubectl.json").write_text(done.stdout)
    (tmp_path / "ours.yaml").write_text("---\n".join(documents))
    theirs = Opened(tmp_path / "kubectl.json").objects()
    ours = Opened(tmp_path / "ours.yaml").objects()
    for item in theirs:
        del item["metadata"]["annotations"]
    assert len(theirs) == len(texts)
    assert ours == theirs


def test_the_parser_in_python_gives_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = "---\n".join(f"{HEAD}v: {text}\n" for text in SCALARS)
    texts = text.replace("name: one", "generateName: one")
    (tmp_path / "x.yaml").write_text(texts)
    fast = Opened(tmp_path).objects()
    monkeypatch.setattr(yamls, "LOADER", yaml.SafeLoader)
    assert Opened(tmp_path).objects() == fast
    assert len(fast) == len(SCALARS)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1.0", 1),
        ("1e3", 1000),
        ("0.5", 0.5),
        ("9223372036854775808", 9.223372036854776e18),
        ('"\\ud800x"', "\ufffdx"),
        ('"\\ud83d\\ude00"', "😀"),
    ],
)
def test_json_numbers_and_texts_are_what_kubectl_makes_of_them(
    tmp_path: Path, text: str, expected: Any
) -> None:
    metadata = '"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"one"}'
    (tmp_path / "x.json").write_text(f'{{{metadata},"v":{text}}}')
    found = Opened(tmp_path).objects()[0]["v"]
    assert found == expected
    assert type(found) is type(expected)


@pytest.mark.parametrize(
    "text", ["NaN", "Infinity", "1e400", "01", "'x'", "tru", "[1,]", "9" * 5000]
)
def test_json_that_go_refuses_is_refused(tmp_path: Path, text: str) -> None:
    metadata = '"apiVersion":"v1","kind":"ConfigMap",\n"metadata":{"name":"one"}'
    (tmp_path / "a.yaml").write_text(configmap("good"))
    (tmp_path / "x.json").write_text(f'{{{metadata},\n"v":{text}}}')
    opened = Opened(tmp_path)
    assert opened.names() == ["good"]
    assert opened.entries("failed")["x.json"].startswith("line 3: ")


def test_aliases_that_expand_without_end_are_refused(tmp_path: Path) -> None:
    lines = ["a0: &a0 [lol,lol,lol,lol,lol,lol,lol,lol,lol,lol]"]
    lines += [f"a{n}: &a{n} [{','.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 10)]
    (tmp_path / "a.yaml").write_text(configmap("good"))
    (tmp_path / "bomb.yaml").write_text(HEAD + "\n".join(lines))
    opened = Opened(tmp_path)
    assert "aliases expand" in opened.entries("failed")["bomb.yaml"]
    assert opened.names() == ["good"]


@pytest.mark.parametrize(
    "text",
    [
        "[" * 100_000,
        "[" * 100_000 + "]" * 100_000,
        '{"a":' * 100_000,
        '{"a":' * 5000 + "1" + "}" * 5000,
        "- " * 50_000 + "x",
        "".join(" " * n + "a:\n" for n in range(2000)),
        HEAD + "v: " + "[" * 300 + "]" * 300,
        '{"apiVersion":"v1","kind":"ConfigMap","v":' + "[" * 300 + "]" * 300 + "}",
    ],
)
def test_depth_is_refused(tmp_path: Path, text: str) -> None:
    (tmp_path / "a.yaml").write_text(configmap("good"))
    (tmp_path / "deep.yaml").write_text(text)
    opened = Opened(tmp_path)
    assert opened.entries("failed").keys() == {"deep.yaml"}
    assert opened.names() == ["good"]


@pytest.mark.parametrize(
    "text",
    [
        HEAD + "v: " + "x" * 2_000_000,
        HEAD + "v: |\n" + ("  " + "x" * 100 + "\n") * 20_000,
        '{"apiVersion":"v1","kind":"ConfigMap","v":"' + "x" * 2_000_000 + '"}',
        '{"apiVersion":"v1","kind":"ConfigMap","v":[' + "{}," * 500_000 + "{}]}",
        HEAD + "v: [" + "a," * 500_000 + "a]",
        "apiVersion: v1\nkind: List\nitems:\n- v: [" + "a," * 500_000 + "a]",
    ],
)
def test_what_is_larger_than_any_object_is_refused(
    tmp_path: Path, text: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(yamls, "MAX_OBJECT_WEIGHT", 1_000_000)
    monkeypatch.setattr(jsons, "MAX_OBJECT_BYTES", 1_000_000)
    (tmp_path / "a.yaml").write_text(configmap("good"))
    (tmp_path / "large.yaml").write_text(text)
    opened = Opened(tmp_path)
    assert "larger than any Kubernetes object" in opened.entries("failed")["large.yaml"]
    assert opened.names() == ["good"]


def test_a_list_may_be_larger_than_an_object(tmp_path: Path) -> None:
    def item(number: int) -> dict[str, Any]:
        metadata = {"name": f"n{number}", "uid": str(number)}
        return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": metadata, "v": "x" * 500_000}

    items = [item(number) for number in range(50)]
    (tmp_path / "x.json").write_text(json.dumps({"items": items, "kind": "List"}, indent=4))
    opened = Opened(tmp_path)
    assert len(opened.names()) == 50
    chunks, _ = opened.chunks()
    assert max(len(chunk) for chunk in chunks) < 50

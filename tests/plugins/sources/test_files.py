"""Paths as a source: what is found in which form, how often it counts, what the ledger says."""

from __future__ import annotations

import io
import json
import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from k8s_datamodel.api import SourceError
from support.opened import CONFIGMAPS, CRDS, DEPLOYMENTS, WIDGETS, Opened, configmap, live, write

OBJECT = '{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"held"}}'


def test_files_of_a_folder_are_read_recursively_and_given_in_order(tmp_path: Path) -> None:
    write(
        tmp_path,
        {
            "b.yaml": configmap("two"),
            "deep/er/a.yml": configmap("one") + "---\n" + configmap("three"),
            "c.json": json.dumps({**live("Widget", "w", "x"), "apiVersion": "v1", "kind": "Pod"}),
        },
    )
    opened = Opened(tmp_path)
    assert opened.names() == ["one", "three", "two"]
    outcome = opened.outcome()
    assert (outcome.status, outcome.objects, outcome.requests) == ("complete", 3, 2)
    assert opened.entries("complete").keys() == {str(tmp_path)}
    assert not opened.incomplete


@pytest.mark.parametrize(
    "text",
    [
        '{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"one"}}',
        '[{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"one"}}]',
        '{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"one"}}\n'
        '{"apiVersion":"v1","kind":"Pod","metadata":{"name":"two"}}\n',
        '{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"one"}}\n---\n'
        "apiVersion: v1\nkind: Pod\nmetadata:\n  name: two\n",
        "{apiVersion: v1, kind: ConfigMap, metadata: {name: one}}\n---\n{apiVersion: v1}\n",
        "- apiVersion: v1\n  kind: ConfigMap\n  metadata: {name: one}\n",
        "%YAML 1.1\n---\n" + configmap("one"),
        "# a comment\n\n---\n# nothing\n---\n" + configmap("one") + "---\n...\n",
        configmap("one").replace("\n", "\r\n"),
        "\ufeff" + configmap("one"),
    ],
)
def test_a_single_file_is_read_in_every_form(tmp_path: Path, text: str) -> None:
    path = tmp_path / "without-suffix"
    path.write_text(text, newline="")
    assert Opened(path).names() == ["one"]


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32"])
def test_text_is_read_in_every_unicode_encoding(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "x.yaml"
    path.write_bytes(configmap("one", key="ä😀").encode(encoding))
    assert Opened(path).objects()[0]["data"] == {"key": "ä😀"}


def test_items_take_kind_and_version_of_their_typed_list(tmp_path: Path) -> None:
    items = [{"metadata": {"name": name}, "data": {"k": name}} for name in ("b", "a")]
    typed = {"kind": "ConfigMapList", "apiVersion": "v1", "metadata": {}, "items": items}
    (tmp_path / "x.json").write_text(json.dumps(typed))
    opened = Opened(tmp_path)
    assert opened.objects()[0] == {
        "apiVersion": "v1",
        "kind": "ConfigMap",
        "metadata": {"name": "a"},
        "data": {"k": "a"},
    }
    assert opened.names() == ["a", "b"]


def test_lists_within_lists_are_opened_and_items_of_an_object_are_its_own(tmp_path: Path) -> None:
    inner = {"apiVersion": "v1", "kind": "List", "items": [live("Widget", "deep", "n")]}
    own = live("Widget", "own", "n", items=[{"apiVersion": "v1", "kind": "Pod"}, 5])
    outer = {"kind": "List", "apiVersion": "v1", "items": [inner, own]}
    (tmp_path / "x.yaml").write_text(json.dumps(outer))
    (tmp_path / "y.json").write_text(json.dumps({**own, "metadata": {"name": "alone"}}))
    opened = Opened(tmp_path, WIDGETS)
    assert opened.names(WIDGETS) == ["alone", "deep", "own"]
    assert all(item["items"] == own["items"] for item in opened.objects(WIDGETS)[::2])


NO_LISTS = {
    "a map": ('{"apiVersion":"v1","kind":"List","items":{"a":OBJECT}}', "items is not a list"),
    "a text": ("apiVersion: v1\nkind: List\nitems: words\n", "items is not a list"),
    "a map, of a kind": ('{"apiVersion":"v1","kind":"PodList","items":{}}', "items is not a list"),
    "in a list": ('{"kind":"List","items":[{"kind":"List","items":{}}]}', "items is not a list"),
    "with a text": ('{"kind":"List","items":[OBJECT,"words"]}', "items[1] is not a mapping"),
    "of numbers": ("kind: List\nitems: [1, 2]\n", "items[0] is not a mapping (and 1 more)"),
    "of nothing": ("kind: List\nitems:\n-\n", "items[0] is not a mapping"),
    "of lists": ('{"kind":"List","items":[[OBJECT]]}', "items[0] is not a mapping"),
    "of a kind, with a text": (
        '{"apiVersion":"v1","kind":"PodList","metadata":{"resourceVersion":"7"},"items":["a"]}',
        "items[0] is not a mapping",
    ),
    "too deep": (
        '{"kind":"List","items":[' * 7 + "OBJECT" + "]}" * 7,
        "lists within lists, deeper than 5",
    ),
}
"""Documents that say that they are a list of objects and are none, and what is told of each."""


@pytest.mark.parametrize("case", NO_LISTS)
def test_a_list_that_is_none_fails(tmp_path: Path, case: str) -> None:
    text, words = NO_LISTS[case]
    write(tmp_path, {"x.yaml": configmap("one"), "y.yaml": text.replace("OBJECT", OBJECT)})
    opened = Opened(tmp_path)
    kind = "PodList" if "PodList" in text else "List"
    assert opened.entries("failed") == {"y.yaml": f"line 1: {kind}: {words}"}
    assert opened.names() == (["held", "one"] if case == "with a text" else ["one"])
    assert opened.incomplete


@pytest.mark.parametrize(
    "text",
    [
        "items: [words, 5]\n",
        "items: {a: b}\n",
        "kind: TodoList\nitems: {a: b}\n",
        "kind: TodoList\nitems: [words, 5]\n",
        "[words, 5]",
        '{"apiVersion":"a.example/v1","kind":"AllowList","metadata":{"name":"a"},"items":{"a":1}}',
        '{"apiVersion":"a.example/v1","kind":"AllowList","metadata":{"generateName":"a-"},'
        '"items":["words"]}',
    ],
)
def test_what_only_looks_like_a_list_harms_nothing(tmp_path: Path, text: str) -> None:
    opened = Opened(write(tmp_path, {"x.yaml": configmap("one"), "y.yaml": text}))
    assert opened.names() == ["one"]
    assert not opened.incomplete


def test_an_object_is_given_whatever_its_version_is(tmp_path: Path) -> None:
    text = "apiVersion: apiextensions.k8s.io/v1beta1\nkind: CustomResourceDefinition\n"
    (tmp_path / "x.yaml").write_text(text + "metadata:\n  name: old.example.com\n")
    opened = Opened(tmp_path, CRDS)
    assert opened.objects(CRDS)[0]["apiVersion"] == "apiextensions.k8s.io/v1beta1"


def test_a_version_without_its_group_is_understood_where_it_is_clear(tmp_path: Path) -> None:
    (tmp_path / "x.yaml").write_text("apiVersion: v1\nkind: Widget\nmetadata: {name: core}\n")
    (tmp_path / "y.yaml").write_text("apiVersion: v2\nkind: Widget\nmetadata: {name: bare}\n")
    newer = type(WIDGETS)("example.com", "v2", "widgets", "Widget")
    assert Opened(tmp_path, newer).names(newer) == ["bare"]


def test_the_namespace_filter_puts_manifests_without_one_into_default(tmp_path: Path) -> None:
    (tmp_path / "x.json").write_text(
        "".join(json.dumps(live("Widget", n, ns)) for n, ns in (("a", None), ("b", "x")))
    )
    opened = Opened(tmp_path, WIDGETS)
    assert opened.names(WIDGETS, "default") == ["a"]
    assert opened.names(WIDGETS, "x") == ["b"]
    outcome = opened.outcome(WIDGETS, "elsewhere")
    assert (outcome.status, outcome.objects) == ("skipped", None)
    assert "elsewhere" in outcome.reason


def test_what_a_source_does_not_hold_is_unknown_not_absent(tmp_path: Path) -> None:
    (tmp_path / "x.yaml").write_text(configmap("one"))
    opened = Opened(tmp_path, DEPLOYMENTS)
    outcome = opened.outcome(DEPLOYMENTS)
    assert (outcome.status, outcome.objects) == ("skipped", None)
    assert "does not mean that the cluster has none" in outcome.reason
    assert opened.source.count(DEPLOYMENTS).value is None


def test_the_same_object_in_two_files_counts_once(tmp_path: Path) -> None:
    as_json = '{"kind":"ConfigMap","data":{"k":"v"},"metadata":{"name":"one"},"apiVersion":"v1"}'
    files = {"a.yaml": configmap("one", k="v"), "b.json": as_json, "c.json": f"[{as_json}]"}
    opened = Opened(write(tmp_path, {**files}))
    assert opened.names() == ["one"]
    double = next(e.outcome for e in opened.ledger if e.read == "configmaps")
    assert (double.status, double.objects) == ("skipped", 2)
    assert "2 with the same content" in double.reason
    assert not opened.incomplete


@pytest.mark.parametrize(
    ("first", "second", "kept"),
    [
        ({}, {}, "second"),  # as kubectl apply would leave it
        ({"uid": "u"}, {}, "first"),
        ({"uid": "u", "resourceVersion": "10"}, {"uid": "u", "resourceVersion": "9"}, "first"),
        ({"uid": "u", "resourceVersion": "9"}, {"uid": "u", "resourceVersion": "10"}, "second"),
        (
            {"uid": "u", "creationTimestamp": "2025-01-02T00:00:00Z"},
            {"uid": "v", "creationTimestamp": "2024-01-02T00:00:00Z"},
            "first",
        ),
    ],
)
def test_of_two_states_the_newest_is_kept_and_that_is_told(
    tmp_path: Path, first: dict[str, str], second: dict[str, str], kept: str
) -> None:
    for name, metadata in (("first", first), ("second", second)):
        item = live("Widget", "w", "n", spec=name)
        item["metadata"] = {"name": "w", "namespace": "n", **metadata}
        (tmp_path / f"{name}.json").write_text(json.dumps(item))
    opened = Opened(tmp_path, WIDGETS)
    assert [item["spec"] for item in opened.objects(WIDGETS)] == [kept]
    assert f"such as w of {kept}.json" in opened.entries("skipped")["widgets.example.com"]
    assert not opened.incomplete


def test_objects_without_a_name_are_never_taken_for_the_same(tmp_path: Path) -> None:
    text = "apiVersion: v1\nkind: ConfigMap\nmetadata: {generateName: x-}\n"
    (tmp_path / "x.yaml").write_text(f"{text}---\n{text}")
    assert len(Opened(tmp_path).objects()) == 2


def test_a_broken_file_is_an_entry_with_its_line_and_the_rest_is_read(tmp_path: Path) -> None:
    write(
        tmp_path,
        {
            "chart/templates/x.yaml": "a: b\nkind: {{ .Values.kind }}\n",
            "redacted.yaml": "apiVersion: v1\nkind: Secret\ndata:\n  k: ***HIDDEN***\n",
            "cut.json": '{"apiVersion": "v1",\n "kind": "Con',
            "partly.yaml": f"{configmap('good')}---\na: b: c\n---\n{configmap('also')}",
            "binary.yaml": b"\x00\x01\x02\xff",
            "latin.yaml": b"a: b\nb: caf\xe9\n",
            "odd.yaml": "apiVersion: v1\nkind: ConfigMap\nmetadata: [name]\n",
            "number.yaml": "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: 5}\n",
            "infinite.yaml": configmap("x", k=".inf"),
        },
    )
    opened = Opened(tmp_path)
    assert opened.names() == ["also", "good"]
    failed = opened.entries("failed")
    assert failed["chart/templates/x.yaml"].startswith("line 2:")
    assert "looks like a template" in failed["chart/templates/x.yaml"]
    assert failed["redacted.yaml"].startswith("line 4:")
    assert failed["cut.json"].startswith("line 2:")
    assert failed["partly.yaml"].startswith("line 7:")
    assert failed["binary.yaml"] == "not text"
    assert failed["latin.yaml"] == "line 2: not text in UTF-8 or UTF-16"
    assert failed["odd.yaml"] == "line 1: ConfigMap: metadata is not a mapping"
    assert failed["number.yaml"] == "line 1: ConfigMap: metadata.name is not text"
    assert "infinite.yaml" in failed
    assert len(failed) == 9
    assert opened.incomplete


def test_objects_without_a_line_between_them_are_not_taken_for_one(tmp_path: Path) -> None:
    write(tmp_path, {"x.yaml": configmap("one"), "y.yaml": configmap("a") + configmap("b")})
    opened = Opened(tmp_path)
    assert opened.names() == ["one"]
    reason = opened.entries("failed")["y.yaml"]
    assert reason == "line 7: a second kind in one document: there is no --- before it"


def test_files_without_objects_are_told_and_harm_nothing(tmp_path: Path) -> None:
    write(
        tmp_path,
        {
            "x.yaml": configmap("one"),
            "values.yaml": "replicas: 3\nlimit: .inf\n",
            "empty.yaml": "",
            "comments.yaml": "# nothing\n",
            "mixed.yaml": configmap("two") + "---\njust: values\n",
            "a.log": '{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"logged"}}\n',
            "b.txt": "words\n",
            "c.png": b"\x89PNG\0",
            "._x.yaml": b"\x00\x05\x16\x07",
            "manifest.txt": configmap("in-a-txt"),
            "README.md": f"# How to\n\n```yaml\n{configmap('example')}```\n",
            ".git/config.yaml": configmap("not-mine"),
        },
    )
    opened = Opened(tmp_path)
    assert opened.names() == ["in-a-txt", "one", "two"]
    told = opened.entries("unrecognised")
    assert told["values.yaml"] == "holds no Kubernetes object"
    assert told["empty.yaml"] == told["comments.yaml"] == "holds nothing"
    assert told["mixed.yaml"] == ("holds other things than Kubernetes objects (1, see line 6)")
    assert told["._x.yaml and 4 more"] == "holds no Kubernetes object"
    assert len(told) == 5
    assert not opened.incomplete


def test_standard_input_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    content = io.TextIOWrapper(io.BytesIO(configmap("one").encode()))
    monkeypatch.setattr(sys, "stdin", content)
    opened = Opened("-")
    assert opened.names() == ["one"]
    assert opened.info.context == "stdin"
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"words")))
    with pytest.raises(SourceError, match=r"^standard input holds no Kubernetes object"):
        Opened("-")


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs named pipes: run it on a Unix")
def test_a_pipe_among_files_does_not_block(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.yaml")
    (tmp_path / "x.yaml").write_text(configmap("one"))
    opened = Opened(tmp_path)
    assert opened.names() == ["one"]
    assert opened.entries("failed") == {"pipe.yaml": "neither a file nor a folder"}


@pytest.fixture
def nobody(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Whoever may not read all, in the test's folder: root becomes someone else."""
    tmp_path.chmod(0o755)
    monkeypatch.chdir(tmp_path)
    root = os.geteuid() == 0
    if root:
        os.seteuid(65534)
    yield
    if root:
        os.seteuid(0)


def test_what_may_not_be_read_is_an_entry(tmp_path: Path, request: pytest.FixtureRequest) -> None:
    write(tmp_path, {"x.yaml": configmap("one"), "closed.yaml": "a: b", "folder/y.yaml": "a: b"})
    (tmp_path / "closed.yaml").chmod(0)
    (tmp_path / "folder").chmod(0)
    request.getfixturevalue("nobody")
    opened = Opened(".")
    denied = "permission denied"
    assert opened.entries("failed") == {"closed.yaml": denied, "folder": denied}
    assert opened.names() == ["one"]
    assert opened.info.context == tmp_path.name


@pytest.mark.parametrize(
    ("files", "words"),
    [
        ({}, "holds no Kubernetes object (0 files looked at)"),
        ({"a.yaml": "x: 1", "b.txt": "x"}, "holds no Kubernetes object (2 files looked at)"),
        ({"a.yaml": "x: {"}, "(one file looked at, 1 not readable: a.yaml: line"),
        ({"a.json": '{"apiVersion":"v1","kind":"List","items":[]}'}, "holds no Kubernetes object"),
    ],
)
def test_a_source_without_objects_is_refused_in_one_line(
    tmp_path: Path, files: dict[str, str | bytes], words: str
) -> None:
    with pytest.raises(SourceError) as refused:
        Opened(write(tmp_path, files))
    assert words in str(refused.value)
    assert "\n" not in str(refused.value)


def test_a_path_that_is_not_there_is_refused_by_name(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match=r"there is no file or folder .*nowhere"):
        Opened(tmp_path / "nowhere")


def test_an_empty_list_of_a_kind_is_an_answer(tmp_path: Path) -> None:
    empty = {"kind": "DeploymentList", "apiVersion": "apps/v1", "metadata": {}, "items": None}
    empty["metadata"] = {"resourceVersion": "5"}
    (tmp_path / "x.json").write_text(json.dumps(empty))
    outcome = Opened(tmp_path, DEPLOYMENTS).outcome(DEPLOYMENTS)
    assert (outcome.status, outcome.objects) == ("complete", 0)


def test_pages_hold_a_bounded_number_of_objects(tmp_path: Path) -> None:
    (tmp_path / "x.yaml").write_text("---\n".join(configmap(f"n{n:03}") for n in range(250)))
    chunks, outcome = Opened(tmp_path).chunks()
    assert [len(chunk) for chunk in chunks] == [100, 100, 50]
    assert outcome.objects == 250


def test_progress_is_told(tmp_path: Path) -> None:
    write(tmp_path, {f"{n}.yaml": configmap(f"n{n}") for n in range(60)})
    assert Opened(tmp_path).progress == [
        "25 files, 0 MiB, 25 objects",
        "50 files, 0 MiB, 50 objects",
    ]


@pytest.mark.parametrize(
    ("name", "called"),
    [
        ("prod.tar.gz", "prod"),
        ("support-bundle-2025-09-11T20_41_02", "support-bundle-2025-09-11T20_41_02"),
        ("must-gather.local.123", "must-gather.local.123"),
        ("crds.v1.yaml", "crds.v1"),
    ],
)
def test_the_context_is_named_after_the_path(tmp_path: Path, name: str, called: str) -> None:
    (tmp_path / name).write_text(configmap("one"))
    assert Opened(tmp_path / name).info.context == called


def test_a_location_may_be_a_url(tmp_path: Path) -> None:
    (tmp_path / "x.yaml").write_text(configmap("one"))
    assert Opened(f"file://{tmp_path}").names() == ["one"]


def test_only_what_will_be_listed_is_kept(tmp_path: Path) -> None:
    (tmp_path / "x.yaml").write_text(configmap("one"))
    opened = Opened(tmp_path, DEPLOYMENTS)
    assert opened.chunks(CONFIGMAPS)[0] == []

"""Resource types that a YAML file declares: what it may say, what is told when it is wrong."""

from __future__ import annotations

import json
import sys
from functools import partial
from pathlib import Path
from textwrap import dedent
from typing import Any

import jsonpath
import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from k8s_datamodel.base.errors import DatamodelError
from k8s_datamodel.cli.diffs.diff_rules import rules_of
from k8s_datamodel.comparing.differences import Lens, object_changes
from k8s_datamodel.data.objects import KubernetesObject, Record, Resource
from k8s_datamodel.plugins.config import PluginSettings
from k8s_datamodel.plugins.host import Host
from k8s_datamodel.plugins.registry import Registry
from k8s_datamodel.testing.collecting import collect
from k8s_datamodel.testing.memory_source import ObjectsSource
from k8s_datamodel.types import path_patterns
from k8s_datamodel.types.column_values import filler
from k8s_datamodel.types.jsonpaths import parse
from k8s_datamodel.types.resource_types import Matrix, ResourceType

CERTIFICATES = """\
apiVersion: k8s-datamodel/v1
kind: ResourceType
spec:
  group: certs.example
  version: v1
  kind: Certificate
  plural: certificates
  columns:
  - {name: issuer, jsonPath: .spec.issuer.name, show: table, filter: issuer}
  - name: ready
    jsonPath: .status.conditions[?(@.type=="Ready")].status
    type: boolean
    volatile: true
"""

CERTIFICATE = {
    "apiVersion": "certs.example/v1",
    "kind": "Certificate",
    "metadata": {"name": "web", "namespace": "shop"},
    "spec": {"issuer": {"name": "ours"}},
    "status": {"conditions": [{"type": "Issuing"}, {"type": "Ready", "status": "True"}]},
}


def declared(folder: Path, text: str, name: str = "mine.yaml") -> Registry:
    path = folder / "types" / name
    path.parent.mkdir(exist_ok=True)
    path.write_text(dedent(text))
    return Registry(Host.discover(PluginSettings(folder=folder), []))


def only_type(registry: Registry) -> ResourceType:
    assert not registry.problems, registry.problems
    [declared_type] = registry.types
    return declared_type


def values(registry: Registry, *objects: KubernetesObject) -> list[dict[str, Any]]:
    made = only_type(registry)
    fill = filler(made.columns, partial(registry.load_function, made))
    return [dict(fill(each).values) for each in objects]


def records(registry: Registry, *objects: KubernetesObject) -> list[Record]:
    made = only_type(registry)
    listed = made.reads[0].resource
    version = f"{listed.group}/{listed.version}".lstrip("/")
    known = [{**each, "apiVersion": version, "kind": listed.kind} for each in objects]
    collected = collect(made, ObjectsSource(known))
    assert collected.faults == []
    return list(collected.records)


def column(path: str, kind: str = "text") -> str:
    return (
        "apiVersion: k8s-datamodel/v1\nkind: ResourceType\n"
        "spec: {version: v1, kind: Thing, plural: things, columns: [\n"
        f"  {{name: value, type: {kind}, jsonPath: {path!r}}}]}}\n"
    )


def test_a_file_of_ten_lines_is_a_whole_type(tmp_path: Path) -> None:
    registry = declared(tmp_path, CERTIFICATES)
    made = only_type(registry)
    assert (made.name, made.command, made.singular, made.plural) == (
        "certificates",
        "certificate",
        "Certificate",
        "Certificates",
    )
    assert (made.skip, made.count, made.identity) == (
        "certificates",
        "certificate_count",
        ("namespace", "name"),
    )
    assert [(c.name, c.type, c.show, c.filter) for c in made.columns] == [
        ("namespace", "text", "table", ""),
        ("name", "text", "table", "name"),
        ("issuer", "text", "table", "issuer"),
        ("ready", "boolean", "never", ""),
    ]
    [read] = made.reads
    assert read.resource == Resource("certs.example", "v1", "certificates", "Certificate", True)
    [plugin] = registry.plugins
    assert (plugin.name, plugin.kind, plugin.state) == ("mine", "type file", "active")


def test_a_column_of_numbers_may_have_a_least_value(tmp_path: Path) -> None:
    column = "  - {name: days, jsonPath: .spec.days, type: integer, atLeast: min-days}\n"
    (made,) = declared(tmp_path, CERTIFICATES + column).types
    assert made.column("days").at_least == "min-days"
    wrong = declared(tmp_path, CERTIFICATES + column.replace("integer", "text"))
    assert any("are for numbers, not text" in problem for problem in wrong.problems)


def test_noise_of_a_type_is_left_out_of_its_kind_alone(tmp_path: Path) -> None:
    noise = 'noise: [status.rounds, "status.peers[*].seen"]\n  plural: c'
    lens = Lens(rules_of(declared(tmp_path, CERTIFICATES.replace("plural: c", noise))))
    old, new = ({"rounds": n, "peers": [{"id": "a", "seen": n}]} for n in (1, 2))
    mine = [{**CERTIFICATE, "status": each} for each in (old, new)]
    assert object_changes(*mine, lens).fields == []
    beside = {**mine[1], "status": {**new, "peers": [{"id": "a", "seen": 3, "up": True}]}}
    assert [each.path for each in object_changes(mine[0], beside, lens).fields] == [
        "status.peers[id=a].up"
    ]
    others = [{**each, "kind": "Other"} for each in mine]
    assert len(object_changes(*others, lens).fields) == 2


def test_a_column_may_say_how_it_stands_in_tables(tmp_path: Path) -> None:
    column = "  - {name: days, jsonPath: .spec.days, importance: 7, align: right}\n"
    (made,) = declared(tmp_path, CERTIFICATES + column).types
    assert (made.column("days").importance, made.column("days").align) == (7, "right")
    wrong = declared(tmp_path, CERTIFICATES + column.replace("7", "700"))
    assert any("importance of column days must be" in problem for problem in wrong.problems)


def test_its_collector_makes_records_of_the_objects(tmp_path: Path) -> None:
    registry = declared(tmp_path, CERTIFICATES)
    bare = {"metadata": {"name": "bare", "namespace": "shop"}}
    assert values(registry, CERTIFICATE, bare) == [
        {"namespace": "shop", "name": "web", "issuer": "ours", "ready": True},
        {"namespace": "shop", "name": "bare", "issuer": None, "ready": None},
    ]
    [record] = records(registry, CERTIFICATE)
    assert record.spec == CERTIFICATE


def test_every_default_can_be_said_otherwise(tmp_path: Path) -> None:
    made = only_type(
        declared(
            tmp_path,
            """\
            apiVersion: k8s-datamodel/v1
            kind: ResourceType
            spec:
              version: v1
              kind: NetworkPolicy
              plural: network-policies
              namespaced: false
              name: policies
              command: policy
              singular: Rule
              skip: rules
              count: rule_count
              order: 7
              description: What may talk to what
              tells: who may talk to whom
              foundBy: [uid, zones]
              objectShown: true
              noise: ["status.rounds", "status.peers[*].seen"]
              identity: [uid]
              matrix: {key: [name], version: name, count: size}
              columns:
              - {name: uid, jsonPath: .metadata.uid, show: wide, title: UID, key: id}
              - {name: name, jsonPath: .metadata.name, show: never}
              - {name: size, jsonPath: .spec.size, type: integer, show: table, description: How big}
              - {name: zones, jsonPath: .spec.zones, type: list}
            """,
        )
    )
    assert (made.name, made.command, made.singular) == ("policies", "policy", "Rule")
    assert (made.skip, made.count, made.order) == ("rules", "rule_count", 7)
    assert (made.description, made.identity) == ("What may talk to what", ("uid",))
    assert (made.tells, made.found_by) == ("who may talk to whom", ("uid", "zones"))
    assert made.object_shown
    assert made.matrix == Matrix(key=("name",), version="name", count="size")
    assert made.noise == ("status.rounds", "status.peers[*].seen")
    assert [c.name for c in made.columns] == ["uid", "name", "size", "zones"]
    assert (made.columns[0].title, made.columns[0].key) == ("UID", "id")


@pytest.mark.parametrize(
    ("kind", "plural", "people"),
    [
        ("Policy", "policies", "Policies"),
        ("Ingress", "ingresses", "Ingresses"),
        ("NetworkPolicy", "networkpolicies", "NetworkPolicies"),
        ("Datum", "facts", "facts"),
    ],
)
def test_people_read_the_plural_with_the_kinds_capitals(
    tmp_path: Path, kind: str, plural: str, people: str
) -> None:
    text = column(".a").replace("Thing", kind).replace("things", plural)
    assert only_type(declared(tmp_path, text)).plural == people


@pytest.mark.parametrize(
    ("kind", "found", "value"),
    [
        ("text", "a", "a"),
        ("text", 3, "3"),
        ("text", True, "true"),
        ("text", ["a", 1, None], "a,1"),
        ("text", {"b": 1}, '{"b":1}'),
        ("text", None, None),
        ("integer", 0, 0),
        ("integer", 3.0, 3),
        ("integer", "8080", 8080),
        ("integer", "http", None),
        ("integer", 1.5, None),
        ("integer", True, None),
        ("integer", float("inf"), None),
        ("real", 2, 2.0),
        ("real", "0.5", 0.5),
        ("real", False, None),
        ("real", {}, None),
        ("boolean", False, False),
        ("boolean", "True", True),
        ("boolean", "False", False),
        ("boolean", "Unknown", None),
        ("boolean", 1, None),
        ("list", ["a", "b"], ["a", "b"]),
        ("list", [], []),
        ("list", "a", ["a"]),
        ("list", None, None),
        ("json", {"a": [1]}, {"a": [1]}),
        ("json", [], []),
        ("json", None, None),
        ("time", "2026-03-01T10:00:00Z", "2026-03-01 10:00:00"),
        ("time", "2026-03-01T10:00:00.123456Z", "2026-03-01 10:00:00"),
        ("time", "2026-03-01T12:00:00+02:00", "2026-03-01 10:00:00"),
        ("time", "2026-03-01T12:00:00", None),
        ("time", "yesterday", None),
        ("time", 7, None),
    ],
)
def test_what_a_path_finds_becomes_the_columns_type_or_null(
    tmp_path: Path, kind: str, found: Any, value: Any
) -> None:
    registry = declared(tmp_path, column(".a", kind))
    [row] = values(registry, {"metadata": {}, "a": found})
    assert row["value"] == value
    assert type(row["value"]) is type(value)


@pytest.mark.parametrize(
    ("kind", "value"),
    [("text", "1,2"), ("list", ["1", "2"]), ("json", [1, 2]), ("integer", None), ("real", None)],
)
def test_several_values_are_never_taken_for_one(tmp_path: Path, kind: str, value: Any) -> None:
    registry = declared(tmp_path, column(".a[*].b", kind))
    [row] = values(registry, {"metadata": {}, "a": [{"b": 1}, {"b": 2}, {}]})
    assert row["value"] == value


WRONG = [
    ("", "is empty", 1),
    ("a: 1\nb: [1", "is no YAML: ", 2),
    ("a: 1\na: 2\n", "a is there twice", 2),
    ("a: \x07", "is no YAML", None),
    ("- 1\n", "must be a mapping", 1),
    ("kind: X\n", "needs apiVersion", 1),
    (CERTIFICATES.replace("/v1\n", "/v9\n", 1), "apiVersion: must be k8s-datamodel/v1", 1),
    (CERTIFICATES.replace("ResourceType", "Format"), "kind: must be ResourceType", 2),
    (CERTIFICATES.replace("  version: v1", "  verson: v1"), "perhaps version is meant", 5),
    (CERTIFICATES.replace("  version: v1\n", ""), "spec: needs version", 3),
    (CERTIFICATES.replace("kind: Certificate", "kind: on"), "must be a text, not True; put", 6),
    (CERTIFICATES.replace("plural: c", "namespaced: x\n  plural: c"), "must be true or false", 7),
    (CERTIFICATES.replace("plural: c", "order: yes\n  plural: c"), "must be a whole number", 7),
    (CERTIFICATES.replace("plural: c", "name: My Certs\n  plural: c"), "name must match", 7),
    (CERTIFICATES.replace("plural: c", "name: ledger\n  plural: c"), "name 'ledger' is taken", 7),
    (CERTIFICATES.replace("plural: c", "identity: [uid]\n  plural: c"), "'uid' is no column", 7),
    (
        CERTIFICATES.replace("plural: c", "identity: [1]\n  plural: c"),
        "identity: must be a list of texts",
        7,
    ),
    (
        CERTIFICATES.replace("plural: c", "foundBy: {a: b}\n  plural: c"),
        "foundBy: must be a list, not",
        7,
    ),
    (
        CERTIFICATES.replace("plural: c", "foundBy: [2]\n  plural: c"),
        "foundBy: must be a list of texts",
        7,
    ),
    (
        CERTIFICATES.replace("plural: c", "foundBy: [ready]\n  plural: c"),
        "spec.foundBy: foundBy 'ready' is no column of type text or list",
        7,
    ),
    (
        CERTIFICATES.replace("plural: c", "found_by: [ready]\n  plural: c"),
        "spec.found_by: is no field of this; perhaps foundBy is meant",
        7,
    ),
    (
        CERTIFICATES.replace("plural: c", "noise: [2]\n  plural: c"),
        "noise: must be a list of texts",
        7,
    ),
    (
        CERTIFICATES.replace("plural: c", "noise: [status..seen]\n  plural: c"),
        "spec.noise: noise 'status..seen' is no path: at character 8",
        7,
    ),
    (
        CERTIFICATES.replace("plural: c", "matrix: name\n  plural: c"),
        "matrix: must be a mapping, not",
        7,
    ),
    (
        CERTIFICATES.replace("plural: c", "matrix: {product: a}\n  plural: c"),
        "spec.matrix.product: is no field of this",
        7,
    ),
    (
        CERTIFICATES.replace("plural: c", "matrix: {key: [1]}\n  plural: c"),
        "spec.matrix.key: must be a list of texts",
        7,
    ),
    (
        CERTIFICATES.replace("plural: c", "matrix: {key: [gone]}\n  plural: c"),
        "spec.matrix: matrix key 'gone' is no plain column",
        7,
    ),
    (
        CERTIFICATES.replace("plural: c", "matrix: {version: ready}\n  plural: c"),
        "spec.matrix: matrix version 'ready' is no column of type text",
        7,
    ),
    (
        CERTIFICATES.replace("plural: c", "matrix: {count: issuer}\n  plural: c"),
        "spec.matrix: matrix count 'issuer' is no column of type integer",
        7,
    ),
    (
        CERTIFICATES.replace("plural: c", "objectShown: much\n  plural: c"),
        "objectShown: must be true or false",
        7,
    ),
    (
        CERTIFICATES.replace("plural: c", 'tells: "a\\nb"\n  plural: c'),
        "tells must be a printable text",
        7,
    ),
    (CERTIFICATES.partition("  columns")[0] + "  columns: [7]", "columns[0]: must be a mapping", 8),
    (CERTIFICATES.partition("  columns")[0] + "  columns: 7", "columns: must be a list", 8),
    (CERTIFICATES.partition("  columns")[0], "spec: needs columns", 3),
    (CERTIFICATES.replace("{name: issuer, ", "{"), "columns[0]: needs name", 9),
    (
        CERTIFICATES.replace("show: table", "show: always"),
        "show must be one of table, wide, never, not 'always'",
        9,
    ),
    (CERTIFICATES.replace("type: boolean", "type: bool"), "type: must be one of text, integer", 12),
    (CERTIFICATES.replace(".spec.issuer.name", "spec.issuer"), "a path begins with a dot", 9),
    (CERTIFICATES.replace('"Ready")]', '"Ready"'), "jsonPath: '.status.conditions[?(@.type==", 11),
    (CERTIFICATES.replace("name: ready", "name: issuer"), "column name 'issuer' is there", 8),
    ("a: !!python/object:os.system {}\n", "is no YAML", 1),
    ("a: &a [*a]\n", "an alias leads back to what it stands in", 1),
]


@pytest.mark.parametrize(("text", "reason", "line"), WRONG)
def test_a_wrong_file_is_told_with_its_line_and_what_to_do(
    tmp_path: Path, text: str, reason: str, line: int | None
) -> None:
    registry = declared(tmp_path, text)
    [plugin] = registry.plugins
    assert plugin.state == "broken"
    assert reason in plugin.reason
    assert (plugin.file, plugin.line) == (str(tmp_path / "types" / "mine.yaml"), line)
    assert plugin.location in registry.problems[0]
    assert registry.types == ()


SCHEMA = Path(__file__).parents[2] / "docs" / "reference" / "type-file.json"


def test_the_schema_takes_what_the_host_takes() -> None:
    validator = Draft202012Validator(json.loads(SCHEMA.read_text()))
    acme = SCHEMA.parents[2] / "contrib/k8s-datamodel-acme/k8s_datamodel_acme/applications.yaml"
    more = CERTIFICATES.replace("plural: c", "foundBy: [issuer]\n  noise: [a]\n  plural: c")
    for text in (CERTIFICATES, more, acme.read_text(), column("..a", "time")):
        assert list(validator.iter_errors(yaml.safe_load(text))) == []


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("  version: v1", "  verson: v1"),
        ("plural: c", "order: soon\n  plural: c"),
        ("plural: c", "foundBy: [2]\n  plural: c"),
        ("show: table", "show: always"),
        ("type: boolean", "type: bool"),
        ("{name: issuer, ", "{"),
        ("/v1\n", "/v9\n"),
    ],
)
def test_the_schema_sees_what_is_wrong(before: str, after: str) -> None:
    validator = Draft202012Validator(json.loads(SCHEMA.read_text()))
    assert list(validator.iter_errors(yaml.safe_load(CERTIFICATES.replace(before, after))))


def test_a_file_that_cannot_be_read_or_is_huge_is_told(tmp_path: Path) -> None:
    (tmp_path / "types").mkdir()
    (tmp_path / "types" / "binary.yaml").write_bytes(b"\xff\xfe\x00")
    (tmp_path / "types" / "huge.yml").write_text("# " + "x" * (1 << 20))
    registry = Registry(Host.discover(PluginSettings(folder=tmp_path), []))
    told = {plugin.name: (plugin.state, plugin.reason) for plugin in registry.plugins}
    assert told["huge"] == ("broken", "it is larger than 1048576 bytes")
    assert told["binary"][0] == "broken"


def test_one_wrong_file_costs_no_other_file(tmp_path: Path) -> None:
    declared(tmp_path, "a: [1", "wrong.yaml")
    registry = declared(tmp_path, CERTIFICATES)
    assert [t.name for t in registry.types] == ["certificates"]
    assert len(registry.problems) == 1


def test_two_files_for_one_type_are_told_with_both_names(tmp_path: Path) -> None:
    declared(tmp_path, CERTIFICATES, "a.yaml")
    registry = declared(tmp_path, CERTIFICATES, "b.yml")
    [problem] = registry.problems
    assert "'certificates' belongs to a of" in problem
    assert str(tmp_path / "types" / "b.yml") in problem


OBJECT = {
    "metadata": {
        "labels": {"app.kubernetes.io/name": "n", "a/b": "c", "it's": "quoted"},
    },
    "spec": {"rules": [{"host": "a"}, {"host": "b"}], "my-field": 3, "a.b": 4},
    "status": {"conditions": [{"type": "Ready", "status": "True", "why": "x.y/z"}]},
}


@pytest.mark.parametrize(
    ("path", "found"),
    [
        (".spec.rules[0].host", ["a"]),
        (".spec.rules[-1].host", ["b"]),
        (".spec.rules[7].host", []),
        (".spec.rules[*].host", ["a", "b"]),
        (".spec.*", [OBJECT["spec"]["rules"], 3, 4]),
        ("{.spec.my-field}", [3]),
        ("$.spec['a.b']", [4]),
        ('.spec["a.b"]', [4]),
        (".spec.a.b", []),
        (r".spec.a\.b", [4]),
        (r".metadata.labels.app\.kubernetes\.io/name", ["n"]),
        (".metadata.labels.a/b", ["c"]),
        (r".metadata.labels['it\'s']", ["quoted"]),
        (".spec.rules.host", []),
        (".spec.my-field.deeper", []),
        ('.status.conditions[?(@.type=="Ready")].status', ["True"]),
        ('.status.conditions[?(@["why"]=="x.y/z")].status', ["True"]),
        (r"..app\.kubernetes\.io/name", ["n"]),
        ("..host", ["a", "b"]),
        (".spec.rules[0:1].host", ["a"]),
        (".metadata.labels[?(@=='n')]", ["n"]),
    ],
)
def test_paths_as_kubectl_writes_them(path: str, found: list[Any]) -> None:
    assert parse(path).find(OBJECT) == found


@pytest.mark.parametrize(
    ("test", "text", "found"),
    [
        ("search(@.v, 'b+')", "abbc", True),
        ("match(@.v, 'b+')", "abbc", False),
        ("match(@.v, 'a.*c')", "abbc", True),
        ("match(@.v, '(a+)+b')", "aab", True),
        ("match(@.v, '[')", "[", False),  # no pattern matches nothing
        ("@.v =~ /A.C/i", "abc", True),
        ("@.v =~ /A.C/", "abc", False),
        ("@.v =~ /a.c/s", "a\nc", True),
        (r"@.v =~ /\w/a", "ä", False),
        (r"@.v =~ /\w/", "ä", True),
        ("@.v =~ /a/", 7, False),
        # What Python's re would look for until the sun goes out.
        ("match(@.v, '(a+)+b')", "a" * 50 + "cb", False),
        ("match(@.v, '(a|b|ab)*c')", "ab" * 60 + "dc", None),
        ("search(@.v, '(a|aa)+$')", "a" * 5_000 + "b", None),
        ("match(@.v, '((a{1,2}){1,9}){1,9}b')", "a" * 90 + "cb", None),
        ("@.v =~ /(a|a)*b/", "a" * 50 + "cb", None),
        ("@.v =~ /(.|.)*z/i", "x" * 60 + "\nz", None),
    ],
)
def test_a_pattern_comes_to_an_end(
    test: str, text: object, found: bool | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = parse(f".list[?({test})].v")
    if found is None:
        assert path_patterns.SECONDS == 1
        monkeypatch.setattr(path_patterns, "SECONDS", 0.1)
        with pytest.raises(DatamodelError, match=r"took more than 0\.1 s"):
            path.find({"list": [{"v": text}]})
    else:
        assert path.find({"list": [{"v": text}]}) == ([text] if found else [])


@pytest.mark.parametrize("path", ["", "$", "spec", ".", "..", ".a[", ".a b", ".a | .b", ".a[?(]"])
def test_what_is_no_path_is_refused(path: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        parse(path)


def test_only_one_value_is_singular() -> None:
    assert parse(".a.b[0]['c']").singular
    assert not parse(".a[*]").singular
    assert not parse("..a").singular
    assert not parse(".a[0:1]").singular


NAMES = st.sampled_from(["a", "b", "my-name", "a.b", "x/y", "it's", 'a"b', "ä"])
JSON = st.recursive(
    st.sampled_from([None, 0, 1, True, "text", ""]),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(NAMES | st.just("c"), inner, max_size=4)
    ),
    max_leaves=8,
)
STEPS = st.lists(st.none() | st.integers(-3, 3) | NAMES, min_size=1, max_size=4)


@settings(max_examples=50, deadline=None)
@given(value=st.dictionaries(NAMES, JSON, max_size=4), steps=STEPS)
def test_plain_paths_find_what_rfc_9535_finds(
    value: dict[str, Any], steps: list[str | int | None]
) -> None:
    text = "".join(map(segment, steps))
    assert parse(text).find(value) == jsonpath.compile(f"${text}").findall(value)


def segment(step: str | int | None) -> str:
    if isinstance(step, str):
        escaped = step.replace("\\", "\\\\").replace("'", "\\'")
        return f"['{escaped}']"
    return "[*]" if step is None else f"[{step}]"


def test_plain_types_do_not_pay_for_the_engine(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "jsonpath", None)
    assert only_type(declared(tmp_path, column(".a.b[0]['c']")))
    assert declared(tmp_path, column("..a")).problems

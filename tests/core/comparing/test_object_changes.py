"""Two objects field by field: lists by keys, noise left out, manifests as they mean it."""

from __future__ import annotations

from typing import Any

import pytest

from k8s_datamodel.comparing.defaults import with_defaults
from k8s_datamodel.comparing.differences import PLAIN, Lens, object_changes
from k8s_datamodel.comparing.field_paths import parsed
from k8s_datamodel.comparing.values import amount
from k8s_datamodel.types.comparison_rules import ORDERED, ComparisonRules, Noise

KEYED = {"x-kubernetes-list-type": "map", "x-kubernetes-list-map-keys": ["name"]}
PORTS = {
    "x-kubernetes-list-type": "map",
    "x-kubernetes-list-map-keys": ["port", "protocol"],
    "items": {"properties": {"protocol": {"default": "TCP"}}},
}
SET = {"x-kubernetes-list-type": "set"}
ATOMIC = {"x-kubernetes-list-type": "atomic"}


def of(**spec: Any) -> dict[str, Any]:
    return {"apiVersion": "a.example/v1", "kind": "Thing", "spec": spec}


def fields(
    old: Any, new: Any, lens: Lens = PLAIN, schema: Any = None, **options: Any
) -> list[tuple[Any, ...]]:
    found = object_changes(old, new, lens, schema=schema, **options).fields
    shown = [each.document() for each in found]
    return [tuple(each.get(key, "-") for key in ("path", "op", "from", "to")) for each in shown]


def under_spec(**properties: Any) -> dict[str, Any]:
    return {"properties": {"spec": {"properties": properties}}}


VALUES: list[Any] = [
    ({"a": 1}, {"a": 2}, [("spec.a", "replace", 1, 2)]),
    ({"a": 1}, {"a": True}, [("spec.a", "replace", 1, True)]),
    ({"a": [1]}, {"a": [True]}, [("spec.a[0]", "replace", 1, True)]),
    ({"a": 1}, {"a": "1"}, [("spec.a", "replace", 1, "1")]),
    ({"a": 1}, {"a": 1.0}, []),
    ({"a": None}, {}, [("spec.a", "remove", None, "-")]),
    ({}, {"a": {}}, [("spec.a", "add", "-", {})]),
    ({}, {"a": {"b": {"c": 1}}}, [("spec.a", "add", "-", {"b": {"c": 1}})]),
    ({"a": {"b": 1}}, {"a": [1]}, [("spec.a", "replace", {"b": 1}, [1])]),
    ({"a": "1500m"}, {"a": "1.5"}, [("spec.a", "replace", "1500m", "1.5")]),
    ({"a": None}, {"a": []}, [("spec.a", "replace", None, [])]),
    ({"a": 2**53 + 1}, {"a": float(2**53)}, [("spec.a", "replace", 2**53 + 1, float(2**53))]),
    (
        {"": 1, 'a]"': 1, "ü": 1},
        {"": 2, 'a]"': 2, "ü": 2},
        [
            ('spec[""]', "replace", 1, 2),
            ('spec["a]\\""]', "replace", 1, 2),
            ('spec["ü"]', "replace", 1, 2),
        ],
    ),
]


@pytest.mark.parametrize(("old", "new", "changes"), VALUES)
def test_values(old: Any, new: Any, changes: Any) -> None:
    assert fields(of(**old), of(**new)) == changes
    assert fields(of(**old), of(**old)) == []


A, B, C = ({"name": name, "x": number} for name, number in (("a", 1), ("b", 2), ("c", 3)))
LISTS: list[Any] = [
    # by keys of the schema
    (KEYED, [A, B], [B, A], []),
    (KEYED, [A, B], [{**B, "x": 5}, A], [("[name=b].x", "replace", 2, 5)]),
    (KEYED, [A], [C, A], [("[name=c]", "add", "-", C)]),
    (KEYED, [A], [], [("[name=a]", "remove", A, "-")]),
    (PORTS, [{"port": 1}], [{"port": 1, "protocol": "TCP"}],
     [("[port=1,protocol=TCP].protocol", "add", "-", "TCP")]),
    (PORTS, [{"port": 1}], [{"port": 1, "protocol": "UDP"}],
     [("[port=1,protocol=TCP]", "remove", {"port": 1}, "-"),
      ("[port=1,protocol=UDP]", "add", "-", {"port": 1, "protocol": "UDP"})]),
    # by value
    (SET, ["a", "b"], ["b", "c", "a"], [("[=c]", "add", "-", "c")]),
    (SET, ["a", "a", "b"], ["b", "a"], [("[1]", "remove", "a", "-")]),
    (SET, ["b"], ["c", "b", "b"], [("[0]", "add", "-", "c"), ("[2]", "add", "-", "b")]),
    (SET, [1, "1", True], [True, "1", 1.0], []),
    ({**SET, "items": {"properties": {"of": KEYED}}},
     [{"of": [A, B]}, {"of": [C]}], [{"of": [C]}, {"of": [B, A]}], []),
    # a key that an item lacks, and keys of other types
    (KEYED, [A, {"x": 8}], [A, {"x": 9}], [("[name=null].x", "replace", 8, 9)]),
    (KEYED, [{"x": [8]}, {}], [{"x": [9]}, {}], [("[0].x[0]", "replace", 8, 9)]),
    (PORTS, [{"port": 1, "x": 1}, {"x": 1}], [{"x": 2}, {"port": 1.0, "x": 1}],
     [("[port=null,protocol=TCP].x", "replace", 1, 2)]),
    (KEYED, [{"name": 1}], [{"name": "1"}],
     [("[name=\"1\"]", "add", "-", {"name": "1"}), ("[name=1]", "remove", {"name": 1}, "-")]),
    (KEYED, [{"name": 'a]"'}], [{"name": 'a]"', "x": 1}],
     [(r'[name="a]\""].x', "add", "-", 1)]),
    # the schema's keys are not unique: by what is
    (KEYED, [{**A, "id": 1}, {**A, "id": 2}], [{**A, "id": 2}, {**A, "id": 1}], []),
    # a field that is unique in both
    ({}, [A, B], [B, A], []),
    ({}, [A, B], [B, {**A, "x": 7}], [("[name=a].x", "replace", 1, 7)]),
    ({}, [{"host": "h", "p": 1}, {"host": "i", "p": 1}],
     [{"host": "i", "p": 2}, {"host": "h", "p": 1}],
     [("[host=i].p", "replace", 1, 2)]),
    ({}, [{"name": "a", "x": [1]}], [{"name": "b", "x": [1]}], [("[0].name", "replace", "a", "b")]),
    # by content
    ({}, ["--a", "--b"], ["--b", "--a"],
     [("[0]", "add", "-", "--b"), ("[1]", "remove", "--b", "-")]),
    ({}, ["--a", "--b=1", "--c"], ["--a", "--b=2", "--c"], [("[1]", "replace", "--b=1", "--b=2")]),
    ({}, [{"x": [1]}, {"x": [2], "y": 1}], [{"x": [2], "y": 2}], [
        ("[0].x[0]", "replace", 1, 2), ("[0].y", "add", "-", 2),
        ("[1]", "remove", {"x": [2], "y": 1}, "-"),
    ]),
    ({}, ["a", "a", "b"], ["a", "b"], [("[1]", "remove", "a", "-")]),
    ({}, [1, 2], [1.0, 2], []),
    ({"items": {"properties": {"of": KEYED}}},
     [{"of": [A, B]}], [{"of": [C]}, {"of": [B, A]}], [("[0]", "add", "-", {"of": [C]})]),
    ({"items": {"properties": {"cpu": {"format": "quantity"}}}},
     [{"cpu": "1500m"}], [{"cpu": "2"}, {"cpu": 1.5}], [("[0]", "add", "-", {"cpu": "2"})]),
    # the order counts where the schema says so, or that the list is one value
    ({**KEYED, ORDERED: True}, [A, B], [B, A], [("", "replace", [A, B], [B, A])]),
    ({**KEYED, ORDERED: True}, [A, B], [C, A, B], [("[name=c]", "add", "-", C)]),
    (ATOMIC, [A, B], [B, A], [("", "replace", [A, B], [B, A])]),
    (ATOMIC, [A, B], [A, {**B, "x": 5}], [("[name=b].x", "replace", 2, 5)]),
]  # fmt: skip


@pytest.mark.parametrize(("shape", "old", "new", "changes"), LISTS)
def test_lists(shape: Any, old: Any, new: Any, changes: Any) -> None:
    schema = under_spec(list=shape)
    found = fields(of(list=old), of(list=new), schema=schema)
    assert found == [(f"spec.list{path}", *rest) for path, *rest in changes]


def test_the_order_of_a_keyed_list_is_told_with_everything() -> None:
    found = fields(of(list=[A, B]), of(list=[B, A]), Lens(everything=True))
    assert found == [("spec.list", "replace", [A, B], [B, A])]


def nested(value: Any, levels: int, wrap: Any) -> Any:
    for _ in range(levels):
        value = wrap(value)
    return value


def test_what_nests_deep_is_compared_or_unknown() -> None:
    old, new = (of(x=nested(value, 5000, lambda inner: {"a": inner})) for value in (1, 2))
    [found] = object_changes(old, new).fields
    assert (len(found.steps), found.old, found.new) == (5002, 1, 2)
    old, new = (of(x=nested(value, 5000, lambda inner: [inner])) for value in (1, 2))
    lists = object_changes(old, new)
    assert lists.fields == []
    assert [each.reason for each in lists.unknown] == ["it nests too deep"]


def test_long_lists_of_few_values_take_no_time_that_grows_with_the_square() -> None:
    old, new = ([f"--{number % base}" for number in range(5000)] for base in (7, 5))
    assert object_changes(of(x=old), of(x=new)).fields
    [found] = object_changes(of(x=old), of(x=[*old[:3000], "--new", *old[3000:]])).fields
    assert (found.path, found.op) == ("spec.x[3000]", "add")


def test_quantities_are_equal_by_value_where_the_schema_has_one() -> None:
    schema = under_spec(cpu={"format": "quantity"}, text={"type": "string"})
    assert fields(of(cpu="1500m"), of(cpu="1.5"), schema=schema) == []
    assert fields(of(cpu="1Gi"), of(cpu="1G"), schema=schema) == [
        ("spec.cpu", "replace", "1Gi", "1G")
    ]
    assert fields(of(text="1500m"), of(text="1.5"), schema=schema) != []


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("1500m", "1.5"),
        ("1Ki", 1024),
        ("1e3", "1k"),
        ("0.5Gi", "512Mi"),
        ("+1.", "1"),
        (0.5, "500m"),
    ],
)
def test_amounts(one: Any, other: Any) -> None:
    assert amount(one) is not None
    assert amount(one) == amount(other)


@pytest.mark.parametrize("text", ["", "1KB", "v1", "1.5.0", True, None, "1e999999999", "½", "٣"])
def test_what_is_no_quantity(text: Any) -> None:
    assert amount(text) is None


STAMP = ComparisonRules(
    (
        Noise('metadata.annotations["stamp"]', "stamps"),
        Noise("status.conditions[*].time", "times", kinds=("Thing.a.example",)),
        Noise("metadata.uid", "uids", between_clusters=True),
    )
)


def stamped(annotations: Any, **rest: Any) -> dict[str, Any]:
    return {**of(), "metadata": {"name": "x", "annotations": annotations}, **rest}


def test_noise_is_left_out_with_the_parents_that_this_empties() -> None:
    lens = Lens(STAMP)
    bare = {**of(), "metadata": {"name": "x"}}
    assert fields(stamped({"stamp": "1"}), stamped({"stamp": "2"}), lens) == []
    assert fields(stamped({"stamp": "1"}), bare, lens) == []
    assert fields(stamped({"stamp": "1"}), stamped({}), lens) == []
    assert (
        len(fields(stamped({"stamp": "1"}), stamped({"stamp": "2"}), Lens(STAMP, everything=True)))
        == 1
    )


NOT_GONE: list[Any] = [
    ({"stamp": "1"}, [("metadata.annotations.b", "add", "-", "c")]),
    ({}, [("metadata.annotations.b", "add", "-", "c")]),
    (None, [("metadata.annotations", "replace", None, {"b": "c"})]),
]


@pytest.mark.parametrize(("before", "found"), NOT_GONE)
def test_a_parent_that_noise_empties_on_one_side_is_still_there(before: Any, found: Any) -> None:
    after = stamped({"stamp": "2", "b": "c"})
    assert fields(stamped(before), after, Lens(STAMP)) == found
    mirrored = {"add": "remove", "replace": "replace"}
    assert fields(after, stamped(before), Lens(STAMP)) == [
        (path, mirrored[op], new, old) for path, op, old, new in found
    ]
    assert fields(stamped(before), {**of(), "metadata": {"name": "x"}}, Lens(STAMP)) == []


def test_what_is_ignored_in_a_list_hides_no_neighbour() -> None:
    lens = Lens(ignore=(parsed("spec.list[name=a]"), parsed("spec.texts[1]")))
    assert fields(of(list=[A]), of(list=[{**A, "x": 9}, B]), lens) == [
        ("spec.list[name=b]", "add", "-", B)
    ]
    assert fields(of(texts=["a", "b", "c"]), of(texts=["a", "x", "d"]), lens) == [
        ("spec.texts[2]", "replace", "c", "d")
    ]


def test_noise_holds_for_its_kind_and_between_clusters() -> None:
    def with_time(time: int, kind: str) -> dict[str, Any]:
        return {**of(), "kind": kind, "status": {"conditions": [{"type": "Ready", "time": time}]}}

    lens = Lens(STAMP)
    assert fields(with_time(1, "Thing"), with_time(2, "Thing"), lens) == []
    assert len(fields(with_time(1, "Other"), with_time(2, "Other"), lens)) == 1
    old, new = ({**of(), "metadata": {"uid": uid}} for uid in "ab")
    assert len(fields(old, new, lens)) == 1
    assert fields(old, new, Lens(STAMP, same_cluster=False)) == []
    assert fields(old, new, recreated=True) == []


def test_what_the_user_ignores_stays_away_with_everything() -> None:
    lens = Lens(ignore=(parsed("spec.list[name=a].x"), parsed("spec.b")), everything=True)
    assert fields(of(list=[A, B]), of(list=[{**A, "x": 9}, B], b=1), lens) == []
    assert len(fields(of(list=[A, B]), of(list=[A, {**B, "x": 9}]), lens)) == 1


SALT, OTHER = "[redacted:00000001:", "[redacted:00000002:"
X, Y = "aaaaaaaaaaaaaaaa]", "bbbbbbbbbbbbbbbb]"
TOKENS: list[Any] = [
    # (old, new, same rules, changed, side of the unknown)
    (SALT + X, SALT + Y, True, True, None),
    (SALT + X, OTHER + X, True, False, "both"),
    (SALT + X, OTHER + X, False, False, "both"),
    ("u:" + SALT + X, "v:" + OTHER + X, True, True, None),
    (SALT + X, "literal", True, True, None),
    (SALT + X, "literal", False, False, "from"),
    ("literal", SALT + X, False, False, "to"),
    (SALT + X, 4711, False, False, "from"),
    (SALT + X, None, False, True, None),
]


@pytest.mark.parametrize(
    ("old", "new", "same", "changed", "side", "shape"),
    [
        (*each, shape)
        for each in TOKENS
        for shape in ("value", "set", "key", "item")
        if shape == "value" or (isinstance(each[0], str) and isinstance(each[1], str))
    ],
)
def test_tokens(
    old: Any, new: Any, same: bool, changed: bool, side: str | None, shape: str
) -> None:
    made: Any = {
        "value": lambda text: of(x=text),
        "set": lambda text: of(x=[text, "z"]),
        "key": lambda text: of(x={text: 1}),
        "item": lambda text: of(x=[{"name": text}, {"name": "z"}]),
    }[shape]
    schema = under_spec(x=SET if shape == "set" else KEYED if shape == "item" else {})
    found = object_changes(made(old), made(new), Lens(same_redaction=same), schema=schema)
    assert bool(found.fields) is changed
    if side:
        assert found.unknown
    if shape == "value":
        assert [each.side for each in found.unknown] == ([side] if side else [])


def test_a_token_of_another_salt_in_a_list_is_found_behind_an_added_item() -> None:
    old, new = ["-p=" + SALT + X, "-z"], ["-n", "-p=" + OTHER + X, "-z"]
    found = object_changes(of(args=old), of(args=new))
    assert [(each.path, each.op) for each in found.fields] == [("spec.args[0]", "add")]
    assert [each.path for each in found.unknown] == ["spec.args[0]"]
    twice = [SALT + X, "a", "a"], ["a", OTHER + X, "a"]
    found = object_changes(*(of(set=each) for each in twice), schema=under_spec(set=SET))
    assert found.fields == []
    assert [(each.path, each.side) for each in found.unknown] == [
        ("spec.set[0]", "from"),
        ("spec.set[1]", "to"),
    ]
    same = ["-n", "-p=" + SALT + Y, "-z"]
    assert [each.op for each in object_changes(of(args=old), of(args=same)).fields] == [
        "replace",
        "add",
    ]


DEFAULTED = {
    "properties": {
        "spec": {
            "properties": {
                "mode": {"default": "fast"},
                "nested": {"default": {}, "properties": {"deep": {"default": 1}}},
                "no": {"properties": {"deep": {"default": 1}}},
                "nullable": {"nullable": True, "default": 2},
                "items": {"items": {"properties": {"x": {"default": 3}}}},
                "map": {"additionalProperties": {"default": 4}},
            }
        }
    }
}
FILLED: list[Any] = [
    ({}, {"mode": "fast", "nested": {"deep": 1}, "nullable": 2}),
    ({"mode": None}, {"mode": "fast", "nested": {"deep": 1}, "nullable": 2}),
    ({"nullable": None}, {"mode": "fast", "nested": {"deep": 1}, "nullable": None}),
    ({"no": {}}, {"no": {"deep": 1}, "mode": "fast", "nested": {"deep": 1}, "nullable": 2}),
    ({"no": None}, {"no": None, "mode": "fast", "nested": {"deep": 1}, "nullable": 2}),
    (
        {"items": [{}, {"x": 9}], "map": {"a": None, "b": 5}},
        {"mode": "fast", "nested": {"deep": 1}, "nullable": 2, "items": [{"x": 3}, {"x": 9}],
         "map": {"a": 4, "b": 5}},
    ),
]  # fmt: skip


@pytest.mark.parametrize(("given", "filled"), FILLED)
def test_defaults(given: Any, filled: Any) -> None:
    before = repr(given)
    full = of(**filled)
    assert with_defaults(of(**given), DEFAULTED) == full
    assert repr(given) == before
    assert with_defaults(full, DEFAULTED) is full


class TestAManifestSaysOnlyWhatItNames:
    lens = Lens(named="to")

    def test_fields_status_and_nulls(self) -> None:
        stored = {**of(a=1, b=2), "status": {"x": 1}, "metadata": {"uid": "u", "name": "n"}}
        manifest = {**of(a=1), "status": {}, "metadata": {"name": "n", "creationTimestamp": None}}
        assert fields(stored, manifest, self.lens) == []
        assert fields(stored, {**manifest, "spec": {"a": 3}}, self.lens) == [
            ("spec.a", "replace", 1, 3)
        ]
        assert fields(manifest, {**stored, "spec": {"b": 2}}, Lens(named="from")) == [
            ("spec.a", "remove", 1, "-")
        ]

    def test_defaults_come_first(self) -> None:
        stored = of(mode="slow", nested={"deep": 1}, nullable=2)
        assert fields(stored, of(), self.lens, DEFAULTED) == [
            ("spec.mode", "replace", "slow", "fast")
        ]

    def test_items_of_lists_that_are_merged(self) -> None:
        schema = under_spec(keyed=KEYED, set=SET)
        stored = of(keyed=[A, B], set=["a", "b"], other=[A, B])
        assert fields(stored, of(keyed=[B], set=["a"]), self.lens, schema) == []
        assert fields(stored, of(keyed=[C], set=["c"]), self.lens, schema) == [
            ("spec.keyed[name=c]", "add", "-", C),
            ("spec.set[=c]", "add", "-", "c"),
        ]
        assert fields(stored, of(other=[{"name": "a"}]), self.lens, schema) == [
            ("spec.other[name=b]", "remove", B, "-")
        ]

"""Two sides are compared: what was not read is never called removed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Any

import pytest

from k8s_datamodel.api import (
    Column,
    DatamodelError,
    LedgerEntry,
    Outcome,
    Read,
    Resource,
    ResourceType,
)
from k8s_datamodel.comparing.comparisons import Comparison
from k8s_datamodel.comparing.field_paths import parsed
from k8s_datamodel.comparing.sides import Entry, HeldRows, Side
from k8s_datamodel.comparing.type_comparisons import Looks
from k8s_datamodel.types.comparison_rules import ComparisonRules, DefinedBy

TYPE = ResourceType(
    name="things",
    identity=("namespace", "name"),
    collector="a:b",
    columns=(
        Column("namespace"),
        Column("name"),
        Column("pods", "integer", key="podCount", volatile=True),
        Column("pods_reason", volatile=True),
        Column("tags", "list"),
        Column("labels", "json", path=".metadata.labels"),
        Column("rank", "real"),
    ),
)
WHOLE = replace(TYPE, name="kinds", identity=("name",))


def row(name: str, namespace: str | None = "one", uid: str = "u", **more: Any) -> dict[str, Any]:
    metadata = {"name": name, "uid": uid, "labels": more.get("labels")}
    spec = {"apiVersion": "a.example/v1", "kind": "Thing", "metadata": metadata}
    values = {"pods": 1, "tags": ["a", "b"], **{k: v for k, v in more.items() if k != "spec"}}
    return {
        "namespace": namespace,
        "name": name,
        **values,
        "spec": {**spec, "spec": more.get("spec")},
    }


def side(*rows: dict[str, Any], kind: ResourceType = TYPE, **more: Any) -> Side:
    return Side([kind], lambda _: HeldRows(kind, rows), **{"rules": 1, **more})


def compared(old: Side, new: Side, **options: Any) -> tuple[list[dict[str, Any]], Comparison]:
    only = options.pop("only", None)
    comparison = Comparison(old, new, Looks(**options), only=only)
    changes = list(comparison.changes())
    return comparison.document(changes)["changes"], comparison


def told(changes: Sequence[dict[str, Any]]) -> list[str]:
    return [
        f"{each['change']} {each['key']['name']}"
        + "".join(f" {one['in'][0]}:{one['path']}" for one in each["fields"])
        for each in changes
    ]


def entry(read: str, status: Any, *, optional: bool = False, kind: str = "things") -> LedgerEntry:
    return LedgerEntry(kind, read, Outcome(status, f"{read} is {status}"), optional)


def test_every_kind_of_change_in_order() -> None:
    old = side(row("a", None), row("b"), row("c"), row("d", spec=1), row("e", pods=3))
    new = side(row("b"), row("c", uid="v", spec=2), row("d", spec=2), row("e", pods=12), row("f"))
    changes, comparison = compared(old, new)
    assert told(changes) == [
        "removed a",
        "recreated c o:spec",
        "changed d o:spec",
        "changed e c:podCount",
        "added f",
    ]
    assert comparison.counts["things"].document() == {
        "added": 1,
        "removed": 1,
        "changed": 2,
        "recreated": 1,
        "unchanged": 1,
    }
    assert comparison.complete
    assert changes[1]["key"] == {"namespace": "one", "name": "c"}
    assert changes[3]["fields"] == [
        {"in": "column", "path": "podCount", "op": "replace", "from": 3, "to": 12}
    ]


def test_both_are_told_when_column_and_object_changed_and_lists_are_sets() -> None:
    old, new = row("a", labels={"x": "1"}), row("a", labels={"x": "2"}, tags=["b", "a"])
    assert told(compared(side(old), side(new))[0]) == [
        "changed a c:labels.x o:metadata.labels.x",
    ]


def test_other_clusters_recreate_nothing() -> None:
    changes, _ = compared(side(row("a"), cluster="x"), side(row("a", uid="v"), cluster="y"))
    assert told(changes) == ["changed a o:metadata.uid"]


def test_a_thing_without_uid_is_neither_recreated_nor_changed() -> None:
    tidied = row("a")
    del tidied["spec"]["metadata"]["uid"]
    for pair in ((row("a"), tidied), (tidied, row("a"))):
        changes, comparison = compared(*(side(each, cluster="x") for each in pair))
        assert changes == []
        assert comparison.complete


def test_a_count_that_is_null_on_one_side_is_unknown() -> None:
    changes, comparison = compared(side(row("a")), side(row("a", pods=None, pods_reason="secret")))
    assert changes == []
    assert [each.document() for each in comparison.unknown] == [
        {
            "type": "things",
            "key": {"namespace": "one", "name": "a"},
            "in": "column",
            "path": "podCount",
            "side": "to",
            "reason": "secret",
        }
    ]
    assert not comparison.complete


def test_a_column_that_older_rules_did_not_have_is_no_change_and_not_unknown() -> None:
    old, new = row("a", pods=None), row("a", pods=3)
    sides = side(old, stamps={"things": "1"}), side(new, stamps={"things": "2"})
    changes, comparison = compared(*sides)
    assert (changes, comparison.complete) == ([], True)
    assert comparison.rederived["things"].columns == {"podCount": 1}
    assert comparison.counts["things"].unchanged == 1
    assert told(compared(*sides, everything=True)[0]) == ["changed a c:podCount"]
    changes, comparison = compared(sides[0], side({**new, **row("a", spec=1), "pods": 3},
                                                  stamps={"things": "2"}))  # fmt: skip
    assert told(changes) == ["changed a o:spec"]
    forbidden = row("a", pods=None, pods_reason="pods is forbidden")
    _, comparison = compared(side(forbidden, stamps={"things": "1"}), sides[1])
    assert [each.field.reason for each in comparison.unknown] == ["pods is forbidden"]


@pytest.mark.parametrize(
    ("before", "after", "fields"),
    [
        ({"rank": None}, {"rank": 0.5, "spec": 2}, "o:spec"),
        ({"rank": 0.5, "spec": 2}, {"rank": None}, "o:spec"),
        ({"rank": 0.5}, {"rank": 0.7, "spec": 2}, "c:rank o:spec"),
        ({"rank": None, "spec": None}, {"rank": 2, "spec": 2}, "c:rank o:spec"),
    ],
)
def test_a_derived_column_that_other_rules_may_not_have_had_is_no_change(
    before: dict[str, Any], after: dict[str, Any], fields: str
) -> None:
    sides = (
        side(row("a", **before), stamps={"things": "1"}),
        side(row("a", **after), stamps={"things": "2"}),
    )
    assert told(compared(*sides)[0]) == [f"changed a {fields}"]


def test_columns_that_other_rules_made_of_an_equal_object_are_rederived() -> None:
    old, new = (
        side(row("a", rank=0.5), stamps={"things": "1"}),
        side(row("a", rank=0.7), stamps={"things": "2"}),
    )
    changes, comparison = compared(old, new)
    assert changes == []
    assert comparison.rederived["things"].columns == {"rank": 1}
    assert comparison.complete
    assert told(compared(old, new, everything=True)[0]) == ["changed a c:rank"]
    assert told(compared(old, replace(new, stamps={"things": "1"}))[0]) == ["changed a c:rank"]
    touched = side(row("a", rank=0.7, spec=2), stamps={"things": "2"})
    changes, comparison = compared(old, touched)
    assert told(changes) == ["changed a c:rank o:spec"]
    assert comparison.rederived == {}
    changes, comparison = compared(old, touched, ignore=[parsed("spec")])
    assert changes == []
    assert comparison.rederived["things"].rows == 1
    assert comparison.counts["things"].unchanged == 1


GAPS: list[Any] = [
    ([entry("pods", "forbidden")], "forbidden", False),
    ([entry("pods", "partial")], "partial", False),
    ([entry("pods", "complete"), entry("sets", "failed")], "failed", False),
    ([entry("pods", "inconsistent")], "inconsistent", False),
    ([entry("pods", "skipped")], "skipped", False),
    ([entry("pods", "complete"), entry("notes", "forbidden", optional=True)], "forbidden", False),
    ([entry("pods", "complete")], "", True),
    ([entry("pods", "absent")], "", True),
    ([entry("pods", "complete"), entry("pods", "forbidden", kind="others")], "", True),
]


@pytest.mark.parametrize(("ledger", "status", "certain"), GAPS)
@pytest.mark.parametrize("flip", [False, True])
def test_what_was_not_read_is_neither_added_nor_removed(
    ledger: Any, status: str, certain: bool, flip: bool
) -> None:
    full = side(
        row("a"),
        row("b", spec=1),
        ledger=[entry("pods", "complete"), entry("notes", "complete", optional=True)],
    )
    lacking = side(row("b", spec=2), ledger=ledger)
    changes, comparison = compared(*((lacking, full) if flip else (full, lacking)))
    kinds = {each["change"] for each in changes}
    assert bool(kinds & {"added", "removed"}) is certain
    assert [(each.side, each.status) for each in comparison.gaps] == (
        [] if certain else [("from" if flip else "to", status)]
    )
    assert comparison.complete is certain
    counts = comparison.counts["things"]
    assert (counts.added is None, counts.removed is None) == (not certain, not certain)


def test_what_less_evidence_may_have_made_is_unknown_also_where_the_object_differs() -> None:
    notes = [entry("notes", status, optional=True) for status in ("complete", "forbidden")]
    old = side(row("a", spec="x", rank="x", tags=["a"], labels={"l": 1}), ledger=notes[:1])
    new = side(row("a", spec="y", rank="y", tags=["b"], labels={"l": 2}), ledger=notes[1:])
    changes, comparison = compared(old, new)
    assert told(changes) == ["changed a c:labels.l o:metadata.labels.l c:rank o:spec"]
    assert [(each.field.path, each.field.side) for each in comparison.unknown] == [
        ("tags[=a]", "to"),
        ("tags[=b]", "to"),
    ]
    assert comparison.counts["things"].added is None


@pytest.mark.parametrize(("one", "other", "what"), [
    (False, False, ["removed a", "changed b", "added c"]),
    (True, True, ["removed a", "changed b", "added c"]),
    (True, False, ["changed b"]),
    (False, True, ["changed b"]),
])  # fmt: skip
def test_a_dump_beside_a_cluster_need_not_hold_everything(
    one: bool, other: bool, what: list[str]
) -> None:
    old, new = side(row("a"), row("b"), dump=one), side(row("b", spec=1), row("c"), dump=other)
    changes, comparison = compared(old, new)
    assert told(changes) == [f"{each} o:spec" if "changed" in each else each for each in what]
    gaps = [(each.side, each.status) for each in comparison.gaps]
    assert gaps == ([("from" if one else "to", "uncovered")] if one is not other else [])


def test_a_read_that_gives_no_rows_hides_none() -> None:
    pods = Resource("", "v1", "pods", "Pod")
    kind = replace(TYPE, reads=(Read(pods),))
    whole = [entry("pods", "complete")]
    counted = [*whole, entry("a count", "skipped")]
    unstored = [*whole, entry("storing", "failed")]
    for ledger, certain in ((counted, True), (unstored, False)):
        old, new = side(row("a"), kind=kind, ledger=whole), side(kind=kind, ledger=ledger)
        changes, comparison = compared(old, new)
        assert (told(changes), comparison.complete) == (["removed a"] * certain, certain)


def test_only_some_fields_of_what_both_sides_have() -> None:
    old, new = side(row("a"), row("b")), side(row("a", spec={"x": 1, "y": 1}, pods=None))
    changes, comparison = compared(old, new, paths=[parsed("spec.x")])
    assert told(changes) == ["changed a o:spec", "removed b"]
    assert comparison.complete
    assert told(compared(old, new, paths=[parsed("metadata")])[0]) == ["removed b"]


@pytest.mark.parametrize(
    ("path", "asked"),
    [
        ("spec", True),
        ("*.x", True),
        ("spec.z", False),
        ("spec.list[*].k", True),
        ("spec.list[name=a].k", True),
        ("spec.list[name=b].k", False),
        ("spec.list[1].name", True),
        ("spec.list[2]", False),
        ("spec.set[=s]", True),
        ("spec.set[=t]", False),
        ("spec.x.deeper", False),
        ("*.rank", False),
    ],
)
def test_a_whole_subtree_is_asked_for_by_what_it_holds(path: str, asked: bool) -> None:
    spec = {"x": 1, "list": [{"name": "a", "k": 1}, {"name": "c"}], "set": ["s"]}
    for old, new in ((None, spec), (spec, None)):
        sides = side(row("a", spec=old, rank=1)), side(row("a", spec=new, rank=2))
        changes, _ = compared(*sides, paths=[parsed(path)])
        assert told(changes) == ["changed a o:spec"] * asked


def test_a_type_that_one_side_lacks() -> None:
    changes, comparison = compared(side(row("a")), Side([], lambda _: HeldRows(TYPE, ())))
    assert changes == []
    assert [each.document() for each in comparison.gaps] == [
        {
            "type": "things",
            "side": "to",
            "status": "no-type",
            "reason": "it has no things",
            "namespace": None,
        }
    ]
    assert set(comparison.counts["things"].document().values()) == {None}


def test_a_type_on_request_that_nobody_asked_for_is_not_told() -> None:
    asked = replace(TYPE, on_request="things")
    _, comparison = compared(side(kind=asked), side(kind=asked))
    assert comparison.counts == {}
    assert comparison.complete


def test_another_namespace_is_not_read() -> None:
    rows = [row("x", None, spec=1), row("a", "one"), row("b", "two")]
    limited = side(row("x", None, spec=2), namespace="one")
    changes, comparison = compared(side(*rows), limited)
    assert told(changes) == ["changed x o:spec", "removed a"]
    assert [(each.side, each.status, each.namespace) for each in comparison.gaps] == [
        ("to", "namespace", "one")
    ]
    assert told(compared(side(*rows, namespace="two"), limited)[0]) == ["changed x o:spec"]
    _, comparison = compared(side(row("a", "one"), namespace="one"), side(namespace="two"))
    assert set(comparison.document([])["summary"]["things"].values()) == {None}


def test_counts_under_different_namespaces_are_unknown() -> None:
    old, new = side(row("a"), kind=WHOLE), side(row("a", pods=2), kind=WHOLE, namespace="one")
    changes, comparison = compared(old, new)
    assert changes == []
    assert [each.field.path for each in comparison.unknown] == ["podCount"]
    assert comparison.gaps == []


def crd_of(name: str) -> ComparisonRules:
    return ComparisonRules(defined_by=DefinedBy("crds", lambda _: (name,), lambda crd, _: crd))


@pytest.mark.parametrize(
    ("crds", "defined", "what"),
    [
        ("complete", True, []),
        ("complete", False, ["added a"]),
        ("partial", False, []),
        ("forbidden", False, []),
        ("", False, []),
    ],
)
def test_a_kind_that_one_side_was_not_asked_for(crds: Any, defined: bool, what: list[str]) -> None:
    asked = replace(TYPE, on_request="things")
    defining = replace(WHOLE, name="crds")
    found: Any = (lambda *_: {}) if defined else (lambda *_: None)
    mine = [entry("others.a.example", "complete")]
    mine += [entry("crds", crds, kind="crds")] if crds else []
    counts = {"things": 0, "crds": 0 if crds == "complete" else None}
    types = [asked, defining] if crds else [asked]
    old = Side(types, lambda _: HeldRows(asked, ()), mine, counts, find=found)
    ledger = [entry("others.a.example", "complete"), entry("things.a.example", "complete")]
    new = side(row("a"), kind=asked, ledger=ledger)
    changes, comparison = compared(old, new, rules=crd_of("things.a.example"), only=["things"])
    assert told(changes) == what
    assert [(each.side, each.status) for each in comparison.gaps] == (
        [] if what else [("from", "uncovered")]
    )


def test_the_schema_of_the_crd_of_to_and_else_of_from() -> None:
    sets = {"properties": {"spec": {"x-kubernetes-list-type": "set"}}}
    old, new = side(row("a", spec=["a", "b"])), side(row("a", spec=["b", "a"]))
    assert len(compared(old, new, rules=crd_of("x"))[0]) == 1
    for pair in (
        (replace(old, find=lambda *_: sets), new),
        (old, replace(new, find=lambda *_: sets)),
    ):
        assert compared(*pair, rules=crd_of("x"))[0] == []
    both = replace(old, find=lambda *_: {}), replace(new, find=lambda *_: sets)
    assert compared(*both, rules=crd_of("x"))[0] == []


def test_a_manifest_covers_only_what_it_names() -> None:
    stored = side(row("a", spec={"x": 1, "y": 1}), row("b"))
    manifest = side(row("a", spec={"x": 2}, pods=None), row("c"), manifest=True,
                    ledger=[entry("pods", "partial")])  # fmt: skip
    changes, comparison = compared(stored, manifest)
    assert told(changes) == ["changed a o:spec.x", "added c"]
    assert comparison.complete
    assert told(compared(manifest, stored)[0]) == ["changed a o:spec.x", "removed c"]


@pytest.mark.parametrize(
    ("held", "what"),
    [
        (2, ["changed a o:spec.x o:spec.y", "removed b", "added c"]),
        (None, ["changed a o:spec.x o:spec.y", "added c"]),
    ],
)
def test_two_manifests_are_compared_as_they_are(held: int | None, what: list[str]) -> None:
    old = side(row("a", spec={"x": 1, "y": 1}, pods=1), row("b"), manifest=True,
               counts={"things": 2})  # fmt: skip
    new = side(row("a", spec={"x": 2, "z": None}), row("c"), manifest=True,
               counts={"things": held}, ledger=[entry("pods", "partial")])  # fmt: skip
    changes, comparison = compared(old, new)
    assert told(changes) == what
    assert comparison.complete
    assert comparison.counts["things"].unnamed == (0 if held else 1)


class Digested:
    """Rows with digests; counts what is read."""

    def __init__(self, names: Iterable[str], changed: Iterable[str] = ()) -> None:
        self.names, self.changed, self.read = list(names), set(changed), 0

    def entries(self) -> Iterator[Entry]:
        for name in self.names:
            digest = name + ("!" if name in self.changed else "")
            yield Entry(("one", name), digest, digest)

    def rows(self, entries: Sequence[Entry]) -> Iterator[dict[str, Any]]:
        self.read += len(entries)
        names = [str(each.identity[1]) for each in entries]
        return (row(name, spec=int(name in self.changed)) for name in names)


def test_equal_digests_are_never_read() -> None:
    names = [f"n{number:04}" for number in range(2000)]
    changed = set(names[::100])
    old, new = Digested(names), Digested([*names, "z"], changed)
    changes, comparison = compared(Side([TYPE], lambda _: old), Side([TYPE], lambda _: new))
    assert [each["key"]["name"] for each in changes] == [*sorted(changed), "z"]
    assert (old.read, new.read) == (20, 20)
    assert comparison.counts["things"].unchanged == 1980
    assert all(each["change"] == "changed" for each in changes[:-1])


def test_rows_out_of_order_are_an_error_and_no_change() -> None:
    with pytest.raises(DatamodelError, match="not in order"):
        compared(side(row("b"), row("a")), side(row("a"), row("b")))


def test_only_some_types_and_things_and_with_objects() -> None:
    old, new = side(row("a"), row("b")), side()
    assert compared(old, new, only=["others"])[1].counts == {}
    assert told(compared(old, new, wanted=lambda _, key: key["name"] == "b")[0]) == ["removed b"]
    [change, _] = Comparison(old, new, Looks(objects=True)).changes()
    assert change.old is not None
    assert change.old["kind"] == "Thing"
    assert change.new is None


def test_a_gap_of_two_reads_stands_in_the_document_once() -> None:
    old = side(row("a"), ledger=[entry("x", "failed"), replace(entry("x", "failed"), read="y")])
    kind = replace(TYPE, on_request="things")
    old = replace(old, types=[kind], rows=lambda _: HeldRows(kind, ()))
    changes, comparison = compared(old, old)
    assert len(comparison.gaps) == 4
    assert [each["side"] for each in comparison.document(changes)["incomparable"]] == ["both"]
    changes, comparison = compared(old, replace(old, ledger=[entry("x", "forbidden")]))
    gaps = comparison.document(changes)["incomparable"]
    assert [(each["side"], each["status"]) for each in gaps][:2] == [
        ("from", "failed"),
        ("to", "forbidden"),
    ]

"""Tests for every resource type."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable, Iterable, Sequence
from typing import Any, ClassVar

import pytest

from k8s_datamodel.cli.matrices.matrix_cells import Shape, Tally
from k8s_datamodel.data.objects import KubernetesObject, Record
from k8s_datamodel.data.summaries import Breakdown
from k8s_datamodel.reading.once.known_rows import is_pure
from k8s_datamodel.reading.record_checks import json_default
from k8s_datamodel.reading.run_moments import row_of
from k8s_datamodel.testing.alone import alone, unloadable
from k8s_datamodel.testing.collecting import Collected, collect
from k8s_datamodel.testing.comparing_rules import changes, check_sayings, compared_by
from k8s_datamodel.testing.grading_changes import check_grader, grader_of
from k8s_datamodel.testing.making_once import Runs, differing_facts
from k8s_datamodel.testing.memory_source import Ending, ObjectsSource
from k8s_datamodel.testing.remembering import history_of
from k8s_datamodel.testing.summarising import summarised
from k8s_datamodel.types.resource_types import Read, ResourceType

_CHANGED = "kitChanged"
"""A field that no object has."""

_UNICODE = " Grüße, 日本語, 🎉, \u202eright to left"


class ResourceTypeContract:
    """Tests of a resource type, to subclass as ``Test<Something>``.

    Attributes:
        resource_type: what is tested.
        objects: samples, complete Kubernetes objects, of all kinds that it reads. They should make
            two records or more and fill each column in at least one of them.
        unfilled: names of columns that the samples do not fill.
    """

    resource_type: ClassVar[ResourceType]
    objects: ClassVar[Sequence[KubernetesObject]]
    unfilled: ClassVar[frozenset[str]] = frozenset()

    def collect(
        self,
        objects: Iterable[KubernetesObject] | None = None,
        *,
        storing: bool = False,
        **more: Any,
    ) -> Collected:
        """What the type makes of these objects, or of the samples; ``more`` as ObjectsSource's."""
        samples = self.objects if objects is None else objects
        source = ObjectsSource(copy.deepcopy(list(samples)), **more)
        return collect(self.resource_type, source, storing=storing)

    def sound(self, objects: Iterable[KubernetesObject] | None = None, **more: Any) -> Collected:
        """The same, after a look at whether the collector got through."""
        collected = self.collect(objects, **more)
        assert collected.faults == []
        return collected

    def test_description_is_valid(self) -> None:
        """The host accepts the type, and all it names can be imported."""
        assert unloadable(self.resource_type) == []

    def test_samples_become_records(self) -> None:
        """Samples make records, and their count is known."""
        collected = self.sound()
        assert collected.records, "the samples make no record: give objects that do"
        assert collected.count == len(collected.records)

    def test_samples_become_records_when_they_are_stored(self) -> None:
        """The same records come of objects without credentials, and nothing is amiss.

        A type that needs objects as they are says ``Read(..., raw=True)``.
        """
        shown, stored = self.sound(), self.sound(storing=True)
        names = sorted(repr(self._identity(record)) for record in stored.records)
        assert names == sorted(repr(self._identity(record)) for record in shown.records)
        missing = [entry.outcome.reason for entry in stored.ledger if entry.incomplete]
        assert missing == [entry.outcome.reason for entry in shown.ledger if entry.incomplete]

    def test_every_column_is_filled(self) -> None:
        """No column is null in all records; those of ``unfilled`` and deferred ones may be."""
        records = self.sound().records
        filled = {n for record in records for n, value in record.values.items() if _there(value)}
        deferred = {name for each in self.resource_type.deferred for name in each.columns}
        empty = {column.name for column in self.resource_type.columns} - filled - deferred
        assert empty <= self.unfilled, "no sample fills these columns"

    def test_deferred_columns(self) -> None:
        """Each record has a value or a reason, as it is collected and as a run completes it.

        The kit loads no other type: their rows are missing, as they may be for a user.
        """
        for storing in (False, True):
            collected = self.sound(storing=storing)
            failed = [e.outcome.reason for e in collected.ledger if e.read.startswith("deferred")]
            assert failed == []
            for each in self.resource_type.deferred:
                for record in collected.records:
                    given = [record.values.get(name) for name in each.columns]
                    _json(given)
                    assert any(value is not None for value in given), f"{each.columns}: no reason"

    def test_found_by(self) -> None:
        """Each column by which ``get`` finds a record has texts in some of the records."""
        records = self.sound().records
        for name in self.resource_type.found_by:
            values = [record.values[name] for record in records]
            texts = [text for value in values if value for text in _texts(value)]
            assert texts, f"found_by {name}: no sample has a value"
            assert all(isinstance(text, str) and text.strip() for text in texts), f"{name}: {texts}"

    def test_comparison(self) -> None:
        """Its rules can be read, and an object is compared with itself and with a changed one."""
        rules = compared_by(self.resource_type)
        for record in self.sound().records:
            spec = copy.deepcopy(dict(record.spec))
            assert changes(rules, record.spec, spec) == []
            spec[_CHANGED] = _UNICODE
            assert changes(rules, record.spec, spec) == [_CHANGED], "its rules leave out too much"
            check_sayings(rules, self.resource_type, spec, _bare(record.spec))

    def test_history(self) -> None:
        """A thing that came, changed and went has a history that says so."""
        rules, collected = compared_by(self.resource_type), self.sound()
        for record in collected.records:
            row = row_of(self.resource_type, record, objects=True)
            found = history_of(self.resource_type, rules, row, _CHANGED, collected.ledger)
            assert [each.told for each in found] == ["removed", "changed", "first-seen"]
            assert [each.path for each in found[1].fields] == [_CHANGED]

    def test_grading(self) -> None:
        """What grades its changes finds nothing in equal rows, and gets on with foreign ones."""
        if grader := grader_of(self.resource_type):
            for record in self.sound().records:
                check_grader(grader, row_of(self.resource_type, record, objects=True))

    def test_identity_is_unique(self) -> None:
        """No two records of a snapshot have the same identity, and none has an empty one."""
        identities = [self._identity(record) for record in self.sound().records]
        assert len(identities) == len(set(identities))
        assert all(any(_there(part) for part in identity) for identity in identities)

    def test_values_and_specs_are_json(self) -> None:
        """Everything in a record can be stored: plain JSON values, and a complete object."""
        for record in self.sound().records:
            _json(record.values)
            _json(record.spec)
            assert {"apiVersion", "kind", "metadata"} <= set(record.spec), "spec is not complete"

    def test_empty_source(self) -> None:
        """A cluster without any such object has none, and that is known."""
        collected = self.sound([])
        assert list(collected.records) == []
        assert collected.count == 0

    def test_reads_are_declared(self) -> None:
        """What the collector lists stands in ``reads``; else a failed read would be overlooked.

        A type on request may also list what it finds.
        """
        source = ObjectsSource(copy.deepcopy(list(self.objects)))
        collect(self.resource_type, source)
        declared = {read.resource.name for read in self.resource_type.reads}
        assert self.resource_type.on_request or set(source.listed) <= declared
        needed = {r.resource.name for r in self.resource_type.reads if not r.optional}
        assert needed <= set(source.listed), "declared, not optional, and not read"

    def test_forbidden_reads(self) -> None:
        """A read that is forbidden breaks nothing, and makes the count unknown."""
        self._each_read_ends(lambda read: Ending("forbidden"))

    def test_absent_reads(self) -> None:
        """A cluster that does not know a kind breaks nothing."""
        for read in self.resource_type.reads:
            self.sound(endings={read.resource.name: Ending("absent")})

    def test_reads_that_fail_midway(self) -> None:
        """A read that fails after its first chunk breaks nothing, and makes the count unknown."""
        self._each_read_ends(lambda read: Ending("failed", chunks=1))

    def test_reads_of_a_part(self) -> None:
        """A dump that does not cover a kind breaks nothing, and makes the count unknown."""
        self._each_read_ends(lambda read: Ending("partial", chunks=1))

    def test_paging(self) -> None:
        """Chunks of one object each make the same records as one chunk with all."""
        assert self._rows(self.sound(chunk_size=1)) == self._rows(self.sound())

    def test_deterministic(self) -> None:
        """The same objects make the same records, in whichever order the source gives them."""
        once = self._rows(self.sound())
        assert self._rows(self.sound()) == once
        assert self._rows(self.sound(list(self.objects)[::-1])) == once, "the order mattered"

    def test_unicode(self) -> None:
        """Text in any script passes, wherever Kubernetes allows it."""
        collected = self.sound([_unicode(item) for item in self.objects])
        assert len(collected.records) == len(self.sound().records)
        for record in collected.records:
            _json(record.values)

    def test_objects_with_nothing_but_a_name(self) -> None:
        """Whatever is optional may be missing."""
        self.sound([_bare(item) for item in self.objects])

    def test_objects_are_left_as_they_are(self) -> None:
        """Objects are shared with other types: a collector changes none."""
        given = copy.deepcopy(list(self.objects))
        collect(self.resource_type, ObjectsSource(given))
        assert given == list(self.objects)

    def test_namespace(self) -> None:
        """A run that is limited to one namespace makes no record that the whole does not."""
        names = {item["metadata"].get("namespace") for item in self.objects} - {None}
        whole = {self._identity(record) for record in self.sound().records}
        for name in sorted(names):
            source = ObjectsSource(copy.deepcopy(list(self.objects)))
            collected = collect(self.resource_type, source, name)
            assert collected.faults == []
            assert {self._identity(record) for record in collected.records} <= whole

    def test_made_once(self) -> None:
        """What a store kept of each object gives the same records and facts as making them anew.

        Of several records of one object the row of the last is kept.
        """
        registry = alone(self.resource_type)
        runs = Runs(self.resource_type, registry, lambda: ObjectsSource(self.objects))
        first, following = (sorted(map(_told, run)) for run in (runs.first, runs.next))
        assert following == first
        if is_pure(self.resource_type):
            objects = {_json(dict(record.spec)) for record in runs.first}
            assert runs.reused == len(objects), "a row of an unchanged object was made anew"
        assert differing_facts(self.resource_type, registry, self.objects) == []

    def test_summary(self) -> None:
        """What it adds to a summary counts and names records that there are, and none without."""
        for collected in (self.sound(), self.sound([])):
            number = len(collected.records)
            for part in summarised(self.resource_type, collected):
                assert part.title.strip(), f"{part.key} has no title"
                if isinstance(part, Breakdown):
                    assert sum(part.numbers.values()) <= number, f"{part.key}: {part.numbers}"
                    assert min(part.numbers.values(), default=0) >= 0, f"{part.key}: {part.numbers}"
                else:
                    assert len(set(part.names)) == len(part.names) <= number, part
                    assert all(isinstance(name, str) and name for name in part.names), part

    def test_matrix(self) -> None:
        """What names a row of its matrix is a text of its own, and numbers are no negative ones."""
        shape = _shape(self.resource_type)
        tally = Tally(shape)
        for record in self.sound().records:
            key = tally.add(row_of(self.resource_type, record, objects=False))
            assert any(map(_there, key)), f"nothing names the row of {self._identity(record)}"
            _json(key)
            assert all(isinstance(part, str | int | float | None) for part in key), key
        for key, cell in tally.cells.items():
            assert cell.count is None or cell.count >= 0, f"{key}: {cell.count}"

    def test_prints_nothing(self, capsys: pytest.CaptureFixture[str]) -> None:
        """What is printed belongs to the output format and the host."""
        self.collect()
        assert capsys.readouterr() == ("", "")

    def _each_read_ends(self, ending: Callable[[Read], Ending]) -> None:
        for read in self.resource_type.reads:
            name = read.resource.name
            collected = self.sound(endings={name: ending(read)}, chunk_size=1)
            counted = collected.count is not None
            assert counted == read.optional, f"count after {name} was not read: {collected.count}"

    def _identity(self, record: Record) -> tuple[Any, ...]:
        return tuple(record.values[name] for name in self.resource_type.identity)

    def _rows(self, collected: Collected) -> list[str]:
        """The records as text, in an order of their own."""
        return sorted(_json([record.values, record.spec]) for record in collected.records)


def _shape(resource_type: ResourceType) -> Shape:
    target = resource_type.matrix.product
    product_of = alone(resource_type).load_function(resource_type, target) if target else None
    return Shape.of(resource_type, product_of)


def _texts(value: Any) -> Sequence[Any]:
    return [value] if isinstance(value, str) else list(value)


def _told(record: Record) -> str:
    beside = record.beside() if callable(record.beside) else record.beside
    return _json([dict(record.values), dict(record.spec), dict(beside)])


def _there(value: Any) -> bool:
    return value is not None and value not in ("", [], {})


def _json(value: Any) -> str:
    text = json.dumps(
        value, ensure_ascii=False, sort_keys=True, allow_nan=False, default=json_default
    )
    text.encode("utf-8")
    return text


def _unicode(item: KubernetesObject) -> KubernetesObject:
    """The object with text in other scripts, where it had prose, and in an annotation."""
    changed: dict[str, Any] = {key: _spoken(value) for key, value in item.items()}
    metadata = dict(changed["metadata"])
    metadata["annotations"] = {**(metadata.get("annotations") or {}), "example.org/text": _UNICODE}
    return {**changed, "metadata": metadata}


def _spoken(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _spoken(each) for key, each in value.items()}
    if isinstance(value, list):
        return [_spoken(each) for each in value]
    prose = isinstance(value, str) and " " in value and value[:1] not in "{["
    return value + _UNICODE if prose else value


def _bare(item: KubernetesObject) -> KubernetesObject:
    kept = ("name", "namespace", "uid", "resourceVersion")
    metadata = {key: item["metadata"][key] for key in kept if key in item["metadata"]}
    return {"apiVersion": item["apiVersion"], "kind": item["kind"], "metadata": metadata}

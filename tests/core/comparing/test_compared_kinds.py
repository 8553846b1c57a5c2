"""What the built-in plugins leave out as noise: each with a neighbour that must show."""

from __future__ import annotations

import json
import random
import tarfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

from k8s_datamodel.comparing import shapes
from k8s_datamodel.comparing.derived_columns import ColumnLens
from k8s_datamodel.comparing.differences import Lens, object_changes
from k8s_datamodel.comparing.field_paths import AnyItem, AnyKey, Item, parsed, written
from k8s_datamodel.types.comparison_rules import Noise, kind_name
from k8s_datamodel_plugins import kubernetes_schemas
from k8s_datamodel_plugins.compared_kinds import NOISE, rules, schema_of
from k8s_datamodel_plugins.kubernetes_schemas import MEANT

TABLE = Path(kubernetes_schemas.__file__).with_name("kubernetes_lists.json")
ON_OBJECTS = [noise for noise in NOISE if not noise.columns_of]
LENS = Lens(rules(), same_cluster=False)
CRD = {"apiVersion": "apiextensions.k8s.io/v1", "kind": "CustomResourceDefinition"}


def holding(noise: Noise, value: Any, neighbour: Any) -> dict[str, Any]:
    """An object with a value at the path of the noise, and one beside it."""
    kind, _, group = (noise.kinds[0] if noise.kinds else "Thing.a.example").partition(".")
    node: Any = value
    last = True
    for step in reversed(parsed(noise.path).steps):
        assert not isinstance(step, AnyKey)
        if isinstance(step, AnyItem):
            node = [{"type": "t", "name": "n", **node}]
        else:
            node = {str(step): node, **({"neighbour": neighbour} if last else {})}
            last = False
    api = f"{group}/v1" if group else "v1"
    return {"apiVersion": api, "kind": kind, **node}


@pytest.mark.parametrize("noise", ON_OBJECTS, ids=lambda each: each.path)
def test_noise_is_left_out_and_its_neighbour_shows(noise: Noise) -> None:
    old, new = holding(noise, "1", "x"), holding(noise, "2", "x")
    assert not object_changes(old, new, LENS)
    found = object_changes(old, holding(noise, "2", "y"), LENS).fields
    assert [(each.steps[-1], each.old, each.new) for each in found] == [("neighbour", "x", "y")]
    told = object_changes(old, new, Lens(rules(), everything=True)).fields
    assert told
    assert all(parsed(noise.path).touches(each.steps) for each in told)


@pytest.mark.parametrize(
    ("same_cluster", "steps"),
    [(False, ["[name=b]", "[name=c]"]), (True, ["[uid=u2]", "[uid=u4]"])],
)
def test_owners_in_two_clusters_are_told_by_their_names(
    same_cluster: bool, steps: list[str]
) -> None:
    def owned(**uids: str) -> dict[str, Any]:
        owners = [{"kind": "Fleet", "name": name, "uid": uid} for name, uid in uids.items()]
        return {**CRD, "metadata": {"ownerReferences": owners}}

    other = "u1" if same_cluster else "u3"
    lens = Lens(rules(), same_cluster=same_cluster)
    found = object_changes(owned(a="u1", b="u2"), owned(c="u4", a=other), lens).fields
    assert [each.path for each in found] == [f"metadata.ownerReferences{step}" for step in steps]
    assert [each.op for each in found] == ["remove", "add"]


def test_noise_of_columns_names_columns_that_are_there() -> None:
    from k8s_datamodel_plugins import crds, operators

    types = {each.name: each for each in (crds.TYPE, operators.TYPE)}
    for noise in NOISE:
        for name in noise.columns_of:
            keys = {column.key for column in types[name].columns}
            assert parsed(noise.path).steps[0] in keys


def test_labels_that_are_ignored_are_so_in_the_column_too() -> None:
    from k8s_datamodel_plugins import crds

    lens = Lens(ignore=(parsed('metadata.labels["a.b/c"]'), parsed("metadata.annotations")))
    old = {"labels": {"a.b/c": "1", "x": "1"}, "annotations": {"y": "1"}}
    new = {"labels": {"a.b/c": "2", "x": "2"}, "annotations": {"y": "2"}}
    found = ColumnLens(crds.TYPE, lens).differences(old, new, "", ())
    assert [each.path for each in found.derived] == ["labels.x"]


@pytest.mark.parametrize(
    ("kind", "reason", "told"),
    [
        ("written", 'wrote the status of 2 of 2 sampled boats as "pilot"', 0),
        ("written", 'wrote 1 of 7 sampled boats as "pilot"', 0),
        ("rbac", "service account pilot may watch boats.harbour.example", 1),
    ],
)
def test_how_many_objects_were_looked_at_is_no_change_of_an_operator(
    kind: str, reason: str, told: int
) -> None:
    from k8s_datamodel_plugins import operators

    def row(why: str) -> dict[str, Any]:
        own = {"kind": kind, "object": "boats.harbour.example", "strength": "strong"}
        other = {"kind": "name", "object": "Deployment pilot", "reason": "x", "strength": "weak"}
        return {"evidence": [{**own, "reason": why}, other]}

    old, new = row('wrote the status of 1 of 1 sampled boats as "pilot"'), row(reason)
    for everything, number in ((False, told), (True, 1)):
        lens = Lens(rules(), everything=everything)
        found = ColumnLens(operators.TYPE, lens).differences(old, new, "Deployment.apps", ())
        assert len(found.derived) == number


def test_a_meaning_is_given_only_where_kubernetes_names_no_keys() -> None:
    definitions = json.loads(TABLE.read_text())["definitions"]
    for name, fields in MEANT.items():
        for field, said in fields.items():
            known = definitions[name]["properties"].get(field, {})
            added = said.keys() == {"x-k8s-datamodel-ordered"}
            assert added or known.get("x-kubernetes-list-type") in (None, "atomic"), (name, field)


def pod(**container: Any) -> dict[str, Any]:
    return {"apiVersion": "v1", "kind": "Pod", "spec": {"containers": [{"name": "a", **container}]}}


RBAC = "rbac.authorization.k8s.io/v1"
SUBJECT = {"kind": "ServiceAccount", "name": "a", "namespace": "x"}


def role(verbs: list[str]) -> dict[str, Any]:
    return {"apiVersion": RBAC, "kind": "ClusterRole", "rules": [{"verbs": verbs}]}


def schema_with(**part: Any) -> dict[str, Any]:
    schema = {"properties": {"spec": {"additionalProperties": part}}}
    return {**CRD, "spec": {"versions": [{"name": "v1", "schema": {"openAPIV3Schema": schema}}]}}


def csv(cpu: Any) -> dict[str, Any]:
    deployment = {"template": pod(resources={"limits": {"cpu": cpu}})}
    deployments = [{"name": "a", "spec": deployment}]
    return {
        "apiVersion": "operators.coreos.com/v1alpha1",
        "kind": "ClusterServiceVersion",
        "spec": {"install": {"spec": {"deployments": deployments}}},
    }


SAME: list[Any] = [
    (pod(resources={"limits": {"cpu": "1500m"}}), pod(resources={"limits": {"cpu": 1.5}}), True),
    (pod(resources={"limits": {"cpu": "1500m"}}), pod(resources={"limits": {"cpu": "2"}}), False),
    (pod(args=["1500m"]), pod(args=["1.5"]), False),
    (pod(ports=[{"containerPort": 1}, {"containerPort": 1, "protocol": "UDP"}]),
     pod(ports=[{"containerPort": 1, "protocol": "UDP"}, {"containerPort": 1}]), True),
    (pod(env=[{"name": "a"}, {"name": "b"}]), pod(env=[{"name": "b"}, {"name": "a"}]), True),
    (pod(command=["a", "b"]), pod(command=["b", "a"]), False),
    (pod(args=["a", "b"]), pod(args=["b", "a"]), False),
    (pod(envFrom=[{"prefix": "a"}, {"prefix": "b"}]),
     pod(envFrom=[{"prefix": "b"}, {"prefix": "a"}]), False),
    (pod(securityContext={"capabilities": {"drop": ["a", "b"]}}),
     pod(securityContext={"capabilities": {"drop": ["b", "a"]}}), True),
    (pod(volumeMounts=[{"name": "x", "mountPath": "/a"}, {"name": "x", "mountPath": "/b"}]),
     pod(volumeMounts=[{"name": "x", "mountPath": "/b"}, {"name": "x", "mountPath": "/a"}]), True),
    *(({"kind": "Pod", "apiVersion": "v1", "spec": {name: [{"name": "a"}, {"name": "b"}]}},
       {"kind": "Pod", "apiVersion": "v1", "spec": {name: [{"name": "b"}, {"name": "a"}]}}, same)
      for name, same in (("containers", True), ("initContainers", False), ("volumes", True))),
    (role(["get", "list"]), role(["list", "get"]), True),
    (role(["get", "list"]), role(["list"]), False),
    ({"kind": "RoleBinding", "apiVersion": RBAC, "subjects": [SUBJECT, {**SUBJECT, "name": "b"}]},
     {"kind": "RoleBinding", "apiVersion": RBAC, "subjects": [{**SUBJECT, "name": "b"}, SUBJECT]},
     True),
    ({"kind": "Service", "apiVersion": "v1", "spec": {"ports": [
        {"port": 53}, {"port": 53, "protocol": "UDP"}]}},
     {"kind": "Service", "apiVersion": "v1", "spec": {"ports": [
        {"port": 53, "protocol": "UDP"}, {"port": 53}]}}, True),
    ({"kind": "HorizontalPodAutoscaler", "apiVersion": "autoscaling/v2", "spec": {"metrics": [
        {"type": "Resource", "resource": {"target": {"averageValue": "1500m"}}}]}},
     {"kind": "HorizontalPodAutoscaler", "apiVersion": "autoscaling/v2", "spec": {"metrics": [
        {"type": "Resource", "resource": {"target": {"averageValue": "1.5"}}}]}}, True),
    ({**CRD, "spec": {"conversion": {"webhook": {"conversionReviewVersions": ["v1", "v1beta1"]}}}},
     {**CRD, "spec": {"conversion": {"webhook": {"conversionReviewVersions": ["v1beta1", "v1"]}}}},
     False),
    (schema_with(required=["a", "b"]), schema_with(required=["b", "a"]), True),
    (schema_with(items={"enum": ["a", "b"]}), schema_with(items={"enum": ["b", "a"]}), True),
    (schema_with(default=["a", "b"]), schema_with(default=["b", "a"]), False),
    ({"status": {"other": None, "list": []}}, {"status": {}}, False),
    (csv(cpu="1000m"), csv(cpu=1), True),
    (csv(cpu="1000m"), csv(cpu=2), False),
    ({**CRD, "spec": {"names": {"shortNames": ["a", "b"]}}},
     {**CRD, "spec": {"names": {"shortNames": ["b", "a"]}}}, True),
]  # fmt: skip


def test_a_manifest_says_the_whole_of_a_list_that_kubernetes_calls_atomic() -> None:
    lens = Lens(rules(), named="to")
    versions = (
        {**CRD, "spec": {"versions": [{"name": name} for name in names]}} for names in ("ab", "b")
    )
    subjects = (
        {
            "kind": "RoleBinding",
            "apiVersion": RBAC,
            "subjects": [{**SUBJECT, "name": name} for name in names],
        }
        for names in ("ab", "b")
    )
    for stored, manifest in (versions, subjects, (role(["get", "delete"]), role(["get"]))):
        [found] = object_changes(stored, manifest, lens).fields
        assert found.op == "remove"
    stored, manifest = ({"kind": "Pod", "apiVersion": "v1", "spec": {"volumes": [
        {"name": name} for name in names]}} for names in ("ab", "b"))  # fmt: skip
    assert not object_changes(stored, manifest, lens)


@pytest.mark.parametrize(("old", "new", "same"), SAME)
def test_quantities_and_lists_of_known_kinds(old: Any, new: Any, same: bool) -> None:
    assert bool(object_changes(old, new, LENS)) is not same


def test_the_schema_of_a_version() -> None:
    schema = {"type": "object"}
    versions = [{"name": "v1", "schema": {"openAPIV3Schema": schema}}, {"name": "v2"}]
    assert schema_of({**CRD, "spec": {"versions": versions}}, "a.example/v1") == schema
    assert schema_of({**CRD, "spec": {"versions": versions}}, "a.example/v2") is None
    old = {**CRD, "spec": {"version": "v1", "validation": {"openAPIV3Schema": schema}}}
    assert schema_of(old, "a.example/v1") == schema


def objects_of(shared: Path, archive: str) -> Iterator[dict[str, Any]]:
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    with tarfile.open(shared / "corpora" / archive) as tar:
        for member in tar:
            if not (member.isfile() and member.name.endswith((".yaml", ".yml", ".json"))):
                continue
            if member.size > 400_000 or random.Random(member.name).random() > 0.3:
                continue
            text: Any = tar.extractfile(member)
            try:
                documents = list(yaml.load_all(text.read(), loader))
            except yaml.YAMLError:  # an odd case of the corpora
                continue
            yield from (
                json.loads(json.dumps(each, default=str))
                for each in documents
                if isinstance(each, Mapping)
            )


def shuffled(
    value: Any, shape: Any, dice: random.Random, path: tuple[Any, ...], items: list[Any]
) -> Any:
    """A copy with every keyed list in another order; notes the items with their paths."""
    if isinstance(value, Mapping):
        return {
            k: shuffled(v, shapes.of_key(shape, k), dice, (*path, k), items)
            for k, v in value.items()
        }
    if not isinstance(value, list):
        return value
    inner = shapes.of_items(shape)
    keys = shapes.list_keys(shape)
    if keys and all(isinstance(each, dict) for each in value):
        defaults = {key: shapes.default(inner, key) for key in keys}
        steps = [Item(tuple((k, each.get(k, defaults[k])) for k in keys)) for each in value]
        if len(set(map(repr, steps))) == len(steps):
            new = [
                shuffled(v, inner, dice, (*path, s), items)
                for v, s in zip(value, steps, strict=True)
            ]
            items += [((*path, step), each) for step, each in zip(steps, new, strict=True)]
            if not shapes.is_ordered(shape):
                dice.shuffle(new)
            return new
    if shapes.list_type(shape) == "set" and len(set(map(repr, value))) == len(value):
        return dice.sample(value, len(value))
    return [shuffled(v, inner, dice, (*path, at), items) for at, v in enumerate(value)]


@pytest.mark.corpora
@pytest.mark.parametrize("archive", ["crds.tar.xz", "operators.tar.xz"])
def test_keyed_lists_in_another_order_are_no_change_and_one_item_is_exactly_one(
    shared: Path, archive: str
) -> None:
    lens, dice, seen = Lens(rules()), random.Random(14), 0
    for thing in objects_of(shared, archive):
        items: list[Any] = []
        new = shuffled(thing, lens.shape(kind_name(thing), None), dice, (), items)
        assert not object_changes(thing, new, lens), kind_name(thing)
        if items:
            path, item = dice.choice(items)
            item["a field of ours"] = 1
            [found] = object_changes(thing, new, lens).fields
            assert (found.path, found.op) == (written((*path, "a field of ours")), "add")
            seen += 1
    assert seen > 20

"""What the next snapshot need not read again, and what it must."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest

from k8s_datamodel.api import ClusterInfo, KubernetesObject, RedactedObject, StorageError
from k8s_datamodel_plugins.sql.layout import version_index
from k8s_datamodel_plugins.sql.store import SqlStore
from support.sql_stores import (
    CLUSTER,
    LEDGER,
    RESOURCE,
    WIDGETS,
    Backend,
    record,
    snapshot,
    store_widgets,
    widget,
    widgets,
)


def _versions(*objects: Mapping[str, Any]) -> dict[str, str]:
    return {each["metadata"]["uid"]: each["metadata"]["resourceVersion"] for each in objects}


def _find(store: SqlStore, *objects: Mapping[str, Any]) -> Mapping[str, KubernetesObject]:
    known = store.reusable(CLUSTER, "salt-1")
    return {} if known is None else known.find(RESOURCE, _versions(*objects))


def test_an_unchanged_object_is_known_whole(backend: Backend) -> None:
    store = backend.open()
    lamp = widget("lamp", version=7)
    store_widgets(store, [record(lamp)])
    assert dict(_find(store, lamp)) == {lamp["metadata"]["uid"]: lamp}


def test_another_version_or_object_is_not_known(backend: Backend) -> None:
    store = backend.open()
    store_widgets(store, [record(widget("lamp", version=7))])
    assert dict(_find(store, widget("lamp", version=8), widget("new", version=7))) == {}


def test_only_the_newest_version_is_known(backend: Backend) -> None:
    store = backend.open()
    old, new = widget("lamp", 1, version=1), widget("lamp", 2, version=2)
    store_widgets(store, [record(old), record(widget("gone"))])
    store_widgets(store, [record(new)])
    assert dict(_find(store, old)) == {}
    assert list(_find(store, new).values()) == [new]
    assert dict(_find(store, widget("gone"))) == {}


@pytest.mark.parametrize(
    ("cluster", "redaction"),
    [
        (replace(CLUSTER, uid="another"), "salt-1"),
        (replace(CLUSTER, uid=None), "salt-1"),
        (replace(CLUSTER, version="v1.31.0"), "salt-1"),
        (replace(CLUSTER, version=None), "salt-1"),
        (replace(CLUSTER, source="file"), "salt-1"),
        (CLUSTER, "none"),
        (CLUSTER, ""),
    ],
)
def test_nothing_is_known_of_another_cluster_version_or_redaction(
    backend: Backend, cluster: ClusterInfo, redaction: str
) -> None:
    store = backend.open()
    store_widgets(store, widgets(2))
    assert store.reusable(cluster, redaction) is None


def test_nothing_is_known_once_other_literals_count_as_credentials(
    backend: Backend, monkeypatch: pytest.MonkeyPatch
) -> None:
    store_widgets(backend.open(), widgets(2))
    monkeypatch.setattr(version_index, "REDACTION_RULES", version_index.REDACTION_RULES + 1)
    assert backend.open().reusable(CLUSTER, "salt-1") is None


def test_what_is_known_need_not_be_looked_through_again(backend: Backend) -> None:
    store = backend.open()
    number = store_widgets(store, widgets(1))
    (row,) = store.records(number, "widgets", objects=True)
    found = _find(
        store, {**row["spec"], "metadata": {**row["spec"]["metadata"], "resourceVersion": "1"}}
    )
    assert len(found) == 1
    assert all(isinstance(each, RedactedObject) for each in found.values())


def test_the_context_is_only_an_alias(backend: Backend) -> None:
    store = backend.open()
    store_widgets(store, widgets(1))
    assert store.reusable(replace(CLUSTER, context="another name"), "salt-1") is not None


def test_a_new_server_version_forgets_what_the_old_one_gave(backend: Backend) -> None:
    store = backend.open()
    store_widgets(store, widgets(2))
    before = store.reusable(CLUSTER, "salt-1")
    assert before is not None
    newer = replace(CLUSTER, version="v1.31.0")
    some = {"namespace_filter": "shop"}  # what else is known stays so
    store_widgets(store, [record(widget("of the new one"))], cluster=newer, **some)
    store_widgets(store, [record(widget("of the old one"))], **some)
    assert dict(_find(store, widgets(1)[0].spec)) == {}
    assert dict(before.find(RESOURCE, _versions(widgets(1)[0].spec))) == {}


def test_a_snapshot_of_one_namespace_forgets_nothing(backend: Backend) -> None:
    store = backend.open()
    store_widgets(store, widgets(3))
    store_widgets(store, [record(widget("other"))], namespace_filter="shop")
    assert len(_find(store, *(each.spec for each in widgets(3)), widget("other"))) == 4


def test_another_version_of_the_api_is_another_resource(backend: Backend) -> None:
    store = backend.open()
    store_widgets(store, widgets(1))
    known = store.reusable(CLUSTER, "salt-1")
    assert known is not None
    versions = _versions(widgets(1)[0].spec)
    assert len(known.find(RESOURCE, versions)) == 1
    assert dict(known.find(replace(RESOURCE, version="v2"), versions)) == {}
    assert dict(known.find(replace(RESOURCE, group="other.example.org"), versions)) == {}


def test_a_noted_context_must_be_the_same(backend: Backend) -> None:
    store = backend.open()
    with store.begin([WIDGETS]) as writer:
        writer.note_definition(RESOURCE, "crd-uid/generation-4")
        writer.write(WIDGETS, widgets(1))
        writer.commit(snapshot(), LEDGER)
    known = store.reusable(CLUSTER, "salt-1")
    assert known is not None
    versions = _versions(widgets(1)[0].spec)
    assert dict(known.find(RESOURCE, versions)) == {}
    assert dict(known.find(RESOURCE, versions, "crd-uid/generation-5")) == {}
    assert len(known.find(RESOURCE, versions, "crd-uid/generation-4")) == 1


def test_a_core_kind_has_no_group(backend: Backend) -> None:
    from k8s_datamodel.api import Resource

    store = backend.open()
    pod = {**widget("pod"), "apiVersion": "v1", "kind": "Pod"}
    store_widgets(store, [record(pod)])
    known = store.reusable(CLUSTER, "salt-1")
    assert known is not None
    assert len(known.find(Resource("", "v1", "pods", "Pod"), _versions(pod))) == 1


def test_known_objects_are_stored_again_as_they_were(backend: Backend) -> None:
    store = backend.open()
    first = store_widgets(store, widgets(700))
    found = _find(store, *(each.spec for each in widgets(700)))
    again = [record(dict(found[uid]) if n % 2 else found[uid]) for n, uid in enumerate(found)]  # type: ignore[arg-type]
    second = store_widgets(store, again)
    one, two = (
        [{**row, "id": 0} for row in store.records(number, "widgets", objects=True)]
        for number in (first, second)
    )
    assert one == two
    assert backend.select("SELECT count(*) FROM kdm_objects") == [(700,)]
    assert len(_find(store, *(each.spec for each in widgets(700)))) == 700


def test_known_objects_come_back_after_their_snapshot_was_deleted_or_not_at_all(
    backend: Backend,
) -> None:
    store = backend.open()
    lamp = widget("lamp")
    store.delete([store_widgets(store, [record(lamp)])])
    assert dict(_find(store, lamp)) == {}
    assert store.verify() == []


def test_a_known_object_whose_content_was_removed_is_stored_again(backend: Backend) -> None:
    store = backend.open()
    lamp = widget("lamp")
    first = store_widgets(store, [record(lamp)])
    (found,) = _find(store, lamp).values()
    assert found == lamp  # so it was read
    store.delete([first])
    second = store_widgets(store, [record(found)])  # type: ignore[arg-type]
    (row,) = store.records(second, "widgets", objects=True)
    assert row["spec"]["spec"] == lamp["spec"]
    assert store.verify() == []


def test_a_known_object_that_is_gone_before_it_was_read(backend: Backend) -> None:
    """Nobody who stores meets one: a lease keeps what it may find."""
    store = backend.open()
    first = store_widgets(store, [record(widget("lamp"))])
    (found,) = _find(store, widget("lamp")).values()
    store.delete([first])
    with pytest.raises(StorageError, match="another process deleted snapshots meanwhile"):
        found.get("spec")


def test_a_known_object_that_was_changed_is_refused(backend: Backend) -> None:
    store = backend.open()
    lamp = widget("lamp")
    first = store_widgets(store, [record(lamp)])
    (found,) = _find(store, lamp).values()
    found["spec"]["size"] = 99
    store.delete([first])
    with pytest.raises(StorageError, match="changed on its way back"):
        store_widgets(store, [record(found)])  # type: ignore[arg-type]


def test_an_object_without_version_is_stored_but_not_known(backend: Backend) -> None:
    store = backend.open()
    bare = {"kind": "Widget", "metadata": {"name": "bare", "namespace": "x"}, "spec": {"size": 1}}
    number = store_widgets(store, [record(bare)])
    assert [row["name"] for row in store.records(number, "widgets", objects=False)] == ["bare"]
    assert backend.select("SELECT count(*) FROM kdm_index") == [(0,)]

"""Selectors select what an API server selects; wrong ones are told before anything is read."""

from __future__ import annotations

from dataclasses import replace

import pytest

from k8s_datamodel.data.objects import Resource
from k8s_datamodel.plugins.validation import faults
from k8s_datamodel.testing import ObjectsSource, collect
from k8s_datamodel.types.resource_types import Read
from k8s_datamodel.types.selectors import Selector, selector_fault
from support.fake_distributions import importable

THING = {
    "kind": "Secret",
    "type": "Opaque",
    "metadata": {"name": "web", "namespace": "shop", "labels": {"app": "web", "acme.io/tier": "1"}},
}

LABELS = {
    "": True,
    "app=web": True,
    "app==web": True,
    "app = web": True,
    "app=api": False,
    "app!=api": True,
    "app!=web": False,
    "missing!=web": True,
    "app in (api, web)": True,
    "app in (api)": False,
    "app notin (api)": True,
    "missing notin (api)": True,
    "missing in (api)": False,
    "app": True,
    "!app": False,
    "!missing": True,
    "acme.io/tier=1,app in (web,api)": True,
    "acme.io/tier=2,app=web": False,
}

FIELDS = {
    "type=Opaque": True,
    "type!=Opaque": False,
    "metadata.name=web,metadata.namespace==shop": True,
    "metadata.name=api": False,
    "status.phase=": True,
    "status.phase!=": False,
    "status.phase=Running": False,
}


@pytest.mark.parametrize("text", LABELS)
def test_labels_select(text: str) -> None:
    assert Selector(labels=text).matches(THING) is LABELS[text]


@pytest.mark.parametrize("text", FIELDS)
def test_fields_select(text: str) -> None:
    assert Selector(fields=text).matches(THING) is FIELDS[text]


@pytest.mark.parametrize("text", ["a b", "app=(x", "=x", "app>1", "a=b c=d"])
def test_what_is_no_selector_is_told(text: str) -> None:
    assert "invalid label selector" in selector_fault(text, "")
    assert "invalid field selector" in selector_fault("", text)


def test_a_type_with_a_wrong_selector_is_refused() -> None:
    with importable():
        from acme_good import TYPE

        things = Resource("", "v1", "things", "Thing")
        wrong = replace(TYPE, reads=(Read(things, label_selector="a b"),))
        assert "read of things: invalid label selector 'a b'" in "".join(faults(wrong))
        assert faults(replace(TYPE, reads=(Read(things, label_selector="a=b"),))) == []


def test_the_host_selects_where_a_source_cannot_and_the_ledger_tells() -> None:
    things = Resource("acme.example", "v1", "widgets", "Widget")
    objects = [
        {
            "apiVersion": "acme.example/v1",
            "kind": "Widget",
            "metadata": {"name": name, "namespace": "shop", "labels": {"app": name}},
        }
        for name in ("web", "api", "db")
    ]
    with importable():
        from acme_good import TYPE

        limited = replace(TYPE, reads=(Read(things, label_selector="app in (web,db)"),))
        found = collect(limited, ObjectsSource(objects, chunk_size=1))
    assert [record.values["name"] for record in found.records] == ["web", "db"]
    (entry,) = found.ledger
    assert (entry.read, entry.outcome.objects) == ("widgets.acme.example (app in (web,db))", 2)

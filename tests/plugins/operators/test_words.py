"""What a name says a program is for."""

from __future__ import annotations

import pytest

from k8s_datamodel_plugins.operators.facts.words import (
    group_words,
    is_controlling,
    is_serving,
    telling_of,
    words_of,
)


@pytest.mark.parametrize(
    "name",
    [
        "harbour-operator",
        "controller",
        "harbour-controller-manager",
        "topic-operator-v0.40.0",
        "notebook-controller-deployment",
        "webhook-operator",
    ],
)
def test_names_that_reconcile(name: str) -> None:
    assert is_controlling(name)
    assert not is_serving(name)


@pytest.mark.parametrize(
    "name",
    [
        *("harbour-webhook", "operator-webhook", "controller-api", "db-manager-ui", "proxy-boat"),
        *("packageserver", "harbour-fileserver"),
    ],
)
def test_names_that_serve(name: str) -> None:
    assert is_serving(name)
    assert not is_controlling(name)


@pytest.mark.parametrize(
    "name", ["harbour", "seal-manager-injector", "node-agent", "observer", "", "v1"]
)
def test_names_that_say_neither(name: str) -> None:
    assert not is_serving(name)
    assert not is_controlling(name)


def test_words() -> None:
    assert words_of("My-HTTPRoute2_set.v1") == ("my", "http", "route2", "set", "v1")
    assert telling_of("harbour-controller-manager") == {"harbour"}
    assert group_words("acme.seal-wax.example") == ("acme", "seal-wax")
    assert group_words("apps.k8s.example") == ()

"""The type keeps what every type must; the source asks the broker and says what is wrong."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest

from k8s_datamodel.api import DatamodelError, SourceError, SourceRequest, UsageError, declared_type
from k8s_datamodel.testing import EvidenceContract, ObjectsSource, ResourceTypeContract
from k8s_datamodel_acme import broker, register_evidence
from k8s_datamodel_acme.source import open_source

TYPE = declared_type(Path(broker.__file__).with_name("applications.yaml"))


def application(name: str) -> dict[str, Any]:
    return {
        "apiVersion": "platform.acme.example/v1",
        "kind": "Application",
        "metadata": {"name": name, "namespace": "payments", "uid": f"uid-{name}"},
        "spec": {"team": "payments", "tier": 1, "contacts": [{"mail": "on-call@acme.example"}]},
        "status": {"conditions": [{"type": "Healthy", "status": "True"}]},
    }


def labelled(key: str, value: str) -> dict[str, Any]:
    labels = {f"platform.acme.example/{key}": value}
    return {"kind": "Deployment", "metadata": {"name": "ledger", "labels": labels}}


class TestOwnership(EvidenceContract):
    evidence = next(iter(register_evidence()))
    objects = (labelled("owns", "applications"), labelled("tier", "frontend"))


class TestApplications(ResourceTypeContract):
    resource_type = TYPE
    objects = (application("ledger"), application("clearing"))


class Handler(BaseHTTPRequestHandler):
    """A broker with one cluster, and one user whom it knows."""

    def do_GET(self) -> None:
        self._answer({"clusters": ["prod-eu"]})

    def do_POST(self) -> None:
        self._answer({"server": "https://127.0.0.1:1", "token": "short-lived"})

    def _answer(self, content: object) -> None:
        known = self.headers["Authorization"] == "Bearer jane"
        self.send_response(200 if known else 401)
        self.end_headers()
        self.wfile.write(json.dumps(content).encode())

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Settings that name a broker that runs; ``jane`` has signed on."""
    monkeypatch.setenv("K8S_DATAMODEL_CONFIG_DIR", str(tmp_path))
    monkeypatch.setenv(broker.SIGN_ON, "jane")
    path = tmp_path / "settings" / "acme.yaml"
    path.parent.mkdir()
    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        path.write_text(f"broker: http://127.0.0.1:{server.server_port}\n")
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield path
        server.shutdown()
        thread.join()


def opened(location: str) -> SourceRequest:
    """The request with which the live source was opened."""
    asked: list[SourceRequest] = []

    def opener(request: SourceRequest) -> ObjectsSource:
        asked.append(request)
        return ObjectsSource(())

    source = open_source(SourceRequest(location, opener=opener))
    assert source.describe(lambda entry: None).source == "acme"
    return asked[0]


@pytest.mark.usefixtures("settings")
def test_the_live_source_gets_the_brokers_token() -> None:
    request = opened("acme://prod-eu")
    assert (request.location, request.context) == ("", "prod-eu")
    assert request.kubeconfig_data is not None
    assert request.kubeconfig_data["users"][0]["user"] == {"token": "short-lived"}
    assert "short-lived" not in repr(request)


@pytest.mark.usefixtures("settings")
def test_who_is_unknown_or_asks_for_nothing_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(UsageError, match="no cluster 'prod-us'; there are prod-eu"):
        opened("acme://prod-us")
    monkeypatch.setenv(broker.SIGN_ON, "joe")
    with pytest.raises(SourceError, match="does not know you"):
        opened("acme://prod-eu")
    monkeypatch.delenv(broker.SIGN_ON)
    with pytest.raises(UsageError, match="sign on first"):
        opened("acme://prod-eu")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "acme.yaml:1: it is empty"),
        ("timeout: 3", "needs broker"),
        ("broker: https://x\ntimout: 3", "acme.yaml:2: timout: is no field of this; perhaps time"),
        ("broker: https://x\ntimeout: soon", "acme.yaml:2: timeout: must be a whole number"),
        ("broker: clusters.acme.example", "broker is no URL"),
        ("broker: http://127.0.0.1:1", "does not answer"),
        ("broker: http://127.0.0.1:1\ntoken_file: /nowhere", "/nowhere: No such file"),
    ],
)
def test_settings_that_are_not_right_are_told(settings: Path, text: str, said: str) -> None:
    settings.write_text(text)
    with pytest.raises(DatamodelError) as told:
        opened("acme://prod-eu")
    assert said in str(told.value)


def test_without_settings_the_file_that_is_needed_is_named(settings: Path) -> None:
    settings.unlink()
    with pytest.raises(UsageError, match=r"needs settings: .*acme.yaml must give broker"):
        opened("acme://prod-eu")

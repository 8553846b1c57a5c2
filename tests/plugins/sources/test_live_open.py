"""Which server, as whom, and what is said when that does not work."""

from __future__ import annotations

import json
import socket
import sys
from pathlib import Path
from typing import Any

import pytest

from cluster.client import Client
from cluster.faults import Fault, html, on, stall, status, text
from cluster.fixtures import MakeProxy
from cluster.kubeconfig import read as read_kubeconfig
from cluster.kubeconfig import vary, write
from cluster.server import Cluster
from k8s_datamodel.api import SourceError, UsageError
from k8s_datamodel_plugins.sources.server import kubeconfig as kubeconfigs
from k8s_datamodel_plugins.sources.server import locations
from support.limits import limit
from support.live_source import CONFIGMAPS, live, read


def context_of(*args: Any, **options: Any) -> str:
    """The context's name, after one list that worked."""
    with live(*args, **options) as source:
        assert read(source, CONFIGMAPS, "kube-system")[1].status == "complete"
        return source.describe(lambda entry: None).context


def refusal(*args: Any, **options: Any) -> str:
    """What the user reads: one line, exit code 1."""
    with pytest.raises(SourceError) as caught, live(*args, **options):
        pass
    assert "\n" not in str(caught.value)
    return str(caught.value)


def wrong_usage(*args: Any, **options: Any) -> str:
    with pytest.raises(UsageError) as caught, live(*args, **options):
        pass
    return str(caught.value)


def exec_user(program: str) -> dict[str, Any]:
    return {
        "exec": {
            "apiVersion": "client.authentication.k8s.io/v1",
            "interactiveMode": "Never",
            "command": sys.executable,
            "args": ["-c", program],
        }
    }


def test_the_kubeconfig_of_the_request_is_used(cluster: Cluster) -> None:
    assert context_of(cluster.kubeconfig) == "shared"


def test_the_environment_names_several_files_and_the_first_chooses_the_context(
    cluster: Cluster, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = vary(cluster.kubeconfig, tmp_path / "first", context="one")
    second = vary(cluster.kubeconfig, tmp_path / "second", context="two")
    monkeypatch.setenv("KUBECONFIG", f"{first}:{tmp_path / 'missing'}:{second}")
    assert context_of() == "one"
    assert context_of(context="two") == "two"


def test_the_default_file_is_used(cluster: Cluster) -> None:
    folder = Path.home() / ".kube"
    folder.mkdir()
    vary(cluster.kubeconfig, folder / "config", context="at-home")
    assert context_of() == "at-home"


def test_a_client_certificate_lets_in(cluster: Cluster) -> None:
    assert context_of(cluster.kubeconfig_with_client_certificate()) == "shared"


def test_an_exec_plugin_is_asked_for_a_token(cluster: Cluster, tmp_path: Path) -> None:
    credential = {
        "apiVersion": "client.authentication.k8s.io/v1",
        "kind": "ExecCredential",
        "status": {"token": "admin-token"},
    }
    user = exec_user(f"print({json.dumps(json.dumps(credential))})")
    assert context_of(vary(cluster.kubeconfig, tmp_path / "exec", user=user)) == "shared"


def test_a_token_that_is_over_is_renewed(cluster: Cluster, tmp_path: Path) -> None:
    asked = tmp_path / "asked"
    program = f"""
import json, pathlib
asked = pathlib.Path({str(asked)!r})
token = "admin-token" if asked.exists() else "wrong"
asked.touch()
status = {{"token": token, "expirationTimestamp": "2020-01-01T00:00:00Z"}}
print(json.dumps({{"apiVersion": "client.authentication.k8s.io/v1",
                  "kind": "ExecCredential", "status": status}}))
"""
    path = vary(cluster.kubeconfig, tmp_path / "exec", user=exec_user(program))
    assert context_of(path) == "shared"


def test_credentials_that_end_under_way_are_said_and_nobody_asks_without_them(
    cluster: Cluster, proxy: MakeProxy, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(kubeconfigs, "_LOOK_AGAIN_SECONDS", 0)
    over = tmp_path / "over"
    program = f"""
import json, pathlib, sys
if pathlib.Path({str(over)!r}).exists():
    sys.exit("sign in again")
status = {{"token": "admin-token", "expirationTimestamp": "2020-01-01T00:00:00Z"}}
print(json.dumps({{"apiVersion": "client.authentication.k8s.io/v1",
                  "kind": "ExecCredential", "status": status}}))
"""
    front = proxy(cluster)
    with live(vary(front.kubeconfig, tmp_path / "exec", user=exec_user(program))) as source:
        over.touch()
        before = len(front.requests)
        objects, outcome = read(source, CONFIGMAPS)
    assert (objects, outcome.status) == ([], "failed")
    assert "the user's credentials are over" in outcome.reason
    assert "sign in again" in outcome.reason
    assert len(front.requests) == before


@pytest.mark.parametrize(
    ("program", "words"),
    [
        ("import sys; sys.exit('sign in first')", "sign in first"),
        ("print('no json')", "gave no credentials"),
    ],
)
def test_an_exec_plugin_that_fails_is_said(
    cluster: Cluster, tmp_path: Path, program: str, words: str
) -> None:
    path = vary(cluster.kubeconfig, tmp_path / "exec", user=exec_user(program))
    message = refusal(path)
    assert words in message
    assert "shared" in message


def test_an_exec_plugin_that_is_not_there_is_said(cluster: Cluster, tmp_path: Path) -> None:
    user = exec_user("")
    user["exec"]["command"] = "no-such-plugin"
    assert "no-such-plugin" in refusal(vary(cluster.kubeconfig, tmp_path / "exec", user=user))


def test_a_pod_uses_its_service_account(
    cluster: Cluster, admin: Client, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    binding = {
        "apiVersion": "rbac.authorization.k8s.io/v1",
        "kind": "ClusterRoleBinding",
        "metadata": {"name": "in-pod"},
        "roleRef": {
            "apiGroup": "rbac.authorization.k8s.io",
            "kind": "ClusterRole",
            "name": "cluster-admin",
        },
        "subjects": [{"kind": "ServiceAccount", "name": "reader", "namespace": "in-pod"}],
    }
    metadata = {"name": "reader", "namespace": "in-pod"}
    admin.apply([{"apiVersion": "v1", "kind": "ServiceAccount", "metadata": metadata}, binding])
    (tmp_path / "token").write_text(f"{admin.service_account_token('in-pod', 'reader')}\n")
    (tmp_path / "ca.crt").write_text((cluster.folder / "ca.crt").read_text())
    monkeypatch.setattr(locations, "SERVICE_ACCOUNT", tmp_path)
    monkeypatch.setenv("KUBERNETES_SERVICE_HOST", "127.0.0.1")
    monkeypatch.setenv("KUBERNETES_SERVICE_PORT", cluster.url.rpartition(":")[2])
    assert context_of() == "in-cluster"
    assert "production" in wrong_usage(context="production")


def test_who_is_impersonated_decides_what_may_be_read(cluster: Cluster, tmp_path: Path) -> None:
    user = {"token": "admin-token", "as": "nobody-in-particular"}
    with live(vary(cluster.kubeconfig, tmp_path / "as", user=user)) as source:
        assert read(source, CONFIGMAPS)[1].status == "forbidden"
    user |= {"as-groups": ["system:masters"]}
    with live(vary(cluster.kubeconfig, tmp_path / "as", user=user)) as source:
        assert read(source, CONFIGMAPS)[1].status == "complete"


def test_a_user_without_rights_can_open(cluster: Cluster) -> None:
    with live(cluster.kubeconfig_for("nobody")) as source:
        assert read(source, CONFIGMAPS)[1].status == "forbidden"


def test_no_kubeconfig_names_the_ways_out() -> None:
    message = refusal()
    assert "~/.kube/config" in message
    assert "--source PATH" in message


def test_a_kubeconfig_that_is_not_there_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    missing = str(tmp_path / "missing")
    assert missing in refusal(missing)
    monkeypatch.setenv("KUBECONFIG", missing)
    assert missing in refusal()


@pytest.mark.parametrize(
    "content",
    ["", "just words", "- a\n- list", "contexts: {a: b}", "contexts: [nothing]", "{", "\x00\x01"],
)
def test_a_file_that_is_no_kubeconfig_is_named(tmp_path: Path, content: str) -> None:
    path = tmp_path / "config"
    path.write_text(content)
    assert str(path) in refusal(path)


def test_no_secret_of_a_broken_kubeconfig_is_shown(tmp_path: Path) -> None:
    path = tmp_path / "config"
    path.write_text("users:\n- user:\n    token: 'very-secret\n  name: [\n")
    message = refusal(path)
    assert "line" in message
    assert "very-secret" not in message


def test_a_folder_is_no_kubeconfig(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=f"{tmp_path} cannot be read: Is a directory"):
        refusal(tmp_path)


@pytest.mark.parametrize("missing", ["users", "clusters"])
def test_a_context_without_its_parts_is_named(
    cluster: Cluster, tmp_path: Path, missing: str
) -> None:
    text_without = cluster.kubeconfig.read_text().replace(f"{missing}:", "others:")
    (tmp_path / "config").write_text(text_without)
    assert "shared" in refusal(tmp_path / "config")


def test_a_wrong_context_names_those_there_are(cluster: Cluster, tmp_path: Path) -> None:
    document = read_kubeconfig(cluster.kubeconfig)
    (only,) = document["contexts"]
    document["contexts"] = [{**only, "name": name} for name in ("staging", "production")]
    path = write(document, tmp_path / "two")
    message = wrong_usage(path, context="test")
    assert "'test'" in message
    assert "production, staging" in message
    assert "production, staging" in wrong_usage(path)
    assert context_of(path, context="staging") == "staging"


def test_a_dead_server_is_named(cluster: Cluster, tmp_path: Path) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        url = f"https://127.0.0.1:{free.getsockname()[1]}"
        path = vary(cluster.kubeconfig, tmp_path / "dead", cluster={"server": url})
        message = refusal(path)
    assert url in message
    assert "connection refused" in message


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("https://no-such-host.invalid", "cannot be resolved"),
        ("ftp://127.0.0.1", "ftp"),
        ("https://127.0.0.1:99999", "not a valid URL"),
    ],
)
def test_a_server_that_cannot_be_is_named(
    cluster: Cluster, tmp_path: Path, url: str, words: str
) -> None:
    path = vary(cluster.kubeconfig, tmp_path / "odd", cluster={"server": url})
    assert words in refusal(path)


def test_an_expired_server_certificate_is_said(cluster: Cluster, proxy: MakeProxy) -> None:
    message = refusal(proxy(cluster, certificate="expired").kubeconfig)
    assert "TLS" in message
    assert "has expired" in message


def test_a_wrong_authority_is_said(cluster: Cluster) -> None:
    message = refusal(cluster.kubeconfig_with_wrong_authority())
    assert cluster.url in message
    assert "not signed by a trusted authority" in message


def test_an_expired_client_certificate_is_said(cluster: Cluster, tmp_path: Path) -> None:
    files = {"certificate": cluster.folder / "expired.crt", "key": cluster.folder / "server.key"}
    user = {f"client-{part}": str(path) for part, path in files.items()}
    message = refusal(vary(cluster.kubeconfig, tmp_path / "old", user=user))
    assert "401" in message
    assert "the client certificate expired on 20" in message


@pytest.mark.parametrize(
    ("server", "user"),
    [
        ("{url}", {"username": "me", "password": "open sesame"}),
        ("{url}", {"username": "me"}),
        ("https://me:open%20sesame@{host}", {"token": "admin-token"}),
    ],
)
def test_a_password_that_the_server_passes_over_is_said(
    cluster: Cluster, tmp_path: Path, server: str, user: dict[str, Any]
) -> None:
    url = server.format(url=cluster.url, host=cluster.url.partition("//")[2])
    path = vary(cluster.kubeconfig, tmp_path / "basic", user=user, cluster={"server": url})
    message = refusal(path)
    assert f"{cluster.url} does not accept a name and password" in message
    assert "sesame" not in message


def test_a_wrong_token_is_said(cluster: Cluster, tmp_path: Path) -> None:
    path = vary(cluster.kubeconfig, tmp_path / "wrong", user={"token": "wrong"})
    message = refusal(path)
    assert cluster.url in message
    assert "does not accept the credentials" in message


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (html(), "not JSON"),
        (html(404), "HTML page"),
        (text(404, "404 page not found"), "404"),
        (text(200, "{}", "application/json"), "unexpected form"),
        (status(500), "500"),
    ],
)
def test_something_that_is_no_api_server_is_said(
    cluster: Cluster, proxy: MakeProxy, answer: Any, words: str
) -> None:
    message = refusal(proxy(cluster, Fault(on("/version"), answer)).kubeconfig)
    assert "does not answer as an API server" in message
    assert words in message


def test_a_server_that_never_answers_ends_in_time(
    cluster: Cluster, proxy: MakeProxy, monkeypatch: pytest.MonkeyPatch
) -> None:
    limit(monkeypatch, open_timeout=0.3)
    limit(monkeypatch, retry_window=0.1)
    stalled = proxy(cluster, Fault(on("/version"), stall()))
    assert "did not come in time" in refusal(stalled.kubeconfig)


def test_a_forbidden_version_is_no_obstacle(cluster: Cluster, proxy: MakeProxy) -> None:
    path = proxy(cluster, Fault(on("/version"), status(403))).kubeconfig
    entries = []
    with live(path) as source:
        info = source.describe(entries.append)
    assert info.version is None
    statuses = {entry.read: entry.outcome.status for entry in entries}
    assert statuses["/version"] == "forbidden"
    assert all(entry.optional for entry in entries)


def test_a_limit_that_is_no_number_is_said(
    cluster: Cluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("K8S_DATAMODEL_READ_TIMEOUT", "many")
    assert "K8S_DATAMODEL_READ_TIMEOUT" in wrong_usage(cluster.kubeconfig)

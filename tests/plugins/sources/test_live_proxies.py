"""Connections through real proxies on loopback, and past them."""

from __future__ import annotations

import base64
import socket
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pytest

from cluster.kubeconfig import vary
from cluster.server import Cluster
from k8s_datamodel.api import SourceError
from support import command
from support.live_source import CONFIGMAPS, live, read
from support.servers.connect_proxy import ConnectProxy

PASSWORD = "very-secret"
AUTHORIZATION = "Basic " + base64.b64encode(f"user:{PASSWORD}".encode()).decode()


@pytest.fixture
def nowhere() -> Iterator[str]:
    """The URL of a proxy that is not there."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        yield f"http://127.0.0.1:{free.getsockname()[1]}"


def through(cluster: Cluster, folder: Path, proxy: str, **more: str) -> Path:
    return vary(cluster.kubeconfig, folder / "proxied", cluster={"proxy-url": proxy, **more})


def works(kubeconfig: Path) -> bool:
    with live(kubeconfig) as source:
        return read(source, CONFIGMAPS, "kube-system")[1].status == "complete"


def refusal(kubeconfig: Path) -> str:
    with pytest.raises(SourceError) as caught, live(kubeconfig):
        pass
    assert PASSWORD not in str(caught.value)
    return str(caught.value)


@pytest.mark.parametrize("variable", ["HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"])
def test_no_environment_leads_a_way_round_to_this_machine(
    cluster: Cluster, nowhere: str, monkeypatch: pytest.MonkeyPatch, variable: str
) -> None:
    monkeypatch.setenv(variable, nowhere)
    assert works(cluster.kubeconfig)


@pytest.mark.parametrize("no_proxy", ["", "127.0.0.1", "*"])
def test_a_kubeconfigs_proxy_is_always_used(
    cluster: Cluster, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, no_proxy: str
) -> None:
    monkeypatch.setenv("NO_PROXY", no_proxy)
    with ConnectProxy() as proxy:
        assert works(through(cluster, tmp_path, proxy.url))
    assert set(proxy.asked) == {cluster.url.removeprefix("https://")}


def test_an_environments_proxy_leads_to_other_machines(
    monkeypatch: pytest.MonkeyPatch, cluster: Cluster, tmp_path: Path
) -> None:
    other = {"server": "https://cluster.invalid:6443"}
    kubeconfig = vary(cluster.kubeconfig, tmp_path / "other", cluster=other)
    with ConnectProxy(refuses=403) as proxy:
        monkeypatch.setenv("HTTPS_PROXY", proxy.url)
        assert "does not let us through" in refusal(kubeconfig)
    assert set(proxy.asked) == {"cluster.invalid:6443"}


@pytest.mark.parametrize(
    "login",
    [
        "user:caf\N{LATIN SMALL LETTER E WITH ACUTE}",
        "us\N{EURO SIGN}r:p:s/@",
        "user:\N{SNOWMAN}",
        "user:",
    ],
)
def test_a_proxy_gets_a_name_and_password_in_utf_8(
    cluster: Cluster, tmp_path: Path, login: str
) -> None:
    header = "Basic " + base64.b64encode(login.encode()).decode()
    user, _, password = login.partition(":")
    with ConnectProxy(authorization=header) as proxy:
        url = proxy.url.replace("//", f"//{quote(user, safe='')}:{quote(password, safe='')}@")
        assert works(through(cluster, tmp_path, url))


def test_a_proxy_gets_its_password(cluster: Cluster, tmp_path: Path) -> None:
    with ConnectProxy(authorization=AUTHORIZATION) as proxy:
        with_password = proxy.url.replace("//", f"//user:{PASSWORD}@")
        assert works(through(cluster, tmp_path, with_password))
        wrong = proxy.url.replace("//", f"//other:{PASSWORD}@")
        assert "407" in refusal(through(cluster, tmp_path, wrong))
        assert "407" in refusal(through(cluster, tmp_path, proxy.url))


def test_a_proxy_that_is_not_there_is_named(cluster: Cluster, tmp_path: Path, nowhere: str) -> None:
    message = refusal(through(cluster, tmp_path, nowhere.replace("//", f"//user:{PASSWORD}@")))
    assert f"the proxy {nowhere} cannot be reached: connection refused" in message


@pytest.mark.parametrize("scheme", ["socks5", "socks5h", "ftp"])
def test_a_proxy_that_we_do_not_speak_is_one_line(
    cluster: Cluster, tmp_path: Path, scheme: str
) -> None:
    proxy = f"{scheme}://user:{PASSWORD}@127.0.0.1:9"
    done = command.run("--kubeconfig", through(cluster, tmp_path, proxy), "crd", "count")
    assert done.code == 1
    assert done.err.count("\n") == 1
    assert f"{scheme}://127.0.0.1:9" in done.err
    assert "http://HOST:PORT" in done.err
    assert PASSWORD not in done.err


def test_tls_to_the_proxy_is_verified(cluster: Cluster, tmp_path: Path) -> None:
    mine = cluster.folder / "server.crt", cluster.folder / "server.key"
    with ConnectProxy(certificate=mine) as proxy:
        assert works(through(cluster, tmp_path, proxy.url))
    expired = cluster.folder / "expired.crt", cluster.folder / "server.key"
    with ConnectProxy(certificate=expired) as proxy:
        message = refusal(through(cluster, tmp_path, proxy.url))
    assert f"the proxy {proxy.url}'s certificate" in message
    assert "has expired" in message

"""Certificates: what kubectl accepts is accepted, on every Python; the rest is refused."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any, Protocol

import pytest

from cluster.fixtures import MakeProxy
from cluster.kubeconfig import read as read_kubeconfig
from cluster.kubeconfig import vary, write
from cluster.server import Cluster
from cluster.tools import kubectl
from k8s_datamodel.api import SourceError
from support import command
from support.live_source import CONFIGMAPS, live, read
from support.servers.authorities import lock, make_authority


def works(kubeconfig: Path) -> bool:
    with live(kubeconfig) as source:
        return read(source, CONFIGMAPS, "kube-system")[1].status == "complete"


def refusal(kubeconfig: Path) -> str:
    with pytest.raises(SourceError) as caught, live(kubeconfig):
        pass
    assert "\n" not in str(caught.value)
    return str(caught.value)


class MakeSigned(Protocol):
    """A kubeconfig of the cluster, behind a server whose certificate a new authority signed."""

    def __call__(self, names: str = ..., *, key_identifiers: bool = ..., **more: Any) -> Path: ...


@pytest.fixture
def signed(cluster: Cluster, proxy: MakeProxy, tmp_path: Path) -> MakeSigned:
    def make(names: str = "IP:127.0.0.1", *, key_identifiers: bool = False, **more: Any) -> Path:
        authority = make_authority(tmp_path / "authority", key_identifiers=key_identifiers)
        front = proxy(cluster, certificate=authority.sign("server", names))
        trusted = {"server": front.url, "certificate-authority": str(authority.certificate)}
        return vary(cluster.kubeconfig, tmp_path / "signed", cluster={**trusted, **more})

    return make


OLD, NEW = {"key_identifiers": False}, {"key_identifiers": True}
OTHER_NAME = "DNS:cluster.example"

# What the authority and the certificate are like, and what is said of it; nothing if it is good.
CASES: dict[str, tuple[dict[str, Any], str]] = {
    "new authority": (NEW, ""),
    "old authority": (OLD, ""),
    "old authority, the name that tls-server-name gives": (
        {**OLD, "names": OTHER_NAME, "tls-server-name": "cluster.example"},
        "",
    ),
    "old authority, another name": ({**OLD, "names": OTHER_NAME}, "for another name"),
    "old authority, another tls-server-name": (
        {**OLD, "names": OTHER_NAME, "tls-server-name": "other.example"},
        "for another name",
    ),
    "new authority, another name": ({**NEW, "names": OTHER_NAME}, "for another name"),
}


@pytest.mark.parametrize("case", CASES)
def test_the_name_and_the_chain_are_verified_as_by_kubectl(signed: MakeSigned, case: str) -> None:
    how, words = CASES[case]
    kubeconfig = signed(**how)
    if words:
        assert words in refusal(kubeconfig)
        with pytest.raises(AssertionError, match="certificate"):
            kubectl(kubeconfig, "get", "namespaces", "-o", "name")
    else:
        assert works(kubeconfig)
        assert "kube-system" in kubectl(kubeconfig, "get", "namespaces", "-o", "name")


@pytest.mark.parametrize("key_identifiers", [True, False])
def test_an_authority_of_the_same_name_is_another_one(
    signed: MakeSigned, tmp_path: Path, key_identifiers: bool
) -> None:
    kubeconfig = signed(key_identifiers=key_identifiers)
    other = make_authority(tmp_path / "other", key_identifiers=key_identifiers)
    trusted = {"certificate-authority": str(other.certificate)}
    wrong = vary(kubeconfig, tmp_path / "wrong", cluster=trusted)
    assert "TLS" in refusal(wrong)
    with pytest.raises(AssertionError, match="certificate"):
        kubectl(wrong, "get", "namespaces", "-o", "name")


def test_what_is_trusted_may_be_the_servers_own_certificate(
    signed: MakeSigned, tmp_path: Path
) -> None:
    kubeconfig = signed()
    trusted = {"certificate-authority": str(tmp_path / "authority" / "server.crt")}
    pinned = vary(kubeconfig, tmp_path / "pinned", cluster=trusted)
    assert works(pinned)
    assert "kube-system" in kubectl(pinned, "get", "namespaces", "-o", "name")


def test_nothing_is_verified_where_the_kubeconfig_says_so(
    signed: MakeSigned, tmp_path: Path
) -> None:
    document = read_kubeconfig(signed(names=OTHER_NAME))
    (entry,) = document["clusters"]
    del entry["cluster"]["certificate-authority"]
    entry["cluster"]["insecure-skip-tls-verify"] = True
    path = write(document, tmp_path / "insecure")
    assert works(path)
    done = command.ok("--kubeconfig", path, "crd", "count")
    assert done.err == ""


FILES: dict[str, tuple[dict[str, str], str]] = {
    "an authority that is no certificate": ({"certificate-authority": "ca.key"}, "authority"),
    "an authority that is not there": ({"certificate-authority": "missing"}, "missing"),
    "an empty authority": ({"certificate-authority": "empty"}, "empty"),
}


@pytest.mark.parametrize("case", FILES)
def test_an_authority_that_cannot_be_used_is_said(
    signed: MakeSigned, tmp_path: Path, case: str
) -> None:
    how, words = FILES[case]
    kubeconfig = signed()
    (tmp_path / "authority" / "empty").touch()
    files = {key: str(tmp_path / "authority" / name) for key, name in how.items()}
    assert words in refusal(vary(kubeconfig, tmp_path / "odd", cluster=files))


PAIRS = {
    "another key": ("server.crt", "other.key"),
    "no key": ("server.crt", "server.crt"),
    "no certificate": ("server.key", "server.key"),
    "a key with a password": ("server.crt", "locked.key"),
}


@pytest.mark.parametrize("pair", PAIRS)
def test_a_client_certificate_that_cannot_be_used_is_said(
    signed: MakeSigned, cluster: Cluster, tmp_path: Path, pair: str
) -> None:
    kubeconfig = signed()
    authority = tmp_path / "authority"
    make_authority(tmp_path / "other").sign("other")
    shutil.copy(tmp_path / "other" / "other.key", authority)
    lock(authority / "server.key", authority / "locked.key")
    certificate, key = (str(authority / name) for name in PAIRS[pair])
    user = {"client-certificate": certificate, "client-key": key}
    message = refusal(vary(kubeconfig, tmp_path / "pair", user=user))
    assert "the client certificate cannot be used" in message

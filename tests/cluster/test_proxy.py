"""Each fault as a client without any cleverness sees it."""

from __future__ import annotations

import gzip
import http.client
import json
import socket
import ssl
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from urllib.parse import urlsplit

import pytest

from cluster import faults
from cluster.client import Answer, ApiError, Client
from cluster.faults import Fault, first_chunk, later_chunk, on
from cluster.fixtures import MakeProxy
from cluster.proxy import Proxy
from cluster.server import Cluster
from cluster.tools import kubectl

PATH = "/api/v1/namespaces/proxied/configmaps"
NAMES = [f"config-{n:02}" for n in range(12)]
SHORT_SECONDS = 0.3


@pytest.fixture(scope="module", autouse=True)
def _configmaps(admin: Client) -> None:
    admin.apply(
        {
            "apiVersion": "v1",
            "kind": "ConfigMap",
            "metadata": {"name": name, "namespace": "proxied"},
        }
        for name in NAMES
    )


class Raw:
    """One connection to a proxy, with nothing between the test and http.client."""

    def __init__(self, proxy: Proxy, timeout: float = 30) -> None:
        tls = ssl.create_default_context(cafile=proxy.kubeconfig.parent / "ca.crt")
        address = urlsplit(proxy.url)
        self.connection = http.client.HTTPSConnection(
            address.hostname or "", address.port, context=tls, timeout=timeout
        )

    def get(self, target: str = PATH, **headers: str) -> Answer:
        token = {"Authorization": "Bearer admin-token"}
        self.connection.request("GET", target, headers={**token, **headers})
        with self.connection.getresponse() as response:
            return Answer(response.status, response.headers, response.read())

    def __enter__(self) -> Raw:
        return self

    def __exit__(self, *_: object) -> None:
        self.connection.close()


def _names(items: list[dict[str, Any]]) -> list[str]:
    return [item["metadata"]["name"] for item in items]


def test_without_faults_everything_passes(cluster: Cluster, proxy: MakeProxy) -> None:
    through = proxy(cluster, context="proxied-context")
    listed = kubectl(through.kubeconfig, "-n", "proxied", "get", "configmaps", "-o", "name")
    assert listed.split() == [f"configmap/{name}" for name in NAMES]
    assert kubectl(through.kubeconfig, "config", "current-context") == "proxied-context\n"
    with Client(through.kubeconfig) as client:
        made = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "via-proxy"}}
        client.apply([made])
        path = "/api/v1/namespaces/default/configmaps/via-proxy"
        assert client.patch(path, {"data": {"a": "b"}})["data"] == {"a": "b"}
        client.delete(path)
        assert client.request("HEAD", path).status == 405
    with Raw(through) as raw:
        packed = raw.get("/openapi/v2", **{"Accept-Encoding": "gzip"})
        assert json.loads(gzip.decompress(packed.body))["swagger"] == "2.0"


def test_requests_are_kept_in_order_and_counted(cluster: Cluster, proxy: MakeProxy) -> None:
    through = proxy(cluster)
    with Client(through.kubeconfig) as client:
        client.list(PATH, limit="5")
        client.request("DELETE", f"{PATH}/nothing")
    assert [request.method for request in through.requests] == ["GET", "GET", "GET", "DELETE"]
    assert through.requests[0] == ("GET", PATH, "limit=5")
    assert [bool(request.param("continue")) for request in through.requests[:3]] == [0, 1, 1]
    assert through.counts() == {PATH: 3, f"{PATH}/nothing": 1}


def test_a_watch_streams_through_and_ends_with_the_proxy(
    cluster: Cluster, proxy: MakeProxy
) -> None:
    through = proxy(cluster)
    with Raw(through) as raw:
        headers = {"Authorization": "Bearer admin-token"}
        raw.connection.request("GET", f"{PATH}?watch=true", headers=headers)
        with raw.connection.getresponse() as response:
            seen = [json.loads(response.readline())["object"] for _ in NAMES]
            assert sorted(_names(seen)) == NAMES
            through.stop()
            with pytest.raises((http.client.IncompleteRead, ConnectionError)):
                response.read()


def test_users_rights_are_those_of_the_cluster(cluster: Cluster, proxy: MakeProxy) -> None:
    with (
        Client(proxy(cluster).kubeconfig_for("nobody")) as client,
        pytest.raises(ApiError, match='User "nobody" cannot list'),
    ):
        client.list(PATH)


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        (401, "Unauthorized"),
        (403, "Forbidden"),
        (404, "NotFound"),
        (500, "InternalError"),
        (503, "ServiceUnavailable"),
    ],
)
def test_a_status_is_an_api_error(
    cluster: Cluster, proxy: MakeProxy, code: int, reason: str
) -> None:
    through = proxy(cluster, Fault(on(PATH), faults.status(code, message="as told")))
    with Client(through.kubeconfig) as client:
        with pytest.raises(ApiError) as refused:
            client.list(PATH)
        assert client.get(f"{PATH}/{NAMES[0]}")
    error = refused.value
    assert (error.status, error.reason, error.message) == (code, reason, "as told")


def test_too_many_requests_says_when_to_come_again(cluster: Cluster, proxy: MakeProxy) -> None:
    busy = faults.status(429, retry_after=7)
    with Raw(proxy(cluster, Fault(on(PATH), busy, nth=2, times=2))) as raw:
        answers = [raw.get() for _ in range(4)]
    assert [answer.status for answer in answers] == [200, 429, 429, 200]
    assert [answer.headers.get("Retry-After") for answer in answers] == [None, "7", "7", None]


def test_healed_the_proxy_only_forwards(cluster: Cluster, proxy: MakeProxy) -> None:
    through = proxy(cluster)
    through.inject(Fault(on("/api/*"), faults.status(500)))
    with Raw(through) as raw:
        assert raw.get().status == 500
        through.heal()
        assert raw.get().status == 200


def test_the_first_of_two_faults_acts_and_both_count(cluster: Cluster, proxy: MakeProxy) -> None:
    first = Fault(on(PATH), faults.status(500), times=1)
    second = Fault(on(PATH), faults.status(503), times=2)
    with Raw(proxy(cluster, first, second)) as raw:
        assert [raw.get().status for _ in range(3)] == [500, 503, 200]


def test_an_expired_list_goes_on_with_the_fresh_token(cluster: Cluster, proxy: MakeProxy) -> None:
    gone = Fault(later_chunk(PATH), faults.expired(fresh=True), times=1)
    with Client(proxy(cluster, gone).kubeconfig) as client:
        first = client.get(f"{PATH}?limit=5")
        answer = client.request("GET", f"{PATH}?limit=5&continue={first['metadata']['continue']}")
        assert (answer.status, answer.json()["reason"]) == (410, "Expired")
        fresh = answer.json()["metadata"]["continue"]
        rest = client.get(f"{PATH}?continue={fresh}")
    assert fresh != first["metadata"]["continue"]
    assert _names(first["items"]) + _names(rest["items"]) == NAMES


def test_an_expired_list_may_have_to_start_again(cluster: Cluster, proxy: MakeProxy) -> None:
    gone = Fault(later_chunk(PATH), faults.expired(fresh=False))
    with Client(proxy(cluster, gone).kubeconfig) as client:
        with pytest.raises(ApiError, match="410 Expired"):
            client.list(PATH, limit="5")
        assert client.request("GET", f"{PATH}?continue=x").json()["metadata"] == {}


@pytest.mark.parametrize(("after", "body"), [(None, 0), (100, 100)])
def test_a_reset_is_no_orderly_end(
    cluster: Cluster, proxy: MakeProxy, after: int | None, body: int
) -> None:
    reset = proxy(cluster, Fault(on(PATH), faults.reset(after)))
    received, error = _talk(reset)
    assert type(error) is ConnectionResetError
    assert len(received.partition(b"\r\n\r\n")[2]) <= body


def _talk(proxy: Proxy) -> tuple[bytes, OSError | None]:
    """What comes back on a connection, and how it ended; Python's TLS socket would hide a reset."""
    tls = ssl.create_default_context(cafile=proxy.kubeconfig.parent / "ca.crt")
    incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
    session = tls.wrap_bio(incoming, outgoing, server_hostname="localhost")
    head = f"GET {PATH} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer admin-token\r\n\r\n"
    with socket.create_connection(("127.0.0.1", proxy.port), timeout=30) as sock:

        def done(step: Callable[[], Any]) -> Any:
            while True:
                try:
                    return step()
                except ssl.SSLWantReadError:
                    pass
                finally:
                    sock.sendall(outgoing.read())
                if not incoming.write(sock.recv(65536)):
                    incoming.write_eof()

        received = b""
        done(session.do_handshake)
        done(lambda: session.write(head.encode()))
        try:
            while data := done(lambda: session.read(65536)):
                received += data
        except OSError as error:
            return received, error
        return received, None


@pytest.mark.parametrize("after", [None, 100])
def test_a_stall_lasts_until_the_proxy_stops(
    cluster: Cluster, proxy: MakeProxy, after: int | None
) -> None:
    through = proxy(cluster, Fault(on(PATH), faults.stall(after)))
    with Raw(through, timeout=SHORT_SECONDS) as raw, pytest.raises(TimeoutError):
        raw.get()
    with Raw(through) as patient, ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(patient.get)
        _until_under_way(through, 2)
        through.stop()
        with pytest.raises((http.client.HTTPException, ConnectionError)):
            waiting.result(30)


def _until_under_way(through: Proxy, count: int) -> None:
    while len(through.requests) < count:
        threading.Event().wait(0.01)


def test_a_trickle_is_slow_and_whole(cluster: Cluster, proxy: MakeProxy, admin: Client) -> None:
    slow = faults.trickle(size=500, seconds=0.001)
    with Client(proxy(cluster, Fault(on(PATH), slow)).kubeconfig) as client:
        assert client.get(PATH) == admin.get(PATH)


def test_a_truncated_body_is_shorter_than_promised(cluster: Cluster, proxy: MakeProxy) -> None:
    through = proxy(cluster, Fault(on(PATH), faults.truncated(keep=100)))
    with Raw(through) as raw, pytest.raises(http.client.IncompleteRead) as broken:
        raw.get()
    assert len(broken.value.partial) == 100


def test_cut_json_is_whole_for_http_only(cluster: Cluster, proxy: MakeProxy) -> None:
    with Raw(proxy(cluster, Fault(on(PATH), faults.cut_json(keep=100)))) as raw:
        answer = raw.get()
    assert (answer.status, len(answer.body)) == (200, 100)
    with pytest.raises(json.JSONDecodeError):
        json.loads(answer.body)


def test_html_and_plain_text(cluster: Cluster, proxy: MakeProxy) -> None:
    page = Fault(on(PATH), faults.html(), times=1)
    line = Fault(on(PATH), faults.text(503, "service unavailable"), nth=2)
    with Raw(proxy(cluster, page, line)) as raw:
        login, unavailable = raw.get(), raw.get()
    assert (login.status, login.headers["Content-Type"]) == (200, "text/html")
    assert login.body.startswith(b"<!doctype html>")
    assert (unavailable.status, unavailable.body) == (503, b"service unavailable")


def _pages(client: Client, count: int) -> list[dict[str, Any]]:
    pages = client.pages(PATH, limit="5")
    return [next(pages) for _ in range(count)]


def test_an_endless_list_has_always_new_tokens_and_objects(
    cluster: Cluster, proxy: MakeProxy
) -> None:
    with Client(proxy(cluster, Fault(on(PATH), faults.endless())).kubeconfig) as client:
        pages = _pages(client, 20)
    assert len({page["metadata"]["continue"] for page in pages}) == 20
    assert len({name for page in pages for name in _names(page["items"])}) == 100


def test_a_repeated_token_gives_the_same_page(cluster: Cluster, proxy: MakeProxy) -> None:
    with Client(proxy(cluster, Fault(on(PATH), faults.repeated_token())).kubeconfig) as client:
        pages = _pages(client, 5)
    assert all(page == pages[0] for page in pages)
    assert _names(pages[0]["items"]) == NAMES[:5]


def test_an_answer_can_be_edited(cluster: Cluster, proxy: MakeProxy) -> None:
    def forget(page: dict[str, Any]) -> None:
        del page["metadata"]["remainingItemCount"]

    edited = Fault(first_chunk(PATH), faults.edited(forget))
    with Client(proxy(cluster, edited).kubeconfig) as client:
        metadata = client.get(f"{PATH}?limit=1")["metadata"]
        later = client.get(f"{PATH}?limit=1&continue={metadata['continue']}")
    assert "remainingItemCount" not in metadata
    assert later["metadata"]["remainingItemCount"] == 10


def test_requests_at_one_time_are_counted(cluster: Cluster, proxy: MakeProxy) -> None:
    through = proxy(cluster, Fault(on(PATH), faults.stall()))
    raws = [Raw(through) for _ in range(3)]
    with ThreadPoolExecutor(3) as pool:
        futures = [pool.submit(raw.get) for raw in raws]
        _until_under_way(through, 3)
        through.stop()
        assert all(future.exception(30) for future in futures)
    for raw in raws:
        raw.connection.close()
    assert through.most_at_once == 3


def test_a_slow_cluster_answers_late(cluster: Cluster, proxy: MakeProxy) -> None:
    late = proxy(cluster, latency=3600)
    with Raw(late, timeout=SHORT_SECONDS) as raw, pytest.raises(TimeoutError):
        raw.get()
    once = proxy(cluster, Fault(on(PATH), faults.delayed(3600), times=1))
    with Raw(once, timeout=SHORT_SECONDS) as raw, pytest.raises(TimeoutError):
        raw.get()
    with Raw(once) as raw:
        assert raw.get().status == 200


def test_a_certificate_of_yesterday(cluster: Cluster, proxy: MakeProxy) -> None:
    with (
        Raw(proxy(cluster, certificate="expired")) as raw,
        pytest.raises(ssl.SSLCertVerificationError, match="certificate has expired"),
    ):
        raw.get()


def test_a_client_that_never_shakes_hands_stops_nobody(cluster: Cluster, proxy: MakeProxy) -> None:
    through = proxy(cluster)
    with socket.create_connection(("127.0.0.1", through.port)), Raw(through) as raw:
        assert raw.get().status == 200


def test_a_mistake_in_an_action_comes_out(cluster: Cluster) -> None:
    through = Proxy(cluster, Fault(on(PATH), faults.edited(lambda page: page.pop("no such key"))))
    with Raw(through) as raw, pytest.raises(http.client.RemoteDisconnected):
        raw.get()
    with pytest.raises(KeyError, match="no such key"):
        through.stop()

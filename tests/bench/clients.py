"""What one small request costs with one HTTP client: a program of its own.

`python tests/bench/clients.py CLIENT` reads a job from standard input (`server`, `authority`,
`token`, `counts`, `connections`, `requests`), sends so many requests on so many connections, a
thread each, and prints the processor time of one request in microseconds. CLIENT is a name in
`CLIENTS`; all but `urllib3`, `http.client` and `ours` must be installed beforehand.
"""

from __future__ import annotations

import asyncio
import http.client
import json
import ssl
import sys
import threading
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

ACCEPT = "application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1,application/json"
PIECE = 1 << 18

Job = Mapping[str, Any]
Get = Callable[[str], bytes]
"""One answer's body, on a connection of its own."""


def headers_of(job: Job) -> dict[str, str]:
    return {
        "Authorization": f"Bearer {job['token']}",
        "User-Agent": "bench",
        "Accept": ACCEPT,
    }


def trust_of(job: Job) -> ssl.SSLContext:
    return ssl.create_default_context(cadata=job["authority"])


def authority_of(job: Job) -> str:
    """As a file, for clients that take nothing else."""
    return str(job["authority_file"])


def by_urllib3(job: Job) -> Get:
    import urllib3

    pool = urllib3.connection_from_url(job["server"], ssl_context=trust_of(job), retries=False)
    headers = headers_of(job)

    def get(path: str) -> bytes:
        answer = pool.urlopen("GET", path, headers=headers, preload_content=False)
        body = b"".join(iter(lambda: answer.read1(PIECE), b""))
        answer.release_conn()
        return body

    return get


def by_http_client(job: Job) -> Get:
    server = urlsplit(job["server"])
    host = server.hostname or ""
    connection = http.client.HTTPSConnection(host, server.port, context=trust_of(job))
    headers = headers_of(job)

    def get(path: str) -> bytes:
        connection.request("GET", path, headers=headers)
        return connection.getresponse().read()

    return get


def by_pycurl(job: Job) -> Get:
    import pycurl

    curl = pycurl.Curl()
    curl.setopt(pycurl.CAINFO, authority_of(job))
    curl.setopt(pycurl.HTTPHEADER, [f"{key}: {value}" for key, value in headers_of(job).items()])
    curl.setopt(pycurl.HTTP_VERSION, pycurl.CURL_HTTP_VERSION_1_1)
    heads: list[bytes] = []
    curl.setopt(pycurl.HEADERFUNCTION, heads.append)

    def get(path: str) -> bytes:
        heads.clear()
        curl.setopt(pycurl.URL, job["server"] + path)
        return bytes(curl.perform_rb())

    return get


def by_httpcore(job: Job) -> Get:
    import httpcore

    pool = httpcore.ConnectionPool(ssl_context=trust_of(job), max_connections=1)
    headers = headers_of(job)
    return lambda path: pool.request("GET", job["server"] + path, headers=headers).content


def by_niquests(job: Job) -> Get:
    import niquests

    session = niquests.Session()
    session.trust_env = False
    session.verify = authority_of(job)
    session.headers.update(headers_of(job))
    return lambda path: session.get(job["server"] + path).content or b""


def by_aiohttp(job: Job) -> Get:
    import aiohttp

    loop = asyncio.new_event_loop()

    async def opened() -> aiohttp.ClientSession:
        connector = aiohttp.TCPConnector(ssl=trust_of(job), limit=1)
        return aiohttp.ClientSession(connector=connector, headers=headers_of(job))

    session = loop.run_until_complete(opened())

    async def ask(path: str) -> bytes:
        async with session.get(job["server"] + path) as answer:
            return await answer.read()

    return lambda path: loop.run_until_complete(ask(path))


def _socket(job: Job) -> tuple[ssl.SSLSocket, Callable[[str], bytes]]:
    """A connection, and what a request on it is as bytes."""
    import socket

    server = urlsplit(job["server"])
    host = server.hostname or ""
    plain = socket.create_connection((host, server.port or 443))
    plain.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    lines = [f"{key}: {value}\r\n" for key, value in headers_of(job).items()]
    head = f" HTTP/1.1\r\nHost: {server.netloc}\r\n{''.join(lines)}\r\n"
    tls = trust_of(job).wrap_socket(plain, server_hostname=host)
    return tls, lambda path: f"GET {path}{head}".encode()


def by_h11(job: Job) -> Get:
    import h11

    sock, _ = _socket(job)
    connection = h11.Connection(our_role=h11.CLIENT)
    headers = [("Host", urlsplit(job["server"]).netloc), *headers_of(job).items()]

    def get(path: str) -> bytes:
        request = h11.Request(method="GET", target=path, headers=headers)
        sock.sendall(
            (connection.send(request) or b"") + (connection.send(h11.EndOfMessage()) or b"")
        )
        body = b""
        while True:
            event = connection.next_event()
            if event is h11.NEED_DATA:
                connection.receive_data(sock.recv(PIECE))
            elif isinstance(event, h11.Data):
                body += event.data
            elif isinstance(event, h11.EndOfMessage):
                connection.start_next_cycle()
                return body

    return get


def by_httptools(job: Job) -> Get:
    import httptools

    sock, request = _socket(job)

    class Answer:
        def __init__(self) -> None:
            self.headers: list[tuple[bytes, bytes]] = []
            self.body: list[bytes] = []
            self.done = False

        def on_header(self, name: bytes, value: bytes) -> None:
            self.headers.append((name, value))

        def on_body(self, piece: bytes) -> None:
            self.body.append(piece)

        def on_message_complete(self) -> None:
            self.done = True

    def get(path: str) -> bytes:
        answer = Answer()
        parser = httptools.HttpResponseParser(answer)
        sock.sendall(request(path))
        while not answer.done:
            parser.feed_data(sock.recv(PIECE))
        return b"".join(answer.body)

    return get


def by_ours(job: Job) -> Get:
    from kubernetes.client import Configuration

    from k8s_datamodel_plugins.sources.server.wire.connections import Connections
    from k8s_datamodel_plugins.sources.server.wire.request_limits import Limits

    configuration = Configuration(host=job["server"])
    configuration.ssl_ca_cert = authority_of(job)
    connections = Connections(configuration, None, Limits())
    headers = tuple(headers_of(job).items())
    return lambda path: connections.get(path, headers, 60).body


CLIENTS: Mapping[str, Callable[[Job], Get]] = {
    "urllib3": by_urllib3,
    "http.client": by_http_client,
    "niquests": by_niquests,
    "httpcore": by_httpcore,
    "aiohttp": by_aiohttp,
    "h11": by_h11,
    "pycurl": by_pycurl,
    "httptools": by_httptools,
    "ours": by_ours,
}


def main() -> None:
    job = json.load(sys.stdin)
    path = Path(job["authority_file"])
    path.write_text(job["authority"])
    gets = [CLIENTS[sys.argv[1]](job) for _ in range(job["connections"])]
    paths = [f"{path}?limit=1" for path in job["counts"]]
    each = job["requests"] // len(gets)

    def send(get: Get, number: int) -> None:
        for turn in range(number):
            assert get(paths[turn % len(paths)]).startswith(b'{"')

    for get in gets:
        send(get, 5)  # the connection, and what is imported on first use
    threads = [threading.Thread(target=send, args=(get, each)) for get in gets]
    started = time.process_time()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    print(1e6 * (time.process_time() - started) / (each * len(gets)))


main()

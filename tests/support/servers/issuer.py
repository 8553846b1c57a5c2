"""An issuer of OpenID Connect on loopback: tells where to ask for tokens, and gives them."""

from __future__ import annotations

import base64
import itertools
import json
import ssl
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

DISCOVERY = "/.well-known/openid-configuration"


def jwt(**claims: Any) -> str:
    """A token with such claims that nobody signed."""
    parts = (json.dumps(part).encode() for part in ({"alg": "none"}, claims))
    encoded = [base64.urlsafe_b64encode(part).decode().rstrip("=") for part in parts]
    return ".".join([*encoded, "c2ln"])


EXPIRED = jwt(sub="somebody", exp=1_600_000_000)


@dataclass
class Manners:
    """How an issuer behaves.

    Attributes:
        id_token: what it gives; None for none.
        live: refresh tokens that it takes.
        rotates: each refresh token counts once, and a new one is given.
        named_in_body: it wants the client's name in the body, not in a header.
        secret: of the client; None for a public one.
        error: what it answers to every refresh: a status, and an answer.
        discovery: what it says of itself: a status, headers and text; None for the truth.
        endless: its answers do not end.
    """

    id_token: str | None
    live: set[str] = field(default_factory=lambda: {"r0"})
    rotates: bool = True
    named_in_body: bool = False
    secret: str | None = "client-secret-value"
    error: tuple[int, Mapping[str, str]] | None = None
    discovery: tuple[int, Mapping[str, str], str] | None = None
    endless: bool = False


class Issuer:
    """A running issuer; a context manager.

    Args:
        certificate: PEM files of its certificate and key.
        manners: how it behaves.

    Attributes:
        url: its name, and where it is.
        asked: the paths of the requests so far.
        refreshed: the refresh tokens that it took, in their order.
    """

    def __init__(self, certificate: tuple[Path, Path], manners: Manners) -> None:
        self.manners = manners
        self.asked: list[str] = []
        self.refreshed: list[str] = []
        self.lock = threading.Lock()
        self.stopping = threading.Event()
        self._server = _Server(("127.0.0.1", 0), _Handler)
        self._server.issuer = self
        tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        tls.load_cert_chain(*certificate)
        self._server.socket = tls.wrap_socket(self._server.socket, server_side=True)
        self.url = f"https://127.0.0.1:{self._server.server_port}"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,))

    def __enter__(self) -> Issuer:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stopping.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def exchange(self, used: str) -> Mapping[str, str] | None:
        """New tokens for a refresh token; None if it takes it no longer."""
        with self.lock:
            if used not in self.manners.live:
                return None
            self.refreshed.append(used)
            new = used
            if self.manners.rotates:
                self.manners.live.discard(used)
                new = next(
                    name
                    for number in itertools.count(1)
                    if (name := f"{used.partition('-')[0]}-{number}") not in self.refreshed
                )
                self.manners.live.add(new)
        given = {"access_token": "a", "token_type": "Bearer"}
        if self.manners.rotates:
            given["refresh_token"] = new
        if self.manners.id_token is not None:
            given["id_token"] = self.manners.id_token
        return given


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    issuer: Issuer

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Nothing: a client that does not trust us ends the connection."""


class _Handler(BaseHTTPRequestHandler):
    server: _Server

    def do_GET(self) -> None:
        issuer = self.server.issuer
        issuer.asked.append(self.path)
        if self.path.endswith(DISCOVERY + "/moved") or issuer.manners.discovery is None:
            truth = {"issuer": issuer.url, "token_endpoint": f"{issuer.url}/token"}
            return self._answer(200, {}, json.dumps(truth))
        return self._answer(*issuer.manners.discovery)

    def do_POST(self) -> None:
        issuer, manners = self.server.issuer, self.server.issuer.manners
        issuer.asked.append(self.path)
        form = parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())
        if manners.error:
            return self._answer(manners.error[0], {}, json.dumps(manners.error[1]))
        if not self._is_client(form):
            return self._answer(401, {}, json.dumps({"error": "invalid_client"}))
        given = issuer.exchange(form["refresh_token"][0])
        if given is None:
            refused = {"error": "invalid_grant", "error_description": "Session not active"}
            return self._answer(400, {}, json.dumps(refused))
        return self._answer(200, {}, json.dumps(given))

    def _is_client(self, form: Mapping[str, list[str]]) -> bool:
        manners = self.server.issuer.manners
        secret = manners.secret or ""
        if manners.named_in_body:
            return form.get("client_id") == ["me"] and form.get("client_secret", [""]) == [secret]
        basic = base64.b64encode(f"me:{secret}".encode()).decode()
        return self.headers.get("Authorization") == f"Basic {basic}"

    def _answer(self, status: int, headers: Mapping[str, str], text: str) -> None:
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        for name, value in headers.items():
            self.send_header(name, value)
        if self.server.issuer.manners.endless:
            self.end_headers()
            while not self.server.issuer.stopping.is_set():
                self.wfile.write(b" " * 65536)
        self.send_header("Content-Length", str(len(text.encode())))
        self.end_headers()
        self.wfile.write(text.encode())

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
        """Nothing: tests look at ``Issuer.asked``."""

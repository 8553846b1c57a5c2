"""Raw JSON over HTTPS to one API server: requests, objects, lists.

Nothing here comes from the product or from a Kubernetes client library, so that tests can trust it
to say what the server really holds.
"""

from __future__ import annotations

import http.client
import json
import queue
import ssl
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import quote, urlencode, urlsplit

from cluster.kubeconfig import access

Object = dict[str, Any]
_Self = TypeVar("_Self", bound="Api")

MERGE_PATCH = "application/merge-patch+json"
JSON_PATCH = "application/json-patch+json"
_TIMEOUT_SECONDS = 120
_PAGE = "500"
# More connections than this make a server on two cores no faster.
CONNECTIONS = 4


class ApiError(Exception):
    """The server refused: the HTTP code, and its Status object's `reason` and `message`."""

    def __init__(self, request: str, status: int, reason: str, message: str) -> None:
        super().__init__(f"{request}: {status} {reason}: {message}")
        self.status = status
        self.reason = reason
        self.message = message


@dataclass(frozen=True)
class Answer:
    """What came back: HTTP code, headers, and the body's bytes."""

    status: int
    headers: http.client.HTTPMessage
    body: bytes

    def json(self) -> Object:
        """The body; one that is no JSON becomes a Status with its text as the message."""
        try:
            document: Object = json.loads(self.body)
        except ValueError:
            return {"kind": "Status", "message": self.body[:500].decode(errors="replace")}
        return document


@dataclass(frozen=True)
class Resource:
    """Where a kind is served: `/api/v1` or `/apis/GROUP/VERSION`, its plural, and what it has."""

    prefix: str
    plural: str
    namespaced: bool
    has_status: bool

    def path(self, namespace: str = "", name: str = "") -> str:
        """The path of the kind's list, in one namespace or in all, or of one object."""
        within = f"/namespaces/{namespace}" if self.namespaced and namespace else ""
        return f"{self.prefix}{within}/{self.plural}" + (f"/{quote(name)}" if name else "")


def group_path(api_version: str) -> str:
    """`v1` -> `/api/v1`, `apps/v1` -> `/apis/apps/v1`."""
    return ("/apis/" if "/" in api_version else "/api/") + api_version


class Api:
    """A client of one API server, safe to use from several threads (connections are lent).

    Args:
        kubeconfig: A file with a token or a client certificate; exec plugins are not run.
        context: By default the current one.
    """

    def __init__(self, kubeconfig: Path, context: str | None = None) -> None:
        found = access(kubeconfig, context)
        self._address = urlsplit(found.server)
        self._tls = ssl.create_default_context(cadata=found.certificate_authority)
        if found.client_certificate:
            self._tls.load_cert_chain(found.client_certificate, found.client_key)
        self._headers = {"Authorization": f"Bearer {found.token}"} if found.token else {}
        self._idle: queue.LifoQueue[http.client.HTTPSConnection] = queue.LifoQueue()
        self._resources: dict[str, dict[str, Resource]] = {}

    def close(self) -> None:
        """Closes the idle connections; the next request opens a new one."""
        while not self._idle.empty():
            self._idle.get().close()

    def __enter__(self: _Self) -> _Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def request(
        self,
        method: str,
        path: str,
        body: object = None,
        *,
        content_type: str = "application/json",
        accept: str = "application/json",
    ) -> Answer:
        """One request, whatever the server's answer is; `path` includes the query."""
        headers = {**self._headers, "Accept": accept, "Content-Type": content_type}
        data = None if body is None else json.dumps(body).encode()
        while not self._idle.empty():
            try:
                return self._send(self._idle.get_nowait(), method, path, data, headers)
            except (queue.Empty, ConnectionError, ssl.SSLEOFError):
                continue  # taken by another thread, or closed by the server while it was idle
        return self._send(self._connect(), method, path, data, headers)

    def _connect(self) -> http.client.HTTPSConnection:
        host, port = self._address.hostname or "", self._address.port
        return http.client.HTTPSConnection(host, port, context=self._tls, timeout=_TIMEOUT_SECONDS)

    def _send(
        self,
        connection: http.client.HTTPSConnection,
        method: str,
        path: str,
        data: bytes | None,
        headers: dict[str, str],
    ) -> Answer:
        try:
            connection.request(method, path, data, headers)
            response = connection.getresponse()
            answer = Answer(response.status, response.headers, response.read())
        except BaseException:
            connection.close()
            raise
        self._idle.put(connection)
        return answer

    def call(self, method: str, path: str, body: object = None, **options: str) -> Object:
        """One request whose JSON answer is wanted.

        Raises:
            ApiError: the answer is not a 2xx.
        """
        answer = self.request(method, path, body, **options)
        document = answer.json()
        if answer.status >= http.client.BAD_REQUEST:
            reason, message = document.get("reason") or "", document.get("message") or ""
            raise ApiError(f"{method} {path}", answer.status, reason, message)
        return document

    def get(self, path: str) -> Object:
        """The object, or one page of the list, at a path; raises ApiError."""
        return self.call("GET", path)

    def pages(self, path: str, **query: str) -> Iterator[Object]:
        """The documents of a list, page by page, `limit` by default 500; raises ApiError."""
        token = ""
        while True:
            asked = {"limit": _PAGE, **query, **({"continue": token} if token else {})}
            page = self.get(f"{path}?{urlencode(asked)}")
            yield page
            token = page["metadata"].get("continue") or ""
            if not token:
                return

    def list(self, path: str, **query: str) -> list[Object]:
        """Every object of a list, all pages read; raises ApiError."""
        return [item for page in self.pages(path, **query) for item in page["items"] or []]

    def delete(self, path: str) -> Object:
        """Deletes the object at a path; raises ApiError."""
        return self.call("DELETE", path)

    def patch(self, path: str, change: object, content_type: str = MERGE_PATCH) -> Object:
        """Changes the object at a path (a merge patch by default), returns it; raises ApiError."""
        return self.call("PATCH", path, change, content_type=content_type)

    def create(self, obj: Object) -> Object:
        """Creates an object as it is, and returns the server's version of it; raises ApiError."""
        resource = self.resource(obj["apiVersion"], obj["kind"])
        namespace = obj["metadata"].get("namespace") or "default"
        return self.call("POST", resource.path(namespace), obj)

    def create_many(self, objects: Iterable[Object]) -> int:
        """Creates many objects on several connections, in no particular order; returns how many.

        Raises:
            ApiError: the first refusal met; the others were created or not.
        """
        with ThreadPoolExecutor(CONNECTIONS) as pool:
            return sum(1 for _ in pool.map(self.create, objects))

    def path(self, api_version: str, kind: str, name: str = "", namespace: str = "") -> str:
        """The path of a kind's list, or of one object; raises ApiError if it is not served."""
        return self.resource(api_version, kind).path(namespace, name)

    def resource(self, api_version: str, kind: str) -> Resource:
        """Where a kind is served; asked again of the server only when it was not known yet.

        Raises:
            ApiError: 404, the kind is not served in that version.
        """
        if kind not in self._resources.get(api_version, {}):
            self._resources[api_version] = self._discover(api_version)
        try:
            return self._resources[api_version][kind]
        except KeyError:
            raise ApiError(kind, 404, "NotFound", f"{api_version} has no such kind") from None

    def _discover(self, api_version: str) -> dict[str, Resource]:
        prefix = group_path(api_version)
        answer = self.request("GET", prefix)
        rows = answer.json().get("resources") or [] if answer.status == http.client.OK else []
        names = {row["name"] for row in rows}
        return {
            row["kind"]: Resource(
                prefix, row["name"], row["namespaced"], f"{row['name']}/status" in names
            )
            for row in rows
            if "/" not in row["name"]
        }

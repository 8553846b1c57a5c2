"""What a next snapshot of an unchanged cluster costs at the very least: a program of its own.

It imports the libraries of the command, lists the metadata of all CRDs, compares it with what its
database holds, counts the objects of each kind, and writes a reference for each CRD. No list is
paged ahead, nothing is checked, no fault is met: it speaks just enough HTTP for this one server.
The first run against a database fills it. The job is a file, as `measure.Bare` writes it.
"""

from __future__ import annotations

import json
import socket
import sqlite3
import ssl
import sys
import threading
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from urllib.parse import urlsplit

import dataset  # noqa: F401 - a command that stores needs both
import kubernetes  # noqa: F401
import orjson

CRDS = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions"
METADATA = "application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1,application/json"
PIECE = 1 << 16
TABLES = """
CREATE TABLE IF NOT EXISTS known (uid TEXT PRIMARY KEY, version TEXT, row INTEGER) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS refs (snapshot INTEGER, row INTEGER, count INTEGER);
"""


class Connection:
    """One connection, of which each answer has a length or comes in chunks."""

    def __init__(self, job: dict) -> None:
        server = urlsplit(job["server"])
        context = ssl.create_default_context(cadata=job["authority"])
        plain = socket.create_connection((server.hostname, server.port))
        plain.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.stream = context.wrap_socket(plain, server_hostname=server.hostname)
        self.rest = (
            f" HTTP/1.1\r\nHost: {server.netloc}\r\nAuthorization: Bearer {job['token']}\r\n"
            f"Accept: {METADATA}\r\n\r\n"
        ).encode()
        self.buffer = b""

    def get(self, path: str) -> dict:
        self.stream.sendall(b"GET " + path.encode() + self.rest)
        head = self.until(b"\r\n\r\n")
        if not head.startswith(b"HTTP/1.1 200"):
            raise RuntimeError(f"{path}: {head.partition(b' ')[2][:40]!r}")
        for line in head.lower().split(b"\r\n"):
            if line.startswith(b"content-length:"):
                return orjson.loads(self.exactly(int(line.partition(b":")[2])))
        return orjson.loads(b"".join(self.chunks()))

    def chunks(self) -> Iterator[bytes]:
        while size := int(self.until(b"\r\n"), 16):
            yield self.exactly(size)
            self.exactly(2)
        self.exactly(2)

    def until(self, end: bytes) -> bytes:
        while (found := self.buffer.find(end)) < 0:
            self.more()
        head, self.buffer = self.buffer[:found], self.buffer[found + len(end) :]
        return head

    def exactly(self, size: int) -> bytes:
        while len(self.buffer) < size:
            self.more()
        body, self.buffer = self.buffer[:size], self.buffer[size:]
        return body

    def more(self) -> None:
        if not (piece := self.stream.recv(PIECE)):
            raise RuntimeError("the server hung up")
        self.buffer += piece


def counted(job: dict) -> dict[str, int]:
    """The number of objects by list path."""
    paths = iter(job["counts"])
    numbers: dict[str, int] = {}

    def work() -> None:
        connection = Connection(job)
        with closing(connection.stream):
            for path in paths:
                answer = connection.get(f"{path}?limit=1")
                more = answer["metadata"].get("remainingItemCount", 0)
                numbers[path] = len(answer["items"] or ()) + more

    threads = [threading.Thread(target=work) for _ in range(job["connections"])]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return numbers


def listed(job: dict) -> Iterator[dict]:
    connection = Connection(job)
    token = ""
    while True:
        following = f"&continue={token}" if token else ""
        answer = connection.get(f"{CRDS}?limit=500{following}")
        for item in answer["items"]:
            yield item["metadata"]
        token = answer["metadata"].get("continue", "")
        if not token:
            return


def main() -> None:
    job = json.loads(Path(sys.argv[1]).read_text())
    with closing(sqlite3.connect(job["database"])) as database, database:
        database.executescript(TABLES)
        known = {uid: rest for uid, *rest in database.execute("SELECT * FROM known")}
        found = {each["uid"]: each["resourceVersion"] for each in listed(job)}
        same = sum(known.get(uid, ("",))[0] == version for uid, version in found.items())
        numbers = counted(job)
        if not known:
            rows = [(uid, version, row) for row, (uid, version) in enumerate(found.items())]
            database.executemany("INSERT INTO known VALUES (?, ?, ?)", rows)
        references = [(1, known.get(uid, ("", 0))[1], 0) for uid in found]
        database.executemany("INSERT INTO refs VALUES (?, ?, ?)", references)
    print(json.dumps({"same": same, "counted": len(numbers), "objects": sum(numbers.values())}))


main()

"""The least that reading a cluster can cost: its answers are received and thrown away.

A program of its own, with urllib3 and the standard library only. It reads a job from standard
input (`server`, `authority`, `token`, `connections`, `lists`, `counts`, as `measure.Floor` writes
it), asks for everything on so many connections at once, and prints the seconds that took (without
its own start), the requests and the bytes.

A list is its chunks one after the other, since each names the next. Nothing is decoded: the next
chunk's token is found by a regular expression in the first bytes.
"""

import json
import re
import resource
import ssl
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import urllib3

METADATA = "application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1,application/json"
TOKEN = re.compile(rb'"continue":"([^"]+)"')
HEAD = 4096
PIECE = 1 << 20


class Wire:
    def __init__(self, job: dict) -> None:
        context = ssl.create_default_context(cadata=job["authority"])
        self.pool = urllib3.connection_from_url(
            job["server"],
            maxsize=job["connections"],
            block=True,
            ssl_context=context,
            retries=False,
        )
        self.headers = {"Authorization": f"Bearer {job['token']}"}
        self.lock = threading.Lock()
        self.requests = self.bytes = 0
        self.failed: list[str] = []

    def get(self, path: str, accept: str) -> bytes:
        """One answer's first bytes; the rest goes nowhere."""
        headers = {**self.headers, "Accept": accept}
        answer = self.pool.urlopen("GET", path, headers=headers, preload_content=False)
        head = b""
        size = 0
        while piece := answer.read1(PIECE):
            head += piece[: HEAD - len(head)]
            size += len(piece)
        answer.release_conn()
        with self.lock:
            self.requests += 1
            self.bytes += size
            if answer.status != 200:
                self.failed.append(f"{path}: {answer.status}")
        return head

    def list(self, path: str, limit: int, metadata: bool) -> None:
        accept = METADATA if metadata else "application/json"
        token = ""
        while True:
            query = f"?limit={limit}" + (f"&continue={token}" if token else "")
            found = TOKEN.search(self.get(path + query, accept))
            if not found:
                return
            token = found[1].decode()

    def count(self, path: str) -> None:
        self.get(f"{path}?limit=1", METADATA)


def work(wire: Wire, tasks: Iterator[tuple], lock: threading.Lock) -> None:
    while True:
        with lock:
            task = next(tasks, None)
        if task is None:
            return
        run, *arguments = task
        run(*arguments)


def peak() -> int:
    """Bytes; unlike ru_maxrss not those of who started this program (proc_pid_status(5))."""
    with Path("/proc/self/status").open() as status:
        return next(int(line.split()[1]) * 1024 for line in status if line.startswith("VmHWM"))


def main() -> None:
    job = json.load(sys.stdin)
    wire = Wire(job)
    lists = [(wire.list, *each) for each in job["lists"]]
    tasks = iter([*lists, *((wire.count, path) for path in job["counts"])])
    lock = threading.Lock()
    threads = [
        threading.Thread(target=work, args=(wire, tasks, lock)) for _ in range(job["connections"])
    ]
    started = time.monotonic()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    seconds = time.monotonic() - started
    usage = resource.getrusage(resource.RUSAGE_SELF)
    done = {
        "seconds": seconds,
        "cpu": usage.ru_utime + usage.ru_stime,
        "memory": peak(),
        "requests": wire.requests,
        "bytes": wire.bytes,
        "failed": wire.failed[:5],
    }
    print(json.dumps(done))


main()

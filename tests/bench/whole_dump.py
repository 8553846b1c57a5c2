"""Copies a cluster into a folder, as tools that gather everything do: a program of its own.

Every list is read in chunks, some lists at once, and each object becomes a file of its own. It
reads a job from standard input, as `measure.Floor` writes it, and prints what it took.
"""

from __future__ import annotations

import json
import resource
import ssl
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from tempfile import TemporaryDirectory

import orjson
import urllib3


class Dump:
    """Lists of one server, and the folder that they go to."""

    def __init__(self, job: dict, folder: Path) -> None:
        self.pool = urllib3.connection_from_url(
            job["server"],
            maxsize=job["connections"],
            block=True,
            ssl_context=ssl.create_default_context(cadata=job["authority"]),
            retries=False,
        )
        self.headers = {"Authorization": f"Bearer {job['token']}", "Accept": "application/json"}
        self.folder = folder
        self.failed: list[str] = []

    def gather(self, path: str, limit: int) -> None:
        """One list, chunk by chunk."""
        token = ""
        while True:
            following = f"&continue={token}" if token else ""
            url = f"{path}?limit={limit}{following}"
            answer = self.pool.request("GET", url, headers=self.headers)
            if answer.status != 200:
                self.failed.append(f"{path}: {answer.status}")
                return
            found = orjson.loads(answer.data)
            for item in found["items"]:
                self.keep(path, item)
            token = found["metadata"].get("continue", "")
            if not token:
                return

    def keep(self, path: str, item: dict) -> None:
        metadata = item["metadata"]
        place = self.folder / path.strip("/").replace("/", ".") / metadata.get("namespace", "_")
        place.mkdir(parents=True, exist_ok=True)
        (place / f"{metadata['name']}.json").write_bytes(orjson.dumps(item))


def main() -> None:
    job = json.load(sys.stdin)
    with TemporaryDirectory() as folder:
        dump = Dump(job, Path(folder))
        started = time.monotonic()
        with ThreadPoolExecutor(job["connections"]) as pool:
            list(pool.map(lambda each: dump.gather(*each[:2]), job["lists"]))
        seconds = time.monotonic() - started
    usage = resource.getrusage(resource.RUSAGE_SELF)
    done = {
        "seconds": seconds,
        "cpu": usage.ru_utime + usage.ru_stime,
        "memory": peak(),
        "failed": dump.failed[:5],
    }
    print(json.dumps(done))


def peak() -> int:
    """Bytes, as of ``wire``."""
    with Path("/proc/self/status").open() as status:
        return next(int(line.split()[1]) * 1024 for line in status if line.startswith("VmHWM"))


main()

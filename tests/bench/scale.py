"""A loaded cluster: CRDs of the corpus and custom resources, on a real API server.

Loading takes minutes, so the server's data folder is kept in the cache, by a digest of all that
decides what is in it; `rm -r` of the folder is all it takes to be rid of it.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from bench import corpus, filling
from bench.corpus import Kind
from bench.filling import Size, fill
from cluster.api import JSON_PATCH, Api, Object
from cluster.build import cache_folder
from cluster.server import Cluster
from cluster.serving import CRDS

_COLLECT = "/debug/pprof/heap?gc=1"
_ARGUMENTS = ("--profiling=true",)  # without it the server collects only when it wants to


@dataclass(frozen=True)
class Scale:
    """A loaded cluster.

    Attributes:
        kinds: those that have custom resources.
        counts: list paths of all custom resources' kinds.
        loading: seconds that it took; None when it was loaded before.
    """

    cluster: Cluster
    size: Size
    kinds: Sequence[Kind]
    counts: Sequence[str]
    loading: float | None

    @property
    def kubeconfig(self) -> Path:
        """The administrator's."""
        return self.cluster.kubeconfig


@contextmanager
def started(binary: Path, archive: Path, size: Size) -> Iterator[Scale]:
    """Starts a server that holds all of that, loading it if that was not done before."""
    folder = cache_folder() / f"bench-{size.crds}-{_digest(binary, archive, size)}"
    note = folder / "loaded.json"
    loading: float | None = None
    if not note.exists():
        shutil.rmtree(folder, ignore_errors=True)  # one whose loading was broken off
    with Cluster.start(binary, "bench", folder=folder, apiserver_args=_ARGUMENTS) as cluster:
        if not note.exists():
            begun = time.monotonic()
            kinds, counts = fill(cluster, archive, size)
            loading = time.monotonic() - begun
            note.write_text(json.dumps({"kinds": [vars(k) for k in kinds], "counts": counts}))
        known = json.loads(note.read_text())
        kinds = [Kind(**each) for each in known["kinds"]]
        yield Scale(cluster, size, kinds, known["counts"], loading)


def _digest(binary: Path, archive: Path, size: Size) -> str:
    digest = hashlib.sha256(f"{binary.name} {size} {archive.stat().st_size}".encode())
    for module in (corpus.__file__, filling.__file__):
        digest.update(Path(str(module)).read_bytes())
    return digest.hexdigest()[:12]


def settle(cluster: Cluster) -> None:
    """Waits until the server has done what it does after a change, so that all start alike.

    Before that it collects its garbage. With thousands of kinds that takes both processors for
    seconds, once in a few programs: who met it looked twice as slow as who did not.
    """
    with Api(cluster.kubeconfig) as api:
        api.get(_COLLECT)
    still = 0
    before = _cpu(cluster)
    while still < 3:
        time.sleep(0.3)
        now = _cpu(cluster)
        still = still + 1 if now - before < 0.1 else 0
        before = now


def _cpu(cluster: Cluster) -> float:
    """CPU seconds of the server so far (proc_pid_stat(5), fields 14 and 15)."""
    fields = Path(f"/proc/{cluster.pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def touch(cluster: Cluster, number: int, turn: str, start: int = 0) -> None:
    """Changes so many CRDs, spread over the list: the description of a version's schema.

    Another ``start`` changes others. The server keeps its data between runs: no text comes twice.
    """
    with Api(cluster.kubeconfig) as api:
        names = [item["metadata"]["name"] for item in _metadata(api)]
        step = len(names) // number
        at = "/spec/versions/0/schema/openAPIV3Schema/description"
        change = [{"op": "add", "path": at, "value": f"As of {turn}, {time.time_ns()}."}]
        for name in names[start % step :: step][:number]:
            api.patch(f"{CRDS}/{name}", change, content_type=JSON_PATCH)


def _metadata(api: Api) -> list[Object]:
    accept = "application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1"
    items: list[Object] = api.call("GET", CRDS, accept=accept)["items"]
    return items

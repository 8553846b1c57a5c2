"""Fills an empty cluster: CRDs, some of them by `kubectl apply`, and custom resources."""

from __future__ import annotations

import json
import subprocess
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path
from typing import TypeVar

from bench import corpus
from bench.corpus import Kind, Object
from cluster.api import Api, ApiError
from cluster.server import Cluster
from cluster.serving import CRDS, never_served

_Work = TypeVar("_Work")

_CONNECTIONS = 6
_ATTEMPTS = 30
_APPLIED_BYTES = range(20_000, 240_000)
"""Sizes of the CRDs that kubectl applies: its annotation may have 256 KiB."""


@dataclass(frozen=True)
class Size:
    """How much is loaded: CRDs, kinds that have custom resources, objects in all of them, and how
    many of the CRDs are loaded by `kubectl apply`, which repeats each in an annotation."""

    crds: int
    kinds: int
    objects: int
    applied: int


def fill(cluster: Cluster, archive: Path, size: Size) -> tuple[list[Kind], list[str]]:
    """Loads all of it; the kinds that have custom resources, and the paths of all kinds' lists."""
    crds = corpus.crds(archive, size.crds)
    fitting = [each for each in crds if len(each) in _APPLIED_BYTES][: size.applied]
    with Api(cluster.kubeconfig) as api:
        for namespace in corpus.NAMESPACES:
            body = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": namespace}}
            api.call("POST", "/api/v1/namespaces", body)
        _kubectl_apply(cluster, fitting)
        applied = set(fitting)
        _in_processes(_create_crds, cluster, [each for each in crds if each not in applied])
        never = never_served(api, [_without_schemas(each) for each in crds])
        assert not never, never[:5]
        kinds = list(corpus.kinds(crds))
        chosen = _accepted(api, kinds, size.kinds)
    least, more = divmod(size.objects, len(chosen))
    work = [(kind, least + (number < more)) for number, kind in enumerate(chosen)]
    _in_processes(_create_objects, cluster, work)
    return chosen, [kind.path for kind in kinds]


def _in_processes(
    create: Callable[[Path, Sequence[_Work]], None], cluster: Cluster, work: Sequence[_Work]
) -> None:
    parts = [work[number::_CONNECTIONS] for number in range(_CONNECTIONS)]
    with ProcessPoolExecutor(_CONNECTIONS, mp_context=get_context("spawn")) as pool:
        list(pool.map(create, [cluster.kubeconfig] * _CONNECTIONS, parts))


def _without_schemas(crd: bytes) -> Object:
    found: Object = json.loads(crd)
    versions = [{**each, "schema": {}} for each in found["spec"]["versions"]]
    return {"metadata": found["metadata"], "spec": {**found["spec"], "versions": versions}}


def _kubectl_apply(cluster: Cluster, crds: Sequence[bytes]) -> None:
    manifest = json.dumps(
        {"apiVersion": "v1", "kind": "List", "items": [json.loads(each) for each in crds]}
    )
    subprocess.run(
        ["kubectl", "--kubeconfig", cluster.kubeconfig, "apply", "-f", "-"],
        input=manifest.encode(),
        check=True,
        stdout=subprocess.DEVNULL,
    )


def _accepted(api: Api, kinds: Sequence[Kind], wanted: int) -> list[Kind]:
    """The first kinds of which the server takes an object as we make it; a dry run tells."""

    def taken(kind: Kind) -> bool:
        path, body = next(kind.objects(1))
        return api.request("POST", f"{path}?dryRun=All", body).status == 201

    found: list[Kind] = []
    with ThreadPoolExecutor(_CONNECTIONS) as pool:
        for start in range(0, len(kinds), 100):
            some = kinds[start : start + 100]
            found += [kind for kind, ok in zip(some, pool.map(taken, some), strict=True) if ok]
            if len(found) >= wanted:
                return found[:wanted]
    raise ApiError("the bench's custom resources", 0, "", f"only {len(found)} kinds took one")


def _create_crds(kubeconfig: Path, crds: Sequence[bytes]) -> None:
    with Api(kubeconfig) as api:
        for crd in crds:
            _create(api, CRDS, json.loads(crd))


def _create_objects(kubeconfig: Path, work: Sequence[tuple[Kind, int]]) -> None:
    with Api(kubeconfig) as api:
        for kind, count in work:
            for path, body in kind.objects(count):
                _create(api, path, body)


def _create(api: Api, path: str, body: Object) -> None:
    """A server under load refuses, or takes an object and says so too late."""
    for _ in range(_ATTEMPTS):
        answer = api.request("POST", path, body)
        if answer.status in (201, 409):
            return
        time.sleep(1)
    raise RuntimeError(f"{path}: {answer.status} {answer.body[:300].decode()}")

"""What the program of a workload may call itself, and the pods that are its own."""

from __future__ import annotations

import re
from functools import lru_cache

from k8s_datamodel_plugins.operators.facts.fact_types import Lease
from k8s_datamodel_plugins.operators.facts.images import Container, is_proxy, parse_image
from k8s_datamodel_plugins.operators.facts.workloads import Workload

_LAUNCHERS = frozenset(
    {"ash", "bash", "dumb-init", "env", "exec", "nice", "sh", "sudo", "tini", "java", "python"}
)
"""Programs that start another one."""

_SAFE = "[bcdfghjklmnpqrstvwxz2456789]"
"""Letters of the names that Kubernetes makes up: apimachinery ``util/rand``."""

_PODS = {
    "Deployment": rf"-{_SAFE}{{1,10}}-{_SAFE}{{5}}",
    "ReplicaSet": rf"-{_SAFE}{{5}}",
    "StatefulSet": r"-\d+",
    "DaemonSet": rf"-{_SAFE}{{5}}",
    "Pod": "",
}
"""How the names of pods continue that of their workload."""

_OTHER_PODS = rf"(-[a-z0-9]{{1,10}})?-{_SAFE}{{5}}"
"""The same for kinds of workloads that Kubernetes does not know."""

_LONGEST_BASE = 58
"""Made-up names repeat so many letters of the name they continue: apiserver ``names``."""


def program_of(workload: Workload) -> str:
    """The name of the binary that its main container runs; empty where its image decides."""
    return _program(workload.container) if workload.container else ""


@lru_cache(maxsize=4096)
def names_of(workload: Workload) -> tuple[str, ...]:
    """All names that a field manager may have from a workload, each once.

    Of the workload, of its containers but proxies, of their images and binaries.
    """
    own = [each for each in workload.containers if not is_proxy(each)]
    names = [workload.name.name]
    for container in own:
        image = parse_image(container.image).repository.rpartition("/")[2]
        names += [container.name, image, _program(container)]
    return tuple(dict.fromkeys(name for name in names if name))


def holds(workload: Workload, lease: Lease) -> bool:
    """Whether a pod of a workload holds a lease: client-go puts a UUID behind the pod's name."""
    pod = lease.holder.partition("_")[0]
    name = workload.name.name
    for base in {name, name[:_LONGEST_BASE]}:
        if pod.startswith(base) and _continues(workload.kind).fullmatch(pod, len(base)):
            return True
    return False


@lru_cache(maxsize=64)
def _continues(kind: str) -> re.Pattern[str]:
    return re.compile(_PODS.get(kind, _OTHER_PODS))


def _program(container: Container) -> str:
    """The last part of the first word of a command that is no option and no launcher."""
    for argument in container.arguments:
        if argument.startswith("-"):
            return ""
        name = argument.rpartition("/")[2]
        if name not in _LAUNCHERS:
            return name if re.fullmatch(r"[\w.-]+", name) else ""
    return ""

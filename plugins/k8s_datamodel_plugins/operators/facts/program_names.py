"""What the program of a workload may call itself, and the pods that are its own.

Field managers have the names that programs give themselves: of the binary, or one that they chose
for server-side apply.
https://kubernetes.io/docs/reference/using-api/server-side-apply/#managers
"""

from __future__ import annotations

import re
from enum import IntEnum
from functools import lru_cache

from k8s_datamodel_plugins.operators.facts import marks, words
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


LONGEST_MANAGER = 128
"""Longest name of a field manager; longer ones are cut off."""


class Fit(IntEnum):
    """How well the name of a field manager fits a workload."""

    NONE = 0
    WORDS = 1
    BEGINNING = 2
    EVERY_WORD = 3
    NAME = 4
    WORKLOAD = 5


def is_client(manager: str) -> bool:
    """Whether a name is that of a library, which any program may use."""
    return words.called(manager).lower() in marks.CLIENTS


def is_applier(manager: str) -> bool:
    """Whether a name is that of a tool which applies what others own."""
    name = words.called(manager).lower()
    return any(name == each or name.startswith(f"{each}-") for each in marks.APPLIERS)


def is_generic(manager: str) -> bool:
    """Whether many programs have such a name."""
    return not words.telling_of(words.called(manager))


def fit(manager: str, workload: Workload) -> Fit:
    """How well a name fits a workload.

    Its own name is best, then that of what it runs; then every word is in these names and that of
    its namespace, one name begins with the other, or the telling words are there.
    """
    name = words.called(manager)
    own = names_of(workload)
    whole = words.compact(name)
    if whole == words.compact(workload.name.name):
        return Fit.WORKLOAD
    cut = len(manager) >= LONGEST_MANAGER
    if any(whole == each or (cut and each.startswith(whole)) for each in map(words.compact, own)):
        return Fit.NAME
    telling = words.telling_of(name)
    if telling and _has_every_word(name, workload):
        return Fit.EVERY_WORD
    if any(_begins(one, other) for each in own for one, other in ((name, each), (each, name))):
        return Fit.BEGINNING
    if telling and telling <= words.telling(own):
        return Fit.WORDS
    return Fit.NONE


def _has_every_word(name: str, workload: Workload) -> bool:
    """Whether a name has several words, and each of them is in those of a workload."""
    said = words.words_of(name)
    return len(said) > 1 and _words_around(workload).issuperset(said)


@lru_cache(maxsize=4096)
def _words_around(workload: Workload) -> frozenset[str]:
    """The words of all names of a workload, and of its namespace."""
    names = (*names_of(workload), workload.name.namespace)
    return frozenset(word for each in names for word in words.words_of(each))


def _begins(one: str, other: str) -> bool:
    """Whether a name begins with another, which tells a product, at the end of a word."""
    begins = one.lower().startswith((f"{other.lower()}-", f"{other.lower()}_"))
    return begins and bool(words.telling_of(other))


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

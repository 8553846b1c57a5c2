"""Words in names that tell products apart, or tell the purpose of a program.

No project's name is here. Words are the weakest evidence: they choose between workloads with the
same rights, and tie a workload to an API group that carries its name.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache

CONTROLLING = frozenset({"operator", "operators", "controller", "controllers", "manager"})
"""Words for programs that reconcile."""

SERVING = frozenset(
    {
        "api",
        "apiserver",
        "backend",
        "cache",
        "console",
        "dashboard",
        "database",
        "db",
        "deployer",
        "driver",
        "exporter",
        "frontend",
        "installer",
        "plugin",
        "portal",
        "proxy",
        "server",
        "ui",
        "web",
        "webapp",
        "webhook",
        "webhooks",
    }
)
"""Words for programs that answer requests, beside those that reconcile."""

STORING_AND_SHOWING = frozenset(
    {
        *("console", "dashboard", "database", "db", "exporter", "frontend", "portal", "ui"),
        *("web", "webapp"),
    }
)
"""Of these, the words for programs that keep or show things and change them on request only."""

GENERIC = (
    CONTROLLING
    | SERVING
    | frozenset(
        {
            "app",
            "apps",
            "cluster",
            "common",
            "com",
            "config",
            "core",
            "crd",
            "crds",
            "csi",
            "default",
            "dev",
            "gateway",
            "internal",
            "io",
            "k8s",
            "kube",
            "kubernetes",
            "latest",
            "main",
            "net",
            "networking",
            "node",
            "org",
            "pod",
            "resource",
            "resources",
            "sa",
            "service",
            "serviceaccount",
            "services",
            "svc",
            "system",
            "toolkit",
            "x",
        }
    )
)
"""Words that many products share."""

PLATFORMS = frozenset(
    {"amd64", "arm", "arm64", "linux", "ppc64le", "s390x", "win", "windows", "x64"}
)
"""Words for what a program runs on: twins of one program differ in nothing else."""

_WORD = re.compile(r"[a-z0-9]*[a-z][a-z0-9]*")
_SERVER = re.compile(r"(?<!ob)server$")
_NOISE = re.compile(r"v?\d|deployment$|daemonset$|statefulset$")
_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")


@lru_cache(maxsize=65536)
def words_of(name: str) -> tuple[str, ...]:
    """Lower-case words of a name, in order: ``My-AppController`` has ``my``, ``app``, ...

    Numbers and version numbers do not count as words.
    """
    return tuple(_WORD.findall(_CAMEL.sub("-", name).lower()))


@lru_cache(maxsize=65536)
def called(manager: str) -> str:
    """The name of a program from that of its field manager.

    Of a user agent only what stands before the slash; some programs put ``@`` and a node behind.
    """
    return manager.partition("/")[0].partition("@")[0].strip()


@lru_cache(maxsize=65536)
def compact(name: str) -> str:
    """The name in lower case without separators."""
    return re.sub(r"[^a-z0-9]", "", name.lower())


def stands_in(text: str, name: str) -> bool:
    """Whether a compact text is in a word of a name, or in several from where one begins.

    ``tidegauge`` is in ``my-tide-gauge-x``, ``garden`` is not in ``hangar-denizen``.
    """
    parts = [part for part in re.split(r"[^a-z0-9]+", name.lower()) if part]
    joined = ("".join(parts[at:]) for at in range(len(parts)))
    return any(text in part for part in parts) or any(each.startswith(text) for each in joined)


def is_serving(name: str) -> bool:
    """Whether a name says that the program answers requests: the last known word decides."""
    telling = [word for word in words_of(name) if word in CONTROLLING or _serves(word)]
    return bool(telling) and _serves(telling[-1])


def _serves(word: str) -> bool:
    """Whether a word is one for programs that answer requests, or ends so (``packageserver``)."""
    return word in SERVING or bool(_SERVER.search(word))


def is_passive(name: str) -> bool:
    """Whether a name says that the program acts on request only: the last known word decides."""
    telling = [word for word in words_of(name) if word in CONTROLLING or word in SERVING]
    return bool(telling) and telling[-1] in STORING_AND_SHOWING


def is_controlling(name: str) -> bool:
    """Whether a name says that the program reconciles: the last word decides.

    ``admission-webhook-manager`` manages, ``some-manager-injector`` injects.
    """
    return _purpose(name) in CONTROLLING and not _is_admitting(name)


def is_scheduling(name: str) -> bool:
    """Whether a name says that the program places pods: the last word decides."""
    return _purpose(name) == "scheduler"


def _purpose(name: str) -> str:
    """The last word of a name that is no version and no kind of workload; empty for none."""
    said = [word for word in words_of(name) if not _NOISE.match(word)]
    return said[-1] if said else ""


def _is_admitting(name: str) -> bool:
    """Whether a name is that of an admission controller, which answers webhooks.

    https://kubernetes.io/docs/reference/access-authn-authz/admission-controllers/
    """
    return words_of(name)[-2:] in (("admission", "controller"), ("admission", "controllers"))


@lru_cache(maxsize=65536)
def telling_of(name: str) -> frozenset[str]:
    """Words of a name that few products share."""
    return frozenset(words_of(name)) - GENERIC


def telling(names: Iterable[str]) -> frozenset[str]:
    """Words of names that few products share."""
    return frozenset().union(*map(telling_of, names))


@lru_cache(maxsize=8192)
def group_words(group: str) -> tuple[str, ...]:
    """Labels of an API group that may name its product: not the last, no generic ones."""
    labels = group.lower().split(".")
    kept = labels if len(labels) == 1 else labels[:-1]
    return tuple(label for label in kept if not set(words_of(label)) <= GENERIC)

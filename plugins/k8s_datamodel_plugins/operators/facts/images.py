"""Parse image references and choose a pod's main container."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from k8s_datamodel_plugins.operators.facts import marks
from k8s_datamodel_plugins.operators.facts.words import CONTROLLING, words_of

_SIDECAR = re.compile(
    r"(^|/)(sig-storage|k8scsi)/|(^|/)(livenessprobe|csi-(attacher|node-driver-registrar|provisioner|resizer|snapshotter))$"
)
_HOST = re.compile(r"[.:]|^localhost$")


class Image(NamedTuple):
    """A parsed image reference; missing parts are empty.

    The form is that of https://github.com/distribution/reference:
    ``[host[:port]/]path[:tag][@algorithm:hex]``.
    """

    registry: str
    repository: str
    tag: str
    digest: str


class Container(NamedTuple):
    """A container of a pod: its name, its image, its command and arguments.

    ``parts`` are those of its program that variables of its environment choose; ``node`` is whether
    one of these variables is the name of the pod's node.
    """

    name: str
    image: str
    arguments: tuple[str, ...] = ()
    parts: tuple[str, ...] = ()
    node: bool = False


def parse_image(reference: str) -> Image:
    """Split an image reference of any form into its parts."""
    rest, _, digest = reference.strip().partition("@")
    head, slash, last = rest.rpartition("/")
    last, _, tag = last.partition(":")
    path = f"{head}{slash}{last}"
    first, slash, remainder = path.partition("/")
    if slash and _HOST.search(first):
        return Image(first, remainder, tag, digest)
    return Image("", path, tag, digest)


def is_proxy(container: Container) -> bool:
    """Whether a container only assists the main one."""
    last = parse_image(container.image).repository.rpartition("/")[2]
    return container.name in marks.PROXIES or last in marks.PROXIES


def is_sidecar(container: Container) -> bool:
    """Whether a container has an image of Kubernetes' storage group, which stands beside a driver.

    https://kubernetes-csi.github.io/docs/sidecar-containers.html
    """
    return bool(_SIDECAR.search(parse_image(container.image).repository))


def own_container(
    name: str, containers: Sequence[Container], default: str = ""
) -> Container | None:
    """The workload's main container; None without containers."""
    ranked = sorted(containers, key=lambda each: -_rank(each, name, default))
    return ranked[0] if ranked else None


def _rank(container: Container, name: str, default: str) -> int:
    if is_proxy(container):
        return -10
    points = 4 * (container.name == default) + 3 * (container.name == name)
    points += 2 * bool(CONTROLLING & set(words_of(container.name)))
    repository = parse_image(container.image).repository
    others = {*words_of(container.name), *words_of(repository)}
    points += not others.isdisjoint(words_of(name))
    return points - 2 * is_sidecar(container)

"""Image references, and which of a pod's containers is the workload's own."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from k8s_datamodel_plugins.operators.facts import marks
from k8s_datamodel_plugins.operators.facts.words import CONTROLLING, words_of

_SIDECAR = re.compile(r"(^|/)(sig-storage|k8scsi)/|(^|/)livenessprobe$")
_HOST = re.compile(r"[.:]|^localhost$")


class Image(NamedTuple):
    """A parsed image reference; parts it lacks are empty.

    The form is that of https://github.com/distribution/reference:
    ``[host[:port]/]path[:tag][@algorithm:hex]``.
    """

    registry: str
    repository: str
    tag: str
    digest: str


class Container(NamedTuple):
    """A container of a pod: its name, its image, its command and arguments."""

    name: str
    image: str
    arguments: tuple[str, ...] = ()


def parse_image(reference: str) -> Image:
    """The parts of an image reference, whatever its form: port, tag, digest, both or none."""
    rest, _, digest = reference.strip().partition("@")
    head, slash, last = rest.rpartition("/")
    last, _, tag = last.partition(":")
    path = f"{head}{slash}{last}"
    first, slash, remainder = path.partition("/")
    if slash and _HOST.search(first):
        return Image(first, remainder, tag, digest)
    return Image("", path, tag, digest)


def is_proxy(container: Container) -> bool:
    """Whether a container only stands beside the workload's own."""
    last = parse_image(container.image).repository.rpartition("/")[2]
    return container.name in marks.PROXIES or last in marks.PROXIES


def own_container(
    name: str, containers: Sequence[Container], default: str = ""
) -> Container | None:
    """The container that does the workload's work; None when there is none.

    Args:
        name: of the workload.
        containers: of its pods, in their order.
        default: what its pods' ``default-container`` annotation says.
    """
    ranked = sorted(containers, key=lambda each: -_rank(each, name, default))
    return ranked[0] if ranked else None


def _rank(container: Container, name: str, default: str) -> int:
    if is_proxy(container):
        return -10
    points = 4 * (container.name == default) + 3 * (container.name == name)
    points += 2 * bool(CONTROLLING & set(words_of(container.name)))
    points += bool(shared_words(name, (container.name, parse_image(container.image).repository)))
    return points - 2 * bool(_SIDECAR.search(parse_image(container.image).repository))


def shared_words(name: str, others: Iterable[str]) -> set[str]:
    """Words of a name that others have too."""
    return set(words_of(name)) & {word for other in others for word in words_of(other)}

"""The facts of each workload that may be an operator."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from k8s_datamodel.api import KubernetesObject, trace_of
from k8s_datamodel_plugins.object_parts import (
    annotations_of,
    labels_of,
    mapping,
    metadata_of,
    sequence,
    text,
    texts,
)
from k8s_datamodel_plugins.operators.facts import marks, words
from k8s_datamodel_plugins.operators.facts.fact_types import Marks, Name, Saying
from k8s_datamodel_plugins.operators.facts.images import (
    Container,
    is_sidecar,
    own_container,
    parse_image,
)
from k8s_datamodel_plugins.operators.facts.object_marks import (
    extension_of,
    marks_of,
    name_of,
    text_pairs,
)
from k8s_datamodel_plugins.operators.facts.told_words import sayings_of_workload

_MODES = frozenset(
    {
        *("component", "components", "controller", "controllers", "kind", "kinds", "mode"),
        *("operation", "operations", "reconciler", "reconcilers", "role", "roles", "service"),
        *("subsystem", "task", "tasks", "worker", "workers"),
    }
)
"""Words of options that tell a program which of its parts to run."""

_RUN = "run"
"""How the names of variables begin that tell a program to run one of its parts."""

_NODE_FLAG = re.compile(r"--?(current-|host-|my-)?node-?(name|id)?(=|$)", re.IGNORECASE)

_REGISTERED = "--kubelet-registration-path"

_LEADER_FLAGS = ("--leader-elect", "--enable-leader-election", "--leader-election")


@dataclass(frozen=True)
class Workload:
    """A Deployment, StatefulSet or DaemonSet.

    Attributes:
        marks: its labels and Helm release, as on CRDs.
        account: its pods' service account.
        token: whether its pods get a token; None if the account decides.
        default_container: the value of its pods' annotation.
        csv: CSV that owns it, empty for none.
        owner: group and kind of the custom resource that controls it; empty for none. Another
            operator made it then.
        writers: field managers of what is not its status.
        maker: what its label says manages it, such as another operator.
        told: what its annotations say.
        package: OLM v1 extension that owns it, empty for none.
    """

    kind: str
    name: Name
    marks: Marks = frozenset()
    pod_labels: Marks = frozenset()
    account: str = "default"
    token: bool | None = None
    containers: tuple[Container, ...] = ()
    default_container: str = ""
    csv: Name | None = None
    package: str = ""
    owner: tuple[str, ...] = ()
    writers: tuple[str, ...] = ()
    maker: str = ""
    told: tuple[Saying, ...] = ()

    @property
    def runs_as(self) -> Name:
        """Its service account."""
        return Name(self.name.namespace, self.account)

    @cached_property
    def container(self) -> Container | None:
        """The main container."""
        return own_container(self.name.name, self.containers, self.default_container)

    @cached_property
    def identity(self) -> tuple[str, ...]:
        """Names that its product may have, without its namespace."""
        labels = {k: v for k, v in (*self.pod_labels, *self.marks) if k in marks.PRODUCT_LABELS}
        image = parse_image(self.container.image).repository if self.container else ""
        account = "" if self.account == "default" else self.account
        names = (self.name.name, account, image, *labels.values())
        return tuple(dict.fromkeys(name for name in names if name))

    @cached_property
    def telling_identity(self) -> frozenset[str]:
        """Words of those names that few products share."""
        return words.telling(self.identity)

    @cached_property
    def telling(self) -> frozenset[str]:
        """Words of its own name that few products share."""
        return words.telling_of(self.name.name)

    @cached_property
    def serving(self) -> bool:
        """Whether its name says that it answers requests."""
        return words.is_serving(self.name.name)

    @cached_property
    def controlling(self) -> bool:
        """Whether its name or its leader election says that it reconciles.

        A scheduler elects a leader to place pods.
        """
        other = self.serving or words.is_scheduling(self.name.name)
        return words.is_controlling(self.name.name) or (self.elects_leader and not other)

    @cached_property
    def modes(self) -> frozenset[str]:
        """Telling words of its image, its command, and arguments that choose what it does."""
        if not self.container:
            return frozenset()
        return words.telling((_last(self.container.image), *_modes(self.container)))

    @cached_property
    def sidecar_modes(self) -> frozenset[str]:
        """Telling words of the images of sidecars of a driver of storage."""
        return words.telling(_last(each.image) for each in filter(is_sidecar, self.containers))

    @cached_property
    def subcommands(self) -> tuple[str, ...]:
        """The programs and subcommands of its containers, and the parts that these are to run."""
        return tuple(name for each in self.containers for name in _modes(each))

    @cached_property
    def commands(self) -> frozenset[str]:
        """Words of its program's name, its subcommands and the parts that it is told to run."""
        told = _modes(self.container) if self.container else ()
        return frozenset(word for each in told for word in words.words_of(each))

    @cached_property
    def told_to_serve(self) -> bool:
        """Whether its command says that it answers requests, and not that it reconciles."""
        told = _modes(self.container) if self.container else ()
        return any(map(words.is_serving, told)) and not words.CONTROLLING & self.commands

    @cached_property
    def on_a_node(self) -> bool:
        """Whether each of its pods acts for one node: it is a DaemonSet, or is told its node."""
        arguments = self.container.arguments if self.container else ()
        return self.kind == "DaemonSet" or any(map(_NODE_FLAG.match, arguments))

    @cached_property
    def told_nothing(self) -> bool:
        """Whether its program gets no arguments, and no variable tells its part or its node."""
        each = self.container
        return each is not None and not (each.arguments or each.parts or each.node)

    @cached_property
    def drives_storage(self) -> bool:
        """Whether it is a driver of storage, which the sidecars beside it call."""
        return any(map(is_sidecar, self.containers))

    @cached_property
    def answers_kubelet(self) -> bool:
        """Whether it is the node's part of a driver, which a sidecar registers with the kubelet."""
        return (self.kind == "DaemonSet" and self.drives_storage) or any(
            argument.startswith(_REGISTERED)
            for each in self.containers
            for argument in each.arguments
        )

    @cached_property
    def only_sidecars(self) -> bool:
        """Whether it runs nothing but the sidecars of a driver elsewhere."""
        return bool(self.containers) and all(map(is_sidecar, self.containers))

    @cached_property
    def elects_leader(self) -> bool:
        """Whether its arguments ask for leader election."""
        return any(
            argument.startswith(_LEADER_FLAGS) and not argument.endswith("=false")
            for argument in (self.container.arguments if self.container else ())
        )

    def __str__(self) -> str:
        return f"{self.kind} {self.name.name}"


def workload(item: KubernetesObject, kind: str) -> Workload:
    """The fact of a workload of that kind."""
    template = mapping(mapping(item.get("spec")).get("template"))
    pod = mapping(template.get("spec"))
    account = text(pod.get("serviceAccountName")) or text(pod.get("serviceAccount"))
    labels = labels_of(item)
    return Workload(
        kind=kind,
        name=name_of(item),
        marks=marks_of(item),
        pod_labels=text_pairs(labels_of(template)),
        account=account or "default",
        token=_token(pod),
        containers=tuple(_container(each) for each in sequence(pod.get("containers"))),
        default_container=text(annotations_of(template).get(marks.DEFAULT_CONTAINER)) or "",
        csv=_csv(item),
        package=extension_of(labels),
        owner=_owner(item),
        writers=tuple(manager for manager, part in trace_of(item).writers if not part),
        maker=text(labels.get(marks.MANAGED_BY)) or "",
        told=sayings_of_workload(item, kind, name_of(item)),
    )


def _last(image: str) -> str:
    """The last part of an image's repository."""
    return parse_image(image).repository.rpartition("/")[2]


def _modes(container: Container) -> Iterator[str]:
    """The program's name and subcommands, and its parts that options and variables choose."""
    yield from container.parts
    before = ""
    for argument in container.arguments:
        flag, _, value = argument.partition("=")
        if not argument.startswith("-"):
            if not before or _MODES & set(words.words_of(before)):
                yield argument.rpartition("/")[2]
        elif _MODES & set(words.words_of(flag)):
            yield value
        before = argument if argument.startswith("-") and not value else ""


def _container(value: object) -> Container:
    found = mapping(value)
    return Container(
        text(found.get("name")) or "",
        text(found.get("image")) or "",
        (*texts(found.get("command")), *texts(found.get("args"))),
        tuple(_parts(found)),
        _told_node(found),
    )


def _told_node(container: Mapping[str, Any]) -> bool:
    """Whether a variable of its environment is the name of the pod's node."""
    sources = (mapping(mapping(each).get("valueFrom")) for each in sequence(container.get("env")))
    return any(
        mapping(each.get("fieldRef")).get("fieldPath") == "spec.nodeName" for each in sources
    )


def _parts(container: Mapping[str, Any]) -> Iterator[str]:
    """The parts of its program that variables choose: ``ROLE=keeper``, or ``RUN_KEEPER``."""
    for each in map(mapping, sequence(container.get("env"))):
        value = text(each.get("value")) or ""
        said = words.words_of(text(each.get("name")) or "")
        if value and _MODES & set(said[-1:]):
            yield value
        elif said[:1] == (_RUN,) and "valueFrom" not in each and value.lower() != "false":
            yield "-".join(said[1:])


def _token(pod: object) -> bool | None:
    """A projected token counts, regardless of the automatic one."""
    volumes = (mapping(each) for each in sequence(mapping(pod).get("volumes")))
    for volume in volumes:
        sources = sequence(mapping(volume.get("projected")).get("sources"))
        if any("serviceAccountToken" in mapping(source) for source in sources):
            return True
    automatic = mapping(pod).get("automountServiceAccountToken")
    return automatic if isinstance(automatic, bool) else None


def _owner(item: KubernetesObject) -> tuple[str, ...]:
    """Group and kind of the owner that controls it, if that is a custom resource and not OLM's."""
    for each in map(mapping, sequence(metadata_of(item).get("ownerReferences"))):
        group = (text(each.get("apiVersion")) or "").partition("/")[0]
        kind = text(each.get("kind")) or ""
        if each.get("controller") is True and "." in group and kind != marks.OLM_CSV_KIND:
            return (group, kind)
    return ()


def _csv(item: KubernetesObject) -> Name | None:
    """OLM v0 leaves labels and an owner reference."""
    labels = labels_of(item)
    namespace = text(labels.get(marks.OLM_OWNER_NAMESPACE)) or name_of(item).namespace
    owner = text(labels.get(marks.OLM_OWNER))
    references = (mapping(each) for each in sequence(metadata_of(item).get("ownerReferences")))
    owners = [text(r.get("name")) for r in references if r.get("kind") == marks.OLM_CSV_KIND]
    found = owner or next((name for name in owners if name), None)
    return Name(namespace, found) if found else None

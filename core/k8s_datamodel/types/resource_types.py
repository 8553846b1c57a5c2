"""What describes a resource type: its columns, reads and derived columns."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from k8s_datamodel.data.columns import Column
from k8s_datamodel.data.objects import Record, Resource


@dataclass(frozen=True, slots=True)
class Read:
    """One API list that a resource type needs.

    Attributes:
        resource: what is listed.
        fact: how to reduce an object to what this type needs of it, as ``"module:attribute"`` of
            a function ``(KubernetesObject) -> fact or None``. Facts of one list are gathered
            while any type streams it, so a list is read once a run. Empty: the type streams the
            complete objects itself.
        optional: only enriches; its failure is recorded and makes no snapshot incomplete.
        label_selector: only objects with such labels, as ``owner=helm``; all if empty. Where the
            source can select, the others are not even read.
        field_selector: only objects with such fields, as ``type=helm.sh/release.v1``; one that the
            API server supports for this resource.
        raw: the type needs the objects as they are, such as what is packed in a Secret. A run that
            stores gives all others objects without credentials. The type's records are then looked
            through after they are made, nothing of these objects is reused by the next run, and
            ``plugins list`` and ``cluster rbac`` tell of it.
    """

    resource: Resource
    fact: str = ""
    optional: bool = False
    label_selector: str = ""
    field_selector: str = ""
    raw: bool = False


@dataclass(frozen=True, slots=True)
class Derived:
    """Columns that follow from other types' rows and from earlier snapshots.

    They are made when rows are shown, and never stored. ``get`` shows them; ``list`` and
    ``count`` take ``--<flag>``, which keeps the rows whose ``keeps`` is true. Where that is null
    the answer leaves the row out, says so, and is incomplete.

    Attributes:
        flag: of ``list`` and ``count``.
        columns: what it adds to a row.
        keeps: name of one of them, a boolean.
        why: name of one of them, a text: why ``keeps`` is null.
        types: names of the other types whose rows it needs; one may be missing.
        target: ``"module:attribute"`` of a function of the ``Moment`` whose rows are shown and of
            an iterator of the stored moments of the same cluster before it, the newest first. It
            returns a function of a row that gives the values by column name. The iterator reads
            as far as it is used, which must be while rows are shown.
        description: one line for help.
    """

    flag: str
    columns: tuple[Column, ...]
    keeps: str
    why: str
    types: tuple[str, ...]
    target: str
    description: str = ""


@dataclass(frozen=True, slots=True)
class ResourceType:
    """A kind of thing in the inventory: its names, its columns and how it is collected.

    Everything the host does with a type (commands, relation, section of documents, flags, counts)
    follows from this.

    Attributes:
        name: plural, lower case, ``_`` allowed: relation in SQL, key in documents,
            ``--<name>-only``.
        command: name of the command group.
        singular: for people, one of them, such as ``CRD``.
        plural: for people, many of them, such as ``CRDs``.
        columns: in the order of documents and tables. The complete object is always kept beside
            them as ``spec`` and is no column.
        identity: names of the columns that name one record among those of a snapshot.
        collector: a ``contracts.Collector``, or better ``"module:attribute"`` of one, so that its
            module is imported only when it collects.
        reads: API lists the collector asks its context for.
        skip: ``--no-<skip>`` of ``database store``; the name if empty.
        count: the count's column in ``inventory_snapshots``; ``<singular>_count`` if empty.
        order: position among the types in documents and help; the built-ins have 10, 20, 30.
        description: one line for help and reference.
        derived: what other types' rows and earlier snapshots tell of its rows.
        counts_instances: its collector counts the custom resources of the CRDs it reads, so it
            needs the right to list those, which no ``Read`` can name.
        on_request: ``--with-<on_request> [PATTERN]`` of ``database store`` and ``cluster export``
            makes it part of what they collect. Its collector says what patterns mean, and may also
            list what no ``Read`` can name, by ``CollectContext.lists``. Empty for a type that is
            collected unless it is skipped.
    """

    name: str
    command: str
    singular: str
    plural: str
    columns: tuple[Column, ...]
    identity: tuple[str, ...]
    collector: str | Callable[..., Iterable[Record]]
    reads: tuple[Read, ...] = ()
    skip: str = ""
    count: str = ""
    order: int = 100
    description: str = ""
    derived: tuple[Derived, ...] = ()
    counts_instances: bool = False
    on_request: str = ""

    def __post_init__(self) -> None:
        count = f"{self.singular.lower().replace(' ', '_').replace('-', '_')}_count"
        object.__setattr__(self, "skip", self.skip or self.name.replace("_", "-"))
        object.__setattr__(self, "count", self.count or count)

    def column(self, name: str) -> Column:
        """The column of that name. Raises KeyError."""
        for column in self.columns:
            if column.name == name:
                return column
        raise KeyError(name)

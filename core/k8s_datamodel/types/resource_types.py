"""Resource types: their columns, reads and derived columns."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from k8s_datamodel.data.columns import Column
from k8s_datamodel.data.objects import KubernetesObject, Record, Resource, Row

if TYPE_CHECKING:
    from k8s_datamodel.data.pages import Rows


@dataclass(frozen=True, slots=True)
class Read:
    """One API list that a resource type needs.

    Attributes:
        resource: what is listed.
        fact: how to reduce an object to what this type needs of it, as ``"module:attribute"`` of
            a function ``(KubernetesObject) -> fact or None``. Facts of one list are gathered
            while any type streams it, so a list is read once a run. Empty: the type streams the
            complete objects itself.
        pure: the fact follows from its one object and from nothing else: no clock, file, setting
            or other object. It is then kept beside the object, and made anew when the object or
            the code of the plugin changes. The function says what it returns: texts, whole
            numbers, booleans, None, and tuples, frozen sets, named tuples and dataclasses of these.
        optional: only enriches; its failure is in the ledger and makes no snapshot incomplete.
        label_selector: only objects with such labels, as ``owner=helm``; all if empty. Where the
            source can select, the others are not even read.
        field_selector: only objects with such fields, as ``type=helm.sh/release.v1``; one that the
            API server supports for this resource.
        raw: the type needs the objects as they are, such as what is packed in a Secret. A run that
            stores gives all others objects without credentials. The type's records are then looked
            through after they are made, nothing of these objects is reused by the next run, and
            ``plugins list`` and ``cluster rbac`` tell of it.
        also_lists: what else the type lists or counts for each object, as ``"module:attribute"``
            of a function ``(KubernetesObject) -> Resource or None``; such as the custom resources
            that a CRD defines. ``cluster rbac`` allows it, ``cluster test-connection`` tries it.
        chosen: the type lists only those objects that turn out to matter, by
            ``TypeReader.chosen``; the whole list is never read.
    """

    resource: Resource
    fact: str = ""
    optional: bool = False
    label_selector: str = ""
    field_selector: str = ""
    raw: bool = False
    also_lists: str = ""
    chosen: bool = False
    pure: bool = False

    @property
    def streamed(self) -> bool:
        """Whether the type streams the objects of the list itself."""
        return not (self.fact or self.chosen)


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
        why: name of one of them, or of a column of the type, a text: why ``keeps`` is null.
        types: names of the other types whose rows it needs; one may be missing.
        target: ``"module:attribute"`` of a function of the ``Moment`` whose rows are shown and of
            an iterator of the stored moments of the same cluster before it, the newest first. It
            returns a function of a row that gives the values by column name, also of columns of
            the type that it knows better. The iterator reads as far as it is used, which must be
            while rows are shown.
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
class Deferred:
    """Columns of a type whose values follow from other types, which are read later.

    The collector gives what it can say without them. A run that stores completes the records when
    all types are read. In a snapshot that was stored without these columns all of them are null;
    such a row is read back with the reason ``EARLIER``.

    Attributes:
        columns: their names; all are volatile.
        why: name of one of them, a text: why the others are null. In each record it or one of the
            others has a value.
        types: names of the other types whose rows it needs; one may be missing.
        target: ``"module:attribute"`` of a function of the ``Moment`` that was read. It returns a
            function of a row, which has the columns of the identity only, that gives the values by
            column name.
    """

    columns: tuple[str, ...]
    why: str
    types: tuple[str, ...]
    target: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Matrix:
    """What ``matrix`` shows of a type's records: a row each, a column for each cluster.

    Attributes:
        key: names of the columns that name a row; records with equal values share one. By default
            the identity.
        product: what names a row in place of ``key``, such as the repository of an image:
            ``"module:attribute"`` of a function of a record's row, without the object, that gives
            a text. Where it gives None, the record's identity names the row.
        version: name of the column with the version, a text. By default ``version``, where there
            is one.
        count: name of a column of integers, which are added up; null is unknown. By default
            ``count``, where there is one; else records are counted.
    """

    key: tuple[str, ...] = ()
    product: str = ""
    version: str = ""
    count: str = ""


@dataclass(frozen=True, slots=True)
class ItemColumn:
    """One column of an ``ItemRelation``: a column of the record, or something of the item.

    Attributes:
        name: in SQL.
        type: of what is under ``key``; what is not of it is null.
        column: name of the column of the record that it repeats; the item if empty.
        key: of the value in an item that is an object; empty for an item that is a text.
        within: name of a list column of the type: whether the value is among its items. Null where
            that column is.
        default: what it is where the item does not say; null if None.
    """

    name: str
    type: Literal["text", "boolean"] = "text"
    column: str = ""
    key: str = ""
    within: str = ""
    default: bool | None = None


@dataclass(frozen=True, slots=True)
class ItemRelation:
    """A relation in SQL with a row for each item of a list that a record has.

    A backend with SQL makes it of what is stored, so it also has the items of earlier snapshots.
    Its first column is ``snapshot_id``.

    Attributes:
        name: of the relation.
        items: where the items are: a path in the complete object such as ``.spec.versions``, whose
            items are objects, or the name of a list column of the type, whose items are texts.
        columns: in their order.
        description: one line for the reference.
    """

    name: str
    items: str
    columns: tuple[ItemColumn, ...]
    description: str = ""

    @property
    def keys(self) -> list[str]:
        """The keys of its path, one in the other; none if the items are those of a column."""
        return self.items.split(".")[1:]


EARLIER = "stored by an earlier version"
"""Why a deferred column is null in a snapshot that was stored before the type had it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ResourceType:
    """A kind of thing in the inventory: its names, its columns and how it is collected.

    Everything the host does with a type (commands, SQL relation, key of documents, flags, counts)
    follows from this. Without a collector the type lists its one read, and the columns say where
    their values are. Its names then follow from the kind it lists, else from ``name``.

    Attributes:
        name: plural, lower case, ``_`` allowed: relation in SQL, key in documents,
            ``--<name>-only``. By default the plural of the kind.
        command: name of the command group. By default the kind in lower case, or the name.
        singular: for people, such as ``CRD``. By default the kind, or the name without its ``s``.
        plural: for people, such as ``CRDs``. By default made of singular and name.
        columns: in the order of documents and tables. The complete object is always kept beside
            them as ``spec`` and is no column. Without a collector, ``namespace`` and ``name`` come
            first unless they are given.
        identity: names of the columns that name one record among those of a snapshot. By default,
            without a collector, ``namespace`` and ``name``.
        collector: a ``contracts.Collector``, or better ``"module:attribute"`` of one, so that its
            module is imported only when it collects.
        reads: API lists the collector asks its reader for.
        skip: ``--no-<skip>`` of ``database store``; the name if empty.
        count: the count's column in ``inventory_snapshots``; ``<singular>_count`` if empty.
        order: position among the types in documents and help; the built-ins have 10, 20, 30.
        description: one line for help and reference.
        tells: what the commands of its group tell, to stand behind "It tells" in the group's help.
            By default which there are, how many, and what each holds.
        derived: a tuple of ``Derived``: columns from other types' rows and earlier snapshots.
        summary: what ``database summary`` says of the type's records, as ``"module:attribute"`` of
            a function of a stored ``Moment`` that gives ``Breakdown`` and ``Concern`` objects. The
            moment has the rows of all types. The function is called where the number of the type's
            records is known.
        comparison: how its objects are compared, as ``"module:attribute"`` of a function without
            arguments that gives ``ComparisonRules``. The rules of all types hold together.
        noise: paths of fields of its objects, as ``--ignore`` of ``diff`` takes them, that change
            without a change that anybody made. They hold for the kinds that it reads.
        deferred: a tuple of ``Deferred``: columns whose values follow from types that are read
            later.
        on_request: ``--with-<on_request> [PATTERN]`` of ``database store`` and ``cluster export``
            makes it part of what they collect. Its collector says what patterns mean, and may also
            list what no ``Read`` can name, by ``TypeReader.lists``. Empty for a type that is
            collected unless it is skipped.
        found_by: names of text and list columns, such as kind and short names. ``get`` finds a
            record by their values, too, when no record has the name; a dot may join two values.
        object_shown: tables of ``get`` show the complete object, too: for a type whose columns tell
            little of it.
        grading: what a change of its things means, as ``"module:attribute"`` of a function of the
            user's ``Configuration`` that gives a function ``(old, new) -> findings``. Old and new
            are rows with the complete object as ``spec``, or None where the thing is not there.
            The function gives a ``Finding`` for each thing that the change means to somebody, none
            for two equal rows.
        matrix: what ``matrix`` shows of its records, cluster beside cluster.
        queries: what people ask in SQL of its records, for ``database query``: as
            ``"module:attribute"`` of a function without arguments that gives a folder of
            ``NAME.sql``, each with comments at its beginning that say what it tells.
        relations: a tuple of ``ItemRelation``: more relations in SQL, of what lists hold.
        pure: what the ``value`` functions of its columns give follows from their one object and
            from nothing else, as of ``Read.pure``. The row of an unchanged object, for which the
            collector gives the same values, is then not made anew. Columns with a ``path`` alone
            need no such promise, nor do those that the collector fills.
    """

    name: str = ""
    command: str = ""
    singular: str = ""
    plural: str = ""
    columns: tuple[Column, ...]
    identity: tuple[str, ...] = ()
    collector: str | Callable[..., Iterable[Record | KubernetesObject]] = ""
    reads: tuple[Read, ...] = ()
    skip: str = ""
    count: str = ""
    order: int = 100
    description: str = ""
    tells: str = ""
    derived: tuple[Derived, ...] = ()
    deferred: tuple[Deferred, ...] = ()
    summary: str = ""
    comparison: str = ""
    noise: tuple[str, ...] = ()
    on_request: str = ""
    found_by: tuple[str, ...] = ()
    object_shown: bool = False
    grading: str = ""
    matrix: Matrix = Matrix()
    queries: str = ""
    relations: tuple[ItemRelation, ...] = ()
    pure: bool = False

    def __post_init__(self) -> None:
        if self.reads and not self.collector:
            self._follow(self.reads[0].resource)
        words = str(self.name).replace("_", " ")
        self._default(command=words.replace(" ", "-"), singular=words.removesuffix("s"))
        count = f"{self.singular.lower().replace(' ', '_').replace('-', '_')}_count"
        plural = _plural(self.singular, words)
        self._default(plural=plural, skip=words.replace(" ", "-"), count=count)
        self._default(tells=f"which {self.plural} there are, how many, and what each holds")

    def _follow(self, listed: Resource) -> None:
        """Take what is not given from the kind that is listed."""
        given = {column.name for column in self.columns}
        usual = _USUAL if listed.namespaced else _USUAL[1:]
        columns = (*(each for each in usual if each.name not in given), *self.columns)
        object.__setattr__(self, "columns", columns)
        self._default(
            name=listed.plural.replace("-", "_"),
            command=listed.kind.lower(),
            singular=listed.kind,
            identity=tuple(column.name for column in usual),
            description=f"{listed.kind} objects of {listed.name}",
        )
        self._default(plural=_plural(self.singular, listed.plural))

    def _default(self, **values: Any) -> None:
        for name, value in values.items():
            if not getattr(self, name):
                object.__setattr__(self, name, value)

    def targets(self) -> Iterator[tuple[str, str]]:
        """What each ``"module:attribute"`` that collecting needs is for, and it."""
        named: list[tuple[str, Any]] = [("collector", self.collector)]
        for read in self.reads:
            what = read.resource.name
            named += [(f"fact of {what}", read.fact), (f"also_lists of {what}", read.also_lists)]
        named += [(f"value of column {each.name}", each.value) for each in self.columns]
        return (each for each in named if each[1] and isinstance(each[1], str))

    def shown_matrix(self) -> Matrix:
        """What its ``matrix`` shows, with what follows from its columns filled in."""
        types = {column.name: column.type for column in self.columns}
        version = "version" if types.get("version") == "text" else ""
        count = "count" if types.get("count") == "integer" else ""
        given = self.matrix
        return Matrix(
            key=given.key or self.identity,
            product=given.product,
            version=given.version or version,
            count=given.count or count,
        )

    def column(self, name: str) -> Column:
        """The column of that name. Raises KeyError."""
        return {column.name: column for column in self.columns}[name]

    def block(
        self, rows: Iterable[Row], *, objects: bool = False, alone: bool = False, key: str = ""
    ) -> Rows:
        """Records of this type as a block of a page; with a key, of a snapshot's document."""
        from k8s_datamodel.data.pages import Rows  # noqa: PLC0415 - the help shows no page

        names = (self.plural, key, self.singular, self.identity, self.command)
        shown = alone and objects and self.object_shown
        return Rows(
            self.columns, rows, *names, objects, joined=bool(key), alone=alone, object_shown=shown
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class DeclaredType(ResourceType):
    """A resource type that a YAML file declares.

    Attributes:
        declared_in: the file's path.
    """

    declared_in: str


# Every command has --namespace already.
_USUAL = (
    Column("namespace", show="table", path=".metadata.namespace"),
    Column("name", show="table", filter="name", path=".metadata.name"),
)


def _plural(singular: str, plural: str) -> str:
    """The plural in the case of the singular: Policies of Policy and policies."""
    for length in range(len(singular), 0, -1):
        if plural.startswith(singular[:length].lower()):
            return singular[:length] + plural[length:]
    return plural

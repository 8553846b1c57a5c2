"""The descriptions that hooks return: frozen, and cheap to import.

``target`` is the function or class itself, or better ``"module:attribute"`` of it: then the host
imports its module when it needs it, and keeps the description between commands.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

Capability = Literal[
    "backup",
    "baselines",
    "beside",
    "delete",
    "differing",
    "digests",
    "note",
    "query",
    "redaction_key",
    "reusable",
    "series",
    "sightings",
    "space",
    "stats",
    "sums",
    "types",
    "verify",
]
"""What a storage backend may do beyond the minimum: an attribute of ``contracts.AbleStore``."""


@dataclass(frozen=True, slots=True)
class SourceSpec:
    """A way to open a source.

    Attributes:
        scheme: ``--source <scheme>://...`` chooses it; ``file`` also takes every text without a
            scheme, ``kubernetes`` is used without ``--source``.
        target: a ``SourceFactory``, or better ``"module:attribute"`` of one.
        description: one line for the reference.
        contexts: ``"module:attribute"`` of a function ``(SourceRequest) -> names`` of the contexts
            that can be opened, for ``--contexts`` and ``--all-contexts``; empty if it knows none.
        files: ``"module:attribute"`` of a function ``(SourceRequest) -> paths`` of the files and
            folders that it reads, which no command then writes over; empty if it reads none.
        suffixes: of file names that it reads, such as ``.yaml``; a word that names a moment is a
            path if it ends so.
    """

    scheme: str
    target: str | Callable[..., Any]
    description: str = ""
    contexts: str = ""
    files: str = ""
    suffixes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class StorageSpec:
    """A storage backend.

    Attributes:
        scheme: of the URL in ``--db-path``; ``sqlite`` also takes plain paths.
        target: a ``StoreFactory``, or better ``"module:attribute"`` of one.
        description: one line for the reference.
        files: ``"module:attribute"`` of a function ``(StorageRequest) -> paths`` of the files and
            folders that a database is kept in, there or not, which no command then writes over;
            empty if it is kept elsewhere.
        restore: ``"module:attribute"`` of a ``contracts.Restore``; empty if none of its databases
            is restored from a file.
        can: what its stores have beyond ``contracts.Store``. A command that needs another one says
            so.
        queries: ``"module:attribute"`` of a function without arguments that gives a folder of
            queries, ``NAME.sql``, each with comments at its beginning that say what it tells; for
            ``database query``. Empty for none.
    """

    scheme: str
    target: str | Callable[..., Any]
    description: str = ""
    files: str = ""
    restore: str = ""
    can: tuple[Capability, ...] = ()
    queries: str = ""


def capabilities(spec: StorageSpec) -> frozenset[str]:
    """What a backend can do beyond the minimum."""
    return frozenset((*spec.can, *(["restore"] if spec.restore else ())))


@dataclass(frozen=True, slots=True)
class FormatterSpec:
    """An output format.

    Attributes:
        name: of ``--output``.
        target: a class or function that makes a ``Formatter`` without arguments, or better
            ``"module:attribute"`` of one; the attribute may also be a ``Formatter``.
        suffixes: of file names that mean this format, such as ``.yaml``.
        binary: bytes, not text; refused on a terminal.
        description: one line for help and reference.
        argument: what the format takes, such as ``TEMPLATE``: users then write
            ``--output NAME=TEMPLATE``, and the target is called with that text. It raises
            UsageError where the text is wrong, before anything is read. Empty if it takes nothing.
        objects: it writes of complete objects: listings of types give rows with ``spec``.
    """

    name: str
    target: str | Callable[..., Any]
    suffixes: tuple[str, ...] = ()
    binary: bool = False
    description: str = ""
    argument: str = ""
    objects: bool = False


@dataclass(frozen=True, slots=True)
class CommandSpec:
    """An extra command.

    Attributes:
        name: of the command.
        target: a ``click.Command``, or better ``"module:attribute"`` of one.
        group: name of the command group it joins, such as ``database``; a new group is made for a
            name that nobody has; empty for the top level.
        description: one line for help.
        group_description: one line for help on a new group; of several commands the first that
            has one says it.
        section: of the user's ``Configuration`` that it reads. Users may then have it in their
            files; a section that no command reads is an error there.
    """

    name: str
    target: str | Callable[..., Any]
    group: str = ""
    description: str = ""
    group_description: str = ""
    section: str = ""


@dataclass(frozen=True, slots=True)
class EvidenceSpec:
    """What an organisation knows of the things of a resource type that judges what it reads.

    Attributes:
        name: for people; it stands in the evidence.
        type: name of the resource type whose collector asks for it, such as ``operators``.
        target: a function ``(object) -> pairs``, or better ``"module:attribute"`` of one. It is
            called for each complete object that the collector asks about. Each pair is a word that
            the type knows and a text; the type's page says which words there are.
        description: one line for the reference.
    """

    name: str
    type: str
    target: str | Callable[..., Any]
    description: str = ""

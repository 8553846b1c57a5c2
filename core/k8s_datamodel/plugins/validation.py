"""What a specification of a plugin's must be like, checked before the host accepts it.

A hook's result is ``Any`` to every type checker, so nothing else checks it.
"""

from __future__ import annotations

import collections.abc
import re
import types
import typing
from collections.abc import Callable, Iterable, Iterator
from dataclasses import fields
from functools import lru_cache
from typing import Any, Literal, TypeAlias, Union

from k8s_datamodel.contracts.specs import CommandSpec, FormatterSpec, SourceSpec, StorageSpec
from k8s_datamodel.data.columns import Column, Level
from k8s_datamodel.data.objects import Resource
from k8s_datamodel.types.foreign_texts import shown
from k8s_datamodel.types.resource_types import Derived, Read, ResourceType
from k8s_datamodel.types.selectors import selector_fault

NAMED = ("contexts", "files", "restore")
"""Attributes of sources and backends that name a function, or nothing."""

Spec: TypeAlias = ResourceType | StorageSpec | FormatterSpec | SourceSpec | CommandSpec
"""What hooks return."""

TARGET = re.compile(r"[A-Za-z_][\w.-]*:[A-Za-z_][\w.]*", re.ASCII)
"""``module:attribute``."""

_PLAIN_NAME = re.compile(r"[a-z][a-z0-9_]{0,39}")  # PostgreSQL cuts names at 63 bytes
_NAME = re.compile(r"[a-z][a-z0-9-]{0,39}")
_KEY = re.compile(r"[A-Za-z_][A-Za-z0-9_.-]*")
_SCHEME = re.compile(r"[a-z][a-z0-9+.-]+")  # RFC 3986; one letter would be a drive of Windows
_SUFFIX = re.compile(r"\.[a-z0-9][a-z0-9.]*")
_COUNT = re.compile(r"[a-z][a-z0-9_]{0,39}_count")

_MODULE = "k8s_datamodel.types.resource_types."
_DOCUMENT_KEYS = frozenset({"ledger", "snapshot", "snapshots"})
_OPTIONS_OF_LIST = frozenset({"snapshot", "store-db", "wide"})


def faults(spec: Spec, reserved_options: Iterable[str] = ()) -> list[str]:
    """Everything that is wrong with a specification; empty when nothing is.

    Args:
        spec: of one of the classes of ``Spec``; its fields may hold anything.
        reserved_options: options (without dashes) that commands of every type have already.
    """
    wrong = list(_misfits(spec, type(spec).__name__))
    if wrong:
        return wrong  # the rules below take the types for granted
    if isinstance(spec, ResourceType):
        return [f"type {spec.name}: {what}" for what in _type_faults(spec, set(reserved_options))]
    return [f"{type(spec).__name__} {spec_name(spec)}: {what}" for what in _spec_faults(spec)]


def column_faults(column: Column) -> list[str]:
    """What is wrong with one column, whatever the others are."""
    return list(_misfits(column, "column")) or list(_column(column))


def spec_name(spec: Spec) -> str:
    """The name a specification is known by: its name or scheme, ``group name`` of a command."""
    if isinstance(spec, StorageSpec | SourceSpec):
        return spec.scheme
    return f"{spec.group} {spec.name}".lstrip() if isinstance(spec, CommandSpec) else spec.name


def claims(spec: Spec) -> list[tuple[str, str]]:
    """What nobody else may have beside this: pairs of what it is, for people, and its name."""
    name = spec_name(spec)
    if isinstance(spec, ResourceType):
        own = f"with-{spec.on_request}" if spec.on_request else f"no-{spec.skip}"
        flags = (own, f"{spec.name.replace('_', '-')}-only")
        commands = (spec.command, *(f"{spec.command} {verb}" for verb in ("list", "get", "count")))
        return [
            ("resource type", name),
            ("count column", spec.count),
            *(("command", command) for command in commands),
            *(("option", flag) for flag in flags),
        ]
    if isinstance(spec, FormatterSpec):
        return [("format", name), *(("file suffix", suffix) for suffix in spec.suffixes)]
    if isinstance(spec, CommandSpec):
        return [("command", name)]
    return [("storage scheme" if isinstance(spec, StorageSpec) else "source scheme", name)]


def _type_faults(spec: ResourceType, reserved: set[str]) -> Iterator[str]:
    yield from _matches("name", spec.name, _PLAIN_NAME)
    if spec.name in _DOCUMENT_KEYS:
        yield f"name {spec.name!r} is taken by documents"
    yield from _matches("command", spec.command, _NAME)
    yield from _matches("skip", spec.skip, _NAME)
    yield from _matches("count", spec.count, _COUNT)
    if spec.on_request:
        yield from _matches("on_request", spec.on_request, _NAME)
    for what in ("singular", "plural"):
        if not (text := getattr(spec, what)).strip() or not text.isprintable():
            yield f"{what} must be a printable text, not {text!r}"
    if isinstance(spec.collector, str):
        yield from _target("collector", spec.collector)
    yield from _reads(spec)
    yield from _columns(spec, reserved)
    yield from _derived(spec, reserved)
    yield from _identity(spec)


def _reads(spec: ResourceType) -> Iterator[str]:
    for read in spec.reads:
        if read.fact:
            yield from _target(f"fact of {read.resource.name}", read.fact)
        if not (read.resource.version and read.resource.plural and read.resource.kind):
            yield f"read of {shown(read.resource.name)} needs version, plural and kind"
        if wrong := selector_fault(read.label_selector, read.field_selector):
            yield f"read of {read.resource.name}: {wrong}"
    yield from _repeated("read", (read.resource.path for read in spec.reads))


def _derived(spec: ResourceType, reserved: set[str]) -> Iterator[str]:
    for each in spec.derived:
        where = f"derived {each.flag}"
        yield from _target(f"target of {where}", each.target)
        yield from _matches(f"flag of {where}", each.flag, _NAME)
        types = {column.name: column.type for column in each.columns}
        if types.get(each.keeps) != "boolean":
            yield f"{where}: keeps must name a boolean column of it"
        if types.get(each.why) != "text":
            yield f"{where}: why must name a text column of it"
        for column in each.columns:
            yield from _column(column)
    everywhere = (*spec.columns, *(c for each in spec.derived for c in each.columns))
    if spec.derived:
        for what in ("name", "key"):
            yield from _repeated(f"column {what}", (getattr(c, what) for c in everywhere))
    flags = [each.flag for each in spec.derived]
    options = {o for column in spec.columns for o in (column.filter, column.at_least)}
    yield from _repeated("flag of derived columns", flags)
    for flag in flags:
        if flag in reserved | options | _OPTIONS_OF_LIST:
            yield f"flag {flag!r} of derived columns is an option of list already"


def _columns(spec: ResourceType, reserved: set[str]) -> Iterator[str]:
    if not any(column.show == "table" for column in spec.columns):
        yield "no column has show='table', so its tables would be empty"
    for what in ("name", "key"):
        yield from _repeated(f"column {what}", (getattr(column, what) for column in spec.columns))
    filters = [f for column in spec.columns for f in (column.filter, column.at_least) if f]
    yield from _repeated("filter", filters)
    taken = reserved | _OPTIONS_OF_LIST
    yield from (f"filter {f!r} is an option of every command" for f in filters if f in taken)
    for column in spec.columns:
        yield from _column(column)


def _column(column: Column) -> Iterator[str]:
    yield from _matches("column name", column.name, _PLAIN_NAME)
    yield from _matches(f"key of column {column.name}", column.key, _KEY)
    if "spec" in (column.name, column.key):
        yield f"column {column.name}: spec is the complete object, in rows and in documents"
    if column.filter:
        yield from _matches(f"filter of column {column.name}", column.filter, _NAME)
    yield from _order(column)


def _order(column: Column) -> Iterator[str]:
    """What is wrong with the ways in which a column orders its values."""
    if column.at_least:
        yield from _matches(f"at_least of column {column.name}", column.at_least, _NAME)
    if (column.at_least or column.levels) and column.type not in ("integer", "real"):
        yield f"at_least and levels of column {column.name} are for numbers, not {column.type}"
    for level in column.levels:
        yield from _matches(f"level of column {column.name}", level.name, _NAME)
    if [each.least for each in column.levels] != sorted(
        {each.least for each in column.levels}, reverse=True
    ):
        yield f"levels of column {column.name} must fall, the highest first"


def _identity(spec: ResourceType) -> Iterator[str]:
    columns = {column.name: column for column in spec.columns}
    if not spec.identity:
        yield "identity names no column"
    yield from _repeated("identity", spec.identity)
    for name in spec.identity:
        if name not in columns:
            yield f"identity {name!r} is no column"
        elif columns[name].volatile or columns[name].type in ("list", "json"):
            yield f"identity {name!r} must be a plain column that is not volatile"


def _spec_faults(spec: Spec) -> Iterator[str]:
    if isinstance(spec, StorageSpec | SourceSpec):
        yield from _matches("scheme", spec.scheme, _SCHEME)
    elif isinstance(spec, FormatterSpec):
        yield from _matches("name", spec.name, _NAME)
        for suffix in spec.suffixes:
            yield from _matches("suffix", suffix, _SUFFIX)
        yield from _repeated("suffix", spec.suffixes)
    elif isinstance(spec, CommandSpec):
        yield from _matches("name", spec.name, _NAME)
        if spec.group:
            yield from _matches("group", spec.group, _NAME)
    for what in NAMED:
        if target := getattr(spec, what, ""):
            yield from _target(what, target)
    if not isinstance(spec, ResourceType):
        yield from _target("target", spec.target)


def _matches(what: str, text: str, pattern: re.Pattern[str]) -> Iterator[str]:
    if not pattern.fullmatch(text):
        yield f"{what} must match {pattern.pattern}, {text!r} does not"


def _target(what: str, text: str) -> Iterator[str]:
    if not TARGET.fullmatch(text):
        yield f"{what} must be 'module:attribute', not {text!r}"


def _repeated(what: str, names: Iterable[str]) -> Iterator[str]:
    seen: set[str] = set()
    for name in names:
        if name in seen:
            yield f"{what} {name!r} is there twice"
        seen.add(name)


def _misfits(value: object, where: str) -> Iterator[str]:
    """Fields whose values are not of the annotated types, at any depth."""
    kind: Any = type(value)
    for name, hint in _hints(kind).items():
        item = getattr(value, name)
        if not _fits(item, hint):
            yield f"{where}.{name} must be {_named(hint)}, not {shown(item)}"
            continue
        parts = item if isinstance(item, tuple) else (item,)
        for number, part in enumerate(parts):
            if isinstance(part, Column | Derived | Level | Read | Resource):
                place = f"{where}.{name}[{number}]" if parts is item else f"{where}.{name}"
                yield from _misfits(part, place)


def _named(hint: Any) -> str:
    if typing.get_origin(hint) is Literal:
        return f"one of {', '.join(typing.get_args(hint))}"
    # In Python 3.10 tuple[str, ...] passes for a type.
    plain = typing.get_origin(hint) is None
    return str(hint.__name__) if plain else str(hint).replace(_MODULE, "")


@lru_cache
def _hints(cls: Any) -> dict[str, Any]:
    hints = typing.get_type_hints(cls)
    return {field.name: hints[field.name] for field in fields(cls)}


def _fits(value: object, hint: Any) -> bool:
    origin, arguments = typing.get_origin(hint), typing.get_args(hint)
    if origin is None:
        # True is an int to Python, but no position in a list.
        return isinstance(value, hint) and not (hint is int and isinstance(value, bool))
    return _GENERIC[origin](value, arguments)


_GENERIC: dict[Any, Callable[[Any, tuple[Any, ...]], bool]] = {
    Literal: lambda value, allowed: isinstance(value, str) and value in allowed,
    Union: lambda value, allowed: any(_fits(value, hint) for hint in allowed),
    types.UnionType: lambda value, allowed: any(_fits(value, hint) for hint in allowed),
    collections.abc.Callable: lambda value, _: callable(value),
    tuple: lambda value, of: isinstance(value, tuple) and all(_fits(v, of[0]) for v in value),
}

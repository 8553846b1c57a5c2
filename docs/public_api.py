"""The public API as lines of text, one fact each, and what a change of them means to plugins.

``docs/generate.py`` keeps the lines in ``reference/api.txt``; ``docs/compatibility.md`` tells the
rules.
"""

from __future__ import annotations

import ast
import dataclasses
import inspect
import typing
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from importlib import import_module
from typing import Any

MODULES = ("k8s_datamodel.api", "k8s_datamodel.commands", "k8s_datamodel.testing")

IMPLEMENTED = "implemented by plugins"
"""Marks what plugins write themselves: more of it is more than existing plugins have."""

BY_PLUGINS = frozenset(
    ["Source", "SourceFactory", "Collector", "SnapshotWriter", "Store", "StoreFactory", "Formatter"]
)
"""Protocols that plugins implement; the others are implemented by the host and given to them."""

_VERSION = ("API_VERSION", "API_MINOR")
_NO_DEFAULT = dataclasses.MISSING
_PLAIN = (str, int, float, bool, type(None))


@dataclass(frozen=True)
class Changes:
    """How one API differs from an earlier one.

    Attributes:
        breaking: what a plugin that works with the earlier one may miss, a line each.
        added: names of what is new, or takes more.
    """

    breaking: tuple[str, ...]
    added: tuple[str, ...]


def facts() -> dict[str, str]:
    """Every public fact by its name: what follows the name in its line."""
    found: dict[str, str] = {}
    for module in map(import_module, MODULES):
        short = module.__name__.rpartition(".")[2]
        for name in module.__all__:
            if name not in _VERSION:
                found.update(_of(f"{short}.{name}", getattr(module, name)))
    for name, hook in _hooks().items():
        found[f"hook.{name}"] = _signature(hook)
    return found


def lines(found: Mapping[str, str], version: str, distribution: str) -> str:
    """The facts as a file."""
    head = f"# API {version}, of k8s-datamodel {distribution}. Written by docs/generate.py.\n"
    return head + "".join(f"{name}{text}\n" for name, text in sorted(found.items()))


def parsed(content: str) -> tuple[dict[str, str], str, str]:
    """Facts, version and distribution of a file. Raises ValueError when it is none."""
    head, *rest = content.splitlines() or [""]
    words = head.replace(",", "").replace("k8s-datamodel ", "").rstrip(".").split()
    if words[:2] != ["#", "API"]:
        raise ValueError("its first line names no API")
    found = {}
    for line in rest:
        end = next((n for n, c in enumerate(line) if not (c.isalnum() or c in "._")), len(line))
        found[line[:end]] = line[end:]
    return found, words[2], words[4].rstrip(".")


def changes(before: Mapping[str, str], now: Mapping[str, str]) -> Changes:
    """What of one API is not as it was."""
    breaking: list[str] = []
    added: list[str] = []
    for name in sorted(before.keys() | now.keys()):
        old, new = before.get(name), now.get(name)
        if new is None:
            breaking.append(f"{name}{old} is gone")
        elif old is None:
            (breaking if _is_required(name, new, before) else added).append(name)
        elif old != new:
            (added if _extends(old, new) else breaking).append(
                f"{name}{new}, which was {name}{old}"
            )
    return Changes(tuple(breaking), tuple(added))


def _is_class(value: Any) -> bool:
    # Python 3.10 takes Mapping[str, Any] for a class.
    return inspect.isclass(value) and typing.get_origin(value) is None


def _of(name: str, value: Any) -> Iterator[tuple[str, str]]:
    if _is_class(value):
        yield from _of_class(name, value)
    elif inspect.isfunction(value):
        yield name, _signature(value)
    elif callable(value) and not typing.get_origin(value):
        yield name, f": {type(value).__name__}"
    else:
        yield name, f" = {_constant(value)}"


def _of_class(name: str, cls: type) -> Iterator[tuple[str, str]]:
    protocol = getattr(cls, "_is_protocol", False)
    if protocol:
        kind = "protocol"
    elif dataclasses.is_dataclass(cls):
        kind = "dataclass"
    else:
        kind = f"class({', '.join(base.__name__ for base in cls.__bases__)})"
    mark = f" [{IMPLEMENTED}]" if cls.__name__ in BY_PLUGINS else ""
    yield name, f": {kind}{mark}"
    if dataclasses.is_dataclass(cls):
        fields = [each for each in dataclasses.fields(cls) if _is_public(each.name)]
        for number, field in enumerate(fields):
            yield f"{name}.{field.name}", f": {field.type}{_default(field)} [{number}]"
    elif kind.startswith("class"):
        for field, hint in inspect.get_annotations(cls).items():
            if not field.startswith("_"):
                yield f"{name}.{field}", f": {hint}{' = ...' if hasattr(cls, field) else ''}"
    for member, value in vars(cls).items():
        plain = getattr(value, "fget", None) or value
        if _is_public(member) and inspect.isfunction(plain):
            text = _signature(plain)
            yield f"{name}.{member}", f"{' property' if plain is not value else ''}{text}{mark}"


def _is_public(member: str) -> bool:
    """Whether plugins call or write it. Tests of the kit may come and go."""
    return member in ("__call__", "__enter__") or not member.startswith(("_", "test_"))


def _default(field: dataclasses.Field[Any]) -> str:
    if field.default is not _NO_DEFAULT:
        return f" = {_constant(field.default)}"
    return " = ..." if field.default_factory is not _NO_DEFAULT else ""


def _constant(value: Any) -> str:
    if isinstance(value, frozenset):
        return f"frozenset({sorted(value)})"
    if isinstance(value, _PLAIN) or value == ():
        return repr(value)
    # What is no plain value has a repr with an address in it, or one that changes.
    return _short(str(value)) if typing.get_origin(value) else "..."


class _Text(str):
    """An annotation that shows without quotes."""

    __slots__ = ()

    def __repr__(self) -> str:
        return str(self)


def _signature(function: Any) -> str:
    signature = inspect.signature(function)
    parameters = [
        each.replace(
            annotation=_text(each.annotation),
            default=each.default
            if isinstance(each.default, _PLAIN) or each.default is inspect.Parameter.empty
            else ...,
        )
        for each in signature.parameters.values()
    ]
    returns = _text(signature.return_annotation)
    return _short(str(signature.replace(parameters=parameters, return_annotation=returns)))


def _text(annotation: Any) -> Any:
    return _Text(annotation) if isinstance(annotation, str) else annotation


_PREFIXES = (
    "k8s_datamodel.data.chunks.",
    "k8s_datamodel.data.objects.",
    "k8s_datamodel.data.columns.",
    "k8s_datamodel.data.ledger.",
    "k8s_datamodel.data.snapshots.",
    "k8s_datamodel.data.pages.",
    "k8s_datamodel.contracts.sources.",
    "k8s_datamodel.contracts.collecting.",
    "k8s_datamodel.types.resource_types.",
    "collections.abc.",
    "typing.",
    "pathlib.",
)


def _short(text: str) -> str:
    for module in _PREFIXES:
        text = text.replace(module, "")
    return " ".join(text.split()).replace("Ellipsis", "...")


def _hooks() -> Mapping[str, Any]:
    hookspecs = import_module("k8s_datamodel.contracts.hookspecs")
    return {name: each for name, each in vars(hookspecs).items() if name.startswith("register_")}


def _is_required(name: str, text: str, before: Mapping[str, str]) -> bool:
    """Whether existing plugins lack it: a method of their classes, a field without a default."""
    if name.rpartition(".")[0] not in before:
        return False  # the whole class is new
    is_field = text.startswith(":") and text.endswith("]") and "[implemented" not in text
    return IMPLEMENTED in text or (is_field and " = " not in text)


def _extends(old: str, new: str) -> bool:
    """Whether a signature takes all that it took: only parameters with defaults were added."""
    if IMPLEMENTED in old or not (old.startswith("(") and new.startswith("(")):
        return False
    before, after = map(_arguments, (old, new))
    return (
        before is not None
        and after is not None
        and after[-1] == before[-1]
        and after[: len(before) - 1] == before[:-1]
        and all("=" in each for each in after[len(before) - 1 : -1])
    )


def _arguments(signature: str) -> list[str] | None:
    """Its parameters and, last, what it returns."""
    try:
        (function,) = ast.parse(f"def f{signature}: ...").body
    except SyntaxError:
        return None
    assert isinstance(function, ast.FunctionDef)  # noqa: S101 - it was written so
    arguments = function.args
    positional = [*arguments.posonlyargs, *arguments.args]
    missing = len(positional) - len(arguments.defaults)
    made = [
        ast.unparse(each)
        + (f"={ast.unparse(arguments.defaults[n - missing])}" if n >= missing else "")
        for n, each in enumerate(positional)
    ]
    for each, default in zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True):
        made.append(f"*{ast.unparse(each)}" + (f"={ast.unparse(default)}" if default else ""))
    return [*made, ast.unparse(function.returns) if function.returns else ""]


def reference() -> str:
    """A page with every public name: its signature and its docstring."""
    return "\n".join(_pages())


def _pages() -> Iterator[str]:
    for module in map(import_module, MODULES):
        yield f"## {module.__name__}\n"
        yield f"```text\n{inspect.getdoc(module)}\n```\n"
        for name in module.__all__:
            yield from _entry(name, getattr(module, name), module)


def _entry(name: str, value: Any, module: Any) -> Iterable[str]:
    text = _doc(name, module)
    heading = f"{name}{_signature(value)}" if inspect.isfunction(value) else name
    yield f"### {name}\n"
    methods = _methods(value) if _is_class(value) else []
    body = "\n\n".join([f"{heading}\n\n{text or ''}".strip(), *methods])
    yield f"```text\n{body}\n```\n"


def _methods(cls: type) -> list[str]:
    found = []
    for name, value in vars(cls).items():
        plain = getattr(value, "fget", None) or value
        shown = not name.startswith("_") or name == "__call__"
        if shown and inspect.isfunction(plain):
            head = f"{name}{_signature(plain)}" if plain is value else name
            doc = inspect.getdoc(plain) or ""
            found.append(
                f"{head}\n" + "\n".join(f"    {line}".rstrip() for line in doc.splitlines())
            )
    return found


def undocumented() -> list[str]:
    """Public names without a text that tells what they are."""
    return [
        f"{module.__name__}.{name}"
        for module in map(import_module, MODULES)
        for name in module.__all__
        if not _doc(name, module)
    ]


def _doc(name: str, module: Any) -> str:
    value = getattr(module, name)
    own = _is_class(value) or inspect.isfunction(value)
    return (inspect.getdoc(value) or "") if own else _documented(name, module)


def _documented(name: str, module: Any) -> str:
    """The text below a constant, in whichever module of ours it is defined; empty for none."""
    for source in (module, *map(import_module, _SOURCES)):
        body = ast.parse(inspect.getsource(source)).body
        for statement, following in zip(body, [*body[1:], None], strict=True):
            if name in _targets(statement) and isinstance(following, ast.Expr):
                text = following.value
                if isinstance(text, ast.Constant) and isinstance(text.value, str):
                    return inspect.cleandoc(text.value)
    return ""


_SOURCES = (
    "k8s_datamodel.reading.moments",
    "k8s_datamodel",
    "k8s_datamodel.data.chunks",
    "k8s_datamodel.data.objects",
    "k8s_datamodel.types.comparison_rules",
    "k8s_datamodel.data.columns",
    "k8s_datamodel.data.findings",
    "k8s_datamodel.data.ledger",
    "k8s_datamodel.data.snapshots",
    "k8s_datamodel.contracts.specs",
    "k8s_datamodel.data.pages",
    "k8s_datamodel.types.resource_types",
    "k8s_datamodel.cli.frame.app",
    "k8s_datamodel.cli.frame.fleet",
    "k8s_datamodel.reading.documents",
)


def _targets(statement: ast.stmt) -> set[str]:
    targets = statement.targets if isinstance(statement, ast.Assign) else []
    if isinstance(statement, ast.AnnAssign):
        targets = [statement.target]
    return {each.id for each in targets if isinstance(each, ast.Name)}

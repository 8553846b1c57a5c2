"""The engine: cel-expr-python, with Kubernetes' functions.

It is optional. Without it no rule can be evaluated, and `missing()` says how to get it.

Three traps of it are handled here. An evaluation error comes back as a value. An optional value
that reaches a Python function ends the process, so no function takes a value of any type. And
Python's times cannot be given back, so no function returns one.
"""

from __future__ import annotations

import functools
import importlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from k8s_datamodel_plugins.cel_rules import rewriting, value_shapes
from k8s_datamodel_plugins.cel_rules.expressions import Expression, read, write
from k8s_datamodel_plugins.cel_rules.library.function_table import (
    FUNCTIONS,
    NOT_MODELLED,
    Function,
)
from k8s_datamodel_plugins.cel_rules.library.made_values import WrongKindError

HOW_TO_GET = (
    "CEL rules are evaluated with the extra cel, which has wheels for Python 3.11 and newer on "
    "glibc Linux, macOS on ARM, and Windows: pip install 'k8s-datamodel[cel]'"
)
_EXTENSIONS = ("sets", "lists", "two-var-comprehensions", "regex", "strings", "optional")
_BEYOND_THE_ENGINE = ("Non-CEL value type", "out of range for '", "Unimplemented type")


class CompileError(Exception):
    """The engine does not take a rule; the message says why, on one line."""


@dataclass(frozen=True)
class Answer:
    """What an expression gave.

    Attributes:
        value: Its value, where there is no error.
        error: What went wrong, in the words of Kubernetes where they are known.
        modelled: Whether the server would give the same.
    """

    value: Any = None
    error: str | None = None
    modelled: bool = True


NOT_INSTALLED = "what evaluates CEL rules is not installed"
"""Why a rule is unknown then; ``missing`` says what to do."""


def missing() -> str:
    """How to get the engine, on one line; empty if it is there."""
    return "" if find_engine() is not None else HOW_TO_GET


@functools.cache
def find_engine() -> Any:
    """The engine's module, or None."""
    try:
        return importlib.import_module("cel_expr_python.cel")
    except ImportError:
        return None


@functools.lru_cache(maxsize=10_000)
def syntax_fault(text: str) -> str:
    """Where an expression is none of CEL; empty if it is one, or without the engine."""
    if find_engine() is None:
        return ""
    try:
        _base_env().compile(text, disable_check=True)
    except RuntimeError as error:
        # Its other faults are of limits and macros of its own.
        _, mark, said = _first_line(str(error)).partition("Syntax error: ")
        return said if mark else ""
    return ""


class Engine:
    """Compiles and evaluates expressions over `self` and `oldSelf`.

    Raises:
        ImportError: the engine is not installed; ask `missing()` first.
    """

    def __init__(self) -> None:
        self._env = _base_env()

    def parsed(self, text: str) -> Expression:
        """The tree of an expression whose names and literals the engine has checked.

        Raises:
            CompileError: it is not valid, or names something that is not modelled.
        """
        try:
            self._env.compile(text)
            return read(self._env.compile(text, disable_check=True).serialize())
        except RuntimeError as error:
            raise CompileError(_first_line(str(error))) from None

    def program(self, expression: Expression, used: Sequence[value_shapes.Shape] = ()) -> Program:
        """An expression, ready to be evaluated.

        Args:
            expression: As `rewriting` made it.
            used: The shapes that it calls our functions with.

        Raises:
            CompileError: the engine does not take it.
        """
        env = _env_with(used) if used else self._env
        try:
            return Program(env.deserialize(write(expression)))
        except RuntimeError as error:
            raise CompileError(_first_line(str(error))) from None


class Program:
    """One compiled expression."""

    def __init__(self, expression: Any) -> None:
        self._expression = expression

    def answer(self, values: Mapping[str, Any]) -> Answer:
        """Evaluates it with `self` and `oldSelf`, as `value_shapes.seen` makes them."""
        try:
            result = self._expression.eval(data=values)
            value = result.plain_value()
        except (RuntimeError, TypeError, ValueError) as error:
            return Answer(error=_first_line(str(error)), modelled=False)
        if isinstance(value, str) and result.type().name() == "ERROR":
            return _failure(value)
        return Answer(value)


def _failure(text: str) -> Answer:
    _, _, said = text.partition(": ")
    if said.startswith(NOT_MODELLED):
        return Answer(error=said, modelled=False)
    if any(mark in said for mark in _BEYOND_THE_ENGINE):
        return Answer(error=said, modelled=False)
    return Answer(error=_as_kubernetes_says(said))


def _as_kubernetes_says(text: str) -> str:
    if text.startswith("Key not found in map : "):
        return f"no such key: {text.partition(' : ')[2].strip(chr(34))}"
    if text.startswith("Index error: index="):
        return f"index out of bounds: {text.removeprefix('Index error: index=').split()[0]}"
    if text == "divide by zero":
        return "division by zero"
    if text.startswith("No matching overloads found"):
        return "no such overload"
    return text


def _first_line(text: str) -> str:
    return text.removeprefix("INVALID_ARGUMENT: ").removeprefix("ERROR: ").split("\n")[0]


@functools.cache
def _base_env() -> Any:
    return _env_with(())


def _env_with(used: Sequence[value_shapes.Shape]) -> Any:
    cel = find_engine()
    if cel is None:
        raise ImportError(HOW_TO_GET)
    config = "extensions:\n" + "".join(f"- name: {name}\n" for name in _EXTENSIONS)
    dyn = cel.Type.DYN
    return cel.NewEnv(
        variables={"self": dyn, "oldSelf": dyn},
        config=cel.NewEnvConfigFromYaml(config),
        extensions=[cel.CelExtension("kubernetes", list(_declared(cel, used)))],
    )


def _declared(cel: Any, used: Sequence[value_shapes.Shape]) -> Any:
    by_name: dict[str, list[Any]] = {}
    for name, signature, result, work in [*FUNCTIONS, *_comparing(used)]:
        overloads = by_name.setdefault(name, [])
        overloads.append(
            cel.Overload(
                f"kubernetes_{name}_{len(overloads)}",
                _type(cel, result),
                [_type(cel, one) for one in signature.lstrip(".").split()],
                is_member=signature.startswith("."),
                impl=_plain(work),
            )
        )
    return (cel.FunctionDecl(name, overloads) for name, overloads in by_name.items())


def _type(cel: Any, name: str) -> Any:
    if name == "list":
        return cel.Type.List(cel.Type.DYN)
    if name == "map":
        return cel.Type.Map(cel.Type.DYN, cel.Type.DYN)
    return getattr(cel.Type, name.upper())


def _plain(work: Callable[..., Any]) -> Callable[..., Any]:
    """Only errors with a text of their own may leave a function of ours."""

    def guarded(*values: Any) -> Any:
        try:
            return work(*values)
        except (ValueError, WrongKindError):
            raise
        except (ArithmeticError, LookupError, TypeError) as error:
            raise ValueError(f"{NOT_MODELLED}{error}") from None

    return guarded


def _comparing(used: Sequence[value_shapes.Shape]) -> list[Function]:
    def equal(number: int, one: Any, other: Any) -> bool:
        return value_shapes.equal(used[number], one, other)

    def merged(number: int, one: list[Any], other: list[Any]) -> list[Any]:
        return value_shapes.merged(used[number], one, other)

    return [
        (rewriting.EQUAL, "int list list", "bool", equal),
        (rewriting.EQUAL, "int map map", "bool", equal),
        (rewriting.MERGED, "int list list", "list", merged),
    ]

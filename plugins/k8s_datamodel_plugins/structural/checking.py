"""Does a value meet its schema? All keywords, in the API server's order and with its answers.

Source: kube-openapi ``pkg/validation/validate``, apiextensions-apiserver
``pkg/apiserver/validation/ratcheting.go``.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from k8s_datamodel_plugins.structural.correlation import Correlated, alike
from k8s_datamodel_plugins.structural.failures import Failure, Path
from k8s_datamodel_plugins.structural.go_numbers import is_int64, is_whole
from k8s_datamodel_plugins.structural.nodes import Node

_TOKEN_START = "[redacted:"  # noqa: S105 - what stands for a literal that was not stored
_TYPE_META = frozenset({"apiVersion", "kind"})


def failures_of(value: Any, node: Node) -> list[Failure]:
    """What a value does not meet, as when it is created."""
    found: list[Failure] = []
    _check(value, node, (), None, found)
    return found


def unforgiven(correlated: Correlated) -> list[Failure]:
    """What a changed value does not meet, without what did not change (since Kubernetes 1.30)."""
    found: list[Failure] = []
    _check(correlated.value, correlated.node, (), correlated, found)
    return found


def is_hidden(value: Any) -> bool:
    """Whether a value is, or has in it, the token of a redacted literal."""
    return type(value) is str and _TOKEN_START in value


def _check(
    value: Any, node: Node, path: Path, correlated: Correlated | None, found: list[Failure]
) -> None:
    """Appends what fails; nothing if the value is the old one."""
    before = len(found)
    kind = type(value)
    if kind is str:
        _check_text(value, node, path, found)
    elif kind is dict:
        _check_object(value, node, path, correlated, found)
    elif kind is list:
        _check_list(value, node, path, correlated, found)
    elif value is None:
        _check_null(node, path, found)
    elif kind is bool:
        _check_kind("boolean", node, path, found)
    else:
        _check_number(value, node, path, found)
    if value is not None:  # of a null the server looks at the type and the enum only
        if node.enum is not None:
            _check_enum(value, node, path, found)
        if node.is_combined:
            _check_combined(value, node, path, found)
    if correlated is not None and len(found) > before and correlated.same():
        del found[before:]


def _check_kind(kind: str, node: Node, path: Path, found: list[Failure]) -> None:
    if (node.types and kind not in node.types) or node.format:
        _wrong_type(kind, node, path, found)


def _format_hides_type(node: Node) -> bool:
    """A format of a string lets lists through, too (kube-openapi, type.go)."""
    return bool(node.format) and not {"integer", "number"} & set(node.types)


def _wrong_type(kind: str, node: Node, path: Path, found: list[Failure]) -> None:
    wanted = " or ".join(node.types) or f"a string of format {node.format}"
    found.append(Failure("type", path, f"must be {wanted}, is {kind}"))


def _check_null(node: Node, path: Path, found: list[Failure]) -> None:
    if node.types and not node.nullable:
        _wrong_type("null", node, path, found)
    if node.enum is not None:
        found.append(Failure("enum", path, "is null, which no enum allows"))


def _check_text(value: str, node: Node, path: Path, found: list[Failure]) -> None:
    types = node.types
    hidden = _TOKEN_START in value
    if types and "string" not in types and not hidden:
        _wrong_type("string", node, path, found)
    if hidden:
        _check_hidden(node, path, found)
        return
    problem = _text_problem(value, node)
    if problem is not None:
        rule, message, certain = problem
        found.append(Failure(rule, path, message, certain))
    if node.format_check is not None:
        verdict = node.format_check(value)
        if not verdict:
            message = f"is no {node.format}"
            found.append(Failure("format", path, message, certain=verdict is False))


def _check_hidden(node: Node, path: Path, found: list[Failure]) -> None:
    rules = {
        "pattern": node.pattern,
        "minLength": node.min_length,
        "maxLength": node.max_length,
        "format": node.format or None,
        "numbers": node.numbers,
        "items": node.items,
        "properties": node.properties or None,
        "required": node.required or None,
    }
    for rule, given in rules.items():
        if given is not None:
            found.append(Failure(rule, path, "the value is redacted", certain=False))


def _text_problem(value: str, node: Node) -> tuple[str, str, bool] | None:
    """The first of the three rules on a text that fails; the server stops there, too."""
    if node.max_length is not None and len(value) > node.max_length:
        return "maxLength", f"{len(value)} characters are above {node.max_length}", True
    if node.min_length is not None and len(value) < node.min_length:
        return "minLength", f"{len(value)} characters are below {node.min_length}", True
    if node.pattern is not None:
        matches = node.pattern.matches(value)
        if not matches:
            words = "does not match" if matches is False else "is not known to match"
            return "pattern", f"{words} {node.pattern.source}", matches is False
    return None


def _check_number(value: float, node: Node, path: Path, found: list[Failure]) -> None:
    types = node.types
    if types or node.format:
        whole = is_int64(value)
        kind = "integer" if whole else "number"
        fits = kind in types or (whole and "number" in types)
        if not fits and not (not whole and "integer" in types and is_whole(float(value))):
            _wrong_type(kind, node, path, found)
    if node.numbers is not None:
        for rule, message in node.numbers.failures(value):
            found.append(Failure(rule, path, message))


def _check_list(
    value: list[Any], node: Node, path: Path, correlated: Correlated | None, found: list[Failure]
) -> None:
    if node.types and "array" not in node.types and not _format_hides_type(node):
        _wrong_type("array", node, path, found)
    items = node.items
    if items is not None:
        for at, below in enumerate(value):
            old = None if correlated is None else correlated.index(at)
            _check(below, items, (*path, at), old, found)
    if node.min_items is not None and len(value) < node.min_items:
        message = f"{len(value)} items are below {node.min_items}"
        found.append(Failure("minItems", path, message))
    if node.max_items is not None and len(value) > node.max_items:
        message = f"{len(value)} items are above {node.max_items}"
        found.append(Failure("maxItems", path, message))
    if node.unique_items and any(
        alike(one, other) for at, one in enumerate(value) for other in value[:at]
    ):
        found.append(Failure("uniqueItems", path, "has an item twice"))


def _check_object(
    value: dict[str, Any],
    node: Node,
    path: Path,
    correlated: Correlated | None,
    found: list[Failure],
) -> None:
    _check_kind("object", node, path, found)
    count = len(value)
    if node.min_properties is not None and count < node.min_properties:
        message = f"{count} fields are below {node.min_properties}"
        found.append(Failure("minProperties", path, message))
    if node.max_properties is not None and count > node.max_properties:
        message = f"{count} fields are above {node.max_properties}"
        found.append(Failure("maxProperties", path, message))
    properties, additional = node.properties, node.additional
    for key, below in value.items():
        known = properties.get(key) or additional
        if known is not None:
            old = None
            if correlated is not None and not (path == () and key in _TYPE_META):
                old = correlated.key(key)
            _check(below, known, (*path, key), old, found)
    found.extend(
        Failure("required", (*path, key), "is required")
        for key in node.required
        if key not in value
    )


def _check_enum(value: Any, node: Node, path: Path, found: list[Failure]) -> None:
    if any(_converts_to(value, allowed) for allowed in node.enum or ()):
        return
    allowed = ", ".join(str(one) for one in node.enum or ())
    hidden = is_hidden(value)
    message = "the value is redacted" if hidden else f"is none of {allowed}"
    found.append(Failure("enum", path, message, certain=not hidden))


def _converts_to(value: Any, allowed: Any) -> bool:
    """Whether a value equals one of an enum after Go's conversion to its type."""
    if type(allowed) is float and type(value) in (int, float):
        return float(value) == allowed
    if type(allowed) is int and type(value) is float:
        return int(value) == allowed
    if type(allowed) is str and type(value) is int:
        return len(allowed) == 1 and value == ord(allowed)
    return alike(value, allowed)


def _check_combined(value: Any, node: Node, path: Path, found: list[Failure]) -> None:
    if node.any_of:
        _check_any(value, node, path, found)
    if node.one_of:
        _check_one(value, node, path, found)
    if node.all_of:
        for branch in node.all_of:
            _check(value, branch, path, None, found)
    if node.no is not None:
        against = _against(value, node.no, path)
        if not any(failure.certain for failure in against):
            message = "must not match the schema under not"
            found.append(Failure("not", path, message, certain=not against))


def _against(value: Any, node: Node, path: Path) -> list[Failure]:
    against: list[Failure] = []
    _check(value, node, path, None, against)
    return against


def _outcomes(value: Any, branches: tuple[Node, ...], path: Path) -> Iterator[list[Failure]]:
    for branch in branches:
        yield _against(value, branch, path)


def _check_any(value: Any, node: Node, path: Path, found: list[Failure]) -> None:
    closest: list[Failure] | None = None
    perhaps = False
    for against in _outcomes(value, node.any_of, path):
        if not against:
            return
        perhaps = perhaps or not any(failure.certain for failure in against)
        if closest is None or len(against) < len(closest):
            closest = against
    message = "meets none of the schemas under anyOf"
    found.append(Failure("anyOf", path, message, certain=not perhaps))
    if not perhaps:
        found.extend(closest or ())


def _check_one(value: Any, node: Node, path: Path, found: list[Failure]) -> None:
    outcomes = list(_outcomes(value, node.one_of, path))
    good = sum(1 for against in outcomes if not against)
    perhaps = sum(
        1 for against in outcomes if against and not any(failure.certain for failure in against)
    )
    if good == 1 and not perhaps:
        return
    certain = good > 1 or not perhaps
    message = f"meets {good or 'none'} of the schemas under oneOf, not one"
    found.append(Failure("oneOf", path, message, certain=certain))
    if not good and certain:
        shortest: list[Failure] = min(outcomes, key=len)
        found.extend(shortest)

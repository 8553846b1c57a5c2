"""`semver` and what asks it; versions are read as github.com/blang/semver/v4 reads them."""

from __future__ import annotations

import re
from itertools import zip_longest

from k8s_datamodel_plugins.cel_rules.library.made_values import SEMVER, Made, made, told

_NUMBER = r"(?:0|[1-9][0-9]*)"
_VERSION = re.compile(
    rf"({_NUMBER})\.({_NUMBER})\.({_NUMBER})(?:-([0-9A-Za-z.-]*))?(?:\+([0-9A-Za-z.-]*))?", re.ASCII
)
_LARGEST = 2**64 - 1
_PARTS = 3


def parsed_version(text: str, normalize: bool = False) -> tuple[str, ...]:
    """Major, minor, patch and pre-release; raises ValueError if it is no version."""
    found = _VERSION.fullmatch(_normalized(text) if normalize else text)
    if found is None:
        raise ValueError(f"no semantic version: {text!r}")
    major, minor, patch, pre, build = found.groups()
    for part in ("0" if pre is None else pre).split("."):
        leading_zero = part.isdigit() and len(part) > 1 and part.startswith("0")
        if not part or leading_zero:
            raise ValueError(f"no semantic version: {text!r}")
    if build is not None and "" in build.split("."):
        raise ValueError(f"no semantic version: {text!r}")
    numbers = [part for part in (major, minor, patch, *(pre or "").split(".")) if part.isdigit()]
    if any(int(part) > _LARGEST for part in numbers):
        raise ValueError(f"no semantic version: {text!r}")
    return major, minor, patch, pre or ""


def _normalized(text: str) -> str:
    parts = text.removeprefix("v").split(".", 2)
    for place, part in enumerate(parts):
        if len(part) > 1:
            stripped = part.lstrip("0")
            parts[place] = stripped if re.match("[0-9]", stripped) else f"0{stripped}"
    if len(parts) < _PARTS and re.search(r"[+-]", parts[-1]):
        raise ValueError("short version cannot contain PreRelease/Build meta data")
    return ".".join([*parts, "0", "0"][:_PARTS])


def is_semver(text: str, normalize: bool = False) -> bool:
    """`isSemver(text)`, `isSemver(text, normalize)`."""
    try:
        parsed_version(text, normalize)
    except ValueError:
        return False
    return True


def semver(text: str, normalize: bool = False) -> Made:
    """`semver(text)`, `semver(text, normalize)`; the build does not count."""
    major, minor, patch, pre = parsed_version(text, normalize)
    return made(SEMVER, f"{major}.{minor}.{patch}" + (f"-{pre}" if pre else ""))


def major(value: Made) -> int:
    """`semver.major()`."""
    return int(_parts(value)[0])


def minor(value: Made) -> int:
    """`semver.minor()`."""
    return int(_parts(value)[1])


def patch(value: Made) -> int:
    """`semver.patch()`."""
    return int(_parts(value)[2])


def compared(one: Made, other: Made) -> int:
    """-1, 0 or 1: which of two versions is older."""
    mine, theirs = _parts(one), _parts(other)
    for left, right in zip(mine[:_PARTS], theirs[:_PARTS], strict=True):
        if left != right:
            return 1 if int(left) > int(right) else -1
    return _compared_pre(mine[_PARTS], theirs[_PARTS])


def _parts(value: Made) -> tuple[str, ...]:
    return parsed_version(told(value, SEMVER))


def _compared_pre(one: str, other: str) -> int:
    if not one or not other:
        return bool(other) - bool(one) and (1 if not one else -1)
    for left, right in zip_longest(one.split("."), other.split(".")):
        if left is None or right is None:
            return -1 if left is None else 1
        if left != right:
            return _compared_part(left, right)
    return 0


def _compared_part(left: str, right: str) -> int:
    if left.isdigit() and right.isdigit():
        return 1 if int(left) > int(right) else -1
    if left.isdigit() != right.isdigit():
        return -1 if left.isdigit() else 1
    return 1 if left > right else -1

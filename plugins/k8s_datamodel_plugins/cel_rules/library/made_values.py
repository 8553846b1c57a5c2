"""Values of Kubernetes' own CEL types, as the engine takes them: maps with one key."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

IP = "net.IP"
CIDR = "net.CIDR"
URL = "kubernetes.URL"
QUANTITY = "kubernetes.Quantity"
SEMVER = "kubernetes.Semver"
FORMAT = "kubernetes.NamedFormat"
Made = Mapping[str, Any]


class WrongKindError(Exception):
    """A function got a value of another kind; Kubernetes says so in these words."""

    def __init__(self) -> None:
        super().__init__("no such overload")


def made(kind: str, value: str) -> dict[str, Any]:
    """A value of a kind."""
    return {kind: value}


def told(value: Made, kind: str) -> str:
    """What a value of a kind holds; raises WrongKindError for every other one."""
    if len(value) == 1 and kind in value:
        return str(value[kind])
    raise WrongKindError


def kind_of(value: Made) -> str:
    """The kind of a value; raises WrongKindError if it is a map of the user's."""
    for kind in (IP, CIDR, URL, QUANTITY, SEMVER, FORMAT):
        if len(value) == 1 and kind in value:
            return kind
    raise WrongKindError

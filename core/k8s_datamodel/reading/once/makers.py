"""Call a function of one object, unless what it makes of the same object is known."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from typing import Any

from k8s_datamodel.data.lazy_objects import opened
from k8s_datamodel.data.memos import MISSING, Memo
from k8s_datamodel.data.objects import KubernetesObject, ReadObject
from k8s_datamodel.reading.once.kept_values import conversion_of


class Maker:
    """A function of one object that takes from the object's memo what it made before.

    Args:
        what: names the function: ``"module:attribute"``.
        function: pure, so that equal objects give equal values.
        stamp: changes with its code.
    """

    def __init__(self, what: str, function: Callable[[KubernetesObject], Any], stamp: str) -> None:
        self._what = what
        self._function = function
        self._stamp = stamp
        self._conversion = conversion_of(function)

    def __call__(self, item: KubernetesObject, as_is: KubernetesObject | None = None) -> Any:
        """What the function makes, of the object before it was redacted if that is given.

        Raises what the function raises.
        """
        given = item if as_is is None else as_is
        memo, conversion = memo_of(item), self._conversion
        if memo is None or conversion is None:
            return self._function(opened(given))
        _, decode = conversion
        kept = memo.get(self._what, self._stamp)
        if kept is not MISSING:
            try:
                return decode(kept) if decode else kept
            except (TypeError, ValueError):
                pass  # whatever it is, it is not what the function made
        made = self._function(opened(given))
        self.keep(item, made)
        return made

    def keep(self, item: KubernetesObject, made: Any) -> None:
        """Keep what the function made of an object, if anything is kept of it."""
        memo, conversion = memo_of(item), self._conversion
        if memo is None or conversion is None:
            return
        encode, _ = conversion
        with suppress(TypeError, ValueError, AttributeError):  # not what its annotation says
            memo.put(self._what, self._stamp, encode(made) if encode else made)


def target_of(function: Callable[..., Any]) -> str:
    """``"module:attribute"`` of a function; empty for one that no such text names."""
    name = getattr(function, "__qualname__", "<")
    return "" if "<" in name else f"{function.__module__}:{name}"


def memo_of(item: Any) -> Memo | None:
    """The memo of an object; None if nothing is kept of it."""
    return item.memo if isinstance(item, ReadObject) else None

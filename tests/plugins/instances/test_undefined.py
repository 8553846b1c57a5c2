"""A kind that no CRD defines: there is none of it only where all CRDs could be read."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast

import pytest

from k8s_datamodel.api import Outcome, Status, TypeReader
from k8s_datamodel_plugins.instances.instance_collector import collect

UNDEFINED: dict[str, tuple[Status, bool, Status, str]] = {
    "all CRDs were read": ("complete", True, "absent", "no CRD defines such a kind"),
    "there are no CRDs at all": ("absent", True, "absent", "no CRD defines such a kind"),
    "a dump holds some CRDs": ("complete", False, "partial", "need not hold all"),
    "a dump holds no CRD": ("skipped", False, "partial", "need not hold all"),
    "they are those of some": ("partial", False, "partial", "could not be read"),
    "they may not be listed": ("forbidden", True, "forbidden", "could not be read"),
    "the server failed": ("failed", True, "failed", "could not be read"),
    "they expired": ("inconsistent", True, "inconsistent", "could not be read"),
}
"""How reading CRDs ended, whether those are all, and how the list of the kind ends."""


class NoCrds:
    """A reader in which reading CRDs gives nothing."""

    patterns = ("gulls",)

    def __init__(self, status: Status, *, whole: bool) -> None:
        self.status: Callable[[Any], Status] = lambda resource: status
        self.whole: Callable[[Any], bool] = lambda resource: whole
        self.noted: list[Outcome] = []

    def facts(self, resource: Any) -> list[Any]:
        return []

    def lists(self, wanted: Any, *, each_recorded: bool) -> list[Any]:
        assert each_recorded
        assert list(wanted) == []
        return []

    def note(self, what: str, outcome: Outcome) -> None:
        assert what == "gulls"
        self.noted.append(outcome)


@pytest.mark.parametrize("case", UNDEFINED)
def test_unread_is_not_undefined(case: str) -> None:
    status, whole, expected, words = UNDEFINED[case]
    reader = NoCrds(status, whole=whole)
    assert list(collect(cast(TypeReader, reader))) == []
    [ending] = reader.noted
    assert ending.status == expected
    assert words in ending.reason

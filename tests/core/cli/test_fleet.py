"""Work with several contexts: order, faults of one of them, and what the exit code becomes."""

from __future__ import annotations

import pytest

from k8s_datamodel.base.errors import DatamodelError
from k8s_datamodel.cli.frame.app import App, Task
from k8s_datamodel.cli.frame.fleet import Attempt, Fleet

CONTEXTS = ("prod", "staging", "dev")


def name_length(task: Task) -> int:
    """Work that one context cannot do."""
    if task.context == "staging":
        raise DatamodelError("staging is away")
    return len(task.context)


@pytest.mark.parametrize("parallel", [1, 2, 9])
def test_what_became_of_each_comes_in_the_order_of_the_contexts(
    parallel: int, capsys: pytest.CaptureFixture[str]
) -> None:
    app = App([])
    told: list[Attempt[int]] = []
    attempts = Fleet(app, CONTEXTS, parallel).each(name_length, told.append)
    assert [(each.context, each.result) for each in attempts] == [
        ("prod", 4),
        ("staging", None),
        ("dev", 3),
    ]
    assert "staging is away" in attempts[1].error
    assert sorted(each.context for each in told) == sorted(CONTEXTS)
    assert app.missing.code() == 1
    out, err = capsys.readouterr()
    assert (out, err.count("staging is away")) == ("", 1)


def test_an_interrupt_reaches_the_caller() -> None:
    def interrupted(attempt: Attempt[int]) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        Fleet(App([]), ("prod",), 1).each(name_length, interrupted)

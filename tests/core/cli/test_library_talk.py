"""What libraries would write to stderr themselves."""

from __future__ import annotations

import logging
import sys
import threading
import warnings
from collections.abc import Callable

import pytest

from k8s_datamodel.cli.frame import library_talk
from k8s_datamodel.cli.frame.app import App

SECRET = "postgresql://inventory:hunter2@db.example.org/inventory"
LOGGER = logging.Logger("a.library")  # not below the root, where pytest takes all records


def logs() -> None:
    try:
        raise ValueError(SECRET)
    except ValueError:
        LOGGER.exception("Exception closing connection")


def logs_wrongly() -> None:
    LOGGER.error("closing %d failed", SECRET)


def warns() -> None:
    warnings.warn(SECRET, RuntimeWarning, stacklevel=1)


def fails_while_freed() -> None:
    class Freed:
        def __del__(self) -> None:
            raise ValueError(SECRET)

    Freed()


def fails_in_a_thread() -> None:
    def fail() -> None:
        raise ValueError(SECRET)

    thread = threading.Thread(target=fail)
    thread.start()
    thread.join()


@pytest.fixture
def app(monkeypatch: pytest.MonkeyPatch) -> App:
    """A command in whose process they are, with Python's ways put back afterwards."""
    monkeypatch.setattr(logging, "lastResort", logging.lastResort)
    monkeypatch.setattr(sys, "unraisablehook", sys.unraisablehook)
    monkeypatch.setattr(threading, "excepthook", threading.excepthook)
    monkeypatch.setattr(warnings, "showwarning", warnings.showwarning)
    monkeypatch.setattr(sys, "warnoptions", [])
    warnings.simplefilter("always")
    app = App()
    library_talk.take_over(app)
    return app


@pytest.mark.parametrize(
    ("speaks", "shown"),
    [
        (logs, "a.library: Exception closing connection"),
        (logs_wrongly, "a.library: closing %d failed"),
        (warns, "RuntimeWarning: postgresql://"),
        (fails_while_freed, "ValueError: postgresql://"),
        (fails_in_a_thread, "ValueError: postgresql://"),
    ],
)
def test_only_debug_shows_it_and_never_a_credential(
    app: App, speaks: Callable[[], None], shown: str, capsys: pytest.CaptureFixture[str]
) -> None:
    speaks()
    quiet = capsys.readouterr()
    said = quiet.err.splitlines()
    assert len(said) == (1 if speaks is fails_in_a_thread else 0), said
    app.settings.debug = True
    speaks()
    loud = capsys.readouterr()
    assert shown in loud.err
    assert "hunter2" not in quiet.err + loud.err
    assert quiet.out + loud.out == ""


def test_a_thread_that_fails_is_one_line(app: App, capsys: pytest.CaptureFixture[str]) -> None:
    fails_in_a_thread()
    said = capsys.readouterr().err
    assert said.startswith("k8s-datamodel: this is a fault of k8s-datamodel (ValueError: ")
    assert said.count("\n") == 1


def test_a_handler_gets_its_records(
    app: App, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """As a plugin author sets one up to debug."""
    records: list[logging.LogRecord] = []
    handler = logging.Handler()
    monkeypatch.setattr(handler, "emit", records.append)
    monkeypatch.setattr(LOGGER, "handlers", [handler])
    logs()
    assert [each.getMessage() for each in records] == ["Exception closing connection"]
    assert capsys.readouterr().err == ""


def test_whoever_asks_python_for_warnings_gets_them(
    app: App, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = warnings.showwarning = warnings._showwarning_orig  # type: ignore[attr-defined]
    monkeypatch.setattr(sys, "warnoptions", ["always"])
    library_talk.take_over(app)
    assert warnings.showwarning is before

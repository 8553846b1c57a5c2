"""The kit sees every fault that is put into a sound plugin, in the test that is there for it."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from types import ModuleType

import pytest

pytest_plugins = ["pytester"]

KINDS = {"faulty_types": 46, "faulty_formats": 15, "faulty_backends": 31}
"""The modules, and how many faults each has at least."""


def _module(name: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(name, Path(__file__).with_name(f"{name}.py"))
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def _failed(pytester: pytest.Pytester, *tests: str) -> set[str]:
    """Which of these tests ran and failed; all must run."""
    result = pytester.inline_run("-p", "no:cacheprovider", *tests)
    reports = result.getreports("pytest_runtest_logreport")
    assert {report.nodeid.partition("[")[0] for report in reports} >= {
        test for test in tests if test.count("::") == 2
    }
    return {report.nodeid for report in reports if report.failed}


@pytest.mark.parametrize("name", KINDS)
def test_each_fault_is_seen(
    pytester: pytest.Pytester, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("CI", raising=False)  # pytest would compare long lists letter by letter
    source = Path(__file__).with_name(f"{name}.py").read_text(encoding="utf-8")
    pytester.makepyfile(**{name: source})
    found = vars(_module(name)).items()
    faults = {
        f"{name}.py::{cls}::{value.catcher}"
        for cls, value in found
        if getattr(value, "catcher", "")
    }
    sound = [
        f"{name}.py::{cls}"
        for cls in (
            "TestSound",
            "TestSummary",
            "TestDeferred",
            "TestCompared",
            "TestGraded",
            "TestMinimal",
        )
        if cls in dict(found)
    ]
    assert len(faults) >= KINDS[name]
    assert _failed(pytester, *sound, *sorted(faults)) == faults

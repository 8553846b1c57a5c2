from __future__ import annotations

from pathlib import Path

import pytest

from support.made_checks import Checking


@pytest.fixture
def checking(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Checking:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("K8S_DATAMODEL_DB", str(tmp_path / "no.db"))
    return Checking(tmp_path, capsys)

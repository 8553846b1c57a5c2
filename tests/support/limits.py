"""Smaller limits for a conversation with an API server, as environment variables."""

from __future__ import annotations

import pytest

from k8s_datamodel_plugins.sources.server.wire.request_limits import variable


def environment(**limits: float) -> dict[str, str]:
    """The variables that set limits, by the names of the fields of `Limits`."""
    return {variable(name): str(value) for name, value in limits.items()}


def limit(monkeypatch: pytest.MonkeyPatch, **limits: float) -> None:
    """Set limits for a test."""
    for name, value in environment(**limits).items():
        monkeypatch.setenv(name, value)

"""PostgreSQL keeps what the kit asks of every backend."""

from __future__ import annotations

from pathlib import Path

import pytest

from k8s_datamodel.testing import StorageBackendContract
from k8s_datamodel_plugins.sql import register_storage_backends
from support.servers.postgres import Postgres


@pytest.mark.postgresql
class TestPostgresql(StorageBackendContract):
    storage = next(spec for spec in register_storage_backends() if spec.scheme == "postgresql")

    @pytest.fixture(autouse=True)
    def _server(self, postgres: Postgres) -> None:
        self._postgres = postgres
        self._urls: dict[Path, str] = {}

    def url(self, path: Path) -> str:
        if path not in self._urls:
            self._urls[path] = self._postgres.new_database()
        return self._urls[path]

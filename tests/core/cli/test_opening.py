"""Who opens a URL, and what the settings say of a source."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from k8s_datamodel.base.errors import SourceError, UsageError
from k8s_datamodel.cli.frame.opening import DATABASE, Opening
from k8s_datamodel.cli.frame.settings import Settings
from k8s_datamodel.contracts.specs import SourceSpec, StorageSpec


class Registered:
    """Some sources and backends that open nothing, and say what they were asked for."""

    types = ()

    def __init__(self) -> None:
        storages = (
            StorageSpec("sqlite", "sqlite:open", restore="sqlite:restore", files="sqlite:files"),
            StorageSpec("postgresql", "postgresql:open"),
        )
        sources = (
            SourceSpec(
                "kubernetes",
                "kubernetes:open",
                contexts="kubernetes:contexts",
                files="kubernetes:files",
            ),
            SourceSpec("file", "file:open", files="file:files"),
            SourceSpec("vendor", "vendor:open"),
        )
        self.storages = {spec.scheme: spec for spec in storages}
        self.sources = {spec.scheme: spec for spec in sources}

    def source(self, scheme: str) -> SourceSpec:
        return self.sources[scheme]

    def load_target(self, spec: Any) -> Any:
        return lambda request: (spec.scheme, request)

    def load_function(self, spec: Any, target: str) -> Any:
        name = target.partition(":")[2]
        if name == "contexts":
            return lambda request: ("prod", request.kubeconfig)
        if name == "restore":
            return lambda request, path: [request.url, path]
        return self._files(spec.scheme)

    def _files(self, scheme: str) -> Any:
        def files(request: Any) -> list[Path]:
            where = request.url if scheme == "sqlite" else request.location
            if where == "unreadable":
                raise SourceError("who knows")
            return [Path(scheme, where)]

        return files

    def expect(self, *_: object) -> None:
        pass


def opening(**settings: Any) -> Any:
    registry: Any = Registered()
    return Opening(registry, Settings(**settings))


@pytest.mark.parametrize(
    ("url", "scheme"),
    [
        ("", "sqlite"),
        ("inventory.db", "sqlite"),
        ("odd:name.db", "sqlite"),
        ("sqlite:///inventory.db", "sqlite"),
        ("postgresql://host/db", "postgresql"),
        ("postgresql+psycopg://host/db", "postgresql"),
    ],
)
def test_a_scheme_says_who_opens_a_database(url: str, scheme: str) -> None:
    opened_by, request = opening().store(url, create=True)
    assert (opened_by, request.url, request.create) == (scheme, url, True)


@pytest.mark.parametrize(
    ("source", "scheme"),
    [
        (None, "kubernetes"),
        ("dump", "file"),
        ("-", "file"),
        ("C:\\dump", "file"),
        ("vendor://x", "vendor"),
    ],
)
def test_a_scheme_says_who_opens_a_source(source: str | None, scheme: str) -> None:
    wanted = opening(source=source, context="prod", kubeconfig="k", namespace="shop")
    opened_by, request = wanted.source(wanted.request(()))
    assert opened_by == scheme
    assert (request.location, request.context) == (source or "", "prod")
    assert (request.kubeconfig, request.namespace) == ("k", "shop")


@pytest.mark.parametrize(
    ("open_it", "said"),
    [
        (
            lambda: opening(db_path="mysql://x").store("mysql://x", create=False),
            "--db-path: nothing opens mysql.*sqlite, postgres",
        ),
        (
            lambda: opening().store("mysql://x", create=False),
            "the database: nothing opens mysql.*sqlite, postgres",
        ),
        (lambda: opening(source="s3://x").source(opening(source="s3://x").request(())), "--source"),
        (lambda: opening().restore("postgresql://host/db"), "database copy"),
    ],
)
def test_what_nobody_opens_is_an_error(open_it: Any, said: str) -> None:
    with pytest.raises(UsageError, match=said):
        open_it()


def test_a_backup_is_put_in_the_place_of_a_database() -> None:
    assert opening().restore("to.db")(Path("from.db")) == ["to.db", Path("from.db")]


def test_contexts_are_those_of_the_kubeconfig() -> None:
    assert opening(kubeconfig="k").contexts() == ("prod", "k")


@pytest.mark.parametrize(
    ("settings", "typed", "name"),
    [
        ({}, set(), None),
        ({"cluster_name": "c"}, set(), None),
        ({"source": "dump"}, set(), None),
        ({"source": "dump", "cluster_name": "c"}, set(), "c"),
        ({"source": "dump", "context": "x"}, {"context"}, "x"),
        ({"source": "dump", "context": "x"}, set(), None),
        ({"source": "dump", "context": "x", "cluster_name": "c"}, {"context"}, "x"),
        (
            {"source": "dump", "context": "x", "cluster_name": "c"},
            {"context", "cluster_name"},
            "c",
        ),
        ({"source": "vendor://x", "context": "x"}, {"context"}, None),
        ({"source": "vendor://x", "context": "x", "cluster_name": "c"}, {"context"}, "c"),
    ],
)
def test_what_the_user_calls_the_cluster(
    settings: dict[str, str], typed: set[str], name: str | None
) -> None:
    assert opening(**settings).cluster_name(typed) == name


def test_a_live_cluster_is_not_named() -> None:
    with pytest.raises(UsageError, match="--source"):
        opening(cluster_name="c").cluster_name({"cluster_name"})


@pytest.mark.parametrize(
    ("settings", "inputs"),
    [
        ({"db_path": "a.db"}, {DATABASE: ["sqlite/a.db"], "the source": []}),
        ({"db_path": "postgresql://x"}, {DATABASE: [], "the source": []}),
        ({"db_path": "a", "source": "dump"}, {DATABASE: ["sqlite/a"], "the source": ["file/dump"]}),
        ({"db_path": "a", "source": "vendor://x"}, {DATABASE: ["sqlite/a"], "the source": []}),
        ({"db_path": "mysql://x", "source": "dump"}, {"the source": ["file/dump"]}),
        ({"db_path": "a.db", "source": "unreadable"}, {DATABASE: ["sqlite/a.db"]}),
    ],
)
def test_files_that_the_settings_name(
    settings: dict[str, str], inputs: dict[str, list[str]]
) -> None:
    found = {
        what: [str(each) for each in files] for what, files in opening(**settings).inputs().items()
    }
    assert found == {**inputs, "a kubeconfig": ["kubernetes"]}

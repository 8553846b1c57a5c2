"""What commands get of a database whose snapshots they carry elsewhere."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import click
import pytest

from k8s_datamodel.api import SnapshotNotFoundError, StorageRequest
from k8s_datamodel.cli.frame.app import App
from k8s_datamodel.commands import stored_snapshots
from k8s_datamodel.data.snapshots import ClusterInfo
from k8s_datamodel_plugins.sql.store import open_store
from support.sql_stores import WIDGETS, store_widgets, widgets


@pytest.fixture
def ctx(tmp_path: Path) -> click.Context:
    """Of a database with two snapshots of each of two clusters, of a type that nobody has now."""
    path = str(tmp_path / "inventory.db")
    with closing(open_store(StorageRequest(path, (WIDGETS,), create=True))) as store:
        for number, name in enumerate(("prod", "lab", "prod", "lab")):
            about = ClusterInfo(name, f"uid-of-{name}")
            uuid = f"{name}-{number}"
            store_widgets(
                store, widgets(number), cluster=about, uuid=uuid, counts={"widgets": number}
            )
    app = App(["--no-external-plugins"])
    app.settings.db_path = path
    return click.Context(click.Command("lake"), obj=app)


@pytest.mark.parametrize(
    ("patterns", "uuids"),
    [
        ((), ["prod-0", "lab-1", "prod-2", "lab-3"]),
        (("pr*",), ["prod-0", "prod-2"]),
        (("uid-of-lab", "other"), ["lab-1", "lab-3"]),
    ],
)
def test_the_snapshots_of_some_clusters(
    ctx: click.Context, patterns: tuple[str, ...], uuids: list[str]
) -> None:
    with stored_snapshots(ctx, patterns) as stored:
        assert [each.uuid for each in stored.snapshots] == uuids


def test_their_rows_are_of_every_type_also_of_one_that_nobody_has_now(ctx: click.Context) -> None:
    with stored_snapshots(ctx) as stored:
        assert [each.name for each in stored.types][-1] == "widgets"
        assert "crds" in {each.name for each in stored.types}
        moments = [stored.moment(each) for each in stored.snapshots]
        assert [len(list(each.rows("widgets"))) for each in moments] == [0, 1, 2, 3]


def test_no_cluster_that_matches_is_an_error(ctx: click.Context) -> None:
    with (
        pytest.raises(SnapshotNotFoundError, match="no snapshot of prox; there are of prod"),
        stored_snapshots(ctx, ("prox",)),
    ):
        pass

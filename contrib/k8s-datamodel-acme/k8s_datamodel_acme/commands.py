"""Commands of Acme's; imported only when one is run."""

from __future__ import annotations

import click

from k8s_datamodel.api import Column, Page, Rows
from k8s_datamodel.commands import Command, output_option, write_page
from k8s_datamodel_acme.broker import Broker


@click.pass_context
def _clusters(ctx: click.Context, /, output: str) -> None:
    columns = (Column("cluster", show="table"), Column("source", show="table"))
    rows = [{"cluster": name, "source": f"acme://{name}"} for name in Broker().clusters()]
    write_page(Page([Rows(columns, rows, "Clusters")]), output)


clusters = Command(
    "clusters",
    callback=_clusters,
    params=[output_option()],
    help="List the clusters that you may read.",
    epilog="Example: k8s-datamodel acme clusters",
)

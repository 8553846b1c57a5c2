"""Commands of Acme's; imported only when one is run."""

from __future__ import annotations

import click

from k8s_datamodel.api import Column, Page, Rows
from k8s_datamodel.commands import output_option, write_page
from k8s_datamodel_acme.broker import Broker


@click.command("clusters", epilog="Example: k8s-datamodel acme clusters")
@output_option()
@click.pass_context
def clusters(ctx: click.Context, /, output: str) -> None:
    """List the clusters that you may read."""
    columns = (Column("cluster", show="table"), Column("source", show="table"))
    rows = [{"cluster": name, "source": f"acme://{name}"} for name in Broker().clusters()]
    write_page(ctx, Page([Rows(columns, rows, "Clusters")]), output)

"""``--selector``: rows whose objects have some labels."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import click

from k8s_datamodel.base.errors import UsageError
from k8s_datamodel.cli.params.row_names import Test
from k8s_datamodel.data.objects import Row
from k8s_datamodel.types.resource_types import ResourceType
from k8s_datamodel.types.selectors import Selector, selector_fault


class _Labels(click.types.StringParamType):
    name = "selector"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """The selector as it is, once it is known to be one."""
        text = str(value)
        if fault := selector_fault(text, ""):
            self.fail(fault, param, ctx)
        return text


selector_option = click.option(
    "-l",
    "--selector",
    type=_Labels(),
    metavar="LABELS",
    help="Only with these labels, as kubectl selects: app=x,tier!=y, key, !key, key in (a,b).",
)
"""``-l``, of listings; ``labelled`` reads it."""


def labelled(resource_type: ResourceType, selector: str, test: Test) -> Test:
    """A test of rows with their objects: the labels, then another test.

    It raises UsageError for a row whose object is not of Kubernetes: it has no labels.
    """
    labels = Selector(labels=selector)

    def both(row: Row) -> bool:
        complete = row.get("spec")
        if not isinstance(complete, Mapping) or not isinstance(complete.get("metadata"), Mapping):
            options = [f"--{each.filter}" for each in resource_type.columns if each.filter]
            instead = f": use {', '.join(options)}" if options else ""
            raise UsageError(f"--selector: {resource_type.plural} have no labels{instead}")
        return labels.matches(complete) and test(row)

    return both

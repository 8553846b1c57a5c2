"""Its names break every rule."""

from dataclasses import replace

from acme_good import TYPE

from k8s_datamodel.api import hookimpl


@hookimpl
def register_resource_types():
    return (
        replace(
            TYPE,
            name="ledger",
            command="Widget List",
            count="widgets",
            skip="",
            singular=" ",
            collector="collect",
        ),
    )

"""Its entry point has the name of a built-in plugin."""

from dataclasses import replace

from acme_good import TYPE

from k8s_datamodel.api import hookimpl


@hookimpl
def register_resource_types():
    return (
        replace(
            TYPE,
            name="gadgets",
            command="gadget",
            singular="Gadget",
            count="gadget_count",
            skip="gadgets",
        ),
    )

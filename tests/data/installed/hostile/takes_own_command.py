"""It wants the name of a command of the host."""

from dataclasses import replace

from acme_good import TYPE

from k8s_datamodel.api import hookimpl


@hookimpl
def register_resource_types():
    return (
        replace(
            TYPE,
            name="gadgets",
            command="plugins",
            singular="Gadget",
            count="gadget_count",
            skip="gadgets",
        ),
    )

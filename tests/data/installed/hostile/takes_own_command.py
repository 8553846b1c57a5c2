"""It wants the name of a command of the host."""

from dataclasses import replace

from k8s_datamodel.api import hookimpl

from acme_good import TYPE


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

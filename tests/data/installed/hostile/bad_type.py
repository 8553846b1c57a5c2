"""Its names break every rule."""

from dataclasses import replace

from k8s_datamodel.api import hookimpl

from acme_good import TYPE


@hookimpl
def register_resource_types():
    return (
        replace(
            TYPE,
            name="kdm_widgets",
            command="Widget List",
            count="widgets",
            skip="",
            singular=" ",
            collector="collect",
        ),
    )

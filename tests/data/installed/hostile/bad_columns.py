"""Its columns break every rule."""

from dataclasses import replace

from acme_good import TYPE

from k8s_datamodel.api import Column, hookimpl


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
            identity=("uid",),
            columns=(
                Column("spec", show="table"),
                Column("group"),
                Column("Name"),
                Column("a", filter="name"),
                Column("b", key="a", filter="name"),
            ),
        ),
    )

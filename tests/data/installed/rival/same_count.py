"""Its count has the column of another type."""

from dataclasses import replace

from acme_good import TYPE

from k8s_datamodel.api import hookimpl


@hookimpl
def register_resource_types():
    return (replace(TYPE, name="gadgets", command="gadget", skip="gadgets"),)

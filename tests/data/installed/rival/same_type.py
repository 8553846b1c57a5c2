"""It registers a type that another plugin has."""

from dataclasses import replace

from acme_good import TYPE

from k8s_datamodel.api import hookimpl


@hookimpl
def register_resource_types():
    return (replace(TYPE, command="gadget", count="gadget_count", skip="gadgets"),)

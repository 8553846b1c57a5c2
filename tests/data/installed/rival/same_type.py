"""It registers a type that another plugin has."""

from dataclasses import replace

from k8s_datamodel.api import hookimpl

from acme_good import TYPE


@hookimpl
def register_resource_types():
    return (replace(TYPE, command="gadget", count="gadget_count", skip="gadgets"),)

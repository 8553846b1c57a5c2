"""Its command is that of another plugin's type."""

from dataclasses import replace

from acme_good import TYPE

from k8s_datamodel.api import hookimpl


@hookimpl
def register_resource_types():
    return (replace(TYPE, name="gadgets", count="gadget_count", skip="gadgets"),)

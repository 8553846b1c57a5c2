"""Its command is that of another plugin's type."""

from dataclasses import replace

from k8s_datamodel.api import hookimpl

from acme_good import TYPE


@hookimpl
def register_resource_types():
    return (replace(TYPE, name="gadgets", count="gadget_count", skip="gadgets"),)

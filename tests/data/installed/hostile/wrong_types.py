"""Its fields hold other types than they should."""

from dataclasses import replace

from acme_good import TYPE

from k8s_datamodel.api import Column, hookimpl


@hookimpl
def register_resource_types():
    return (replace(TYPE, name=7, columns=[Column("name", "int")]),)

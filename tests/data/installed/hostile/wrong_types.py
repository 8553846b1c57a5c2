"""Its fields hold other types than they should."""

from dataclasses import replace

from k8s_datamodel.api import Column, hookimpl

from acme_good import TYPE


@hookimpl
def register_resource_types():
    return (replace(TYPE, name=7, columns=[Column("name", "int")]),)

"""Its collector is no generator and returns nothing."""

from k8s_datamodel_local._common import rude

from k8s_datamodel.api import hookimpl


def collect(reader):
    return None


@hookimpl
def register_resource_types():
    return (rude(collect),)

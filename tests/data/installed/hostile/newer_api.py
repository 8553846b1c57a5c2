"""It asks for an API to come."""

from k8s_datamodel.api import hookimpl

K8S_DATAMODEL_API = 99


@hookimpl
def register_formatters():
    return ()

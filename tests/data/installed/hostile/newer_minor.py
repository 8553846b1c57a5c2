"""It asks for an addition to the API that is still to come."""

from k8s_datamodel.api import hookimpl

K8S_DATAMODEL_API = (1, 99)


@hookimpl
def register_formatters():
    return ()

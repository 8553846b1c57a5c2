"""It asks for an API that is no number."""

from k8s_datamodel.api import hookimpl

K8S_DATAMODEL_API = "v2"


@hookimpl
def register_formatters():
    return ()

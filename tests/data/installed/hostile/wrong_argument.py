"""Its hook asks for an argument that there is none of."""

from k8s_datamodel.api import hookimpl


@hookimpl
def register_formatters(config):
    return ()

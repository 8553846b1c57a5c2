"""The name of its hook is misspelt."""

from k8s_datamodel.api import hookimpl


@hookimpl
def register_formaters():
    return ()

"""It returns nothing, which is allowed."""

from k8s_datamodel.api import hookimpl


@hookimpl
def register_formatters():
    return None

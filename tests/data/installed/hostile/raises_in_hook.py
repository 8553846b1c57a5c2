"""Its hook fails."""

from k8s_datamodel.api import hookimpl


@hookimpl
def register_formatters():
    raise KeyError("settings")

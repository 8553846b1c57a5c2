"""Its hook ends the program."""

from k8s_datamodel.api import hookimpl


@hookimpl
def register_formatters():
    raise SystemExit(0)

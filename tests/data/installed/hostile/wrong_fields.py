"""Its fields hold other types than they should."""

from k8s_datamodel.api import FormatterSpec, hookimpl


@hookimpl
def register_formatters():
    return (FormatterSpec("fields", None, [".x"], "no"),)

"""It registers a format that is built in."""

from k8s_datamodel.api import FormatterSpec, hookimpl


@hookimpl
def register_formatters():
    return (FormatterSpec("json", "acme_parts:Format"),)

"""The second thing it gives is wrong."""

from k8s_datamodel.api import FormatterSpec, hookimpl


@hookimpl
def register_formatters():
    yield FormatterSpec("half", "acme_parts:Format")
    yield FormatterSpec("No Name", "acme_parts:Format")

"""It takes the suffix of another format."""

from k8s_datamodel.api import FormatterSpec, hookimpl


@hookimpl
def register_formatters():
    return (FormatterSpec("other", "acme_parts:Format", (".acme",)),)

"""It points nowhere."""

from k8s_datamodel.api import FormatterSpec, hookimpl


@hookimpl
def register_formatters():
    return (FormatterSpec("nowhere", "acme_parts.Format"),)

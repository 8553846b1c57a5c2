"""It returns a mapping."""

from k8s_datamodel.api import FormatterSpec, hookimpl


@hookimpl
def register_formatters():
    return {"format": FormatterSpec("dict", "acme_parts:Format")}

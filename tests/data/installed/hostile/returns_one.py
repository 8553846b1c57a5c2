"""It returns a specification, not an iterable."""

from k8s_datamodel.api import FormatterSpec, hookimpl


@hookimpl
def register_formatters():
    return FormatterSpec("one", "acme_parts:Format")

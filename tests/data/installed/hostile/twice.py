"""It registers one name twice."""

from k8s_datamodel.api import FormatterSpec, hookimpl


@hookimpl
def register_formatters():
    return [FormatterSpec("twice", "acme_parts:Format")] * 2

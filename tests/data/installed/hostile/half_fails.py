"""Its generator fails after the first."""

from k8s_datamodel.api import FormatterSpec, hookimpl


@hookimpl
def register_formatters():
    yield FormatterSpec("half", "acme_parts:Format")
    raise OSError("the list of formats is gone")

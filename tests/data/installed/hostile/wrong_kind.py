"""It gives a format where types are asked for."""

from k8s_datamodel.api import FormatterSpec, hookimpl


@hookimpl
def register_resource_types():
    return [FormatterSpec("kind", "acme_parts:Format")]

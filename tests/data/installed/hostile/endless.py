"""Its generator never ends."""

from itertools import count

from k8s_datamodel.api import FormatterSpec, hookimpl


@hookimpl
def register_formatters():
    for number in count():
        yield FormatterSpec(f"f{number}", "acme_parts:Format")

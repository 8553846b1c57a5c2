"""It takes long to import."""

import time

from k8s_datamodel.api import FormatterSpec, hookimpl

_started = time.perf_counter()
while time.perf_counter() - _started < 0.05:
    pass


@hookimpl
def register_formatters():
    return (FormatterSpec("slow", "acme_parts:Format"),)

"""It changes what all of the process shares."""

import io
import os
import sys

from k8s_datamodel.api import FormatterSpec, hookimpl

os.umask(0)
sys.setrecursionlimit(100_000)
sys.stdout = io.StringIO()
sys.stderr = io.StringIO()


@hookimpl
def register_formatters():
    return (FormatterSpec("changes-process", "acme_parts:Format"),)

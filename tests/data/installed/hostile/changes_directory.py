"""It changes the working directory."""

import os

from k8s_datamodel.api import FormatterSpec, hookimpl

os.chdir("/")


@hookimpl
def register_formatters():
    return (FormatterSpec("changes-directory", "acme_parts:Format"),)

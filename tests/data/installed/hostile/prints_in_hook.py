"""Its hook prints and changes the directory."""

import os

from k8s_datamodel.api import FormatterSpec, hookimpl


@hookimpl
def register_formatters():
    print("printed in the hook")
    os.chdir("/")
    return (FormatterSpec("prints-in-hook", "acme_parts:Format"),)

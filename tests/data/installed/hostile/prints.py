"""It prints on import, in three ways."""

import os
import sys

from k8s_datamodel.api import FormatterSpec, hookimpl

print("printed")
os.write(1, b"written\n")
os.system("echo echoed")
sys.__stdout__.write("straight\n")


@hookimpl
def register_formatters():
    return (FormatterSpec("prints", "acme_parts:Format"),)

"""Output formats that fail in their own ways."""

import sys

from k8s_datamodel.api import FormatterSpec, hookimpl

HERE = "k8s_datamodel_local.bad_formats"


class Fails:
    def write(self, page, output):
        output.text.write("half of ")
        raise KeyError("colour")


class Exits:
    def write(self, page, output):
        output.text.write("half of ")
        sys.exit(0)


class Deep:
    def write(self, page, output):
        self.write(page, output)


class Half:
    def say(self, page, output):
        pass


@hookimpl
def register_formatters():
    classes = (Fails, Exits, Deep, Half)
    return [FormatterSpec(cls.__name__.lower(), f"{HERE}:{cls.__name__}") for cls in classes]

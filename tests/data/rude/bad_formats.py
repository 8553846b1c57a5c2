"""Output formats that fail in their own ways."""

import sys

from k8s_datamodel.api import FormatterSpec, hookimpl

HERE = "k8s_datamodel_local.bad_formats"


class Fails:
    def listing(self, listing, output):
        output.text.write("half of ")
        raise KeyError("colour")

    def record(self, section, row, output):
        self.listing(section, output)

    def document(self, document, output):
        self.listing(document, output)

    def documents(self, documents, output):
        self.listing(documents, output)

    def value(self, value, output):
        self.listing(value, output)


class Exits(Fails):
    def listing(self, listing, output):
        output.text.write("half of ")
        sys.exit(0)


class Deep(Fails):
    def listing(self, listing, output):
        self.listing(listing, output)


class Half:
    def listing(self, listing, output):
        pass


@hookimpl
def register_formatters():
    classes = (Fails, Exits, Deep, Half)
    return [FormatterSpec(cls.__name__.lower(), f"{HERE}:{cls.__name__}") for cls in classes]

"""Plugins that are a class and an object, which is allowed."""

from k8s_datamodel.api import FormatterSpec, hookimpl


class Plugin:
    def __init__(self, name="from-class"):
        self.name = name

    @hookimpl
    def register_formatters(self):
        return (FormatterSpec(self.name, "acme_parts:Format"),)


instance = Plugin("from-object")

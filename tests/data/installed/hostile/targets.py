"""It is in order, what it points to is not."""

from k8s_datamodel.api import CommandSpec, FormatterSpec, SourceSpec, StorageSpec, hookimpl


@hookimpl
def register_sources():
    return (
        SourceSpec("missing-module", "hostile.not_there:open"),
        SourceSpec("missing-attribute", "acme_parts:nothing"),
        SourceSpec("not-callable", "acme_parts:__name__"),
    )


@hookimpl
def register_storage_backends():
    return (StorageSpec("exits", "hostile.exits:open"),)


@hookimpl
def register_formatters():
    return (
        FormatterSpec("half", "hostile.targets:Half"),
        FormatterSpec("failing", "hostile.targets:failing"),
    )


@hookimpl
def register_commands():
    return (CommandSpec("prints", "hostile.prints:register_formatters"),)


class Half:
    def say(self, page, output):
        pass


def failing():
    raise LookupError("no such printer")

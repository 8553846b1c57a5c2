"""It wants to replace a command in a group of the host."""

from k8s_datamodel.api import CommandSpec, hookimpl


@hookimpl
def register_commands():
    return (CommandSpec("store", "acme_parts:command", group="database"),)

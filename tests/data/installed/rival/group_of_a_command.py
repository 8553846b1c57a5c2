"""It adds to a group that is another plugin's plain command."""

from k8s_datamodel.api import CommandSpec, hookimpl


@hookimpl
def register_commands():
    return (CommandSpec("inner", "acme_parts:command", group="acme"),)

"""Commands on a cluster as a whole, of whatever resource types there are."""

from collections.abc import Iterable

from k8s_datamodel.api import CommandSpec, hookimpl

_HERE = "k8s_datamodel_plugins.clusters"
_COMMANDS = (
    ("info", "commands:info", "Show what is known of the cluster itself."),
    ("summary", "commands:summary", "Count everything, by type and by group, phase, ..."),
    ("export", "commands:export", "Write everything as one document."),
    ("test-connection", "connection:command", "Say what can be read and which rights lack."),
    ("rbac", "rbac:command", "Print the smallest ClusterRole that collecting needs."),
)


@hookimpl
def register_commands() -> Iterable[CommandSpec]:
    """The group ``cluster``."""
    return tuple(
        CommandSpec(name, f"{_HERE}.{target}", "cluster", text) for name, target, text in _COMMANDS
    )

"""Commands on a cluster as a whole: what it is, what it holds, what may be read of it."""

from collections.abc import Iterable

from k8s_datamodel.api import CommandSpec, hookimpl


@hookimpl
def register_commands() -> Iterable[CommandSpec]:
    """The group ``cluster``."""
    here = "k8s_datamodel_plugins.clusters"
    return (
        CommandSpec(
            "info",
            f"{here}.about:info",
            "cluster",
            "Tell what the cluster is.",
            "What a cluster is, what it holds, and what may be read of it.",
        ),
        CommandSpec("summary", f"{here}.about:summary", "cluster", "Count what there is."),
        CommandSpec("export", f"{here}.export:export", "cluster", "Write all that it holds."),
        CommandSpec(
            "test-connection",
            f"{here}.reachability:test_connection",
            "cluster",
            "Try what may be read.",
        ),
        CommandSpec("rbac", f"{here}.rbac:rbac", "cluster", "Write a role that may read it all."),
    )

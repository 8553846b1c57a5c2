"""Commands that judge before something breaks: what a change of CRDs means, by rules."""

from collections.abc import Iterable

from k8s_datamodel.api import CommandSpec, hookimpl


@hookimpl
def register_commands() -> Iterable[CommandSpec]:
    """The group ``check``."""
    here = "k8s_datamodel_plugins.checks"
    return (
        CommandSpec(
            "compat",
            f"{here}.compat:compat",
            "check",
            "Grade each change of a CRD.",
            "Whether a change breaks somebody: what is stored, who writes, who reads.",
            "check",
        ),
        CommandSpec(
            "upgrade",
            f"{here}.upgrade_command:upgrade",
            "check",
            "Rehearse an upgrade of CRDs on the objects that are stored.",
            "What happens to each object: refused, pruned, gone, or nothing.",
            "check",
        ),
        CommandSpec(
            "objects",
            f"{here}.objects_command:objects",
            "check",
            "Find stored objects that a restore would lose now.",
            "Which objects today's CRDs would refuse to create, prune, or fail to apply.",
            "check",
        ),
        CommandSpec("rules", f"{here}.rules_group:rules", "check", "List and explain the rules."),
    )

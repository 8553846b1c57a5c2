"""What only Acme has: how its clusters are reached, a type of its own, and who manages what.

An example to copy. Imported at each start, so it imports nothing heavy.
"""

from collections.abc import Iterable
from pathlib import Path

from k8s_datamodel.api import (
    CommandSpec,
    EvidenceSpec,
    ResourceType,
    SourceSpec,
    declared_type,
    hookimpl,
)

K8S_DATAMODEL_API = 1


@hookimpl
def register_sources() -> Iterable[SourceSpec]:
    """``--source acme://CLUSTER``."""
    target = "k8s_datamodel_acme.source:open_source"
    return (SourceSpec("acme", target, "A cluster of Acme's, by its name"),)


@hookimpl
def register_resource_types() -> Iterable[ResourceType]:
    """The type that a file of this package declares."""
    return (declared_type(Path(__file__).with_name("applications.yaml")),)


@hookimpl
def register_commands() -> Iterable[CommandSpec]:
    """``acme clusters``."""
    target = "k8s_datamodel_acme.commands:clusters"
    return (CommandSpec("clusters", target, "acme", "List the clusters that you may read."),)


@hookimpl
def register_evidence() -> Iterable[EvidenceSpec]:
    """Who manages what, by the labels that Acme's teams set."""
    target = "k8s_datamodel_acme.ownership:owned"
    return (EvidenceSpec("acme-ownership", "operators", target, "Labels of Acme's teams"),)

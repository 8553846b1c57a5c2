"""What an upgrade of CRDs would do to the objects that are stored.

``checked_objects`` rehearses it on all objects of a CRD, ``regraded`` says what that makes of the
findings on it.
"""

from k8s_datamodel_plugins.upgrades.affected_objects import AffectedObject, rule_of
from k8s_datamodel_plugins.upgrades.checked_objects import (
    CheckedObjects,
    checked_objects,
    pattern_of,
    restored_objects,
    unexplained,
)
from k8s_datamodel_plugins.upgrades.migrating import managed_versions, with_commands
from k8s_datamodel_plugins.upgrades.regrading import regraded
from k8s_datamodel_plugins.upgrades.vanishing import Release

__all__ = [
    "AffectedObject",
    "CheckedObjects",
    "Release",
    "checked_objects",
    "managed_versions",
    "pattern_of",
    "regraded",
    "restored_objects",
    "rule_of",
    "unexplained",
    "with_commands",
]

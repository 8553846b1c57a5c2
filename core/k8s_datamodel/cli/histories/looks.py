"""How changes are looked at: by the rules of plugins, and of the user's configuration."""

from __future__ import annotations

from k8s_datamodel.cli.diffs.diff_rules import (
    configured_keys,
    configured_noise,
    graders_of,
    rules_of,
)
from k8s_datamodel.cli.frame.app import App
from k8s_datamodel.cli.histories.stages import Looks
from k8s_datamodel.types.comparison_rules import combined


def looks_of(app: App, config: str | None) -> Looks:
    """As ``diff`` looks at them. Raises PluginError, UsageError."""
    configuration = app.configuration(config)
    return Looks(
        combined(rules_of(app.registry), configured_noise(configuration)),
        graders=graders_of(app.registry, configuration),
        keyed=configured_keys(configuration),
    )

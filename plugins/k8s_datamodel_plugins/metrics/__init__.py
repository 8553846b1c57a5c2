"""Metrics: what a database holds of each cluster, and a format that Prometheus reads."""

from collections.abc import Iterable

from k8s_datamodel.api import CommandSpec, FormatterSpec, hookimpl


@hookimpl
def register_commands() -> Iterable[CommandSpec]:
    """``database metrics``."""
    return (
        CommandSpec(
            "metrics",
            "k8s_datamodel_plugins.metrics.metrics_command:metrics",
            "database",
            "Write metrics of each cluster's newest snapshot.",
        ),
    )


@hookimpl
def register_formatters() -> Iterable[FormatterSpec]:
    """``prometheus``, of every listing."""
    return (
        FormatterSpec(
            "prometheus",
            "k8s_datamodel_plugins.metrics.exposition:Prometheus",
            (".prom",),
            description="Numbers as metrics, in Prometheus' text format",
        ),
    )

"""The values of the global options."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(slots=True)
class Settings:
    """Global options, given before or after the subcommand or by environment variables."""

    context: str | None = None
    namespace: str | None = None
    all_namespaces: bool = False
    kubeconfig: str | None = None
    source: str | None = None
    cluster_name: str | None = None
    max_in_flight: int | None = None
    max_per_second: int | None = None
    db_path: str | None = None
    no_color: bool = False
    debug: bool = False
    quiet: bool = False
    no_external_plugins: bool = False
    strict: bool = False


@dataclass(frozen=True, slots=True)
class Place:
    """What a run reads.

    Attributes:
        context: of the kubeconfig; None for its current one.
        location: a path, or a URL with the scheme of a source; empty for a live cluster.
    """

    context: str | None = None
    location: str = ""

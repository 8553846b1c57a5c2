"""What users of kubectl type that is not offered, and what works in its place."""

from __future__ import annotations

from collections.abc import Mapping

_TEMPLATES = (
    "use -o jsonpath='{range .items[*]}{.metadata.name}{\"\\n\"}{end}', or "
    "-o custom-columns=NAME:.metadata.name"
)
_WATCH = (
    "use `watch -n 60 k8s-datamodel ...`; or keep snapshots by database store, and read each "
    "with --snapshot"
)
_OF_LIST = "list takes it"
_LABELS = "use --columns name,labels, or -o custom-columns=NAME:.metadata.name,L:.metadata.labels"

FORMATS: Mapping[str, str] = dict.fromkeys(
    ("go-template", "go-template-file", "template", "templatefile"), _TEMPLATES
)
"""What works in place of a format, by its name."""

OPTIONS: Mapping[str, str] = {
    "-w": _WATCH,
    "--watch": _WATCH,
    "--watch-only": _WATCH,
    "-l": "list and count take it",
    "--selector": "list and count take it",
    "--sort-by": _OF_LIST,
    "--columns": _OF_LIST,
    "--no-headers": _OF_LIST,
    "--field-selector": "use the filters that --help names, such as --name and --namespace, or a "
    "filter of -o jsonpath='{.items[?(@.spec.scope==\"Cluster\")].metadata.name}'",
    "--show-labels": _LABELS,
    "-L": _LABELS,
    "--label-columns": _LABELS,
    "--show-kind": "use -o custom-columns=KIND:.kind,NAME:.metadata.name",
    "--template": "use -o jsonpath=TEMPLATE",
    "--ignore-not-found": "use list --name NAME, which ends with 0 when it finds nothing",
    "--chunk-size": "lists are always read in portions",
}
"""What works in place of an option."""

VERBS = ("get", "describe", "list", "count", "matrix")
"""Commands of types that users of kubectl write before the type."""

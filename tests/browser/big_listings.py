"""A listing as large as a large cluster's, and one of names that mean harm."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from k8s_datamodel.api import Column, Page, Rows
from k8s_datamodel_plugins.crds import TYPE as CRDS
from k8s_datamodel_plugins.html.listings.html_format import Html
from support.format_samples import written

MANY = 2_065
HOSTILE = (
    "</script><script>window.harmed = 1</script>",
    "</style><img src=x onerror='window.harmed = 1'>",
    '" onmouseover="window.harmed = 1" x="',
    "javascript:window.harmed = 1",
    "<svg onload=window.harmed=1>",
    "]]><!-- <script> -->",
    "{{ 7 * 7 }}{% raw %}",
    "&lt;b&gt;&amp;",
    "\u202emoc.live\u2066",
    "\ud800\udfff",
    "nul\0and\x1b[2J",
    "line\nfeed\u2028",
    "x" * 10_000,
    "שלום",
)


def crd_rows(count: int) -> Iterator[dict[str, Any]]:
    """Rows of CRDs, of which some things are not known."""
    for number in range(count):
        group = f"team{number % 47}.skerrywater.example"
        plural = f"things{number:04}"
        yield {
            "name": f"{plural}.{group}",
            "group_name": group,
            "version": ("v1", "v1beta1", "v1alpha1")[number % 3],
            "kind": f"Thing{number:04}",
            "plural": plural,
            "scope": "Cluster" if number % 5 == 0 else "Namespaced",
            "instance_count": None if number % 19 == 0 else number * 7919 % 5003,
            "instance_count_method": None if number % 19 == 0 else "exact",
            "instance_count_reason": "things: 403" if number % 19 == 0 else None,
            "served_versions": ["v1", "v1beta1"] if number % 2 else ["v1"],
            "short_names": [f"t{number}"],
            "conversion_strategy": "Webhook" if number % 11 == 0 else "None",
            "managed_by": [f"team{number % 47}/controller"] if number % 7 else None,
            "terminating": "2026-11-27 01:02:03" if number == 7 else None,
            "creation_timestamp": f"2026-0{1 + number % 9}-14 09:26:{number % 60:02}",
        }


def crd_listing(folder: Path, count: int = MANY) -> Path:
    """The file of a listing of CRDs."""
    return _file(folder, CRDS.block(crd_rows(count)))


def hostile_listing(folder: Path) -> Path:
    """The file of a listing whose names, values and headings mean harm."""
    columns = (
        Column("name", show="table"),
        Column("list", "list", show="table", title=HOSTILE[0], description=HOSTILE[2]),
        Column("json", "json", show="table", filter="json"),
        Column("notes", show="table", filter="notes"),
    )
    rows = [
        {"name": text, "list": [text, "b"], "json": {text: text}, "notes": text} for text in HOSTILE
    ]
    return _file(folder, Rows(columns, rows, HOSTILE[0], singular=HOSTILE[1]))


def _file(folder: Path, rows: Rows) -> Path:
    file = folder / "listing.html"
    file.write_text(written(Html(), Page([rows])), encoding="utf-8")
    return file

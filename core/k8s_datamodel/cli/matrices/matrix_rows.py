"""A whole matrix: its clusters and its rows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from k8s_datamodel.cli.matrices.matrix_cells import (
    DIFFERS,
    Differing,
    Found,
    Key,
    Shape,
    Unknown,
    differing,
)
from k8s_datamodel.cli.matrices.matrix_clusters import ClusterCells


@dataclass(frozen=True, slots=True)
class MatrixRow:
    """A row: what names it, its cells in the order of the clusters, and how they differ."""

    key: Key
    cells: Sequence[Found]
    differs: Sequence[Differing]


@dataclass(frozen=True, slots=True)
class Table:
    """The clusters and the rows, in order."""

    shape: Shape
    clusters: Sequence[ClusterCells]
    rows: Sequence[MatrixRow]

    @classmethod
    def of(
        cls,
        shape: Shape,
        clusters: Sequence[ClusterCells],
        reads: Mapping[Key, str],
        *,
        skew: bool = False,
    ) -> Table:
        """The rows of which a record was chosen somewhere; with ``skew`` those that differ."""
        keys = set().union(*(each.chosen for each in clusters))
        rows = []
        for key in sorted(keys, key=lambda each: [str(part or "") for part in each]):
            cells = [each.cell(key, reads) for each in clusters]
            rows.append(MatrixRow(key, cells, differing(cells)))
        kept = [row for row in rows if not skew or set(row.differs) - {"?"}]
        return cls(shape, clusters, kept)

    @property
    def unknown(self) -> bool:
        """Whether a cell is unknown, or all of a cluster is."""
        return any(each.unknown for each in self.clusters) or any(
            isinstance(cell, Unknown) for row in self.rows for cell in row.cells
        )

    def names(self) -> list[str]:
        """What each cluster is called; with its UID where something else is called so.

        That is another cluster, or a column that all matrices have.
        """
        own = [column.key for column in (*self.shape.columns, DIFFERS)]
        taken = Counter([*own, *(each.context for each in self.clusters)])
        return [
            each.context if taken[each.context] == 1 else f"{each.context} ({each.key})"
            for each in self.clusters
        ]

    def document(self) -> dict[str, Any]:
        """As JSON has it."""
        return {
            "clusters": [_cluster(each) for each in self.clusters],
            "rows": [
                {
                    "key": {
                        column.key: part
                        for column, part in zip(self.shape.columns, row.key, strict=True)
                    },
                    "cells": {
                        each.key: cell.document() if cell else None
                        for each, cell in zip(self.clusters, row.cells, strict=True)
                    },
                }
                for row in self.rows
            ],
        }


def _cluster(cells: ClusterCells) -> dict[str, Any]:
    return {
        "key": cells.key,
        "cluster_uid": cells.uid,
        "cluster_context": cells.context,
        "id": cells.number,
        "timestamp": cells.timestamp,
        "complete": cells.complete,
        "unknown": cells.unknown or None,
    }

"""The table ``kdm_meta``: its values, and the seals of what all snapshots of a database rest on.

A seal is a digest that is written with what it is of, so that ``verify`` finds a change that
nobody of ours made.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

from k8s_datamodel.api import DamagedError
from k8s_datamodel_plugins.sql.access.connection import Transaction
from k8s_datamodel_plugins.sql.layout.content import canonical, digest_of

_QUERIES = {
    "the salt of the redaction": "SELECT value FROM kdm_meta WHERE key = 'redaction_key'",
    "the definitions of the resource types": "SELECT id, name, definition FROM kdm_types "
    "ORDER BY id",
}
"""What is sealed, by the words of ``verify``."""

PATTERNS = {
    "redaction_key": "[0-9a-f]{64}",
    "next_lease": "[1-9][0-9]*",
    "garbage": "[01]",
    "schema": "[0-9]+",
    "first_digest": "[1-9][0-9]*",
}
"""What values of ``kdm_meta`` look like."""


def meta(transaction: Transaction, key: str) -> str:
    """A value of ``kdm_meta``. Raises DamagedError if it is missing, or none of ours."""
    value = transaction.scalar("SELECT value FROM kdm_meta WHERE key = :key", {"key": key})
    if not (isinstance(value, str) and re.fullmatch(PATTERNS[key], value)):
        raise DamagedError(f"the database is damaged: its {key} cannot be read; restore a backup")
    return value


def write_seals(transaction: Transaction) -> None:
    """Seal what there is now."""
    transaction.run("DELETE FROM kdm_meta WHERE key = 'seals'")
    transaction.insert("kdm_meta", ("key", "value"), [("seals", canonical(_seals(transaction)))])


def broken_seals(transaction: Transaction) -> Iterator[str]:
    """Words for what is not as it was sealed."""
    text = transaction.scalar("SELECT value FROM kdm_meta WHERE key = 'seals'")
    try:
        written = dict(json.loads(text))
    except (TypeError, ValueError):
        written = {}
    for what, digest in _seals(transaction).items():
        if written.get(what) != digest:
            yield f"kdm_meta: {what} changed since they were written"


def _seals(transaction: Transaction) -> dict[str, str]:
    return {
        what: digest_of(
            canonical([[str(value) for value in row] for row in transaction.run(query)])
        ).hex()
        for what, query in _QUERIES.items()
    }

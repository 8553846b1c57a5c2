"""The differences between SQLite and PostgreSQL."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from k8s_datamodel_plugins.sql.access.sql_names import Raw

LOCK_SECONDS = 60
"""How long whoever must wait for a lock waits. SQLite's 5 s fail 2 of 20 writers."""


@dataclass(frozen=True, slots=True)
class Dialect:
    """One kind of database.

    Attributes:
        name: ``sqlite`` or ``postgresql``.
        placeholder: of a parameter in the driver's own statements.
        types: SQL types by ``model.ColumnType``.
        words: SQL for the ``{words}`` of our DDL and statements.
        reading: execution options of a reading transaction.
        writing: execution options of a writing transaction.
        before_writing: the first statement of a writing transaction; empty for none.
        before_migrating: a lock that only one migrating process can hold; empty for none.
        table_exists: tells whether the relation ``:name`` exists, 1 or 0.
        most_columns: of one resource type.
        columns: table and name of each column of our tables.
        keys: table, whether unique, name of the index and column, in order, of all their indexes.
        foreign: relation and name of what acts when our relations are used, and is not ours.
        last_number: the last number that the table ``:table`` gave to its column ``:key``.
        types_shown: SQL for a stored ``<value>`` of a kind that the database has a type of its own
            for: ``boolean``, ``json``, ``time``.
        items: SQL for views of the items of lists: what joins the objects under a ``<path>`` of the
            complete object, or the texts of a ``<list>``; what an ``item`` of these, and the
            ``text`` or ``flag`` under a ``<key>`` of those, is; whether an ``<item>`` is
            ``within`` a ``<list>``; what is ``true`` and ``false``.
    """

    name: str
    placeholder: str
    types: Mapping[str, str]
    words: Mapping[str, Raw]
    reading: Mapping[str, Any]
    writing: Mapping[str, Any]
    before_writing: str
    before_migrating: str
    table_exists: str
    most_columns: int
    columns: str
    keys: str
    foreign: str
    last_number: str
    types_shown: Mapping[str, str]
    items: Mapping[str, str]

    def typed(self, value: str, kind: str) -> str:
        """A stored value as the database's own type of a kind, where it has one."""
        return filled(self.types_shown.get(kind, "<value>"), value=value)

    def json_path(self, keys: Sequence[str]) -> str:
        """Keys, one in the other, as the functions of JSON take them."""
        if self.name == "sqlite":
            return f"'$.{'.'.join(keys)}'"
        return ", ".join(f"'{key}'" for key in keys)


def filled(form: str, **parts: str) -> str:
    """SQL with ``<part>`` replaced."""
    for name, part in parts.items():
        form = form.replace(f"<{name}>", part)
    return form


_TYPES = {"text": "TEXT", "boolean": "INTEGER", "list": "TEXT", "json": "TEXT"}

_ESCAPES = r"(\\u0000|\\u[dD][89a-fA-F][0-9a-fA-F][0-9a-fA-F])"
"""In JSON: what no text of PostgreSQL can hold, and all its functions of JSON refuse."""

_HOLDABLE = (
    r"CASE WHEN strpos(o.body, '\u') = 0 THEN o.body "
    rf"ELSE regexp_replace(o.body, '{_ESCAPES}', '\\ufffd', 'g') END"
)

SQLITE = Dialect(
    name="sqlite",
    placeholder="?",
    types={**_TYPES, "integer": "INTEGER", "real": "REAL"},
    words={
        # AUTOINCREMENT: a number is never used again, so nobody can mistake new for old.
        "identity": Raw("INTEGER PRIMARY KEY AUTOINCREMENT"),
        "integer": Raw("INTEGER"),
        "real": Raw("REAL"),
        "bytes": Raw("BLOB"),
        # The table is its primary key's index: a reference costs some 16 bytes, not 40.
        "clustered": Raw("WITHOUT ROWID"),
        # Declared for whoever reads the schema; enforcing would scan all references per row.
        "object_fk": Raw("REFERENCES kdm_objects (id)"),
        "now": Raw("CAST(strftime('%s', 'now') AS INTEGER)"),
        "by_code_point": Raw("COLLATE BINARY"),
        "null_first": Raw(""),  # as always; the words are not known before 3.30
    },
    # A read transaction that later writes can fail at once with "busy": say it at the start.
    reading={"kdm_begin": "BEGIN"},
    writing={"kdm_begin": "BEGIN IMMEDIATE"},
    before_writing="",
    before_migrating="",
    table_exists="SELECT count(*) FROM sqlite_master WHERE name = :name",
    # https://sqlite.org/limits.html: 2,000, of which the view needs three.
    most_columns=1990,
    columns="SELECT m.name, c.name FROM sqlite_master m JOIN pragma_table_info(m.name) c "
    "WHERE m.type = 'table' AND m.name GLOB 'kdm_*'",
    keys='SELECT m.name, l."unique", l.name, i.name FROM sqlite_master m '
    "JOIN pragma_index_list(m.name) l JOIN pragma_index_info(l.name) i "
    "WHERE m.type = 'table' AND m.name GLOB 'kdm_*' ORDER BY l.name, i.seqno",
    foreign="SELECT tbl_name, name FROM sqlite_master WHERE type = 'trigger'",
    last_number="SELECT seq FROM sqlite_sequence WHERE name = :table AND :key <> ''",
    types_shown={},
    items={
        "object": "JOIN kdm_objects o ON o.id = w.kdm_object "
        "JOIN json_each(o.body, <path>) i ON i.type = 'object'",
        "list": r"""JOIN json_each('[' || replace(json_quote(replace(replace(<list>, '\\', char(1)),
  '\,', char(2))), ',', '","') || ']') i ON <list> <> ''""",
        "item": r"replace(replace(replace(i.value, '\', ''), char(1), '\'), char(2), ',')",
        "text": "json_extract(i.value, '$.<key>')",
        "flag": "CASE json_type(i.value, '$.<key>') WHEN 'true' THEN 1 WHEN 'false' THEN 0 END",
        "within": "instr(',' || <list> || ',', ',' || <item> || ',') > 0",
        "true": "1",
        "false": "0",
        "uid": "json_extract(<body>, '$.metadata.uid')",
    },
)

POSTGRESQL = Dialect(
    name="postgresql",
    placeholder="%s",
    types={**_TYPES, "integer": "BIGINT", "real": "DOUBLE PRECISION"},
    words={
        "identity": Raw("BIGINT GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY"),
        "integer": Raw("BIGINT"),
        "real": Raw("DOUBLE PRECISION"),
        "bytes": Raw("BYTEA"),
        "clustered": Raw(""),
        # Here a declared key is an enforced one, and that locks every row a snapshot refers to.
        "object_fk": Raw(""),
        "now": Raw("CAST(EXTRACT(EPOCH FROM now()) AS BIGINT)"),
        "by_code_point": Raw('COLLATE "C"'),
        "null_first": Raw("NULLS FIRST"),
    },
    reading={"isolation_level": "REPEATABLE READ", "postgresql_readonly": True},
    writing={},
    before_writing=f"SET LOCAL lock_timeout = '{LOCK_SECONDS}s'",
    before_migrating="SELECT pg_advisory_xact_lock(7226417313)",
    table_exists="SELECT count(*) FROM pg_class WHERE oid = to_regclass(quote_ident(:name))",
    # https://www.postgresql.org/docs/current/limits.html: 1,600, those that were dropped as well.
    most_columns=1590,
    columns="SELECT t.relname, a.attname FROM pg_class t JOIN pg_attribute a ON a.attrelid = t.oid "
    "WHERE t.relkind = 'r' AND starts_with(t.relname, 'kdm_') AND pg_table_is_visible(t.oid) "
    "AND a.attnum > 0 AND NOT a.attisdropped",
    keys="SELECT t.relname, CAST(x.indisunique AS INTEGER), i.relname, a.attname FROM pg_index x "
    "JOIN pg_class t ON t.oid = x.indrelid JOIN pg_class i ON i.oid = x.indexrelid "
    "CROSS JOIN LATERAL unnest(x.indkey) WITH ORDINALITY AS k (number, place) "
    "JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum = k.number "
    "WHERE starts_with(t.relname, 'kdm_') AND pg_table_is_visible(t.oid) AND x.indisvalid "
    "ORDER BY i.relname, k.place",
    foreign="SELECT t.relname, g.tgname FROM pg_trigger g JOIN pg_class t ON t.oid = g.tgrelid "
    "WHERE NOT g.tgisinternal AND pg_table_is_visible(t.oid) UNION ALL "
    "SELECT t.relname, w.rulename FROM pg_rewrite w JOIN pg_class t ON t.oid = w.ev_class "
    "WHERE w.rulename <> '_RETURN' AND pg_table_is_visible(t.oid)",
    last_number="SELECT last_value FROM pg_sequences WHERE pg_get_serial_sequence(:table, :key) = "
    "quote_ident(schemaname) || '.' || quote_ident(sequencename)",
    types_shown={
        "boolean": "(<value> <> 0)",
        # Not jsonb: that refuses \u0000, which an object, an annotation or a label may have.
        "json": "CAST(<value> AS json)",
        "time": "CASE WHEN <value> LIKE '____-__-__ __:__:__' "
        "THEN CAST(<value> || '+00' AS timestamptz) END",
    },
    items={
        "object": "JOIN kdm_objects o ON o.id = w.kdm_object "
        f"CROSS JOIN LATERAL (SELECT json_extract_path(CAST({_HOLDABLE} AS json), <path>) AS value "
        "OFFSET 0) f JOIN LATERAL json_array_elements("
        "CASE json_typeof(f.value) WHEN 'array' THEN f.value END) i (value) "
        "ON json_typeof(i.value) = 'object'",
        "list": r"CROSS JOIN LATERAL unnest(string_to_array("
        r"replace(replace(<list>, '\\', chr(1)), '\,', chr(2)), ',')) i (value)",
        "item": r"replace(replace(replace(i.value, '\', ''), chr(1), '\'), chr(2), ',')",
        "text": "json_extract_path_text(i.value, '<key>')",
        "flag": "CASE json_extract_path_text(i.value, '<key>') WHEN 'true' THEN true "
        "WHEN 'false' THEN false END",
        "within": "strpos(',' || <list> || ',', ',' || <item> || ',') > 0",
        "true": "true",
        "false": "false",
        "uid": f"json_extract_path_text(CAST({_HOLDABLE.replace('o.body', '<body>')} AS json), "
        "'metadata', 'uid')",
    },
)

"""Views of the items of lists (``ItemRelation``)."""

from __future__ import annotations

from k8s_datamodel.api import ItemColumn, ItemRelation, ResourceType
from k8s_datamodel_plugins.sql.access.dialects import Dialect, filled
from k8s_datamodel_plugins.sql.access.sql_names import Raw, compose, quote, tables

_ITEMS_VIEW = """
SELECT r.snapshot_id, {columns}
FROM {refs} r
JOIN {rows} w ON w.kdm_id = r.row_id
LEFT JOIN {states} s ON s.kdm_id = r.state_id
{items}
"""


def select_items(resource_type: ResourceType, relation: ItemRelation, dialect: Dialect) -> str:
    """What the view of a relation of items selects."""
    view = _ItemView(resource_type, relation, dialect)
    columns = (f"{view.value(each)} AS {quote(each.name)}" for each in relation.columns)
    each = tables(resource_type.name)
    return compose(
        _ITEMS_VIEW,
        columns=Raw(", ".join(columns)),
        items=Raw(view.items()),
        refs=each.refs,
        rows=each.rows,
        states=each.states,
    )


class _ItemView:
    def __init__(self, resource_type: ResourceType, relation: ItemRelation, dialect: Dialect):
        self._columns = {each.name: each for each in resource_type.columns}
        self._relation = relation
        self._dialect = dialect
        self._forms = dialect.items

    def items(self) -> str:
        """What joins the items."""
        keys = self._relation.keys
        if keys:
            return filled(self._forms["object"], path=self._dialect.json_path(keys))
        return filled(self._forms["list"], list=self._stored(self._relation.items))

    def value(self, column: ItemColumn) -> str:
        """What a column of the view selects."""
        if column.column:
            text = self._stored(column.column)
            return self._dialect.typed(text, self._columns[column.column].type)
        text = filled(self._forms[self._form(column)], key=column.key)
        if column.within:
            text = filled(self._forms["within"], item=text, list=self._stored(column.within))
        if column.default is not None:
            text = f"coalesce({text}, {self._forms['true' if column.default else 'false']})"
        return text

    def _form(self, column: ItemColumn) -> str:
        if not column.key:
            return "item"
        return "flag" if column.type == "boolean" and not column.within else "text"

    def _stored(self, name: str) -> str:
        return f"{'s' if self._columns[name].volatile else 'w'}.{quote(name)}"

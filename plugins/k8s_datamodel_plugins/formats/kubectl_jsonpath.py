"""``jsonpath``, ``jsonpath-file`` and ``jsonpath-as-json`` as kubectl has them."""

from __future__ import annotations

from k8s_datamodel.api import Output, Page, UsageError, parse_template
from k8s_datamodel_plugins.formats.cells import printable_lines
from k8s_datamodel_plugins.formats.items import document, written_in


class JsonPath:
    """The text that a template makes; nothing is added, not even a line feed.

    Raises UsageError if the template is invalid.
    """

    def __init__(self, template: str) -> None:
        try:
            self._template = parse_template(template)
        except ValueError as error:
            raise UsageError(f"invalid JSONPath template {template!r}: {error}") from None

    def write(self, page: Page, output: Output) -> None:
        """Write what the template makes of the page. Raises UsageError if it does not fit it."""
        try:
            text = self.text(page)
        except ValueError as error:
            raise UsageError(f"the JSONPath template does not fit: {error}") from None
        output.text.write(text if output.width is None else printable_lines(text))

    def text(self, page: Page) -> str:
        """The text of a page."""
        return self._template.text(document(page))


class JsonPathFile(JsonPath):
    """The same with the template in a file."""

    def __init__(self, path: str) -> None:
        super().__init__(written_in(path, "the template"))


class JsonPathAsJson(JsonPath):
    """What the template finds, as JSON arrays."""

    def text(self, page: Page) -> str:
        """The arrays of a page."""
        return self._template.json(document(page))

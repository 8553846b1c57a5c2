"""Documents in HTML: one file each, which needs nothing else and loads nothing."""

from collections.abc import Iterable

from k8s_datamodel.api import FormatterSpec, hookimpl


@hookimpl
def register_formatters() -> Iterable[FormatterSpec]:
    """``html``, of everything that a command shows."""
    return (
        FormatterSpec(
            "html",
            "k8s_datamodel_plugins.html.listings.html_format:Html",
            (".html", ".htm"),
            description="One file for the browser: tables to search, sort, filter and print",
        ),
    )

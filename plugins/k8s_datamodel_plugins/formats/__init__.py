"""The built-in output formats."""

from collections.abc import Iterable

from k8s_datamodel.api import FormatterSpec, hookimpl


@hookimpl
def register_formatters() -> Iterable[FormatterSpec]:
    """Tables for people, JSON, YAML and CSV for programs, names for shells."""
    here = "k8s_datamodel_plugins.formats"
    return (
        FormatterSpec("table", f"{here}.tables:Plain", description="A box of the main columns"),
        FormatterSpec("wide", f"{here}.tables:Wide", description="A box of more columns"),
        FormatterSpec("rich", f"{here}.panels:Rich", description="Colour, summaries and panels"),
        FormatterSpec("json", f"{here}.json:Json", (".json",), description="JSON"),
        FormatterSpec("yaml", f"{here}.yaml:Yaml", (".yaml", ".yml"), description="YAML"),
        FormatterSpec("csv", f"{here}.csv:Csv", (".csv",), description="Comma-separated values"),
        FormatterSpec("name", f"{here}.names:Names", description="One name a line"),
    )

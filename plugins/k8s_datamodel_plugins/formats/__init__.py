"""The built-in output formats."""

from collections.abc import Iterable

from k8s_datamodel.api import FormatterSpec, hookimpl


@hookimpl
def register_formatters() -> Iterable[FormatterSpec]:
    """Tables for people, JSON, YAML and CSV for programs, names for shells."""
    here = "k8s_datamodel_plugins.formats"
    return (
        FormatterSpec("table", f"{here}.tables:Table", description="A box of the main columns"),
        FormatterSpec("wide", f"{here}.tables:Wide", description="A box of more columns"),
        FormatterSpec("plain", f"{here}.tables:Plain", description="Aligned, without a box"),
        FormatterSpec("rich", f"{here}.rich:Rich", description="Colour, summaries and panels"),
        FormatterSpec("json", f"{here}.json:Json", (".json",), description="JSON"),
        FormatterSpec("yaml", f"{here}.yaml:Yaml", (".yaml", ".yml"), description="YAML"),
        FormatterSpec("csv", f"{here}.csv:Csv", (".csv",), description="Comma-separated values"),
        FormatterSpec("name", f"{here}.names:Names", description="One name a line"),
        *_of_kubectl(here),
    )


def _of_kubectl(here: str) -> Iterable[FormatterSpec]:
    """Its formats with a template; the document is kubectl's, of complete objects."""
    for name, target, argument, description in (
        ("jsonpath", "kubectl_jsonpath:JsonPath", "TEMPLATE", "kubectl's JSONPath"),
        ("jsonpath-as-json", "kubectl_jsonpath:JsonPathAsJson", "TEMPLATE", "The same as JSON"),
        ("jsonpath-file", "kubectl_jsonpath:JsonPathFile", "FILE", "A JSONPath template in a file"),
        ("custom-columns", "custom_columns:CustomColumns", "NAME:PATH,...", "kubectl's columns"),
        (
            "custom-columns-file",
            "custom_columns:CustomColumnsFile",
            "FILE",
            "The same, with headings and paths in two lines of a file",
        ),
    ):
        yield FormatterSpec(
            name,
            f"{here}.{target}",
            description=description,
            argument=argument,
            objects=True,
        )

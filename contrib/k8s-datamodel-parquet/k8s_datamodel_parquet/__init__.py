"""Parquet as an output format, and a command that keeps a folder of it."""

from collections.abc import Iterable

from k8s_datamodel.api import CommandSpec, FormatterSpec, hookimpl

K8S_DATAMODEL_API = 1

FORMAT = FormatterSpec(
    "parquet",
    "k8s_datamodel_parquet.formatter:Parquet",
    (".parquet",),
    binary=True,
    description="Apache Parquet, typed columns, for DuckDB, Spark or Trino",
)


@hookimpl
def register_formatters() -> Iterable[FormatterSpec]:
    """The format."""
    return (FORMAT,)


@hookimpl
def register_commands() -> Iterable[CommandSpec]:
    """The command that writes a snapshot into a folder, a file for each type."""
    target = "k8s_datamodel_parquet.lake:export"
    return (CommandSpec("parquet", target, "database", "Write a snapshot as Parquet files."),)

"""Parquet as an output format, and commands that keep folders of it."""

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

_LAKE = "k8s_datamodel_parquet.lake.commands"
_ABOUT = "A lake of Parquet files, of many clusters and years, for DuckDB, Spark or Trino."


@hookimpl
def register_formatters() -> Iterable[FormatterSpec]:
    """The format."""
    return (FORMAT,)


@hookimpl
def register_commands() -> Iterable[CommandSpec]:
    """The command that writes a snapshot into a folder, and those of lakes."""
    target = "k8s_datamodel_parquet.folder:export"
    return (
        CommandSpec("parquet", target, "database", "Write a snapshot as Parquet files."),
        CommandSpec("write", f"{_LAKE}:write", "lake", "Write what a lake lacks.", _ABOUT),
        CommandSpec("compact", f"{_LAKE}:compact", "lake", "Make few files of many."),
        CommandSpec("list", f"{_LAKE}:list_files", "lake", "List the files of a lake."),
    )

"""Every error a user may meet, grouped by what can be done about it.

The command line prints the message in one line and ends with ``exit_code``; see ``cli``.
"""


class DatamodelError(Exception):
    """A failure with a message for the user: what, where, and what to do. Exit code 1."""

    exit_code = 1


class UsageError(DatamodelError):
    """The command was called wrongly, or names something that does not exist. Exit code 2."""

    exit_code = 2


class SourceError(DatamodelError):
    """A cluster or a dump cannot be opened at all: no kubeconfig, a dead server, no such file."""


class StorageError(DatamodelError):
    """The database cannot be opened, read or written. Nothing was half written."""


class UnstorableError(StorageError):
    """The backend cannot hold this one thing: a record, a type. It can hold others."""


class DamagedError(StorageError):
    """A snapshot is not what was stored. Others may be well."""


class DatabaseNotFoundError(StorageError):
    """There is no database yet where one was named."""


class SnapshotNotFoundError(StorageError):
    """No snapshot has that number, or none is stored yet."""


class PluginError(DatamodelError):
    """A plugin that this command needs is broken, disabled or not installed."""

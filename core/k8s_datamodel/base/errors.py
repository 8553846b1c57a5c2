"""Errors for users, grouped by what can be done about them.

The command line prints the message on one line and exits with ``exit_code``; see ``cli``.
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
    """The backend cannot hold this record or type. It can hold others."""


class DamagedError(StorageError):
    """A snapshot differs from what was stored. Other snapshots may be intact."""


class OvertakenError(StorageError):
    """Another process deleted what a snapshot was to keep. One that reads everything needs none."""


class DatabaseNotFoundError(StorageError):
    """The database does not exist yet."""


class SnapshotNotFoundError(StorageError):
    """No snapshot has that number, or the database has no snapshot."""


class PluginError(DatamodelError):
    """A plugin that this command needs is broken, disabled or not installed."""

"""Errors for users about files and folders that the system does not let us use.

Every message has what, where, why, and what to do. A place that cannot be right, such as a folder
in place of a file, is wrong usage; what the system could not do just now is a failure.
"""

from __future__ import annotations

import errno
from collections.abc import Mapping

from k8s_datamodel.base.errors import DatamodelError, UsageError

NO_ROOM = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO)
"""Errors of a write, which do not name the file."""

_WRONG: Mapping[int, str] = {
    errno.ENAMETOOLONG: "use a shorter name",
    errno.EISDIR: "name a file in it",
    errno.ENOTDIR: "a part of the path is a file",
    errno.EEXIST: "name another",
    errno.ELOOP: "its links lead in a circle",
}
_FAILED: Mapping[int, str] = {
    errno.ENOSPC: "free some space, or name a place elsewhere",
    errno.EDQUOT: "free some space, or name a place elsewhere",
    errno.EFBIG: "check the limits of a file's size",
    errno.EIO: "check the disk, its space and limits",
    errno.EACCES: "check the rights of the file and its folder",
    errno.EPERM: "check the rights of the file and its folder",
    errno.EROFS: "name a place that can be written to",
}


def unusable(
    what: str, error: OSError | ValueError, kind: type[DatamodelError] = DatamodelError
) -> DatamodelError:
    """The error to raise for what the system did not let us do.

    Args:
        what: what could not be done, and with which file: ``x.json: cannot be written``.
        error: why; ValueError for a name that no file can have.
        kind: of the failure. A place that cannot be right is a UsageError in any case.
    """
    wrong = isinstance(error, OSError) and error.errno in _WRONG
    return (UsageError if wrong else kind)(f"{what}: {reason(error)}")


def reason(error: OSError | ValueError) -> str:
    """Why, in the system's words, and what to do."""
    if not (isinstance(error, OSError) and error.strerror):
        return str(error)
    advice = {**_WRONG, **_FAILED}.get(error.errno or 0, "")
    return f"{error.strerror}: {advice}" if advice else error.strerror

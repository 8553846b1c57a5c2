"""Warn about passwords on the command line."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from k8s_datamodel.cli.frame.app import App

# https://www.rfc-editor.org/rfc/rfc3986#section-3.2.1; drivers also take one as an option.
_PASSWORD = re.compile(r"://[^/?#@]*:[^/?#]+@|[?&]\w*password=[^&]", re.IGNORECASE)


def warn_of_password(app: App, url: str, where: str) -> None:
    """Say so when a URL on the command line holds a password."""
    if _PASSWORD.search(url):
        app.complain(
            f"{where} holds a password, which all users of this machine can see (`ps`): leave it "
            "out and use K8S_DATAMODEL_DB, PGPASSWORD, PGPASSFILE or a service file"
        )

"""Acme's broker, which knows every cluster and gives out tokens that live for minutes.

It speaks JSON: ``GET /clusters`` lists names, ``POST /clusters/NAME/token`` gives ``server``,
``certificate-authority-data`` (PEM as base64) and ``token``. Who asks shows the token of his single
sign-on.
"""

from __future__ import annotations

import json
import os
import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.parse import quote, urlsplit
from urllib.request import Request, urlopen

from k8s_datamodel.api import SourceError, UsageError, settings

SIGN_ON = "ACME_SSO_TOKEN"
"""Variable with the token of the single sign-on, unless the settings name a file."""

_FORBIDDEN = (401, 403)


@dataclass(frozen=True)
class Settings:
    """What ``settings/acme.yaml`` may hold.

    Attributes:
        broker: URL of the broker.
        token_file: with the token of the single sign-on.
        ca_file: certificates that sign the broker's, if not the system's.
        timeout: seconds to wait for the broker.
    """

    broker: str
    token_file: str | None = None
    ca_file: str | None = None
    timeout: int = 10


class Broker:
    """The broker that the settings name.

    Raises:
        UsageError: they name none, or there is no token of the single sign-on.
    """

    def __init__(self) -> None:
        self._settings = settings("acme", Settings)
        if urlsplit(self._settings.broker).scheme not in ("http", "https"):
            raise UsageError(f"settings of plugin acme: broker is no URL: {self._settings.broker}")
        self._token = self._sign_on()

    def clusters(self) -> list[str]:
        """Names of the clusters that the user may read. Raises SourceError."""
        names = self._ask("/clusters").get("clusters")
        if not isinstance(names, list):
            raise SourceError("Acme's broker gave no list of clusters")
        return sorted(map(str, names))

    def access(self, cluster: str) -> Mapping[str, Any]:
        """Server, authority and token of a cluster. Raises SourceError."""
        answer = self._ask(f"/clusters/{quote(cluster, safe='')}/token", b"")
        missing = [key for key in ("server", "token") if not answer.get(key)]
        if missing:
            raise SourceError(f"Acme's broker gave no {missing[0]} for cluster {cluster}")
        return answer

    def _sign_on(self) -> str:
        if name := self._settings.token_file:
            try:
                return Path(name).expanduser().read_text(encoding="utf-8").strip()
            except OSError as error:
                raise UsageError(f"settings of plugin acme: {name}: {error.strerror}") from None
        if token := os.environ.get(SIGN_ON):
            return token
        raise UsageError(
            f"sign on first: {SIGN_ON} is not set, and the settings name no token_file"
        )

    def _ask(self, path: str, body: bytes | None = None) -> dict[str, Any]:
        request = Request(  # noqa: S310 - the scheme was looked at
            self._settings.broker.rstrip("/") + path,
            data=body,
            headers={"Authorization": f"Bearer {self._token}", "Accept": "application/json"},
        )
        context = ssl.create_default_context(cafile=self._settings.ca_file)
        timeout = self._settings.timeout
        try:
            with urlopen(request, timeout=timeout, context=context) as answer:  # noqa: S310
                content = json.load(answer)
        except HTTPError as error:
            why = "does not know you" if error.code in _FORBIDDEN else "refuses"
            raise SourceError(f"Acme's broker {why} (HTTP {error.code} for {path})") from None
        except (URLError, TimeoutError, ValueError) as error:
            reason = getattr(error, "reason", error)
            raise SourceError(f"Acme's broker does not answer: {reason}") from None
        if not isinstance(content, dict):
            raise SourceError(f"Acme's broker answers {path} with something else")
        return content

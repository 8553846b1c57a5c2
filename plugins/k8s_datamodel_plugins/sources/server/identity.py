"""Provide the credential headers of each request, and renew them when they expire."""

from __future__ import annotations

import threading
import time
from collections.abc import Sequence
from typing import Any

from k8s_datamodel_plugins.sources.server.contexts.kubeconfig_fields import FieldError
from k8s_datamodel_plugins.sources.server.kubeconfig import Access
from k8s_datamodel_plugins.sources.server.wire.connections import Headers
from k8s_datamodel_plugins.sources.server.wire.faults import RequestError

_USER_AGENT = ("User-Agent", "k8s-datamodel")
# Credentials are renewed minutes before they expire.
_LOOK_AGAIN_SECONDS = 5.0


class Identity:
    """The headers with our credentials; one thread renews them for all."""

    def __init__(self, access: Access) -> None:
        self._access = access
        self._lock = threading.Lock()
        self._headers: Sequence[tuple[str, str]] = ()
        self._look_at = 0.0
        self._over = ""

    def __call__(self) -> Headers:
        """The current headers. Raises RequestError if they expired and cannot be renewed."""
        with self._lock:
            now = time.monotonic()
            if now >= self._look_at:
                # Costs a third of a small request, so not for each request.
                self._look_at = now + _LOOK_AGAIN_SECONDS
                self._renew()
            if self._over:
                raise RequestError(f"the user's credentials are over: {self._over}")
            return self._headers

    def _renew(self) -> None:
        """Renew the headers; if that fails, the old ones are not used again."""
        try:
            own = self._credentials()
        except FieldError as error:
            self._over = str(error)
        else:
            self._over = ""
            self._headers = [*own, *self._access.impersonation, _USER_AGENT]

    def _credentials(self) -> Headers:
        settings: Any = self._access.configuration.auth_settings().values()
        return [(each["key"], each["value"]) for each in settings if each["value"]]

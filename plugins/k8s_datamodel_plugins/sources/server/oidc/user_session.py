"""Use a user's id-token while it is valid, then refresh it once for all threads."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping

from k8s_datamodel.api import SourceError
from k8s_datamodel_plugins.sources.server.contexts import headers
from k8s_datamodel_plugins.sources.server.contexts.credentials import claims
from k8s_datamodel_plugins.sources.server.contexts.kubeconfig_fields import FieldError
from k8s_datamodel_plugins.sources.server.contexts.merging import Entry, read_files
from k8s_datamodel_plugins.sources.server.oidc import keeping
from k8s_datamodel_plugins.sources.server.oidc.issuer import RefusedError, Tokens, refresh
from k8s_datamodel_plugins.sources.server.wire.request_limits import Limits

# As client-go: a token counts as expired a little early.
_BEFORE_SECONDS = 10.0
# A new token counts this long even if expired by our clock: the server's clock decides.
_AGAIN_SECONDS = 60.0

_sessions: dict[object, Session] = {}
_opening = threading.Lock()


def session(user: Entry, limits: Limits, warn: Callable[[str], None]) -> Session:
    """The session of a user, shared by all contexts of a run; ``warn`` takes a line."""
    config = _config(user)
    key = (user.file, user.name, tuple(sorted(config.items())))
    with _opening:
        if key not in _sessions:
            _sessions[key] = Session(user, limits, warn)
        return _sessions[key]


class Session:
    """Returns the header ``Authorization``; see ``session``."""

    def __init__(self, user: Entry, limits: Limits, warn: Callable[[str], None]) -> None:
        self._user = user
        self._limits = limits
        self._warn = warn
        self._config = _config(user)
        self._lock = threading.Lock()
        self._renewed_at = -_AGAIN_SECONDS

    def __call__(self) -> str:
        """The current header. Raises FieldError if there is no valid token."""
        with self._lock:
            just_now = time.monotonic() - self._renewed_at < _AGAIN_SECONDS
            if not (_valid(self._config) or just_now):
                self._config = self._renewed()
            return headers.bearer(self._config["id-token"], "id-token")

    def _renewed(self) -> Mapping[str, str]:
        """The config with a valid token: another process's, if the file has one."""
        config = self._read_again()
        if _valid(config):
            return config
        if not config.get("refresh-token"):
            raise FieldError("its id-token has expired, and it has no refresh-token: log in again")
        try:
            tokens = refresh(config, self._limits)
        except RefusedError:
            # Another process may have used the refresh token and kept the new one.
            latest = self._read_again()
            if latest.get("refresh-token") == config["refresh-token"]:
                raise
            if _valid(latest):
                return latest
            config, tokens = latest, refresh(latest, self._limits)
        return self._taken(config, tokens)

    def _taken(self, config: Mapping[str, str], tokens: Tokens) -> Mapping[str, str]:
        new = {"id-token": tokens.id_token, "refresh-token": tokens.refresh_token}
        changed = {key: value for key, value in new.items() if value and value != config.get(key)}
        if changed:
            self._keep(config, changed)
        if not tokens.id_token:
            raise FieldError(
                "its issuer gives no id-token when tokens are refreshed: log in again, with the"
                " scope openid"
            )
        taken = {**config, **changed}
        _valid(taken)  # perhaps expired, but a JWT
        self._renewed_at = time.monotonic()
        return taken

    def _keep(self, config: Mapping[str, str], changed: Mapping[str, str]) -> None:
        try:
            keeping.keep(self._user, config, changed)
        except keeping.NotKeptError as error:
            more = (
                "the old refresh-token may be spent: log in again if it is refused"
                if "refresh-token" in changed
                else "the next run has to refresh them again"
            )
            self._warn(f"the new tokens of user {self._user.name!r} are not kept: {error}; {more}")

    def _read_again(self) -> Mapping[str, str]:
        """The config as it is now in the file; ours if the file no longer has it."""
        if self._user.file is None:
            return self._config
        try:
            found = read_files([self._user.file]).users.get(self._user.name)
        except SourceError:
            found = None
        config = _config(found) if found else {}
        return config if config.get("idp-issuer-url") else self._config


def _config(user: Entry) -> Mapping[str, str]:
    config: Mapping[str, str] = user.value.get("auth-provider", {}).get("config", {})
    return config


def _valid(config: Mapping[str, str]) -> bool:
    """Whether there is an id-token that has not expired. Raises FieldError if it is not a JWT."""
    token = config.get("id-token")
    if not token:
        return False
    said = claims(token)
    try:
        expiry = None if said is None else float(said.get("exp") or 0)
    except (TypeError, ValueError):
        expiry = None
    if expiry is None:
        raise FieldError("its id-token is not a JWT")
    return time.time() + _BEFORE_SECONDS < expiry

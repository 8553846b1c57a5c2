"""Turn a context of a kubeconfig into the ``Access`` to an API server."""

from __future__ import annotations

import base64
import os
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from kubernetes.client import Configuration
from kubernetes.config import ConfigException, kube_config

from k8s_datamodel.api import SourceError, SourceRequest
from k8s_datamodel_plugins.sources.server.contexts import headers
from k8s_datamodel_plugins.sources.server.contexts.credential_plugins import Plugin
from k8s_datamodel_plugins.sources.server.contexts.credentials import usable
from k8s_datamodel_plugins.sources.server.contexts.kubeconfig_fields import FieldError
from k8s_datamodel_plugins.sources.server.contexts.merging import KubeContext
from k8s_datamodel_plugins.sources.server.contexts.token_files import TokenFile
from k8s_datamodel_plugins.sources.server.locations import chosen
from k8s_datamodel_plugins.sources.server.oidc.user_session import session
from k8s_datamodel_plugins.sources.server.wire.connections import Headers
from k8s_datamodel_plugins.sources.server.wire.faults import RequestError
from k8s_datamodel_plugins.sources.server.wire.request_limits import Limits, from_environment

# The kubernetes package says that it is typed, but this is not.
_KubeConfigLoader: Callable[..., Any] = kube_config.KubeConfigLoader

# Exceptions of the kubernetes package's loader for malformed files.
_MALFORMED = (AttributeError, KeyError, TypeError, ValueError)

# Fields of a user that become a header here; the package gets the rest.
_HEADERS = frozenset({"auth-provider", "exec", "password", "token", "tokenFile", "username"})

_USER_AGENT = ("User-Agent", "k8s-datamodel")
# Credentials are renewed minutes before they expire.
_LOOK_AGAIN_SECONDS = 5.0


@dataclass(frozen=True, slots=True)
class Access:
    """The way to reach one API server.

    Attributes:
        configuration: of the kubernetes package, without credentials other than a certificate;
            never the package's default one.
        context: name of the kubeconfig's context, or ``in-cluster``.
        header: returns the current header ``Authorization``; None without one.
        by_password: whether the header holds a name and password.
        impersonation: headers that make the server act as another user (``as`` and the like);
            the kubernetes package ignores these fields.
        proxy_url: of the kubeconfig; the environment's is not considered here.
    """

    configuration: Configuration
    context: str
    header: Callable[[], str] | None
    by_password: bool
    impersonation: Sequence[tuple[str, str]]
    proxy_url: str | None


def find(request: SourceRequest, environ: Mapping[str, str] = os.environ) -> Access:
    """The access to the server of the request's context, see ``locations.chosen``.

    Raises SourceError also if the credentials are not available.
    """
    context = chosen(request, environ)
    used = usable(context)
    user = used.user.value
    try:
        header = _header(used, from_environment(environ), request.warn)
        authorized = header if header and header() else None
        given = {**user, **(_certificate(header) if isinstance(header, Plugin) else {})}
        configuration = _configuration(replace(used, user=replace(used.user, value=given)))
        if not (authorized or configuration.cert_file or used.server[:5] == "http:"):
            raise FieldError("it has no credentials that could be used")
        return Access(
            configuration,
            used.name,
            authorized,
            "username" in user,
            tuple(headers.impersonation(user)),
            used.cluster.value.get("proxy-url"),
        )
    except FieldError as error:
        who = f"user {context.user.name!r}"
        raise SourceError(f"context {context.name}: {who}: {error}") from None


def _header(
    context: KubeContext, limits: Limits, warn: Callable[[str], None]
) -> Callable[[], str] | None:
    user = context.user.value
    if "exec" in user:
        return Plugin(context, limits.plugin_timeout)
    if "auth-provider" in user:
        return session(context.user, limits, warn)
    if "tokenFile" in user:
        return TokenFile(user["tokenFile"], user.get("token", ""))
    if "token" in user:
        return lambda: headers.bearer(user["token"], "token")
    if "username" in user:
        return lambda: headers.basic(user["username"], user["password"])
    return None


def _certificate(plugin: Plugin) -> Mapping[str, str]:
    """The certificate from a plugin, in the form of a kubeconfig."""
    credential = plugin.credential()
    pem = {"client-certificate": credential.certificate, "client-key": credential.key}
    return {
        f"{k}-data": base64.b64encode(text.encode()).decode() for k, text in pem.items() if text
    }


def _configuration(context: KubeContext) -> Configuration:
    """The kubernetes package's configuration of a context, without its header."""
    others = {k: v for k, v in context.user.value.items() if k not in _HEADERS}
    configuration = Configuration()
    try:
        loader = _KubeConfigLoader(
            config_dict=replace(context, user=replace(context.user, value=others)).mapping(),
            config_base_path="",
        )
        loader.load_and_set(configuration)
    except (ConfigException, OSError, *_MALFORMED) as error:
        # Its messages repeat content of the kubeconfig.
        raise FieldError(f"it cannot be used ({type(error).__name__})") from None
    return configuration


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
            header = self._access.header() if self._access.header else ""
        except FieldError as error:
            self._over = str(error)
        else:
            self._over = ""
            own = [("authorization", header)] if header else []
            self._headers = [*own, *self._access.impersonation, _USER_AGENT]

"""Turn a kubeconfig or a pod's service account into an ``Access`` to an API server."""

from __future__ import annotations

import base64
import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from kubernetes.client import Configuration
from kubernetes.config import ConfigException, kube_config

from k8s_datamodel.api import SourceError, SourceRequest, UsageError
from k8s_datamodel_plugins.sources.server.contexts import headers, kubeconfig_files
from k8s_datamodel_plugins.sources.server.contexts.credential_plugins import Plugin
from k8s_datamodel_plugins.sources.server.contexts.credentials import usable
from k8s_datamodel_plugins.sources.server.contexts.kubeconfig_fields import FieldError
from k8s_datamodel_plugins.sources.server.contexts.merging import (
    Entry,
    KubeContext,
    choose,
    read_files,
    read_mapping,
)
from k8s_datamodel_plugins.sources.server.contexts.token_files import TokenFile
from k8s_datamodel_plugins.sources.server.oidc.user_session import session
from k8s_datamodel_plugins.sources.server.wire.request_limits import Limits, from_environment

SERVICE_ACCOUNT = Path("/var/run/secrets/kubernetes.io/serviceaccount")
"""Where Kubernetes mounts a pod's token and the cluster's certificate authority."""

IN_CLUSTER = "in-cluster"
"""Name of the context for a pod's service account."""

# The kubernetes package says that it is typed, but this is not.
_KubeConfigLoader: Callable[..., Any] = kube_config.KubeConfigLoader

# Exceptions of the kubernetes package's loader for malformed files.
_MALFORMED = (AttributeError, KeyError, TypeError, ValueError)

# Fields of a user that become a header here; the package gets the rest.
_HEADERS = frozenset({"auth-provider", "exec", "password", "token", "tokenFile", "username"})


@dataclass(frozen=True, slots=True)
class Access:
    """The way to reach one API server.

    Attributes:
        configuration: of the kubernetes package; never the package's default one.
        context: name of the kubeconfig's context, or ``in-cluster``.
        impersonation: headers that make the server act as another user (``as`` and the like);
            the kubernetes package ignores these fields.
        proxy_url: of the kubeconfig; the environment's is not considered here.
    """

    configuration: Configuration
    context: str
    impersonation: Sequence[tuple[str, str]] = ()
    proxy_url: str | None = None

    @property
    def by_password(self) -> bool:
        """Whether a name and password authenticate us."""
        return str(self.configuration.api_key.get("authorization", "")).startswith("Basic ")


def find(request: SourceRequest, environ: Mapping[str, str] = os.environ) -> Access:
    """Load the kubeconfig and context of the request, with kubectl's defaults.

    The first of: the request's kubeconfig (content or file), the files of ``KUBECONFIG``,
    ``~/.kube/config``, the service account of this pod.

    Raises:
        SourceError: none exists, it cannot be read, or its credentials are not available.
        UsageError: it has no such context.
    """
    if request.kubeconfig_data is not None:
        where = "the kubeconfig of the source"
        config = read_mapping(request.kubeconfig_data, where)
        return _access(choose(config, request.context), environ, request.warn)
    if files := kubeconfig_files.files(request.kubeconfig, environ):
        return _access(choose(read_files(files), request.context), environ, request.warn)
    if _in_cluster(environ):
        return _access(_of_the_pod(request.context, environ), environ, request.warn)
    raise _none(environ)


def contexts(request: SourceRequest, environ: Mapping[str, str] = os.environ) -> Sequence[str]:
    """Names of the contexts that ``find`` accepts, sorted. Raises SourceError."""
    if files := kubeconfig_files.files(request.kubeconfig, environ):
        return sorted(read_files(files).contexts)
    if _in_cluster(environ):
        return [IN_CLUSTER]
    raise _none(environ)


def _none(environ: Mapping[str, str]) -> SourceError:
    named, default = environ.get("KUBECONFIG", ""), kubeconfig_files.DEFAULT
    return SourceError(
        (f"KUBECONFIG names {named}, which is not there" if named else f"no kubeconfig: {default}")
        + ("; " if named else " is not there; ")
        + "use --kubeconfig FILE, or read manifests or a dump with --source PATH"
    )


def _in_cluster(environ: Mapping[str, str]) -> bool:
    named = environ.get("KUBERNETES_SERVICE_HOST") and environ.get("KUBERNETES_SERVICE_PORT")
    return bool(named) and (SERVICE_ACCOUNT / "token").is_file()


def _of_the_pod(context: str | None, environ: Mapping[str, str]) -> KubeContext:
    """The service account of this pod, as ``InClusterConfig`` of client-go reads it."""
    if context not in (None, IN_CLUSTER):
        raise UsageError(f"no kubeconfig has a context {context!r}: there is none in this pod")
    host = environ["KUBERNETES_SERVICE_HOST"]
    where = f"[{host}]" if ":" in host else host
    server = f"https://{where}:{environ['KUBERNETES_SERVICE_PORT']}"
    authority = str(SERVICE_ACCOUNT / "ca.crt")
    cluster = {"server": server, "certificate-authority": authority}
    return KubeContext(
        IN_CLUSTER,
        Entry(IN_CLUSTER, cluster, None),
        Entry("service-account", {"tokenFile": str(SERVICE_ACCOUNT / "token")}, None),
    )


def _access(
    context: KubeContext, environ: Mapping[str, str], warn: Callable[[str], None]
) -> Access:
    """Build the access for a context. Raises SourceError if its credentials are unusable."""
    used = usable(context)
    user = used.user.value
    try:
        header = _header(used, from_environment(environ), warn)
        authorization = header() if header else ""
        given = {**user, **(_certificate(header) if isinstance(header, Plugin) else {})}
        configuration = _configuration(replace(used, user=replace(used.user, value=given)))
        if authorization and header:
            _authorize(configuration, header)
        if not (configuration.api_key or configuration.cert_file or used.server[:5] == "http:"):
            raise FieldError("it has no credentials that could be used")
        proxy_url = used.cluster.value.get("proxy-url")
        return Access(configuration, used.name, tuple(headers.impersonation(user)), proxy_url)
    except FieldError as error:
        who = f"user {context.user.name!r}"
        raise SourceError(f"context {context.name}: {who}: {error}") from None


def _header(
    context: KubeContext, limits: Limits, warn: Callable[[str], None]
) -> Callable[[], str] | None:
    """The source of the header ``Authorization``; None if nothing here provides it."""
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


def _authorize(configuration: Any, header: Callable[[], str]) -> None:
    """Make the package send a header that may change."""

    def renew(configuration: Any) -> None:
        # Its releases differ in which of the two they use.
        configuration.api_key = dict.fromkeys(("authorization", "BearerToken"), header())

    renew(configuration)
    configuration.refresh_api_key_hook = renew

"""Choose the credentials of a user as client-go does, and check that they can be used.

The rules are those of validateAuthInfo (tools/clientcmd/validation.go), TransportConfig
(rest/transport.go), HTTPWrappersForConfig (transport/round_trippers.go) and Go's net/http, where a
name and password in the server's URL take precedence.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import orjson

from k8s_datamodel.api import SourceError
from k8s_datamodel_plugins.sources.server.contexts.kubeconfig_fields import FieldError
from k8s_datamodel_plugins.sources.server.contexts.merging import KubeContext
from k8s_datamodel_plugins.sources.server.contexts.servers import check_file, check_trust, server

_CERTIFICATES = ("client-certificate", "client-certificate-data", "client-key", "client-key-data")
_IMPERSONATION = ("as", "as-uid", "as-groups", "as-user-extra")
_TOKENS = ("token", "tokenFile")
_BASIC = ("username", "password")

_EXEC_GROUP = "client.authentication.k8s.io/"
_EXEC_VERSIONS = (f"{_EXEC_GROUP}v1", f"{_EXEC_GROUP}v1beta1")
_EXEC_MODES = ("Never", "IfAvailable", "Always")

_REMOVED = {"azure": "Azure's kubelogin", "gcp": "gke-gcloud-auth-plugin"}

_JWT_PARTS = 3


def usable(context: KubeContext) -> KubeContext:
    """The context reduced to the parts of its cluster and user that count.

    The user keeps certificates, an identity to act as, and at most one of: ``tokenFile`` with or
    without ``token``; ``token``; ``username`` with ``password``; ``exec`` (with its
    ``interactiveMode``); ``auth-provider``. The server is a URL without credentials. Raises
    SourceError, without any value of the user, if kubectl would reject it or has no credentials.
    """
    cluster = context.cluster
    try:
        url, login = server(context.server)
        check_trust(cluster.value, secure=url.startswith("https:"))
    except FieldError as error:
        raise SourceError(f"context {context.name}: cluster {cluster.name!r}: {error}") from None
    try:
        _check(context.user.value)
        kept = _kept(context.user.value, login, secure=url.startswith("https:"))
    except FieldError as error:
        who = f"user {context.user.name!r}: {error}" if context.user.name else "it has no user"
        raise SourceError(f"context {context.name}: {who}") from None
    return replace(
        context,
        cluster=replace(cluster, value={**cluster.value, "server": url}),
        user=replace(context.user, value=kept),
    )


def _check(user: Mapping[str, Any]) -> None:
    """Reject a user that kubectl rejects, no matter which fields are used."""
    if user.get("token") and _some(user, _BASIC):
        raise FieldError("it has both a token and a name or password")
    if _some(user, _CERTIFICATES[:2]):
        _check_certificate(user)
    if "exec" in user:
        if "auth-provider" in user:
            raise FieldError("it has both exec and an auth-provider")
        _check_exec(user["exec"])
    if _some(user, _IMPERSONATION) and not user.get("as"):
        raise FieldError("it says as which uid, groups or extra it acts, but not as whom (as)")


def _check_certificate(user: Mapping[str, Any]) -> None:
    for path, data in (_CERTIFICATES[:2], _CERTIFICATES[2:]):
        if path in user and data in user:
            raise FieldError(f"it has both {path} and {data}")
    if not _some(user, _CERTIFICATES[2:]):
        raise FieldError("it has a client certificate, but no client-key or client-key-data")
    for key in ("client-certificate", "client-key"):
        if key in user:
            check_file(key, user[key])


def _check_exec(plugin: Mapping[str, Any]) -> None:
    for key in ("command", "apiVersion"):
        if not plugin.get(key):
            raise FieldError(f"its exec has no {key}")
    if not all(variable.get("name") for variable in plugin.get("env", ())):
        raise FieldError("its exec has a variable without name")
    mode = _mode(plugin)
    if mode not in _EXEC_MODES:
        allowed = ", ".join(_EXEC_MODES)
        problem = "no interactiveMode" if not mode else "an unknown interactiveMode"
        raise FieldError(f"its exec has {problem}: it must be one of {allowed}")


def _mode(plugin: Mapping[str, Any]) -> str:
    """The interactive mode, as ``SetDefaults_ExecConfig`` of client-go: only v1 must state it."""
    before = plugin["apiVersion"] in (f"{_EXEC_GROUP}v1beta1", f"{_EXEC_GROUP}v1alpha1")
    return str(plugin.get("interactiveMode") or ("IfAvailable" if before else ""))


def _kept(
    user: Mapping[str, Any], login: tuple[str, str] | None, *, secure: bool
) -> dict[str, Any]:
    """The fields that are used. Raises FieldError for unusable ones, and without credentials."""
    acts = _only(user, _IMPERSONATION)
    if not secure:
        # Without TLS client-go sends no credentials of the user.
        return {**acts, **_login(login)}
    if "auth-provider" in user:
        _check_provider(user["auth-provider"])
    if user.get("exec", {}).get("apiVersion", _EXEC_VERSIONS[0]) not in _EXEC_VERSIONS:
        allowed = " or ".join(_EXEC_VERSIONS)
        raise FieldError(f"its exec has an unknown apiVersion: it must be {allowed}")
    if user.get("username") and _some(user, _TOKENS):
        raise FieldError("it has both a token and a name or password")
    certificates = _only(user, _CERTIFICATES) if _some(user, _CERTIFICATES[:2]) else {}
    sent = _sent(user, certified=bool(certificates))
    if not sent and not certificates:
        raise FieldError("it has no credentials")
    return {**acts, **certificates, **(_login(login) or sent)}


def _sent(user: Mapping[str, Any], *, certified: bool) -> dict[str, Any]:
    """The fields that make the header ``Authorization``; a plugin runs only without others."""
    if tokens := _only(user, _TOKENS):
        return tokens
    if user.get("username"):
        return {"username": user["username"], "password": user.get("password", "")}
    if "auth-provider" in user:
        _check_tokens(user["auth-provider"].get("config", {}))
        return _only(user, ("auth-provider",))
    if "exec" in user and not certified:
        return {"exec": {**user["exec"], "interactiveMode": _mode(user["exec"])}}
    return {}


def _login(login: tuple[str, str] | None) -> dict[str, Any]:
    return {"username": login[0], "password": login[1]} if login else {}


def _check_provider(provider: Mapping[str, Any]) -> None:
    name = provider.get("name", "")
    if name in _REMOVED:
        raise FieldError(
            f"its auth-provider {name} is no longer supported by Kubernetes: use the credential"
            f" plugin {_REMOVED[name]}"
        )
    if name != "oidc":
        raise FieldError(f"its auth-provider {name!r} is unknown")
    for key in ("idp-issuer-url", "client-id"):
        if not provider.get("config", {}).get(key):
            raise FieldError(f"its auth-provider oidc has no {key}")


def _check_tokens(config: Mapping[str, str]) -> None:
    """Reject tokens of OpenID Connect that are useless, as far as that shows offline."""
    if token := config.get("id-token"):
        if claims(token) is None:
            raise FieldError("its auth-provider oidc has an id-token that is not a JWT")
    elif not config.get("refresh-token"):
        raise FieldError("its auth-provider oidc has neither an id-token nor a refresh-token")


def claims(token: str) -> Mapping[str, Any] | None:
    """The claims of a token, without a check of its signature; None if it is not a JWT."""
    parts = token.split(".")
    if len(parts) != _JWT_PARTS:
        return None
    padded = parts[1] + "=" * (-len(parts[1]) % 4)
    try:
        said = orjson.loads(base64.b64decode(padded, altchars=b"-_", validate=True))
    except (binascii.Error, ValueError):
        return None
    return said if isinstance(said, dict) else None


def _some(user: Mapping[str, Any], keys: tuple[str, ...]) -> bool:
    return any(user.get(key) for key in keys)


def _only(user: Mapping[str, Any], keys: tuple[str, ...]) -> dict[str, Any]:
    return {key: user[key] for key in keys if key in user}

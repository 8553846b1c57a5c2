"""Request new tokens from an issuer, as client-go does with golang.org/x/oauth2."""

from __future__ import annotations

import base64
import binascii
import ssl
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import quote_plus, urlencode, urljoin, urlsplit

from k8s_datamodel.api import SourceError
from k8s_datamodel_plugins.sources.server.contexts.headers import basic
from k8s_datamodel_plugins.sources.server.contexts.kubeconfig_fields import FieldError
from k8s_datamodel_plugins.sources.server.wire import tls
from k8s_datamodel_plugins.sources.server.wire.answers import Answer
from k8s_datamodel_plugins.sources.server.wire.faults import RequestError, json_object, line
from k8s_datamodel_plugins.sources.server.wire.one_request import ask
from k8s_datamodel_plugins.sources.server.wire.request_limits import Limits

DISCOVERY = "/.well-known/openid-configuration"
"""From OpenID Connect Discovery 1.0, section 4."""

_ANSWER_BYTES = 1 << 20
_REDIRECTS = 10
_REDIRECTED = (301, 302, 303, 307, 308)
_OK = 200
_ENDED = "invalid_grant"
_ERRORS = {
    _ENDED: "the session has ended; log in again",
    "invalid_client": "it does not accept the client-id or the client-secret",
    "unauthorized_client": "the client may not refresh tokens",
}


class RefusedError(FieldError):
    """The issuer no longer accepts the refresh token."""


@dataclass(frozen=True, slots=True)
class Tokens:
    """The tokens from an issuer: an empty id-token or the used refresh token if it sent none."""

    id_token: str = field(repr=False)
    refresh_token: str = field(repr=False)


def refresh(config: Mapping[str, str], limits: Limits) -> Tokens:
    """Exchange the refresh token of an ``auth-provider``'s config for new tokens.

    Raises RefusedError if the issuer rejects it, and FieldError if the issuer is unreachable, not
    trusted, or sends no tokens.
    """
    issuer = config["idp-issuer-url"].removesuffix("/")
    bounded = replace(limits, answer_bytes=_ANSWER_BYTES)
    try:
        trust = _trust(config)
        endpoint = _endpoint(issuer, trust, bounded)
        return _tokens(endpoint, config, trust, bounded)
    except (RequestError, SourceError) as error:
        raise FieldError(f"its issuer {_shown(issuer)} cannot be asked: {error}") from None
    except _AnswerError as error:
        kind = RefusedError if error.code == _ENDED else FieldError
        reason = _without_secrets(str(error), config)
        raise kind(f"its issuer {_shown(issuer)} gives no token: {reason}") from None


class _AnswerError(Exception):
    """An answer without tokens; ``code`` is OAuth's error code, if any."""

    def __init__(self, reason: str, code: str = "") -> None:
        super().__init__(reason)
        self.code = code


def _trust(config: Mapping[str, str]) -> ssl.SSLContext:
    """Trust for the issuer; inline certificates come before the file, as in client-go."""
    data = config.get("idp-certificate-authority-data", "")
    try:
        pem = base64.b64decode(data, validate=True).decode() if data else None
    except (binascii.Error, ValueError):
        raise FieldError("its idp-certificate-authority-data is not base64") from None
    path = config.get("idp-certificate-authority")
    return tls.ssl_context(authority=None if pem else path, authority_data=pem)


def _endpoint(issuer: str, trust: ssl.SSLContext, limits: Limits) -> str:
    url = issuer + DISCOVERY
    for _ in range(_REDIRECTS):
        answer = ask("GET", _secure(url), trust, limits)
        if answer.status not in _REDIRECTED:
            break
        url = _joined(url, answer.headers.get("Location", ""))
    if answer.status != _OK:
        raise _AnswerError(f"HTTP {answer.status} for {DISCOVERY}")
    endpoint = _object(answer).get("token_endpoint")
    if not endpoint or not isinstance(endpoint, str):
        raise _AnswerError(f"there is no token_endpoint in {DISCOVERY}")
    return _secure(endpoint)


def _joined(url: str, location: str) -> str:
    try:
        return urljoin(url, location)
    except ValueError:
        raise _AnswerError("it redirects to something that is not a URL") from None


def _secure(url: str) -> str:
    """The URL, if it is https: nothing is sent to an unknown server."""
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError:
        raise _AnswerError(f"{_shown(url)} is not a URL") from None
    if parts.scheme != "https":
        raise _AnswerError(f"{_shown(url)} is not https")
    return url


def _tokens(
    endpoint: str, config: Mapping[str, str], trust: ssl.SSLContext, limits: Limits
) -> Tokens:
    """Request tokens with the client's name in the header, then in the body: issuers differ."""
    client, secret = config["client-id"], config.get("client-secret", "")
    used = config["refresh-token"]
    form = {"grant_type": "refresh_token", "refresh_token": used}
    header = ("Authorization", basic(quote_plus(client), quote_plus(secret)))
    try:
        given = _given(_post(endpoint, form, trust, limits, header))
    except _AnswerError as error:
        named = {"client_id": client, **({"client_secret": secret} if secret else {})}
        try:
            given = _given(_post(endpoint, {**form, **named}, trust, limits))
        except _AnswerError:
            if error.code == _ENDED:
                raise error from None  # it knows the client by the header
            raise
    return Tokens(_text(given, "id_token"), _text(given, "refresh_token") or used)


def _post(
    endpoint: str,
    form: Mapping[str, str],
    trust: ssl.SSLContext,
    limits: Limits,
    *headers: tuple[str, str],
) -> Answer:
    kind = ("Content-Type", "application/x-www-form-urlencoded")
    body = urlencode(form).encode()
    return ask("POST", endpoint, trust, limits, headers=(kind, *headers), body=body)


def _given(answer: Answer) -> dict[str, Any]:
    """The tokens of an answer (RFC 6749, 5.1), or its error (5.2)."""
    if answer.status == _OK:
        given = _object(answer)
        if not given.get("error"):
            return given
    else:
        given = json_object(answer.body) or {}
    code = _text(given, "error")
    said = _ERRORS.get(code, "")
    told = line(_text(given, "error_description"))
    words = [f"HTTP {answer.status}", *filter(None, (code, told, said))]
    raise _AnswerError(": ".join(words[:2]) + "".join(f"; {word}" for word in words[2:]), code)


def _text(given: Mapping[str, Any], key: str) -> str:
    value = given.get(key)
    return value if isinstance(value, str) else ""


def _object(answer: Answer) -> dict[str, Any]:
    found = json_object(answer.body)
    if found is None:
        raise _AnswerError("its answer is not a JSON object")
    return found


def _without_secrets(text: str, config: Mapping[str, str]) -> str:
    """A text of the issuer, which may repeat what we sent."""
    for key in ("client-secret", "refresh-token"):
        if secret := config.get(key):
            text = text.replace(secret, "...")
    return text


def _shown(url: str) -> str:
    """A URL without parts that may be secret."""
    try:
        parts = urlsplit(url)
        return parts._replace(
            netloc=parts.netloc.rpartition("@")[2], query="", fragment=""
        ).geturl()
    except ValueError:
        return "(unreadable)"

"""Describe failures below HTTP for the ledger: no connection, no answer, half an answer."""

from __future__ import annotations

import socket
import ssl
from collections.abc import Iterator
from http.client import HTTPException, IncompleteRead, RemoteDisconnected

from urllib3.exceptions import (
    ConnectTimeoutError,
    HTTPError,
    LocationValueError,
    NewConnectionError,
    ProxyError,
    ReadTimeoutError,
)

from k8s_datamodel_plugins.sources.server.wire.faults import RequestError, line

# OpenSSL's verification results, x509_vfy.h.
_EXPIRED, _NOT_YET_VALID = 10, 9
_UNTRUSTED = frozenset({2, 18, 19, 20, 21})
_OTHER_NAME = frozenset({62, 64})

_WORDS: tuple[tuple[type[HTTPError], str], ...] = (
    (ConnectTimeoutError, "no connection in time"),
    (ReadTimeoutError, "the answer did not come in time"),
    (LocationValueError, "the URL is not valid: {0}"),
)


def broken(error: HTTPError, proxy: str = "") -> RequestError:
    """The fault of a failure below HTTP; ``proxy`` is the proxy's URL, without credentials."""
    reason = line(_words(error, f"the proxy {proxy}"))
    return RequestError(reason, transient=_certificate_error(error) is None)


def _words(error: HTTPError, proxy: str) -> str:
    of_proxy = isinstance(error, ProxyError)
    if (certificate := _certificate_error(error)) is not None:
        return _certificate_words(certificate, proxy if of_proxy else "the server")
    if isinstance(error, ProxyError):
        return _proxy_words(error, proxy)
    if isinstance(error, NewConnectionError):
        return _connection_words(error)
    known = (words.format(error) for kind, words in _WORDS if isinstance(error, kind))
    return next(known, None) or f"the connection broke: {_how(error)}"


def _how(error: HTTPError) -> str:
    """How a connection that stood ended, in plain words; Python's errors have its own."""
    for cause in _causes(error):
        if isinstance(cause, RemoteDisconnected):
            return "the server closed it without an answer"
        if isinstance(cause, IncompleteRead):
            return f"the server closed it {_cut(cause)}"
        if isinstance(cause, HTTPException):
            return f"the answer is not valid HTTP/1.1: {cause}"
        if isinstance(cause, ssl.SSLError) and (reason := getattr(cause, "reason", None)):
            return f"TLS: {reason.lower().replace('_', ' ')}"
        if isinstance(cause, OSError) and cause.strerror:
            return cause.strerror.lower()
    return str(error.args[0]) if error.args else "nobody says how"


def _cut(error: IncompleteRead) -> str:
    """After how much of an answer, which urllib3 has as a number, and http.client as bytes."""
    got = error.partial if isinstance(error.partial, int) else len(error.partial)
    whole = f" of {got + error.expected:,}" if error.expected is not None else ""
    return f"after {got:,} bytes{whole}"


def _proxy_words(error: ProxyError, proxy: str) -> str:
    cause = error.original_error
    if isinstance(cause, OSError) and not cause.errno:  # as http.client reports it for CONNECT
        return f"{proxy} does not let us through: {cause}"
    return f"{proxy} cannot be reached: {_connection_words(error)}"


def _connection_words(error: HTTPError) -> str:
    for cause in _causes(error):
        if isinstance(cause, socket.gaierror):
            return "the host name cannot be resolved"
        if isinstance(cause, ConnectTimeoutError) and not isinstance(cause, NewConnectionError):
            return "no connection in time"
        if isinstance(cause, OSError) and cause.strerror:
            return cause.strerror.lower()
    return "no connection"


def _certificate_words(error: ssl.SSLCertVerificationError, who: str) -> str:
    code, message = error.verify_code, error.verify_message
    if code == _EXPIRED:
        return f"TLS: {who}'s certificate, or its authority's, has expired"
    if code == _NOT_YET_VALID:
        return f"TLS: {who}'s certificate is not valid yet; is the clock right?"
    if code in _UNTRUSTED:
        return f"TLS: {who}'s certificate is not signed by a trusted authority ({message})"
    if code in _OTHER_NAME:
        return f"TLS: {who}'s certificate is for another name ({message})"
    return f"TLS: {who}'s certificate is not accepted ({message})"


def _certificate_error(error: BaseException) -> ssl.SSLCertVerificationError | None:
    for cause in _causes(error):
        if isinstance(cause, ssl.SSLCertVerificationError):
            return cause
    return None


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    """An error and what is behind it, each once: ``raise error from error`` makes a circle."""
    seen: set[int] = set()
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        yield error
        # urllib3 passes some causes as arguments only.
        passed = (each for each in error.args if isinstance(each, BaseException))
        error = error.__cause__ or error.__context__ or next(passed, None)

"""What can go wrong with a request, in words for the ledger."""

from __future__ import annotations

import json
import re
import socket
import ssl
from collections.abc import Iterator, Mapping
from typing import Any

import urllib3
from urllib3.exceptions import (
    ConnectTimeoutError,
    HTTPError,
    InvalidHeader,
    LocationValueError,
    NewConnectionError,
    ProxyError,
    ReadTimeoutError,
)

from k8s_datamodel.api import Status

_STATUS: Mapping[int, Status] = {
    401: "forbidden",
    403: "forbidden",
    404: "absent",
    410: "inconsistent",
}
_TRANSIENT_CODES = frozenset({429, 500, 502, 503, 504})
_LONGEST_REASON = 300

# OpenSSL's verification results, x509_vfy.h.
_EXPIRED, _NOT_YET_VALID = 10, 9
_UNTRUSTED = frozenset({2, 18, 19, 20, 21})
_OTHER_NAME = frozenset({62, 64})

_WORDS: tuple[tuple[type[HTTPError], str], ...] = (
    (ProxyError, "the proxy cannot be reached: {0.original_error}"),
    (ConnectTimeoutError, "no connection in time"),
    (ReadTimeoutError, "the answer did not come in time"),
    (LocationValueError, "the URL is not valid: {0}"),
    (HTTPError, "the connection broke: {0}"),
)


class RequestError(Exception):
    """A request that did not give what was asked for.

    Attributes:
        status: what that means for the ledger.
        reason: for people, in one line.
        http_code: of the answer; None when there was none.
        transient: another attempt may succeed.
        retry_after: seconds that the server asked to wait; None if it did not.
        token: where an expired list can be taken up again; empty if it cannot.
    """

    def __init__(
        self,
        reason: str,
        *,
        status: Status = "failed",
        http_code: int | None = None,
        transient: bool = False,
        retry_after: float | None = None,
        token: str = "",
    ) -> None:
        super().__init__(reason)
        self.status = status
        self.reason = reason
        self.http_code = http_code
        self.transient = transient
        self.retry_after = retry_after
        self.token = token


def refused(code: int, headers: Mapping[str, str], body: bytes) -> RequestError:
    """What an answer other than 200 means. Its text comes from the Status object if it has one."""
    content_type = headers.get("Content-Type", "")
    answer = _object(body)
    message = _line(str(answer.get("message") or "")) or _plain(content_type, body)
    status = _STATUS.get(code, "failed")
    if status == "absent" and "html" in content_type:
        # An API server says 404 in JSON or plain text: this page is from something before it.
        status = "failed"
    retry_after = _retry_after(headers.get("Retry-After"))
    words = [f"HTTP {code}", *([message] if message else [])]
    if retry_after:
        words.append(f"asks to wait {retry_after:g} s")
    return RequestError(
        ": ".join(words),
        status=status,
        http_code=code,
        transient=code in _TRANSIENT_CODES,
        retry_after=retry_after,
        token=_token(answer.get("metadata")),
    )


def broken(error: HTTPError) -> RequestError:
    """What a failure below HTTP means: no connection, no answer, half an answer."""
    return RequestError(_words(error), transient=_certificate_error(error) is None)


def _words(error: HTTPError) -> str:
    if (certificate := _certificate_error(error)) is not None:
        return _certificate_words(certificate)
    if isinstance(error, NewConnectionError):
        return _connection_words(error)
    return next(_line(words.format(error)) for kind, words in _WORDS if isinstance(error, kind))


def _connection_words(error: NewConnectionError) -> str:
    for cause in _causes(error):
        if isinstance(cause, socket.gaierror):
            return "the host name cannot be resolved"
        if isinstance(cause, OSError) and cause.strerror:
            return cause.strerror.lower()
    return "no connection"


def _certificate_words(error: ssl.SSLCertVerificationError) -> str:
    code, message = error.verify_code, error.verify_message
    if code == _EXPIRED:
        return "TLS: the server's certificate, or its authority's, has expired"
    if code == _NOT_YET_VALID:
        return "TLS: the server's certificate is not valid yet; is the clock right?"
    if code in _UNTRUSTED:
        return f"TLS: the server's certificate is not signed by a trusted authority ({message})"
    if code in _OTHER_NAME:
        return f"TLS: the server's certificate is for another name ({message})"
    return f"TLS: the server's certificate is not accepted ({message})"


def _certificate_error(error: BaseException) -> ssl.SSLCertVerificationError | None:
    for cause in _causes(error):
        if isinstance(cause, ssl.SSLCertVerificationError):
            return cause
    return None


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__ or _argument(error)


def _argument(error: BaseException) -> BaseException | None:
    """urllib3 hands some causes on as arguments only."""
    return next((each for each in error.args if isinstance(each, BaseException)), None)


def _retry_after(text: str | None) -> float | None:
    if text is None:
        return None
    try:
        return urllib3.Retry().parse_retry_after(text)
    except InvalidHeader:
        return None


def _token(metadata: object) -> str:
    return str(metadata.get("continue") or "") if isinstance(metadata, dict) else ""


def _object(body: bytes) -> dict[str, Any]:
    try:
        answer = json.loads(body)
    except (ValueError, RecursionError):
        return {}
    return answer if isinstance(answer, dict) else {}


def _plain(content_type: str, body: bytes) -> str:
    if "html" in content_type:
        return "an HTML page, not an API server's answer"
    return "" if "json" in content_type else _line(body[:1000].decode(errors="replace"))


def _line(text: str) -> str:
    line = re.sub(r"\s+", " ", text).strip()
    return line if len(line) <= _LONGEST_REASON else line[: _LONGEST_REASON - 3] + "..."

"""Describe faults of requests for the ledger."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import KW_ONLY, dataclass
from datetime import datetime, timezone
from email.utils import parsedate_to_datetime
from typing import Any

from k8s_datamodel.api import Status, without_credentials

_STATUS: Mapping[int, Status] = {
    401: "forbidden",
    403: "forbidden",
    404: "absent",
    410: "inconsistent",
}
_TRANSIENT_CODES = frozenset({429, 500, 502, 503, 504})
_LONGEST_REASON = 300
_NO_SUCH_PATH = b"404 page not found"
_MOST_READ = 100_000


@dataclass(eq=False)
class RequestError(Exception):
    """A request without the expected answer.

    Attributes:
        reason: for people, in one line.
        status: for the ledger.
        http_code: of the answer; None without an answer.
        transient: whether another attempt may succeed.
        retry_after: seconds that the server asked to wait; None if it did not.
        token: continues an expired list; empty if that is impossible.
    """

    reason: str
    _: KW_ONLY
    status: Status = "failed"
    http_code: int | None = None
    transient: bool = False
    retry_after: float | None = None
    token: str = ""


def refused(code: int, headers: Mapping[str, str], body: bytes) -> RequestError:
    """The fault of an answer other than 200, with the text of its Status object, if any."""
    content_type = headers.get("Content-Type", "")
    answer = json_object(body) or {}
    message = line(str(answer.get("message") or "")) or _plain(content_type, body)
    status = _STATUS.get(code, "failed")
    if status == "absent" and not _says_not_found(content_type, body, answer):
        status = "failed"  # from a server in front of the API server
    retry_after = _retry_after(headers.get("Retry-After"))
    metadata = answer.get("metadata")
    words = [f"HTTP {code}", *([message] if message else [])]
    if retry_after:
        words.append(f"asks to wait {retry_after:g} s")
    return RequestError(
        ": ".join(words),
        status=status,
        http_code=code,
        transient=code in _TRANSIENT_CODES,
        retry_after=retry_after,
        token=str(metadata.get("continue") or "") if isinstance(metadata, dict) else "",
    )


def _retry_after(text: str | None) -> float | None:
    """Seconds from ``Retry-After`` (RFC 9110, 10.2.3), which is a number or a date."""
    if text is None:
        return None
    if text.strip().isdecimal():
        return float(text)
    try:
        when = parsedate_to_datetime(text)
    except ValueError:
        return None
    if when.tzinfo is None:
        when = when.replace(tzinfo=timezone.utc)
    return max(0.0, (when - datetime.now(timezone.utc)).total_seconds())


def json_object(body: bytes) -> dict[str, Any] | None:
    """The JSON object of a body; None if it holds none."""
    try:
        answer = json.loads(body)
    except (ValueError, RecursionError):
        return None
    return answer if isinstance(answer, dict) else None


def _says_not_found(content_type: str, body: bytes, answer: Mapping[str, Any]) -> bool:
    """Whether a 404 is an API server's own: a Status, or Go's text for an unknown path.

    The server sends the text for an unknown group, and for unknown versions and kinds of a CRD's
    group; the Status for what its own groups lack (seen with kube-apiserver 1.36).
    """
    if content_type.partition(";")[0].strip() == "text/plain":
        return body.strip() == _NO_SUCH_PATH
    return (answer.get("kind"), answer.get("reason")) == ("Status", "NotFound")


def _plain(content_type: str, body: bytes) -> str:
    if "html" in content_type:
        return "an HTML page, not an API server's answer"
    return "" if "json" in content_type else line(body[:_MOST_READ].decode(errors="replace"))


def line(text: str) -> str:
    """A text as one line without credentials, cut to the length of a reason."""
    words = re.sub(r"\s+", " ", without_credentials(text[:_MOST_READ])).strip()
    return words if len(words) <= _LONGEST_REASON else words[: _LONGEST_REASON - 3] + "..."

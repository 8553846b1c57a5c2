"""Tell whether a client certificate has expired."""

from __future__ import annotations

import re
import ssl
from datetime import datetime, timezone
from pathlib import Path

# Validity of RFC 5280, 4.1: a sequence of two times, the second is notAfter. UTCTime (0x17) has
# two digits for the year, GeneralizedTime (0x18) four.
_VALIDITY = re.compile(
    rb"\x30[\x1e-\x22](?:\x17\x0d\d{12}Z|\x18\x0f\d{14}Z)(?:\x17\x0d(\d{12})Z|\x18\x0f(\d{14})Z)"
)
_FIRST = re.compile(r"-----BEGIN CERTIFICATE-----.+?-----END CERTIFICATE-----", re.DOTALL)
_LAST_SHORT_YEAR = 50


def expiry(path: str) -> str | None:
    """When the first certificate of a PEM file expired; None if valid or unreadable.

    An API server answers 401 to an expired client certificate without saying why.
    """
    try:
        pem = _FIRST.search(Path(path).read_text())
        validity = _VALIDITY.search(ssl.PEM_cert_to_DER_cert(pem[0])) if pem else None
    except (OSError, ValueError):
        return None
    if validity is None:
        return None
    text = (validity[2] or _with_century(validity[1])).decode()
    end = datetime.strptime(text, "%Y%m%d%H%M%S").replace(tzinfo=timezone.utc)
    return f"{end:%Y-%m-%d %H:%M:%S} UTC" if end < datetime.now(timezone.utc) else None


def _with_century(digits: bytes) -> bytes:
    return (b"20" if int(digits[:2]) < _LAST_SHORT_YEAR else b"19") + digits

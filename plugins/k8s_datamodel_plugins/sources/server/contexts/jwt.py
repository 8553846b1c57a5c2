"""JSON Web Tokens, as far as client-go looks into them (plugin/pkg/client/auth/oidc)."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping
from typing import Any

import orjson

_PARTS = 3


def claims(token: str) -> Mapping[str, Any] | None:
    """What a token says, whoever signed it; None if it is no JWT."""
    parts = token.split(".")
    if len(parts) != _PARTS:
        return None
    padded = parts[1] + "=" * (-len(parts[1]) % 4)
    try:
        said = orjson.loads(base64.b64decode(padded, altchars=b"-_", validate=True))
    except (binascii.Error, ValueError):
        return None
    return said if isinstance(said, dict) else None

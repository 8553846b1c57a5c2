"""Read the claims of JSON Web Tokens, as far as client-go does (plugin/pkg/client/auth/oidc)."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping
from typing import Any

import orjson

_PARTS = 3


def claims(token: str) -> Mapping[str, Any] | None:
    """The claims of a token, without a check of its signature; None if it is not a JWT."""
    parts = token.split(".")
    if len(parts) != _PARTS:
        return None
    padded = parts[1] + "=" * (-len(parts[1]) % 4)
    try:
        said = orjson.loads(base64.b64decode(padded, altchars=b"-_", validate=True))
    except (binascii.Error, ValueError):
        return None
    return said if isinstance(said, dict) else None

"""How a secret may stand in bytes that hold it."""

from __future__ import annotations

import base64
import json
from urllib.parse import quote


def spellings(secret: str) -> set[str]:
    """Plain, URL- and JSON-escaped (also twice), and base64 at any offset."""
    escaped = {text(secret) for text in (_json, _json_utf8)}
    coded = {secret, quote(secret, safe=""), *escaped, *(_json(each) for each in escaped)}
    for offset in range(3):
        data = base64.b64encode(b"x" * offset + secret.encode()).decode()
        # Characters that depend on what stands before or after are left out.
        inner = data[offset and offset + 1 : len(data) - 4]
        coded |= {inner, inner.replace("+", "-").replace("/", "_")}
    return coded


def _json(text: str) -> str:
    return json.dumps(text)[1:-1]


def _json_utf8(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)[1:-1]

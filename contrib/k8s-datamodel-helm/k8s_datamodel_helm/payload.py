"""What Helm keeps of a release: JSON, packed with gzip, as base64 text (helm.sh/release.v1).

In a Secret the API adds base64 of its own. Helm 3 and 4 read payloads that are not packed as well.
"""

from __future__ import annotations

import base64
import json
import zlib
from collections.abc import Mapping
from datetime import datetime, timezone
from typing import Any

REDACTED = "(redacted)"

MOST_BYTES = 64 * 1024 * 1024
"""Of a release when unpacked; etcd takes 1.5 MiB, but a small text may unpack to gigabytes."""

_GZIP = b"\x1f\x8b\x08"
_WITH_GZIP_HEADER = 16 + zlib.MAX_WBITS


def decoded(kind: str, data: Any) -> dict[str, Any]:
    """The release in the ``data`` of an object.

    Args:
        kind: of the object, ``Secret`` or ``ConfigMap``.
        data: its ``data``.

    Raises:
        ValueError: there is none that can be read; the message says why.
    """
    text = data.get("release") if isinstance(data, Mapping) else None
    if not isinstance(text, str):
        raise ValueError("it has no release in its data")
    try:
        packed = base64.b64decode(text, validate=True)
        if kind == "Secret":
            packed = base64.b64decode(packed, validate=True)
        content = _unpacked(packed) if packed.startswith(_GZIP) else packed
        release = json.loads(content)
    except zlib.error as error:
        raise ValueError(f"its release cannot be unpacked: {error}") from None
    except RecursionError:
        raise ValueError("its release nests too deep") from None
    except ValueError as error:
        raise ValueError(f"its release cannot be read: {error}") from None
    if not isinstance(release, dict):
        raise ValueError("its release is no JSON object")
    return release


def _unpacked(packed: bytes) -> bytes:
    unpacker = zlib.decompressobj(_WITH_GZIP_HEADER)
    content = unpacker.decompress(packed, MOST_BYTES)
    if unpacker.unconsumed_tail:
        raise ValueError(f"it unpacks to more than {MOST_BYTES} bytes")
    if not unpacker.eof:
        raise ValueError("it is cut off")
    return content


def redacted(value: Any) -> Any:
    """A value's keys and shape: each text and number is replaced, whatever it is called."""
    if isinstance(value, dict):
        return {key: redacted(each) for key, each in value.items()}
    if isinstance(value, list):
        return [redacted(each) for each in value]
    return value if value is None or isinstance(value, bool) else REDACTED


def utc(value: Any) -> str | None:
    """A time of Helm's (RFC 3339 with nanoseconds) as ``YYYY-MM-DD HH:MM:SS`` in UTC.

    None for what is none, such as the empty text and Go's zero time, which stand for "never".
    """
    if not isinstance(value, str):
        return None
    seconds, _, rest = value.partition(".")
    zone = rest.lstrip("0123456789") if rest else ""
    try:
        time = datetime.fromisoformat((seconds + zone).replace("Z", "+00:00"))
    except ValueError:
        return None
    if time.tzinfo is None or time.year == 1:
        return None
    return time.astimezone(timezone.utc).strftime("%Y-%m-%d %H:%M:%S")

"""Which values are no credentials although their name promises one."""

from __future__ import annotations

import base64
import binascii
import codecs
import re
import zlib
from itertools import pairwise

from k8s_datamodel.redaction.names import Suspicion

_SHORTEST = 3
_WORD = re.compile(
    r"true|false|yes|no|none|null|nil|on|off|enabled?|disabled?|required|optional|mandatory|auto"
    r"|automatic|bearer|basic|unknown|undefined|omit|n/a|string|integer|number|boolean|object|array",
    re.IGNORECASE,
)
_REFERENCE = re.compile(
    r"""
      \$\(.*\) | \$\{.*\} | \$[A-Z_][A-Z0-9_]*              # variables of Kubernetes and shells
    | \$[A-Za-z][\w-]*(?:\.[\w-]+)+ | \$[A-Za-z0-9][\w.-]*:[\w.-]+  # keys of another Secret
    | %\(?\w+\)?s? | \{.*\} | <.*> | \[[^\]]*\]                    # templates and placeholders
    | [*xX.\u2022#-]+                                        # masked already
    | (?:vault|ref\+\w+|env|file|secret|secretref|op|awssm|gcpsm|azurekeyvault|k8s|arn|sops)
      :[^\s@]+
    | ENC\[.*\] | [A-Za-z][A-Za-z0-9+.-]*://[^\s@]*          # encrypted; an address
    | projects/[^/]+/secrets/.*
    """,
    re.VERBOSE | re.DOTALL,
)
_PATH = re.compile(
    r"(?:~|\.{1,2}|[A-Za-z]:|\$\w+)?(?:[/\\][\w.@%{}$()-]+){2,}[/\\]?|\.{0,2}/[\w.-]{1,32}/?"
)
_FILE = re.compile(
    r"[\w.-]+\.(?:key|pem|crt|cer|p12|pfx|jks|json|ya?ml|txt|conf|cfg|ini|properties|env|token)"
)
_QUANTITY = re.compile(r"[0-9]+(?:\.[0-9]+)?(?:ns|us|ms|s|m|h|d|w|y|[KMGTP]i?B?)?")
_PUBLIC_KEY = re.compile(r"-----BEGIN (?!(?:[A-Z0-9]+ )*PRIVATE)|ssh-\w+ |ecdsa-|age1[a-z0-9]{58}$")
_NAME = re.compile(r"[a-z0-9](?:[a-z0-9./-]*[a-z0-9])?")
_NAME_PART = re.compile(r"[a-z]{1,24}[0-9]{0,3}|[0-9]{1,4}|v[0-9]+[a-z]+[0-9]+")
_CONSTANT = re.compile(r"[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+")
_RANDOM = re.compile(r"[A-Za-z0-9+/=_?!@#$%^&*()~-]{16,}")
_UUID = re.compile(r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
_HEX = re.compile(r"[0-9a-f]{32,}|[0-9A-F]{32,}")
_BASE64 = re.compile(r"[A-Za-z0-9+/_-]+={0,2}")
_BASE64_START = re.compile(r"[A-Za-z0-9+/_-]{16}")
_SHORTEST_BASE64 = 16
_GZIP = b"\x1f\x8b"
_MOST_UNPACKED = 16 * 1024 * 1024


def is_credential(value: str, level: Suspicion) -> bool:
    """Whether a value under a name of that suspicion is to be redacted."""
    if level is Suspicion.NONE or is_harmless(value, level):
        return False
    if level is Suspicion.IF_RANDOM:
        return looks_random(value)
    return level is not Suspicion.UNLESS_NAME or not _is_name(value)


def is_harmless(value: str, level: Suspicion) -> bool:
    """Whether a value is a reference, a path, a switch, a quantity or public, by its form."""
    text = value.strip()
    if len(text) < _SHORTEST or _WORD.fullmatch(text):
        return True
    if _QUANTITY.fullmatch(text) and not (level is Suspicion.PASSWORD and text.isdigit()):
        return True
    if "{{" in text and "}}" in text:
        return True
    if _REFERENCE.fullmatch(text) or _PATH.fullmatch(text) or _FILE.fullmatch(text):
        return True
    return _PUBLIC_KEY.match(decoded(text) or text) is not None


def may_be_encoded(text: str) -> bool:
    """A quick look at the start of a text: whether it may be base64 of something worth reading.

    Names and UIDs are written as base64 may be; what they would mean is no text.
    """
    if len(text) < _SHORTEST_BASE64 or _BASE64_START.match(text) is None:
        return False
    start = text[:_SHORTEST_BASE64].replace("-", "+").replace("_", "/")
    data = binascii.a2b_base64(start)
    return data.isascii() or data.startswith(_GZIP) or _begins_text(data)


def _begins_text(data: bytes) -> bool:
    try:
        codecs.utf_8_decode(data, "strict", False)  # a character may be cut off at the end
    except UnicodeDecodeError:
        return False
    return True


def looks_random(value: str) -> bool:
    """Whether a value looks generated: long, of mixed characters that alternate."""
    if _UUID.fullmatch(value) or not _RANDOM.fullmatch(value):
        return False
    if _HEX.fullmatch(value):
        return True
    kinds = [_kind(character) for character in value]
    changes = sum(x != y for x, y in pairwise(kinds))
    return {"0", "a", "A"} <= set(kinds) and changes * 4 >= len(value)


def decoded(value: str) -> str:
    """The text that a value holds in base64, if it is long enough; empty when it holds none."""
    return from_base64(value) if may_be_encoded(value) else ""


def from_base64(value: str) -> str:
    """The text in base64 (standard or URL-safe), also where that is gzip; empty for any other."""
    text = "".join(value.split())
    if not _BASE64.fullmatch(text):
        return ""
    altchars = b"-_" if "-" in text or "_" in text else b"+/"
    try:
        data = base64.b64decode(text + "=" * (-len(text) % 4), altchars=altchars)
        if data.startswith(_GZIP):
            unzip = zlib.decompressobj(zlib.MAX_WBITS | 16)
            return unzip.decompress(data, _MOST_UNPACKED).decode("utf-8", "ignore")
        return data.decode("utf-8")
    except (binascii.Error, zlib.error, ValueError):
        return ""


def _kind(character: str) -> str:
    if character.isdigit():
        return "0"
    return "a" if character.islower() else "A" if character.isupper() else ""


def _is_name(value: str) -> bool:
    """Whether a value looks like the name of an object, such as ``my-tls-secret``.

    A single word with digits (``hunter2``) rather is a password.
    """
    if _CONSTANT.fullmatch(value):
        return True
    if not _NAME.fullmatch(value):
        return False
    parts = re.split(r"[./-]+", value)
    single = len(parts) == 1 and not value.isalpha()
    return not single and all(_NAME_PART.fullmatch(part) for part in parts)

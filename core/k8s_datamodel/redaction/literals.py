"""Values that are not credentials even though the field name suggests it."""

from __future__ import annotations

import base64
import binascii
import codecs
import re
import zlib
from itertools import pairwise

from k8s_datamodel.redaction.telling_names import Suspicion

_SHORTEST = 3
# Fewest digits of a number under a password's name, and under any other telling name.
_SHORTEST_PASSWORD, _SHORTEST_NUMBER = 4, 6
_WORD = re.compile(
    r"true|false|yes|no|none|null|nil|on|off|enabled?|disabled?|required|optional|mandatory|auto"
    r"|automatic|bearer|basic|digest|unknown|undefined|omit|n/a|string|integer|number|boolean"
    r"|object|array|header|query|cookie|generated?|anonymous|internal|external|jwt|oidc|oauth2?"
    r"|saml2?|ldap|mtls|x509|rsa|iam|rbac|opaque|sha-?(?:1|256|512)",
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
    | ENC\[.* | [A-Za-z][A-Za-z0-9+.-]*://[^\s@]*            # encrypted; an address
    | projects/[^/]+/secrets/.*
    | v[0-9]+(?:\.[0-9]+)+                                  # a version
    | __\w+__ | @@?\w+@@? | \#\{.*\}\#? | %\w+% | \(.*\)     # placeholders again
    """,
    re.VERBOSE | re.DOTALL,
)
_PLACEHOLDER = re.compile(
    r"your[ _-][\w -]+|(?:replace|enter|insert|fill)[ _-](?:me|this|with|in|your)(?:[ _-][\w -]*)?"
    r"|[\w -]+[ _-]here|redacted|masked|placeholder|tbd",
    re.IGNORECASE,
)
_PATH = re.compile(
    r"(?:~|\.{1,2}|[A-Za-z]:|\$\w+)?(?:[/\\][\w.@%{}$()-]+){2,}[/\\]?|\.{0,2}/[\w.-]{1,32}/?"
)
_FILE = re.compile(
    r"[\w.-]+\.(?:key|pem|crt|cer|p12|pfx|jks|json|ya?ml|txt|conf|cfg|ini|properties|env|token)"
)
_QUANTITY = re.compile(r"[0-9]+(?:\.[0-9]+)?(?:ns|us|ms|s|m|h|d|w|y|[KMGTP]i?B?)?")
_PUBLIC_KEY = re.compile(r"-----BEGIN (?!(?:[A-Z0-9]+ )*PRIVATE)|ssh-\w+ |ecdsa-|age1[a-z0-9]{58}$")
_NAME = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9._/-]*[A-Za-z0-9])?")
_NAME_PART = re.compile(
    r"(?:[A-Z]?[a-z]{2,24}){1,5}[0-9]{0,3}|[a-z][0-9]{0,3}|[A-Z]{1,24}[0-9]{0,3}"
    r"|[0-9]{1,4}|v[0-9]+[a-z]+[0-9]+"
)
# The suffix that Kubernetes generates: no vowels, so no words.
_GENERATED_PART = re.compile(r"[bcdfghjklmnpqrstvwxz2456789]{5}|[0-9a-f]{8,10}")
_CONSTANT = re.compile(r"[A-Z]{2,}[0-9]{0,2}(?:_[A-Z]+[0-9]{0,2}|_[0-9]{1,2})+")
_CODED_CONSTANT = re.compile(r"[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+")
# user/password@host:port/service
_SLASHED = re.compile(r"[\w.-]+/[^\s/@]+@[\w./:-]+")
# Values of an enumeration are words: ServiceAccount, mTLS, SCRAM-SHA-512.
_ENUMERATED = re.compile(
    r"m?[A-Z]{2,6}|(?:[A-Z][a-z]+|[A-Z]{2,4}(?=[A-Z]|\Z)){1,6}|[A-Z]{2,5}[0-9]{2,3}"
)
_COMPOUND = re.compile(r"(?:[A-Z][a-z]{2,}){2,6}")
# The end of a path or name of a secret: prod/db/password, aws_access_key_id.
_TELLING = re.compile(
    r"(?:pass(?:word|wd|phrase)?|pw|secrets?|tokens?|keys?|creds?|credentials?|auth|cert|id)\Z",
    re.IGNORECASE,
)
_WEAK = frozenset({"super", "very", "top", "my", "strong", "default", "test", "changeme", "the"})
_MADE = re.compile(r"[\w!#$%^&*+.~/=-]{8,}")
_RANDOM = re.compile(r"[A-Za-z0-9+/=_?!@#$%^&*()~-]{16,}")
_UUID = re.compile(r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
_HEX = re.compile(r"[0-9a-f]{32,}|[0-9A-F]{32,}")
_BASE64 = re.compile(r"[A-Za-z0-9+/_-]+={0,2}")
_BASE64_START = re.compile(r"[A-Za-z0-9+/_-]{16}")
_SHORTEST_BASE64 = 16
_FEWEST_CHANGES = 3
_GZIP = b"\x1f\x8b"
_MOST_UNPACKED = 16 * 1024 * 1024


def is_credential(value: str, level: Suspicion) -> bool:
    """Whether to redact a value under a name of that suspicion."""
    return level > Suspicion.NONE and not is_harmless(value, level) and _MEANT[level](value)


def is_harmless(value: str, level: Suspicion) -> bool:
    """Whether a value's form shows a reference, path, switch, quantity or public key."""
    text = value.strip()
    if len(text) < _SHORTEST or _WORD.fullmatch(text):
        return True
    if _QUANTITY.fullmatch(text) and not (level is Suspicion.PASSWORD and text.isdigit()):
        return True
    if "{{" in text and "}}" in text:
        return True
    if _PLACEHOLDER.fullmatch(text) or not any(map(str.isalnum, text)):
        return True
    if _REFERENCE.fullmatch(text) or _PATH.fullmatch(text) or _FILE.fullmatch(text):
        return True
    return _PUBLIC_KEY.match(decoded(text) or text) is not None


def may_be_encoded(text: str) -> bool:
    """Whether the start of a text may be base64 of something worth reading.

    Names and UIDs also look like base64, but do not decode to text.
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
    """Whether a value looks generated: long, with mixed characters that alternate."""
    if _UUID.fullmatch(value) or not _RANDOM.fullmatch(value):
        return False
    if _HEX.fullmatch(value):
        return True
    kinds = [_kind(character) for character in value]
    changes = sum(x != y for x, y in pairwise(kinds))
    return {"0", "a", "A"} <= set(kinds) and changes * 4 >= len(value)


def looks_made(value: str) -> bool:
    """Whether a value may be generated, by a weaker test: letters and digits alternate."""
    if _UUID.fullmatch(value) or not _MADE.fullmatch(value):
        return False
    kinds = [kind for kind in map(_kind, value) if kind]
    changes = sum(x != y for x, y in pairwise(kinds) if (x, y) != ("A", "a"))
    return "0" in kinds and changes >= _FEWEST_CHANGES and not _is_name(value)


def looks_mixed(value: str) -> bool:
    """Whether a value looks generated and is not an object's name, which has no capitals."""
    return looks_made(value) and {"0", "a", "A"} <= set(map(_kind, value))


def is_number(value: float, level: Suspicion) -> bool:
    """Whether a number is a credential, by its length and the suspicion of its name."""
    digits = sum(map(str.isdigit, repr(value)))
    return digits >= (_SHORTEST_PASSWORD if level is Suspicion.PASSWORD else _SHORTEST_NUMBER)


def decoded(value: str) -> str:
    """The text that a value encodes in base64, if long enough; empty if there is none."""
    return from_base64(value) if may_be_encoded(value) else ""


def from_base64(value: str) -> str:
    """Decode base64 (standard or URL-safe), also of gzip; empty if it is not base64 of text."""
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

    A single word with digits (``hunter2``) is more likely a password.
    """
    if _CODED_CONSTANT.fullmatch(value):
        return True
    if not _NAME.fullmatch(value):
        return False
    parts = re.split(r"[._/-]+", value)
    if len(parts) == 1:
        return value.isalpha() and value.islower()
    if parts[2:] and _GENERATED_PART.fullmatch(parts[-1]):
        parts.pop()
    return all(_NAME_PART.fullmatch(part) for part in parts)


def _is_enumerated(value: str) -> bool:
    """Whether a value looks like one value of an enumeration."""
    parts = value.split("-")
    first, *others = parts
    return _ENUMERATED.fullmatch(first) is not None and all(
        _ENUMERATED.fullmatch(part) or part.isdigit() for part in others
    )


def _is_path_of_a_secret(value: str) -> bool:
    """Whether a value is a secret's path: ``prod/db/password``, ``secret/data/shop#pw``."""
    path, _, fragment = value.partition("#")
    folders = path.count("/")
    telling = bool(fragment) or _TELLING.search(path) is not None
    return bool(folders) and (folders > 1 or telling) and _is_name(path)


def _is_name_of_a_secret(value: str) -> bool:
    """Whether a value is a name of several words that ends like a secret's name."""
    if _TELLING.search(value) is None or not _is_name(value):
        return False
    words = re.split(r"[._/-]+", value)
    return len(words) > 1 and _WEAK.isdisjoint(words)


def _is_no_part(value: str) -> bool:
    return looks_random(value) or _SLASHED.fullmatch(value) is not None


def _is_no_name(value: str) -> bool:
    if value.replace(" ", "").isalpha() and " " in value:
        return False  # words for people
    return _is_no_name_of_a_secret(value) and not (_is_name(value) or _is_enumerated(value))


def _is_no_name_of_a_secret(value: str) -> bool:
    named = _COMPOUND.fullmatch(value) is not None or _is_name_of_a_secret(value)
    return not named and _is_no_path_of_a_secret(value)


def _is_no_path_of_a_secret(value: str) -> bool:
    return _CONSTANT.fullmatch(value) is None and not _is_path_of_a_secret(value)


_MEANT = {
    Suspicion.IF_RANDOM: looks_random,
    Suspicion.IN_PART: _is_no_part,
    Suspicion.UNLESS_NAME: _is_no_name,
    Suspicion.ALWAYS: _is_no_name_of_a_secret,
    Suspicion.PASSWORD: _is_no_path_of_a_secret,
}
"""By suspicion: whether a value that is not harmless by its form is a credential."""

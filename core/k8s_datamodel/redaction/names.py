"""Which names promise a credential: of fields, of environment variables, of flags.

The last words of a name decide, so ``dbPassword`` is one, while ``passwordSecretName``,
``tokenSecretRef``, ``passwordPolicy`` and ``PASSWORD_FILE`` are none.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from enum import IntEnum
from functools import lru_cache


class Suspicion(IntEnum):
    """What a name says about a literal that stands under it."""

    NONE = 0
    """Nothing."""
    IF_RANDOM = 1
    """It is a credential when it looks random: ``key`` names many things."""
    UNLESS_NAME = 2
    """It is one unless it looks like the name of an object: ``secret`` often is a reference."""
    ALWAYS = 3
    """It is one unless it obviously is something else: a path, a variable, ``true``."""
    PASSWORD = 4
    """As before, and digits alone are one too."""


_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+")
_PUBLIC = frozenset({"public", "pub", "publickey", "pubkey", "fingerprint"})
# What may follow without changing what the value is.
_FORM = re.compile(r"value|plain|(?:plain|clear)text|literal|raw|base|b|data|[0-9]+")
# A hash tells a password to who guesses, and nothing of what is random.
_HASH = re.compile(r"(?:hash|hex|sha|md|digest|bcrypt|[0-9]+)")
_PASSWORD = re.compile(
    r"(?:passwords?|passwd|passphrases?|passcode|pwd|(?:^|_)pass|(?:^|_|bind|root|admin|user)pw)$"
)
_ALWAYS = re.compile(
    r"""
    (?: token | (?:^|_) (?: bearer | psk | htpasswd | dockerconfigjson | dockercfg )
      | (?: api | app | access | account | private | priv | auth | shared | fernet | deploy )_?keys?
      | (?: client | api | consumer | shared | jwt | cookie | session | hmac | signing | csrf
          )_?secret
    )$
    """,
    re.VERBOSE,
)
_UNLESS_NAME = re.compile(
    r"""
    (?: secret | tokens | credentials? | creds? | auth | authorization
      | (?: secret | encryption | signing | master | client | session | hmac | jwt | cookie
          | license | ssh | storage | admin | server | crypto | webhook )_key
    )$
    """,
    re.VERBOSE,
)
_IF_RANDOM = re.compile(r"(?:keys?|secrets|salt|seed|cookie|(?:^|_)(?:sig|jwt))$")
_LONGEST = 200


@lru_cache(maxsize=16384)
def suspicion(name: str) -> Suspicion:
    """What the name of a field, an annotation, a variable or a flag promises."""
    if len(name) > _LONGEST:
        return Suspicion.NONE
    words = [word.lower() for word in _WORD.findall(name.rsplit("/", 1)[-1])]
    if not words or "checksum" in name or not _PUBLIC.isdisjoint(words):
        return Suspicion.NONE
    found = _level(_without(_FORM, words))
    if found is Suspicion.NONE and _PASSWORD.search(_without(_HASH, words)):
        return Suspicion.PASSWORD
    # A variable SECRET_KEY holds a key; a field secretKey may hold the name of a key.
    if found is Suspicion.UNLESS_NAME and words[-1] == "key" and name.isupper():
        return Suspicion.ALWAYS
    return found


def _without(ending: re.Pattern[str], words: Sequence[str]) -> str:
    """The words joined, without those at the end that match; the first one stays."""
    end = len(words)
    while end > 1 and ending.fullmatch(words[end - 1]):
        end -= 1
    return "_".join(words[:end])


def _level(words: str) -> Suspicion:
    if _PASSWORD.search(words):
        return Suspicion.PASSWORD
    if _ALWAYS.search(words):
        return Suspicion.ALWAYS
    if _UNLESS_NAME.search(words):
        return Suspicion.UNLESS_NAME
    return Suspicion.IF_RANDOM if _IF_RANDOM.search(words) else Suspicion.NONE

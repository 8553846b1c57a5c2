"""Names of fields, environment variables and flags that suggest a credential.

The last words decide, however they are spelled: ``dbPassword`` and ``db-pass-word`` suggest one;
``passwordSecretName``, ``tokenSecretRef``, ``passwordPolicy`` and ``PASSWORD_FILE`` do not.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from enum import IntEnum
from functools import lru_cache


class Suspicion(IntEnum):
    """What a name says about its literal."""

    LABEL = -2
    """A label, or a value that labels are compared with."""
    REFERENCE = -1
    """Part of a reference: a ``key`` there is a name."""
    NONE = 0
    """Nothing."""
    IF_RANDOM = 1
    """A credential if it looks random: ``key`` names many things."""
    IN_PART = 2
    """Part is a credential; all of it if its form does not show which part."""
    UNLESS_NAME = 3
    """A credential unless it looks like an object's name: ``secret`` is often a reference."""
    ALWAYS = 4
    """A credential unless it clearly is something else: a path, a variable, ``true``."""
    PASSWORD = 5
    """As before, and digits alone are a credential too."""
    CONTENT = 6
    """All of it is a credential, whatever its name: data of a Secret."""


_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+")
_PUBLIC = frozenset({"public", "pub", "publickey", "pubkey", "fingerprint"})
# Suffixes that do not change what the value is.
_FORM = re.compile(r"value|string|plain|(?:plain|clear)text|literal|raw|base|b|data|[0-9]+")
# A hash reveals a password to a guesser, and nothing about a random value.
_HASH = re.compile(r"(?:hash|hex|sha|md|digest|bcrypt|[0-9]+)")
_PASSWORD = re.compile(
    r"""
    (?: pass_?(?: words? | wds? | phrases? ) | (?<!by)(?<!com)pass_?code | pwds?
      | require_?pass | master_?auth
      | (?: store | key | bind | root | admin | user | db | sql | smtp | mail | ldap | redis )pass
      | (?:^|_) (?: pass | otp | totp | pin )
      | (?:^|_|bind|root|admin|user)pw
      | (?: otp | mfa | verification | recovery | backup )_?codes?
    )$
    """,
    re.VERBOSE,
)
_ALWAYS = re.compile(
    r"""
    (?: token | (?:^|_) (?: bearer | psk | docker_?config_?json | docker_?cfg )
      | (?: api | app | access | account | private | priv | auth | shared | fernet | deploy
          | instrumentation )_?keys?
      | access_?key_?ids?
      | (?: client | api | consumer | shared | jwt | cookie | session | hmac | signing | csrf
          )_?secret
    )$
    """,
    re.VERBOSE,
)
_UNLESS_NAME = re.compile(
    r"""
    (?: secret | tokens | credentials? | creds? | auth | authorization
      | (?:^|_) (?: r[ow] )?community
      | (?: secret | encryption | signing | master | client | session | hmac | jwt | cookie
          | license | ssh | storage | admin | server | crypto | webhook )_?key
    )$
    """,
    re.VERBOSE,
)
_IF_RANDOM = re.compile(
    r"""
    (?: (?:^|_)keys? | secrets | salt | seed | cookie | (?: amz | goog )_?signature
      | (?:^|_) (?: sig | jwt | jsessionid | php_?sess_?id | session(?:_?id)? | sid )
      | (?: aes | rsa | tls | ssl | pgp | gpg | host | user | root | ca | db )key
    )$
    """,
    re.VERBOSE,
)
# Keys that open nothing.
_INDEX = re.compile(
    r"""
    (?: partition | sort | shard | primary | foreign | unique | group_by | topology | map
      | cache | object | index | range | registry | idempotency | deduplication | label | row
      | lookup | translation | i18n )_keys?$
    """,
    re.VERBOSE,
)
SHORT_FLAGS = frozenset({"-p", "-a", "-w", "-P"})
"""Some programs take a password after one of these, and others something else."""
# References to other objects: a ``key`` there is a name.
_REFERENCE = re.compile(r"(?:refs?|references?|selectors?|valueFrom|extract)$", re.IGNORECASE)
_COUNTED = frozenset(
    {"max", "min", "num", "number", "count", "total", "limit", "tokens", "credentials", "passwords"}
)
# Last words of fields that describe a credential or say where it is.
_DESCRIBING = re.compile(
    r"""
    names? | username | namespace | kind | type | version | ids? | keys? | path | file | ur[il]
      | endpoint | region | issuer | audience | provider | source | policy | mode | method
      | algorithm | encoding | encoder | encryption | format | header | location | prefix | suffix
      | length | size | ttl | expiry | expiration | expires | duration | interval | period
      | rotation | timeout | schedule | status | state | phase | scopes? | description
    """,
    re.VERBOSE,
)
_ACCOUNT = re.compile("user|login|email|account|host|server|project|role")
_IN_PART = re.compile(r"(?:connection_?string|conn_?str|dsn)$")
_LONGEST = 200


@lru_cache(maxsize=16384)
def suspicion(name: str) -> Suspicion:
    """The suspicion that the name of a field, annotation, variable or flag raises."""
    if len(name) > _LONGEST:
        return Suspicion.NONE
    spelled = _spellings(name)
    if not spelled[0] or "checksum" in name or _is_public(spelled):
        return Suspicion.NONE
    joined = [_without(_FORM, words) for words in spelled]
    found = max(map(_level, joined)) if _INDEX.search(joined[0]) is None else Suspicion.NONE
    if found is Suspicion.NONE:
        return max(map(_level_of_all, spelled))
    # A variable SECRET_KEY holds a key; a field secretKey may hold the name of a key.
    if found is Suspicion.UNLESS_NAME and spelled[0][-1] == "key" and name.isupper():
        return Suspicion.ALWAYS
    return found


@lru_cache(maxsize=4096)
def suspicion_of_each(name: str) -> Suspicion:
    """The suspicion of each text in a map under that name; none unless the name is a plural.

    ``tokens: {alice: ...}`` holds a ``token`` for each key; ``token: {...}`` has fields.
    """
    if len(name) > _LONGEST:
        return Suspicion.NONE
    joined = [_without(_FORM, words) for words in _spellings(name)]
    found = max(suspicion(each[:-1]) if each.endswith("s") else Suspicion.NONE for each in joined)
    return found if found >= Suspicion.UNLESS_NAME else Suspicion.NONE


@lru_cache(maxsize=4096)
def is_owner(key: str, each: Suspicion) -> bool:
    """Whether a key of a map of credentials of that suspicion says whose the credential is.

    It does not if it says by itself what its value is: a name, a reference, a setting.
    """
    spelled = _spellings(key)
    if suspicion(key) > Suspicion.IF_RANDOM or is_reference(key) or _is_public(spelled):
        return False
    last = [word for words in spelled for word in words[-1:]]
    # Credentials come with the account that they open, passwords and API keys do not.
    if each is Suspicion.UNLESS_NAME and any(map(_ACCOUNT.fullmatch, last)):
        return False
    return not any(map(_DESCRIBING.fullmatch, last))


def _spellings(name: str) -> list[list[str]]:
    """The words of a name; also those by separators alone, if they are others.

    Case is no sure sign of where words end: ``APIkey``, ``PASSword``.
    """
    end = name.rsplit("/", 1)[-1]
    by_case = [word.lower() for word in _WORD.findall(end)]
    by_separator = _WORD.findall(end.lower())
    return [by_case] if by_case == by_separator else [by_case, by_separator]


def _is_public(spelled: Sequence[Sequence[str]]) -> bool:
    return not all(map(_PUBLIC.isdisjoint, spelled))


def _level_of_all(words: Sequence[str]) -> Suspicion:
    """The suspicion of a name whose end only describes the form of the value."""
    if _PASSWORD.search(_without(_HASH, words)):
        return Suspicion.PASSWORD
    return Suspicion.IN_PART if _IN_PART.search("_".join(words)) else Suspicion.NONE


def _without(ending: re.Pattern[str], words: Sequence[str]) -> str:
    """The words joined without those at the end that match; the first word stays."""
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


@lru_cache(maxsize=4096)
def is_reference(name: str) -> bool:
    """Whether a field of that name says where a value is, such as ``passwordSecretRef``."""
    return _REFERENCE.search(name) is not None


@lru_cache(maxsize=4096)
def is_counted(name: str) -> bool:
    """Whether a number under such a name is a count, such as ``maxTokens``."""
    return not _COUNTED.isdisjoint(word.lower() for word in _WORD.findall(name))

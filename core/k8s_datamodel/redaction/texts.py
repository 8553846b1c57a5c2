"""Replace credentials in a text, by their form or behind a name."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import Enum
from functools import lru_cache
from urllib.parse import quote, unquote

from k8s_datamodel.redaction import patterns
from k8s_datamodel.redaction.credential_forms import FORMS, SHORTEST
from k8s_datamodel.redaction.literals import (
    decoded,
    from_base64,
    is_credential,
    is_harmless,
    looks_made,
    looks_mixed,
    looks_random,
    may_be_encoded,
)
from k8s_datamodel.redaction.telling_names import SHORT_FLAGS, Suspicion, suspicion
from k8s_datamodel.redaction.tokens import PLACEHOLDER, in_token

Replace = Callable[[str], str]
"""Returns the token for a literal."""

Rule = Callable[[re.Match[str]], str | None]
"""Returns the name of the group to replace, ``""`` for the whole match, None for nothing."""


class Style(Enum):
    """The kind of a text, and so how much a name in it says about its value."""

    DATA = "data"
    """Configuration, scripts, arguments: a literal behind a telling name is a credential."""
    MESSAGE = "message"
    """Messages that quote data; ``Token: expired`` is not a credential."""
    PROSE = "prose"
    """Text for readers, with examples: only a generated literal is a credential."""


# Each begins with a fixed character: a free beginning would cost more than all the rest.
_HINT = re.compile(
    r"pass|pw|secret|token|key|cred|auth|://|bearer|basic|ls0tls1crudjti|sig=|@tcp\(|thin:|-u"
    r"|identified|cookie|session|sid=|otp|pin\b|codes?[\"':=]|community|conn(?:ection)?[_.-]?str"
    r"|private-lines|base64|alias set|config host|-p[a-z0-9]{6}|-[paw] |%3[ad]|%22"
    r"|:[^\s:/@]{4,256}@(?!sha)|:(?:[0-9]{2,5}|\*):[a-z_*]"
)
_SHORTEST = 6
_NEAR = 300
"""How many characters may stand between a program and its flag."""
_CACHED = 100


def is_suspicious(text: str) -> bool:
    """Whether a text may hold a credential at all: a quick check before the others."""
    if len(text) < _SHORTEST:
        return False
    return _short_hints(text) if len(text) < _CACHED else _hints(text)


def is_plain(text: str) -> bool:
    """Whether a text holds no credential under any name and nothing encoded: a quick check."""
    if len(text) < _SHORTEST:
        return True
    return _short_plain(text) if len(text) < _CACHED else _is_plain(text)


def _hints(text: str) -> bool:
    return _HINT.search(text.lower()) is not None or _has_form(text)


def _has_form(text: str) -> bool:
    words = [word for word in text.split() if len(word) >= SHORTEST]
    return bool(words) and FORMS.search("\n".join(words)) is not None


def _is_plain(text: str) -> bool:
    return not may_be_encoded(text) and not _hints(text)


_short_hints = lru_cache(maxsize=16384)(_hints)
_short_plain = lru_cache(maxsize=16384)(_is_plain)


def redact_text(text: str, replace: Replace, style: Style = Style.DATA) -> str:
    """Replace the credentials in a text until none is left; existing tokens stay."""
    if len(text) < _CACHED and _is_clean(text, style):
        return text
    return _redacted(text, replace, style)


@lru_cache(maxsize=16384)
def _is_clean(text: str, style: Style) -> bool:
    return _redacted(text, lambda literal: PLACEHOLDER, style) is text


def _redacted(text: str, replace: Replace, style: Style) -> str:
    done = text
    while is_suspicious(done):
        before = done
        done = _redacted_once(done, replace, style)
        if done == before:
            break
    return text if done == text else done


def _redacted_once(text: str, replace: Replace, style: Style) -> str:
    text = _unescaped(text, replace, style)
    if style is not Style.PROSE and text.startswith("-"):
        text = _applied(patterns.ARGUMENT, _argument, replace, text)
    if _has_form(text):
        text = _applied(FORMS, _always, replace, text)
    forms = _FORMS if style is Style.PROSE else _FORMS + _DATA_FORMS
    for form in forms:
        if _has(text, form.needs):
            text = _applied(form.pattern, form.rule, replace, text)
    for pair in patterns.PAIRS:
        if _has(text, pair.needs):
            text = _behind_names(pair, style, replace, text)
    return text


def _has(text: str, needs: Sequence[str]) -> bool:
    return any(each in text for each in needs)


def _applied(pattern: re.Pattern[str], rule: Rule, replace: Replace, text: str) -> str:
    if pattern.search(text) is None:
        return text
    taken = in_token(text)

    def one(match: re.Match[str]) -> str:
        group = rule(match)
        if group is None or taken(*match.span(group or 0)):
            return match[0]
        start, end = (offset - match.start() for offset in match.span(group or 0))
        return match[0][:start] + replace(match[0][start:end]) + match[0][end:]

    return pattern.sub(one, text)


def _behind_names(pair: patterns.Pair, style: Style, replace: Replace, text: str) -> str:
    """Replace values behind telling names; no other value is examined."""
    parts: list[str] = []
    taken = None
    kept = at = 0
    while (name := pair.name.search(text, at)) is not None:
        at = name.end()
        level = _level(name)
        if not level or (value := pair.value.match(text, at)) is None:
            continue
        at = value.end()
        start, end = value.span(value.lastgroup or 0)
        taken = taken or in_token(text)
        if taken(start, end) or not _is_value(value, level, style, pair):
            continue
        parts += text[kept:start], replace(text[start:end])
        kept = end
    return "".join((*parts, text[kept:])) if parts else text


def _level(name: re.Match[str]) -> Suspicion:
    """The suspicion of a name; short flags take a password only for some programs."""
    if name["name"] not in SHORT_FLAGS:
        return suspicion(name["name"])
    return Suspicion.UNLESS_NAME if _is_of_login(name) else Suspicion.IF_RANDOM


def _is_of_login(flag: re.Match[str]) -> bool:
    """Whether a flag follows, on its line, a program that takes a password after it."""
    near = flag.string[max(0, flag.start() - _NEAR) : flag.start()]
    return patterns.LOGIN.search(near.rpartition("\n")[2]) is not None


def _is_value(value: re.Match[str], level: Suspicion, style: Style, pair: patterns.Pair) -> bool:
    literal = value[value.lastgroup or 0]
    if pair.words and not looks_mixed(literal):
        return False
    if style is Style.PROSE and not looks_made(literal):
        return False
    if style is Style.MESSAGE and pair.line and literal.isalpha():
        return False
    if value.lastgroup == "literal" and patterns.CODE.match(literal):
        return False  # a script's expression or variable
    return is_credential(literal, level)


def _unescaped(text: str, replace: Replace, style: Style) -> str:
    """Replace credentials that are escaped as in a URL; the text around them stays escaped."""
    if "%" not in text or patterns.ESCAPE.search(text) is None:
        return text

    def one(match: re.Match[str]) -> str:
        if patterns.ESCAPE.search(match[0]) is None:
            return match[0]
        literals: list[str] = []

        def note(literal: str) -> str:
            literals.append(literal)
            return replace(literal)

        redact_text(unquote(match[0]), note, style)
        done = match[0]
        for literal in literals:
            for spelled in (quote(literal, safe=""), quote(literal), literal):
                done = done.replace(spelled, replace(literal))
        return done

    return patterns.ESCAPED.sub(one, text)


def _always(match: re.Match[str]) -> str:
    return ""


def _behind(match: re.Match[str]) -> str | None:
    return "literal"


def _encoded_private_key(match: re.Match[str]) -> str | None:
    return "" if "PRIVATE KEY" in decoded(match[0]) else None


def _encoded(match: re.Match[str]) -> str | None:
    inner = decoded(match[0])
    if not inner or not is_suspicious(inner):
        return None
    return "" if redact_text(inner, lambda literal: PLACEHOLDER) != inner else None


def _literal(match: re.Match[str]) -> str | None:
    return None if is_harmless(match["literal"], Suspicion.ALWAYS) else "literal"


def _made(match: re.Match[str]) -> str | None:
    return "literal" if looks_made(match["literal"]) else None


def _no_scheme(match: re.Match[str]) -> str | None:
    """Match ``user:password@host``, but not ``npm:package@1.2``."""
    if match["user"].lower() in patterns.SCHEMES:
        return None
    return "literal" if is_credential(match["literal"], Suspicion.UNLESS_NAME) else None


def _header(match: re.Match[str]) -> str | None:
    """Match a header; prose also speaks of bearer tokens and basic authentication."""
    literal, scheme = match["literal"], match["scheme"].lower()
    if scheme == "basic":
        found = ":" in from_base64(literal)
    else:
        found = bool(match["header"]) and not literal.isalpha()
        found = found or (scheme == "bearer" and looks_random(literal))
    return "literal" if found else None


def _argument(match: re.Match[str]) -> str | None:
    """Match a flag that is a whole argument: all that follows is its value."""
    return "literal" if is_credential(match["literal"], suspicion(match["name"])) else None


def _attached(match: re.Match[str]) -> str | None:
    """Match ``-pPASSWORD``, as MySQL's programs take it."""
    if _is_of_login(match):
        return "literal" if is_credential(match["literal"], Suspicion.UNLESS_NAME) else None
    return "literal" if looks_random(match["literal"]) else None


@dataclass(frozen=True, slots=True)
class _Form:
    """A credential that its form shows; ``needs`` are as those of a ``Pair``."""

    pattern: re.Pattern[str]
    rule: Rule
    needs: tuple[str, ...]


_FORMS = (
    _Form(patterns.PRIVATE_KEY, _always, ("PRIVATE KEY",)),
    _Form(patterns.PUTTY_KEY, _behind, ("Private-Lines",)),
    _Form(patterns.ENCODED_PEM, _encoded_private_key, ("LS0tLS1CRUdJTi",)),
    _Form(patterns.LONE_USER, _made, ("://",)),
    _Form(patterns.USERINFO, _literal, ("://",)),
    _Form(patterns.ONE_SLASH, _literal, (":/",)),
    _Form(patterns.DSN, _literal, ("@",)),
    _Form(patterns.NO_SCHEME, _no_scheme, ("@",)),
    _Form(patterns.HOOK, _behind, ("hook", "slack")),
    _Form(patterns.HEADER, _header, ("earer", "asic", "oken", "pikey", "EARER", "ASIC", "OKEN")),
)
_DATA_FORMS = (
    _Form(patterns.COOKIE, _made, ("ookie", "OOKIE", "-b", ";")),
    _Form(patterns.USER_FLAG, _literal, ("-u",)),
    _Form(patterns.ATTACHED, _attached, ("-p",)),
    _Form(patterns.SQL, _literal, ("'",)),
    _Form(patterns.SERVER, _literal, ("pass", "masterauth", "community")),
    _Form(patterns.NETRC, _literal, ("login", "account")),
    _Form(patterns.PGPASS, _literal, (":",)),
    _Form(patterns.PROGRAM, _literal, ("mc ", "pass:")),
    _Form(patterns.ENCODED, _encoded, ("base64", "Base64", "BASE64")),
)

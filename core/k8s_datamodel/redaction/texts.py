"""Replaces credentials that stand in a text: by their form, or behind a name."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache

from k8s_datamodel.redaction import patterns
from k8s_datamodel.redaction.literals import (
    decoded,
    from_base64,
    is_credential,
    is_harmless,
    looks_random,
    may_be_encoded,
)
from k8s_datamodel.redaction.names import Suspicion, suspicion
from k8s_datamodel.redaction.tokens import in_token

Replace = Callable[[str], str]
"""Gives the token of a literal."""

Rule = Callable[[re.Match[str]], str | None]
"""The name of the group to replace, ``""`` for all that was matched, None for nothing."""

_HINT = re.compile(
    r"pass|pw|secret|token|key|cred|auth|://|akia|asia|gh[pousr]_|github_pat_|glpat-|xox|sk-|_live_"
    r"|aiza|ya29\.|hvs\.|eyj|bearer|basic|ls0tls1crudjti|\{sha\}|\$2|\$apr1\$|npm_|dckr_pat_|glsa_"
    r"|sg\.|sig=|@tcp\(|thin:|-u|identified"
)
_SHORTEST = 6
_CACHED = 100


def is_suspicious(text: str) -> bool:
    """Whether a text may hold a credential at all: a quick look, before all others."""
    if len(text) < _SHORTEST:
        return False
    return _short_hints(text) if len(text) < _CACHED else _hints(text)


def is_plain(text: str) -> bool:
    """Whether a text holds no credential whatever it is called, and nothing encoded: at a look."""
    if len(text) < _SHORTEST:
        return True
    return _short_plain(text) if len(text) < _CACHED else _is_plain(text)


def _hints(text: str) -> bool:
    return _HINT.search(text.lower()) is not None


def _is_plain(text: str) -> bool:
    return not may_be_encoded(text) and not _hints(text)


_short_hints = lru_cache(maxsize=16384)(_hints)
_short_plain = lru_cache(maxsize=16384)(_is_plain)


def redact_text(text: str, replace: Replace, *, pairs: bool) -> str:
    """Replace the credentials in a text until none is left; tokens in it stay as they are.

    Args:
        text: any text.
        replace: gives the token of a literal.
        pairs: also values that stand behind a name (flags, assignments, configuration); without
            it only what shows by its own form, for texts in which people write about such things.
    """
    rules = _PAIRS + _FORMS if pairs else _FORMS
    done = text
    while is_suspicious(done):
        before = done
        for pattern, rule in rules:
            done = _applied(pattern, rule, replace, done)
        if done == before:
            break
    return text if done == text else done


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


def _always(match: re.Match[str]) -> str:
    return ""


def _encoded_private_key(match: re.Match[str]) -> str | None:
    return "" if "PRIVATE KEY" in decoded(match[0]) else None


def _literal(match: re.Match[str]) -> str | None:
    return None if is_harmless(match["literal"], Suspicion.ALWAYS) else "literal"


def _random(match: re.Match[str]) -> str | None:
    return "literal" if looks_random(match["literal"]) else None


def _header(match: re.Match[str]) -> str | None:
    """Prose speaks of bearer tokens and basic authentication, too."""
    literal, scheme = match["literal"], match["scheme"].lower()
    if scheme == "basic":
        found = ":" in from_base64(literal)
    else:
        found = bool(match["header"]) and not literal.isalpha()
        found = found or (scheme == "bearer" and looks_random(literal))
    return "literal" if found else None


def _argument(match: re.Match[str]) -> str | None:
    """A flag that is a whole argument: all that follows is its value, no shell has a say."""
    return "literal" if is_credential(match["literal"], suspicion(match["name"])) else None


def _pair(match: re.Match[str]) -> str | None:
    level = suspicion(match["name"])
    if level is Suspicion.NONE:
        return None
    group = "literal" if match["literal"] is not None else "quoted"
    if group == "literal" and patterns.CODE.match(match["literal"]):
        return None  # an expression or a variable of a script
    return group if is_credential(match[group], level) else None


_FORMS: tuple[tuple[re.Pattern[str], Rule], ...] = (
    (patterns.PRIVATE_KEY, _always),
    (patterns.ENCODED_PEM, _encoded_private_key),
    (patterns.KNOWN, _always),
    (patterns.USERINFO, _literal),
    (patterns.LONE_USER, _random),
    (patterns.DSN, _literal),
    (patterns.HOOK, lambda match: "literal"),
    (patterns.HEADER, _header),
)
_PAIRS: tuple[tuple[re.Pattern[str], Rule], ...] = (
    (patterns.ARGUMENT, _argument),
    *((pattern, _pair) for pattern in patterns.PAIRS),
    (patterns.USER_FLAG, _literal),
    (patterns.DIRECTIVE, _literal),
)

"""Redact records and objects before they are stored.

The result depends only on the input and the database's salt, and redacting twice changes nothing
more. In doubt a literal is replaced. Schemas of CRDs, references to Secrets, their names, paths and
variables stay.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from k8s_datamodel.base.errors import DatamodelError
from k8s_datamodel.data.objects import KubernetesObject, Record, RedactedObject
from k8s_datamodel.redaction.literals import decoded, is_credential, is_number, looks_random
from k8s_datamodel.redaction.patterns import LOGIN
from k8s_datamodel.redaction.telling_names import (
    SHORT_FLAGS,
    Suspicion,
    is_counted,
    is_owner,
    is_reference,
    suspicion,
    suspicion_of_each,
)
from k8s_datamodel.redaction.texts import Style, is_plain, is_suspicious, redact_text
from k8s_datamodel.redaction.tokens import TOKEN, is_token, salt_id, token

# Schemas have thousands of properties named password; encrypted data; pictures.
_UNTOUCHED = frozenset({"openAPIV3Schema", "encryptedData", "base64data"})
# Labels serve selection and are too short for secrets.
_LABELS = frozenset({"labels", "matchLabels", "nodeSelector"})
# Prose: only a literal that shows by its form or looks generated is replaced.
_PROSE = frozenset(
    [
        "description",
        "displayName",
        "display_name",
        "title",
        "summary",
        "help",
        "documentation",
        "notes",
        "shortDescription",
        "longDescription",
    ]
)
_STYLES = {"message": Style.MESSAGE, "reason": Style.MESSAGE, **dict.fromkeys(_PROSE, Style.PROSE)}
# Keys for a name and its value in one object.
_NAME_KEYS = (
    *("name", "key", "Name", "Key", "property", "path", "parameter", "variable", "field"),
    *("k", "env", "fieldName", "ParameterKey"),
)
_SPELLED = ("value", "values", "default", "string", "content", "plain", "inline", "literal", "raw")
_VALUE_KEYS = frozenset(
    [
        *(each for key in _SPELLED for each in (key, key.capitalize(), key.upper())),
        "plaintext",
        "plainText",
        "defaultValue",
        "stringValue",
        "fieldValue",
        "ParameterValue",
        "val",
        "v",
    ]
)
_SECRET_DATA = ("data", "stringData")
_SWITCHES = frozenset({bool, type(None)})
_NUMBERS = frozenset({int, float})
_SHORTEST_KEY = 12
_NEAR = 20
"""How many arguments may stand between a program and its flag."""
_USER_FLAGS = frozenset({"-u", "--user"})


class Redactor:
    """Replace credentials in records and objects under one salt, whose public name is ``id``."""

    def __init__(self, key: bytes) -> None:
        self._key = key
        self.id = salt_id(key)

    def record(self, record: Record) -> Record:
        """The record with values and object redacted; the same record if nothing changed."""
        values, spec = self.object(record.values), record.spec
        if not isinstance(spec, RedactedObject):
            spec = self.object(spec)
        if values is record.values and spec is record.spec:
            return record
        return Record(values, spec)

    def object(self, obj: KubernetesObject) -> KubernetesObject:
        """The object redacted; the same object if nothing changed. Unchanged parts are shared.

        Raises DatamodelError if the object nests deeper than any real one.
        """
        try:
            return self._mapping(obj, Suspicion.NONE)
        except RecursionError:
            raise DatamodelError(f"{_named_object(obj)} nests too deep to be redacted") from None

    def _mapping(
        self, node: Mapping[str, Any], above: Suspicion, each: Suspicion = Suspicion.NONE
    ) -> Mapping[str, Any]:
        """Redact a map under a name of the suspicion ``above``; ``each`` is that of its texts."""
        named = Suspicion.NONE if _VALUE_KEYS.isdisjoint(node) else _named(node)
        data = _SECRET_DATA if node.get("kind") == "Secret" else ()
        changed: dict[str, Any] = {}
        renamed: dict[str, str] = {}
        for key, value in node.items():
            name = key if type(key) is str else str(key)
            if len(name) >= _SHORTEST_KEY and (above or not is_plain(name)):
                renamed |= self._renamed(name, above)
            if key in _UNTOUCHED:
                continue
            own = max(named, above) if key in _VALUE_KEYS else suspicion(name)
            level = _within(above, own) if above else own
            kind = type(value)
            if each and kind is str and is_owner(name, each):
                level = max(level, each)
            if (kind is str and not level and is_plain(value)) or kind in _SWITCHES:
                continue
            if kind in _NUMBERS:
                new = self._number(value, level, name)
            elif kind is str:
                new = self._text(value, level, _STYLES.get(name, Style.DATA))
            else:
                inside = Suspicion.CONTENT if key in data else _inside(name, level)
                of_each = suspicion_of_each(name) if above >= Suspicion.NONE else Suspicion.NONE
                new = self._value(value, inside, name, of_each)
            if new is not value:
                changed[key] = new
        if renamed:
            return {renamed.get(key, key): changed.get(key, value) for key, value in node.items()}
        return {**node, **changed} if changed else node

    def _value(
        self, value: Any, level: Suspicion, key: str, each: Suspicion = Suspicion.NONE
    ) -> Any:
        # In this order: the check for a Mapping costs more than the rest together.
        if isinstance(value, str):
            return self._text(value, level, _STYLES.get(key, Style.DATA))
        if isinstance(value, (dict, Mapping)):
            if level is Suspicion.CONTENT:
                return self._all(value)
            return self._mapping(value, level, each)
        if isinstance(value, (list, tuple)):
            return self._sequence(value, level, key)
        return self._number(value, level, key) if type(value) in _NUMBERS else value

    def _number(self, value: float, level: Suspicion, name: str) -> Any:
        """Redact a number: ``pin: 48151623`` is a credential, ``maxTokens: 48151623`` is not."""
        if level >= Suspicion.UNLESS_NAME and is_number(value, level) and not is_counted(name):
            return self._token(repr(value))
        return value

    def _sequence(self, node: Sequence[Any], level: Suspicion, key: str) -> Sequence[Any]:
        done: list[Any] = []
        changed = False
        before: Any = None
        for value in node:
            if type(before) is str and before[:1] == "-" and isinstance(value, str):
                new = self._behind_flag(before, value, level, done)
            else:
                new = self._value(value, level, key)
            changed = changed or new is not value
            done.append(new)
            before = value
        return done if changed else node

    def _behind_flag(self, flag: str, value: str, level: Suspicion, before: Sequence[Any]) -> str:
        """Redact the argument after a flag, given the two arguments before it."""
        if flag in _USER_FLAGS:
            both = redact_text(f"{flag} {value}", self._token)[len(flag) + 1 :]
            return value if both == value else both
        promised = _promised(flag, value, before)
        return self._text(value, promised if promised > level else level, Style.DATA)

    def _renamed(self, key: str, above: Suspicion) -> dict[str, str]:
        """Redact a key, because some mappings have tokens as keys."""
        if above > Suspicion.NONE and looks_random(key):
            return {key: self._token(key)}
        new = redact_text(key, self._token)
        return {} if new is key else {key: new}

    def _all(self, node: Mapping[str, Any]) -> Mapping[str, Any]:
        """Redact the data of a Secret: every value, whatever its key."""
        changed = {
            key: self._token(value)
            for key, value in node.items()
            if isinstance(value, str) and value and not is_token(value)
        }
        return {**node, **changed} if changed else node

    def _text(self, text: str, level: Suspicion, style: Style) -> str:
        if level <= Suspicion.NONE and is_plain(text):
            return text
        if level > Suspicion.NONE and TOKEN.search(text) is None and is_credential(text, level):
            return self._token(text)
        if self._is_encoded_credential(text):
            return self._token(text)
        if not is_suspicious(text):
            return text
        document = _json(text) if text.lstrip()[:1] in ("{", "[") else None
        if document is not None:
            return self._json_text(text, document)
        return redact_text(text, self._token, style)

    def _json_text(self, text: str, document: Any) -> str:
        """Redact JSON in a string, such as ``alm-examples``; write it anew only if it changed."""
        new = self._value(document, Suspicion.NONE, "")
        if new is document:
            return text
        indent = 2 if "\n" in text else None
        return json.dumps(new, ensure_ascii=False, indent=indent)

    def _is_encoded_credential(self, text: str) -> bool:
        inner = decoded(text)
        if not inner or not is_suspicious(inner):
            return False
        return self._text(inner, Suspicion.NONE, Style.DATA) != inner

    def _token(self, literal: str) -> str:
        return token(self._key, self.id, literal)


def _named(node: Mapping[str, Any]) -> Suspicion:
    """The suspicion of a value in ``{name: ..., value: ...}``; selectors only compare."""
    if "operator" in node:
        return Suspicion.NONE
    for key in _NAME_KEYS:
        name = node.get(key)
        if isinstance(name, str):
            return suspicion(name)
    return Suspicion.NONE


def _within(above: Suspicion, own: Suspicion) -> Suspicion:
    """The suspicion of a name below another one.

    Names below ``tokens`` can be anything, so each random value is a credential.
    """
    if above is Suspicion.LABEL:
        return Suspicion.NONE
    if above is Suspicion.REFERENCE:
        return own if own >= Suspicion.ALWAYS else Suspicion.NONE
    inherited = Suspicion.IF_RANDOM if above >= Suspicion.UNLESS_NAME else Suspicion.NONE
    return max(own, inherited)


def _inside(name: str, level: Suspicion) -> Suspicion:
    """The suspicion that a field passes on to its content."""
    if name in _LABELS:
        return Suspicion.LABEL
    return Suspicion.REFERENCE if is_reference(name) else level


def _promised(flag: str, value: str, before: Sequence[Any]) -> Suspicion:
    """The suspicion that a flag passes on to the argument after it."""
    if "=" in flag or " " in flag or value.startswith("-"):
        return Suspicion.NONE
    if flag in SHORT_FLAGS:
        login = LOGIN.search(" ".join(each for each in before[-_NEAR:] if isinstance(each, str)))
        return Suspicion.UNLESS_NAME if login else Suspicion.IF_RANDOM
    return suspicion(flag)


def _json(text: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None


def _named_object(obj: Mapping[str, Any]) -> str:
    metadata = obj.get("metadata")
    name = metadata.get("name") if isinstance(metadata, Mapping) else None
    return f"{obj.get('kind', 'object')} {name or 'without a name'}"

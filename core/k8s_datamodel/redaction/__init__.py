"""Replaces literals that look like credentials, before anything is stored.

Deterministic under a database's salt and idempotent. When in doubt a literal is replaced. What
only *looks* like a secret stays as it is: schemas of CRDs, references to Secrets, names of
Secrets, paths, variables.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from k8s_datamodel.errors import DatamodelError
from k8s_datamodel.model import RedactedObject
from k8s_datamodel.redaction.literals import decoded, is_credential
from k8s_datamodel.redaction.messages import redact_message
from k8s_datamodel.redaction.names import Suspicion, suspicion
from k8s_datamodel.redaction.texts import is_plain, is_suspicious, redact_text
from k8s_datamodel.redaction.tokens import TOKEN, Comparison, compare, is_token, salt_id, token
from k8s_datamodel.resource_types import KubernetesObject, Record

__all__ = ["Comparison", "Redactor", "compare", "is_token", "redact_message"]

# Thousands of properties are named password; what is encrypted is no literal; pictures.
_UNTOUCHED = frozenset({"openAPIV3Schema", "encryptedData", "base64data"})
# Words for people: only what shows by its own form is replaced there.
_PROSE = frozenset(
    [
        "description",
        "displayName",
        "display_name",
        "title",
        "summary",
        "message",
        "help",
        "documentation",
        "notes",
        "shortDescription",
        "longDescription",
    ]
)
_VALUE_KEYS = frozenset({"value", "plain", "plaintext", "plainText", "inline", "literal", "raw"})
_SECRET_DATA = ("data", "stringData")
_PLAIN = frozenset({bool, int, float, type(None)})


class Redactor:
    """Replaces credentials in records and objects under one salt.

    Attributes:
        id: public name of the salt, as it stands in tokens.
    """

    def __init__(self, key: bytes) -> None:
        self._key = key
        self.id = salt_id(key)

    def record(self, record: Record) -> Record:
        """The record with its values and its object redacted; the same one if nothing was."""
        values, spec = self.object(record.values), record.spec
        if not isinstance(spec, RedactedObject):
            spec = self.object(spec)
        if values is record.values and spec is record.spec:
            return record
        return Record(values, spec)

    def object(self, obj: KubernetesObject) -> KubernetesObject:
        """The object redacted. Unchanged parts are shared with it; itself if nothing changed.

        Raises DatamodelError when it nests deeper than any real one.
        """
        try:
            return self._mapping(obj, Suspicion.NONE)
        except RecursionError:
            raise DatamodelError(f"{_named_object(obj)} nests too deep to be redacted") from None

    def _mapping(self, node: Mapping[str, Any], above: Suspicion) -> Mapping[str, Any]:
        named = _named(node) if "value" in node else Suspicion.NONE
        # What stands under ``tokens`` by names of its own: only what looks random.
        inherited = Suspicion.IF_RANDOM if above >= Suspicion.UNLESS_NAME else Suspicion.NONE
        secret = node.get("kind") == "Secret"
        changed: dict[str, Any] = {}
        for key, value in node.items():
            if type(value) in _PLAIN or key in _UNTOUCHED:
                continue
            own = max(named, above) if key in _VALUE_KEYS else suspicion(str(key))
            level = own if own >= inherited else inherited
            if type(value) is str and not level and is_plain(value):
                continue
            if secret and key in _SECRET_DATA and isinstance(value, Mapping):
                new = self._all(value)
            else:
                new = self._value(value, level, key)
            if new is not value:
                changed[key] = new
        return {**node, **changed} if changed else node

    def _value(self, value: Any, level: Suspicion, key: str) -> Any:
        # In this order: asking whether something is a Mapping costs more than the rest together.
        if isinstance(value, str):
            return self._text(value, level, prose=key in _PROSE)
        if isinstance(value, (dict, Mapping)):
            return self._mapping(value, level)
        return self._sequence(value, level, key) if isinstance(value, (list, tuple)) else value

    def _sequence(self, node: Sequence[Any], level: Suspicion, key: str) -> Sequence[Any]:
        done: list[Any] = []
        changed = False
        before: Any = None
        for value in node:
            promised = _promised(before, value)
            new = self._value(value, promised if promised > level else level, key)
            changed = changed or new is not value
            done.append(new)
            before = value
        return done if changed else node

    def _all(self, node: Mapping[str, Any]) -> Mapping[str, Any]:
        """Data of a Secret: every value, whatever it is called."""
        changed = {
            key: self._token(value)
            for key, value in node.items()
            if isinstance(value, str) and value and not is_token(value)
        }
        return {**node, **changed} if changed else node

    def _text(self, text: str, level: Suspicion, *, prose: bool) -> str:
        if not level and is_plain(text):
            return text
        if level and TOKEN.search(text) is None and is_credential(text, level):
            return self._token(text)
        if self._is_encoded_credential(text):
            return self._token(text)
        if not is_suspicious(text):
            return text
        document = _json(text) if text.lstrip()[:1] in ("{", "[") else None
        if document is not None:
            return self._json_text(text, document)
        return redact_text(text, self._token, pairs=not prose)

    def _json_text(self, text: str, document: Any) -> str:
        """JSON inside a string, such as ``alm-examples``: written anew only when it changed."""
        new = self._value(document, Suspicion.NONE, "")
        if new is document:
            return text
        indent = 2 if "\n" in text else None
        return json.dumps(new, ensure_ascii=False, indent=indent)

    def _is_encoded_credential(self, text: str) -> bool:
        inner = decoded(text)
        if not inner or not is_suspicious(inner):
            return False
        return self._text(inner, Suspicion.NONE, prose=False) != inner

    def _token(self, literal: str) -> str:
        return token(self._key, self.id, literal)


def _named(node: Mapping[str, Any]) -> Suspicion:
    """What ``{name: ..., value: ...}`` promises about its value."""
    for key in ("name", "key"):
        name = node.get(key)
        if isinstance(name, str):
            return suspicion(name)
    return Suspicion.NONE


def _promised(flag: Any, value: Any) -> Suspicion:
    """What a flag on the command line promises about the argument behind it."""
    if not (isinstance(flag, str) and flag.startswith("-") and isinstance(value, str)):
        return Suspicion.NONE
    if "=" in flag or " " in flag or value.startswith("-"):
        return Suspicion.NONE
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

"""Rules of the CRDs in the corpora, with objects that are made for them by rule.

Each rule stands on a small schema: what it does not name is left out, and so is what would refuse
an object before its rules are asked. Nothing of the corpora is kept in this project.
"""

from __future__ import annotations

import hashlib
import json
import random
import re
import tarfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from cluster import manifests
from k8s_datamodel_plugins.cel_rules.field_names import escaped
from support.cel_rules.playing import ours
from support.cel_rules.table import NOTHING, Row

ARCHIVES = ("crds", "must-gather", "crds-scale")
_KEPT = ("type", "maxItems", "maxLength", "maxProperties", "nullable")
_FORMATS = ("date", "date-time", "duration", "byte")
_LISTS = ("x-kubernetes-list-type", "x-kubernetes-list-map-keys", "x-kubernetes-int-or-string")
_TEXT = re.compile(r"'([^'\\]*)'|\"([^\"\\]*)\"")
_NUMBER = re.compile(r"(?<![\w.'\"])\d{1,9}(?![\w.'\"])")
_CANDIDATES, _OF_EACH, _ALIKE = 60, 3, 120
_TIMES = ["2020-01-01T00:00:00Z", "2024-06-01T12:00:00.5Z", "2021-01-01T00:00:00+02:00"]
_WHOLE = ("apiVersion", "kind", "metadata")


def read_schemas(shared: Path, archives: tuple[str, ...]) -> Iterator[dict[str, Any]]:
    """The distinct schemas of all versions of all CRDs."""
    seen = set()
    for name in archives:
        for crd in _crds(shared / "corpora" / f"{name}.tar.xz"):
            for version in crd["spec"].get("versions") or ():
                schema = (version.get("schema") or {}).get("openAPIV3Schema")
                text = json.dumps(schema, sort_keys=True)
                if "x-kubernetes-validations" in text and text not in seen:
                    seen.add(text)
                    yield schema


def _crds(path: Path) -> Iterator[dict[str, Any]]:
    """The CRDs of an archive; only of files that have rules, since YAML is slow to read."""
    with tarfile.open(path) as archive:
        for member in archive:
            read = archive.extractfile(member) if member.isfile() else None
            text = read.read().decode() if read is not None else ""
            if "x-kubernetes-validations" not in text:
                continue
            found = [json.loads(text)] if member.name.endswith(".json") else manifests.parse(text)
            for one in found:
                crds = one.get("items") or [one]
                yield from (crd for crd in crds if crd.get("kind") == "CustomResourceDefinition")


def ruled(schema: dict[str, Any], whole: bool = True) -> Iterator[tuple[Any, Any, bool]]:
    """Each rule with the schema that it stands on, and whether that is of whole objects."""
    for rule in schema.get("x-kubernetes-validations") or ():
        yield rule, schema, whole
    inside = [*(schema.get("properties") or {}).values()]
    inside += [schema.get("items"), schema.get("additionalProperties")]
    for one in inside:
        if isinstance(one, dict):
            yield from ruled(one, bool(one.get("x-kubernetes-embedded-resource")))


def cases(schemas: Iterable[dict[str, Any]]) -> list[list[Row]]:
    """For each distinct rule objects that meet it and objects that do not, as far as found.

    Of rules that differ in their words only, the first few count.
    """
    found: dict[str, list[Row]] = {}
    alike: dict[str, int] = {}
    for schema in schemas:
        for rule, node, whole in ruled(schema):
            text = rule["rule"]
            form = re.sub(r"\w{3,}", "w", text)
            if text not in found and alike.get(form, 0) < _ALIKE:
                alike[form] = alike.get(form, 0) + 1
                found[text] = _made(rule, node, whole)
    return [found[text] for text in sorted(found)]


def _made(rule: dict[str, Any], node: dict[str, Any], whole: bool) -> list[Row]:
    text = rule["rule"] + str(rule.get("messageExpression") or "")
    words = set(re.findall(r"\w+", text))
    schema = _small(node, words)
    if whole and words & set(_WHOLE):
        schema |= {"x-kubernetes-embedded-resource": True}
        schema |= {"x-kubernetes-preserve-unknown-fields": True}
        schema["properties"] = {
            key: one for key, one in schema["properties"].items() if key not in _WHOLE
        }
    maker = _Maker(text)
    chosen: dict[bool, list[Row]] = {True: [], False: []}
    for _ in range(_CANDIDATES):
        value = maker.value(schema)
        old = NOTHING
        if "oldSelf" in words:
            old = value if maker.random.random() < 0.3 else maker.value(schema)
        row = Row(schema, rule, value, old)
        verdict = ours(row)
        if isinstance(verdict, str):
            return []
        few = chosen[not verdict]
        if len(few) < _OF_EACH and all((row.value, row.old) != (x.value, x.old) for x in few):
            few.append(row)
    return chosen[True] + chosen[False]


def digest(rows: list[Row]) -> str:
    """Tells whether rows are those that the server was asked about."""
    told = [[row.full_schema, row.value, None if row.old is NOTHING else row.old] for row in rows]
    return hashlib.sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()[:12]


def _small(node: Any, words: set[str]) -> dict[str, Any]:
    result = {key: node[key] for key in (*_KEPT, *_LISTS) if key in node}
    if node.get("format") in _FORMATS:
        result["format"] = node["format"]
    if node.get("enum") and node.get("type") == "string":
        result["maxLength"] = max(len(str(one)) for one in node["enum"])
    keys = node.get("x-kubernetes-list-map-keys") or ()
    if isinstance(node.get("items"), dict):
        result["items"] = _small(node["items"], words | set(map(escaped, keys)))
        if keys:
            result["items"]["required"] = sorted(keys)
    if isinstance(node.get("additionalProperties"), dict):
        result["additionalProperties"] = _small(node["additionalProperties"], words)
    elif node.get("type") == "object":
        result["properties"] = {
            name: _small(one, words)
            for name, one in (node.get("properties") or {}).items()
            if escaped(name) in words and (one.get("type") or "x-kubernetes-int-or-string" in one)
        }
    return result


class _Maker:
    """Values that are likely to meet a rule, or just not to: made of its literals."""

    def __init__(self, rule: str) -> None:
        self.random = random.Random(rule)
        self.texts = ["", "a", "b-c", *(one or two for one, two in _TEXT.findall(rule))]
        numbers = [int(one) for one in _NUMBER.findall(rule)]
        self.numbers = [0, 1, 2, *(one + step for one in numbers for step in (-1, 0, 1))]

    def value(self, schema: dict[str, Any]) -> Any:
        """A value that the schema allows."""
        if schema.get("x-kubernetes-int-or-string"):
            return self.random.choice([self.random.choice(self.numbers), self._text(schema)])
        makers = {"array": self._list, "object": self._object, "string": self._text}
        maker = makers.get(schema["type"])
        return self._number(schema["type"]) if maker is None else maker(schema)

    def _number(self, kind: str) -> bool | float:
        if kind == "boolean":
            return self.random.random() < 0.5
        half = self.random.choice([0, 0, 0.5]) if kind == "number" else 0
        return self.random.choice(self.numbers) + half

    def _text(self, schema: dict[str, Any]) -> str:
        kind = schema.get("format")
        if kind == "date-time":
            return self.random.choice(_TIMES)
        if kind == "date":
            return self.random.choice(["2020-01-01", "2024-06-01"])
        if kind == "duration":
            return self.random.choice(["0s", "1s", "5m", "1h30m", "24h", "500ms"])
        if kind == "byte":
            return self.random.choice(["", "YQ==", "aGVsbG8="])
        text = self.random.choice(self.texts)
        if self.random.random() < 0.15:
            text = self.random.choice([f"{text}x", f"{text}{text}", text.upper()])
        longest: int = schema.get("maxLength", 200)
        return text[:longest]

    def _list(self, schema: dict[str, Any]) -> list[Any]:
        size = min(self.random.choice([0, 1, 1, 2, 3]), schema.get("maxItems", 3))
        items = [self.value(schema["items"]) for _ in range(size)]
        kind = schema.get("x-kubernetes-list-type")
        if kind == "set":
            return [one for place, one in enumerate(items) if one not in items[:place]]
        if kind == "map":
            keys = schema["x-kubernetes-list-map-keys"]
            by_key = {json.dumps([one[key] for key in keys]): one for one in items}
            return list(by_key.values())
        return items

    def _object(self, schema: dict[str, Any]) -> dict[str, Any]:
        if "additionalProperties" in schema:
            size = min(self.random.choice([0, 1, 2]), schema.get("maxProperties", 2))
            keys = [self.random.choice(self.texts) or "k" for _ in range(size)]
            return {key: self.value(schema["additionalProperties"]) for key in keys}
        likely = self.random.choice([0.3, 0.7, 0.9])
        result = {
            name: self.value(one)
            for name, one in schema["properties"].items()
            if name in schema.get("required", ()) or self.random.random() < likely
        }
        if schema.get("x-kubernetes-embedded-resource"):
            name = self.random.choice(["a", *filter(_is_name, self.texts)])
            result |= {"apiVersion": "example.com/v1", "kind": "K", "metadata": {"name": name}}
        return result


def _is_name(text: str) -> bool:
    return bool(re.fullmatch(r"[a-z0-9]([-a-z0-9]{0,50}[a-z0-9])?", text))

"""CRDs of public projects from the corpora, as cases with objects made at random."""

from __future__ import annotations

import tarfile
from collections.abc import Iterator
from copy import deepcopy
from pathlib import Path
from random import Random
from typing import Any

import yaml

from rehearsal.cases import OPEN, Case, Json, one, version

_LARGEST = 400_000
_SPARSE = 5
"""How deep a value must be for few of the optional fields below it."""
_ANYTHING = (1, "x", True, [], {}, 1.5, None, ["x"], {"z": 1})
_TEXTS = ("a", "abc", "x-1", "1h", "10", "example.com", "http://a/b", "", "A B", "Always", "v1")
_OF_FORMAT = {
    "date-time": "2024-01-01T00:00:00Z",
    "duration": "5m",
    "byte": "YWJj",
    "ipv4": "1.2.3.4",
    "uri": "http://a/b",
    "date": "2024-01-01",
}


class Loader(yaml.CSafeLoader):  # type: ignore[misc]
    """Leaves dates and `=` as texts, as Kubernetes does."""


Loader.yaml_implicit_resolvers = {
    first: [each for each in resolvers if not each[0].endswith((":timestamp", ":value"))]
    for first, resolvers in yaml.CSafeLoader.yaml_implicit_resolvers.items()
}


def crds(corpora: Path) -> Iterator[tuple[str, Json]]:
    """Every v1 CRD with the folder that it is of: `project`, or `project@version` of an older."""
    for name in ("crds.tar.xz", "operators.tar.xz"):
        with tarfile.open(corpora / name) as archive:
            for member in archive:
                if not member.isfile() or not member.name.endswith((".yaml", ".yml")):
                    continue
                file = archive.extractfile(member)
                assert file is not None
                for doc in yaml.load_all(file.read(), Loader):
                    if _is_crd(doc):
                        yield member.name.removeprefix("./").split("/")[0], doc


def _is_crd(doc: Any) -> bool:
    return (
        isinstance(doc, dict)
        and doc.get("kind") == "CustomResourceDefinition"
        and doc["apiVersion"].endswith("/v1")
    )


def schemas(corpora: Path) -> Iterator[Case]:
    """An open CRD that becomes each version of each real one, with an object that knows it."""
    seen: set[str] = set()
    for _, crd in crds(corpora):
        for entry in crd["spec"]["versions"]:
            name = f"{crd['metadata']['name']}-{entry['name']}"
            schema = (entry.get("schema") or {}).get("openAPIV3Schema")
            if schema is None or name in seen or len(str(schema)) > _LARGEST:
                continue
            seen.add(name)
            dice = Random(name)
            wrong = (0.0, 0.3, 1.0)[len(seen) % 3]
            real = version(schema)
            if "status" not in (entry.get("subresources") or {}):
                del real["subresources"]
            obj = made(dice, schema, wrong)
            yield Case(
                f"real-{len(seen)}", one({"type": "object", **OPEN}), {"versions": [real]}, obj
            )


def releases(corpora: Path) -> Iterator[tuple[str, list[Case]]]:
    """Each CRD that two releases of a project have; of each some objects, which may not be good."""
    sides: dict[tuple[str, str], dict[bool, Json]] = {}
    for folder, crd in crds(corpora):
        project, _, older = folder.partition("@")
        sides.setdefault((project, crd["metadata"]["name"]), {})[bool(older)] = crd
    for number, ((project, name), found) in enumerate(sorted(sides.items(), key=str)):
        if len(found) == 1 or found[True]["spec"]["versions"] == found[False]["spec"]["versions"]:
            continue
        old, new = ({"versions": versions_of(found[side])} for side in (True, False))
        stored = next(each for each in old["versions"] if each["storage"])
        schema = stored["schema"]["openAPIV3Schema"]
        yield (
            f"{project} {name}",
            [
                Case(
                    f"release-{number}-{seed}",
                    old,
                    new,
                    made(Random(f"{name}{seed}"), schema, 0.0),
                    version=stored["name"],
                )
                for seed in range(12)
            ],
        )


def versions_of(crd: Json) -> list[Json]:
    """What a case has of each version of a real CRD."""
    kept = ("name", "served", "storage", "schema", "subresources")
    return [
        {key: deepcopy(each[key]) for key in kept if key in each}
        for each in crd["spec"]["versions"]
    ]


def made(dice: Random, schema: Json, wrong: float) -> Json:
    """An object of a schema; the higher `wrong` is, the more of it does not meet the schema."""
    skipped = ("apiVersion", "kind", "metadata")
    return {
        key: _value(dice, below, wrong, 0)
        for key, below in (schema.get("properties") or {}).items()
        if key not in skipped
    }


def made_at(dice: Random, schema: Json, path: list[str], value: Any) -> Json:
    """A sparse object of a schema that has a value at a path in its spec.

    Args:
        dice: Chooses the rest.
        schema: Of the whole object.
        path: Below `spec`; `*` is the one item of a list. Empty: nothing is put anywhere.
        value: What is there.
    """
    below = {**schema, "properties": dict(schema["properties"])}
    for each in ("apiVersion", "kind", "metadata"):
        below["properties"].pop(each, None)
    found: Json = _placed(dice, below, ["spec", *path] if path else [], value)
    return found


def _placed(dice: Random, schema: Json, path: list[str], value: Any) -> Any:
    here = _value(dice, schema, 0.0, 0 if not path else _SPARSE)
    if not path:
        return here
    step, *rest = path
    if step == "*":
        return [_placed(dice, schema["items"], rest, value) if rest else value]
    below = _placed(dice, schema["properties"][step], rest, value) if rest else value
    return {**here, step: below}


def _value(dice: Random, schema: Json, wrong: float, depth: int) -> Any:
    if dice.random() < wrong * 0.15:
        return deepcopy(dice.choice(_ANYTHING))
    if schema.get("nullable") and dice.random() < 0.1:
        return None
    kind = schema.get("type")
    if kind == "object" or "properties" in schema:
        return _object(dice, schema, wrong, depth)
    if kind == "array":
        count = dice.randint(1 if schema.get("minItems") else 0, 2)
        return [_value(dice, schema["items"], wrong, depth + 1) for _ in range(count)]
    return _scalar(dice, schema, wrong)


def _scalar(dice: Random, schema: Json, wrong: float) -> Any:
    kind = schema.get("type")
    if schema.get("enum") and dice.random() >= wrong * 0.2:
        return dice.choice(schema["enum"])
    if schema.get("x-kubernetes-int-or-string"):
        return dice.choice((1, "1", "50%", "100m", "1Gi"))
    bounds = (schema.get("minimum", 1), schema.get("maximum", 7))
    of_kind: dict[str, tuple[Any, ...]] = {
        "boolean": (True, False),
        "integer": (0, 1, 5, 100, *bounds),
        "number": (0.5, 1, 2, 1e10),
    }
    if kind in of_kind:
        return dice.choice(of_kind[kind])
    good = _OF_FORMAT.get(schema.get("format", ""))
    if good is not None and dice.random() >= wrong * 0.3:
        return good
    return dice.choice(_TEXTS)


def _object(dice: Random, schema: Json, wrong: float, depth: int) -> Json:
    if "properties" in schema:
        required = schema.get("required") or ()
        chance = 0.5 if depth < 2 else 0.25 if depth < 5 else 0.08
        kept = {
            key: _value(dice, below, wrong, depth + 1)
            for key, below in schema["properties"].items()
            if (key in required and dice.random() >= wrong * 0.1) or dice.random() < chance
        }
        return {**kept, "zzz": 1} if dice.random() < wrong * 0.2 else kept
    if isinstance(schema.get("additionalProperties"), dict):
        names = dice.sample(("a", "b", "c.d/e"), dice.randint(0, 2))
        below = schema["additionalProperties"]
        return {name: _value(dice, below, wrong, depth + 1) for name in names}
    return {"any": {"x": 1}} if dice.random() < 0.5 else {}

"""The objects of the benches: CRDs of the corpus, and custom resources that fit them.

Everything is made by rule, so two machines load the same.
"""

from __future__ import annotations

import json
import tarfile
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

import yaml

Object = dict[str, Any]

NAMESPACES = tuple(f"team-{number:02}" for number in range(20))
_OPTIONAL_FIELDS = 12
_DEEPEST = 4
_OBSERVED = {"managementPolicies": ["Observe"]}


@dataclass(frozen=True)
class Kind:
    """A custom resource's kind: where it is served, and one object that its CRD allows."""

    group: str
    version: str
    plural: str
    kind: str
    namespaced: bool
    spec: Object

    @property
    def path(self) -> str:
        return f"/apis/{self.group}/{self.version}/{self.plural}"

    def objects(self, count: int) -> Iterator[tuple[str, Object]]:
        """Paths and bodies of so many objects."""
        for number in range(count):
            namespace = NAMESPACES[number % len(NAMESPACES)]
            where = f"/namespaces/{namespace}" if self.namespaced else ""
            path = f"/apis/{self.group}/{self.version}{where}/{self.plural}"
            yield path, self._object(number)

    def _object(self, number: int) -> Object:
        name = f"{self.kind.lower()}-{number:04}"
        return {
            "apiVersion": f"{self.group}/{self.version}",
            "kind": self.kind,
            "metadata": {
                "name": name,
                "labels": {"app.kubernetes.io/name": name, "team": f"team-{number % 20:02}"},
                "annotations": {
                    "crossplane.io/external-name": f"{name}.example.org",
                    "example.org/owner": f"group-{number % 7}@example.org",
                },
            },
            "spec": self.spec,
        }


def crds(archive: Path, count: int) -> list[bytes]:
    """The first ``count`` CRDs of an archive as compact JSON, spread over all its groups."""
    with tarfile.open(archive) as tar:
        files = sorted((each for each in tar if each.isfile()), key=lambda each: each.name)
        step = max(1, len(files) // count)
        chosen = list(islice(files, 0, None, step))[:count]
        texts = [_read(tar, each) for each in chosen]
    with ProcessPoolExecutor() as pool:
        return list(pool.map(_as_json, texts, chunksize=8))


def _read(tar: tarfile.TarFile, member: tarfile.TarInfo) -> bytes:
    file = tar.extractfile(member)
    assert file is not None
    return file.read()


def _as_json(text: bytes) -> bytes:
    crd = yaml.load(text, Loader=yaml.CSafeLoader)
    return json.dumps(crd, separators=(",", ":")).encode()


def kinds(crds_: Sequence[bytes]) -> Iterator[Kind]:
    """What can be made of each CRD."""
    for text in crds_:
        spec = json.loads(text)["spec"]
        names = spec["names"]
        version = next(each for each in spec["versions"] if each["storage"])
        schema = version["schema"]["openAPIV3Schema"]["properties"].get("spec", {})
        sample = _object_of(schema, 0)
        yield Kind(
            spec["group"],
            version["name"],
            names["plural"],
            names["kind"],
            spec["scope"] == "Namespaced",
            {**sample, **_OBSERVED}
            if "managementPolicies" in schema.get("properties", ())
            else sample,
        )


def _object_of(schema: Object, depth: int) -> Object:
    """All that is required, and some texts, numbers and switches that are not."""
    properties: dict[str, Object] = schema.get("properties", {})
    required = set(schema.get("required", ()))
    if depth == 0:
        required |= {"forProvider"} & properties.keys()
    plain = (name for name in properties if _is_plain(properties[name]))
    wanted = [*sorted(required), *islice(plain, _OPTIONAL_FIELDS if depth else 0)]
    return {name: _value(name, properties[name], depth + 1) for name in wanted}


def _is_plain(schema: Object) -> bool:
    constrained = {"enum", "pattern", "format", "x-kubernetes-validations"} & schema.keys()
    return schema.get("type") in ("string", "boolean") and not constrained


def _value(name: str, schema: Object, depth: int) -> Any:
    if schema.get("enum"):
        return schema["enum"][0]
    kind = schema.get("type")
    if kind == "object":
        return _object_of(schema, depth) if depth < _DEEPEST else {}
    if kind == "array":
        return [_value(name, schema["items"], depth)] if depth < _DEEPEST else []
    return {"boolean": True, "integer": 1, "number": 1}.get(str(kind), f"the {name} of it")

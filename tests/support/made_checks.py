"""CRDs in files, and ``check`` called on them in this process."""

from __future__ import annotations

import copy
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

import pytest
import yaml

from k8s_datamodel.cli import run

SPEC: dict[str, Any] = {
    "type": "object",
    "properties": {
        "size": {"type": "integer", "description": "How large it is."},
        "mode": {"type": "string", "enum": ["fast", "slow"]},
        "ports": {
            "type": "array",
            "items": {"type": "object", "properties": {"number": {"type": "integer"}}},
        },
    },
}


def crd(kind: str = "Widget", group: str = "example.com", **properties: Any) -> dict[str, Any]:
    """A CRD of one version; ``properties`` of ``spec`` replace those that it has."""
    spec = copy.deepcopy(SPEC)
    spec["properties"].update(properties)
    plural = f"{kind.lower()}s"
    schema = {"type": "object", "properties": {"spec": spec}}
    version = {"name": "v1", "served": True, "storage": True, "schema": {"openAPIV3Schema": schema}}
    return {
        "apiVersion": "apiextensions.k8s.io/v1",
        "kind": "CustomResourceDefinition",
        "metadata": {"name": f"{plural}.{group}"},
        "spec": {
            "group": group,
            "scope": "Namespaced",
            "names": {"plural": plural, "kind": kind},
            "versions": [version],
        },
    }


REWORDED = {"type": "integer", "description": "Its size."}
NARROWER = {"type": "string", "enum": ["fast"]}


class Told(NamedTuple):
    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)

    @property
    def lines(self) -> list[str]:
        return self.out.splitlines()


class Checking:
    """A folder with two sets of CRDs, which is the working directory."""

    def __init__(self, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self.folder, self._capsys = folder, capsys

    def put(self, place: str, *things: Any) -> Path:
        """Write objects, or a text as it is, to a file."""
        path = self.folder / place
        path.parent.mkdir(parents=True, exist_ok=True)
        texts = (each if isinstance(each, str) else yaml.safe_dump(each) for each in things)
        path.write_text("---\n".join(texts))
        return path

    def forget(self) -> None:
        """Leave out of what the next command tells what others told before it."""
        self._capsys.readouterr()

    def run(self, *arguments: object, before: Sequence[str] = ()) -> Told:
        """Call the command; ``before`` are global options."""
        code = run([*before, "check", *map(str, arguments)])
        return Told(code, *self._capsys.readouterr())

    def compat(self, *arguments: object, old: str = "old", new: str = "new") -> Told:
        """Compare the two sets."""
        return self.run("compat", old, new, *arguments)

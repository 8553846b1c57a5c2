"""What docs/plugins.md says works, and the generated references are those of the code."""

from __future__ import annotations

import importlib.util
import json
import re
from pathlib import Path
from types import ModuleType

import pytest

from command import ok

DOCS = Path(__file__).parents[1] / "docs"

CERTIFICATE = {
    "apiVersion": "certs.example/v1",
    "kind": "Certificate",
    "metadata": {"name": "web", "namespace": "shop", "uid": "1"},
    "spec": {"issuerRef": {"name": "ours"}, "dnsNames": ["a.example", "b.example"]},
    "status": {
        "notAfter": "2025-01-02T03:04:05Z",
        "conditions": [{"type": "Ready", "status": "True"}],
    },
}
LIGHTHOUSE = {
    "apiVersion": "coast.example/v1",
    "kind": "Lighthouse",
    "metadata": {"name": "skerry", "namespace": "north", "uid": "2"},
    "spec": {"lamps": [{"watts": 400}, {"watts": 250}]},
}


def _generate() -> ModuleType:
    spec = importlib.util.spec_from_file_location("generate_docs", DOCS / "generate.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def _block(heading: str) -> str:
    """The first fenced block after a heading."""
    text = (DOCS / "plugins.md").read_text(encoding="utf-8")
    match = re.search(rf"## {heading}\n.*?```\w+\n(.*?)```", text, re.DOTALL)
    assert match is not None
    return match[1]


@pytest.fixture
def world(tmp_path: Path) -> dict[str, str]:
    """A configuration folder with both examples of the page, as an environment."""
    files = {
        "types/certificates.yaml": _block("A type without code"),
        "plugins/lighthouses.py": _block("A type in one module"),
    }
    for name, text in files.items():
        path = tmp_path / "config" / name
        path.parent.mkdir(parents=True)
        path.write_text(text, encoding="utf-8")
    dump = tmp_path / "dump"
    dump.mkdir()
    (dump / "all.json").write_text(
        json.dumps({"apiVersion": "v1", "kind": "List", "items": [CERTIFICATE, LIGHTHOUSE]})
    )
    return {
        "K8S_DATAMODEL_CONFIG_DIR": str(tmp_path / "config"),
        "K8S_DATAMODEL_NO_EXTERNAL_PLUGINS": "",
        "K8S_DATAMODEL_SOURCE": str(dump),
        "K8S_DATAMODEL_DB": str(tmp_path / "inventory.db"),
    }


def test_the_type_without_code_lists_as_the_page_says(world: dict[str, str]) -> None:
    (row,) = ok("certificate", "list", "--issuer", "ours", "-o", "json", **world).json
    assert row == {
        "namespace": "shop",
        "name": "web",
        "issuer": "ours",
        "dns_names": ["a.example", "b.example"],
        "ready": True,
        "not_after": "2025-01-02 03:04:05",
    }


def test_the_module_is_listed_stored_shown_and_counted(world: dict[str, str]) -> None:
    (row,) = ok("lighthouse", "list", "-o", "json", **world).json
    assert row == {"namespace": "north", "name": "skerry", "watts": 650}
    ok("database", "store", **world)
    shown = ok("database", "show", "latest", "-o", "json", **world).json
    assert [each["name"] for each in shown["lighthouses"]] == ["skerry"]
    assert "lighthouses" in ok("database", "stats", "-o", "json", **world).out


def test_generated_pages_are_those_of_the_code() -> None:
    for path, text in _generate().references().items():
        assert path.read_text(encoding="utf-8") == text, f"{path.name}: run `make docs`"

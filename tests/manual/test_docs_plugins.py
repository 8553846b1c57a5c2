"""What docs/plugins.md says works, and the generated references are those of the code."""

from __future__ import annotations

import importlib.util
import json
import re
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from types import ModuleType
from typing import cast

import pytest

from k8s_datamodel.testing import EvidenceContract
from support.forked import ok, run

DOCS = Path(__file__).parents[2] / "docs"

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
INGRESS = {
    "apiVersion": "networking.k8s.io/v1",
    "kind": "Ingress",
    "metadata": {"name": "web", "namespace": "shop", "uid": "3"},
    "spec": {"rules": [{"host": "shop.example"}, {"http": {"paths": []}}]},
}
LIGHTHOUSE = {
    "apiVersion": "coast.example/v1",
    "kind": "Lighthouse",
    "metadata": {"name": "skerry", "namespace": "north", "uid": "2"},
    "spec": {"lamps": [{"watts": 400}, {"watts": 250}]},
}
STUCK = {
    **LIGHTHOUSE,
    "metadata": {
        "name": "wreck",
        "namespace": "north",
        "uid": "3",
        "deletionTimestamp": "2025-01-02T03:04:05Z",
        "finalizers": ["coast.example/lamps"],
    },
}
HARBOURS = [
    {
        "apiVersion": "coast.example/v1",
        "kind": "Harbour",
        "metadata": {"name": name, "namespace": "north", "uid": f"5-{name}"},
        "spec": {"light": light, "berths": [{"berth": "A", "metres": 12}]},
    }
    for name, light in (("bay", "skerry"), ("cove", "sunken"))
]
CRD = {
    "apiVersion": "apiextensions.k8s.io/v1",
    "kind": "CustomResourceDefinition",
    "metadata": {"name": "lighthouses.coast.example", "uid": "4"},
    "spec": {
        "group": "coast.example",
        "scope": "Namespaced",
        "names": {"plural": "lighthouses", "kind": "Lighthouse"},
        "versions": [{"name": "v1", "served": True, "storage": True}],
    },
}

ITEMS = [CERTIFICATE, LIGHTHOUSE, INGRESS, STUCK, CRD, *HARBOURS]


def _generate() -> ModuleType:
    spec = importlib.util.spec_from_file_location("generate_docs", DOCS / "generate.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def _block(heading: str, number: int = 0) -> str:
    """A fenced block after a heading."""
    text = (DOCS / "plugins.md").read_text(encoding="utf-8")
    section = text.partition(f"\n## {heading}\n")[2].partition("\n## ")[0]
    return re.findall(r"```\w+\n(.*?)```", section, re.DOTALL)[number]


@pytest.fixture
def world(tmp_path: Path) -> dict[str, str]:
    """A configuration folder with both examples of the page, as an environment."""
    files = {
        "types/certificates.yaml": _block("A type without code"),
        "plugins/lighthouses.py": _block("A type in one module"),
        "plugins/ingresses.py": _block("A type in five minutes"),
        "plugins/_test_ingresses.py": _block("A type in five minutes", 1),
        "plugins/tsv.py": _block("A format in one module"),
        "plugins/lines.py": _block("A format in one module", 2),
        "plugins/memo.py": _block("A source in one module"),
        "plugins/brightness.py": _block("A command in one module"),
        "plugins/harbours.py": _block("A flag of `list`, and options of `get`"),
        "plugins/stuck.py": _block("A type on request"),
    }
    for name, text in files.items():
        path = tmp_path / "config" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    dump = tmp_path / "dump"
    dump.mkdir()
    (dump / "all.json").write_text(json.dumps({"apiVersion": "v1", "kind": "List", "items": ITEMS}))
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
    row, _ = ok("lighthouse", "list", "-o", "json", **world).json
    assert row == {"namespace": "north", "name": "skerry", "watts": 650}
    ok("database", "store", **world)
    shown = ok("database", "show", "latest", "-o", "json", **world).json
    assert [each["name"] for each in shown["lighthouses"]] == ["skerry", "wreck"]
    assert "stuck" not in shown
    assert shown["snapshot"]["stuck_object_count"] is None
    assert "lighthouses" in ok("database", "stats", "-o", "json", **world).out


def test_a_type_in_thirty_lines_shows_up_everywhere(world: dict[str, str]) -> None:
    code = _block("A type in five minutes") + _block("A type in five minutes", 1)
    assert len([line for line in code.splitlines() if line.strip()]) <= 30
    assert "ingresses: ok" in ok("plugins", "check", **world).out

    row = {"namespace": "shop", "name": "web", "hosts": ["shop.example", "*"]}
    assert ok("ingress", "list", "-o", "json", **world).json == [row]
    for output in ("table", "wide", "yaml", "csv", "name", "rich", "tsv"):
        assert "web" in ok("ingress", "list", "-o", output, **world).out
    assert ok("ingress", "count", **world).out == "1\n"
    assert "shop.example" in ok("ingress", "get", "shop/web", **world).out
    ok("database", "store", "--no-lighthouses", **world)
    for command in (
        ("show", "latest"),
        ("export", "latest"),
        ("show", "latest", "--ingresses-only"),
    ):
        shown = ok("database", *command, "-o", "json", **world).json
        assert [each["name"] for each in shown["ingresses"]] == ["web"]
    assert ("crds" in shown, shown["snapshot"]["ingress_count"]) == (False, 1)
    assert "ingresses" in ok("database", "stats", "-o", "json", **world).out
    with closing(sqlite3.connect(world["K8S_DATAMODEL_DB"])) as connection, connection:
        assert connection.execute("SELECT name, hosts FROM ingresses").fetchall() == [
            ("web", "shop.example,*")
        ]

    completed = ok(_COMP_WORDS="k8s-datamodel ing", _COMP_CWORD="1", **COMPLETE, **world)
    assert "ingress" in completed.out
    page = ok("plugins", "docs", "ingresses", **world).out
    assert "| `hosts` | `hosts` | list | table | - | - |" in page
    assert "### k8s-datamodel ingress list" in page
    assert "--no-ingresses" in page


COMPLETE = {"_K8S_DATAMODEL_COMPLETE": "bash_complete"}
"""Asks click for completions; COMP_WORDS and COMP_CWORD say of what."""


def test_the_type_in_thirty_lines_passes_the_kit(world: dict[str, str]) -> None:
    plugins = Path(world["K8S_DATAMODEL_CONFIG_DIR"]) / "plugins"
    samples = plugins / "samples"
    samples.mkdir()
    for n in (1, 2):
        metadata = {**INGRESS["metadata"], "name": f"web-{n}", "uid": str(n)}
        (samples / f"{n}.json").write_text(json.dumps({**INGRESS, "metadata": metadata}))
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "_test_ingresses.py"],
        cwd=plugins,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout
    assert "skipped" not in done.stdout


def test_the_format_in_one_module_writes_files_too(world: dict[str, str], tmp_path: Path) -> None:
    ok("database", "store", **world)
    file = tmp_path / "all.tsv"
    ok("database", "export", "latest", "--file", file, **world)
    assert "'shop'\t'web'\t'shop.example,*'" in file.read_text()


def test_the_format_with_an_argument_takes_it(world: dict[str, str]) -> None:
    listed = ok("lighthouse", "list", "-o", "lines=light of {name}", **world)
    assert listed.out == "light of skerry\nlight of wreck\n"
    done = run("lighthouse", "list", "-o", "lines={watts}", **world)
    assert (done.code, done.out) == (2, "")
    assert "use {name} and other text" in done.err


def test_the_command_in_one_module_has_the_options_of_the_host(world: dict[str, str]) -> None:
    source, known = world.pop("K8S_DATAMODEL_SOURCE"), [{"namespace": "north", "watts": 1300}]
    for words in (
        ("lighthouse", "brightness", "--source", source),
        ("--source", source, "lighthouse", "brightness"),
    ):
        assert ok(*words, "-o", "json", **world).json == known
    ok("database", "store", "--source", source, **world)
    assert ok("lighthouse", "brightness", "--snapshot", "1", "-o", "json", **world).json == known
    shown = ok("lighthouse", "brightness", "--help-all", **world).out
    assert shown.index("Add up the watts of each namespace.") < shown.index("--db-path PATH|URL")


def test_the_derived_column_has_a_flag_and_get_an_option(world: dict[str, str]) -> None:
    row = {"namespace": "north", "name": "cove", "light": "sunken", "dark": True}
    listed = ok("harbour", "list", "--dark", "-o", "json", **world).json
    assert listed == [{**row, "dark_reason": None}]
    assert ok("harbour", "get", "bay", "-o", "json", **world).json["dark"] is False
    ok("database", "store", "--no-lighthouses", **world)
    done = run("harbour", "count", "--dark", "--snapshot", "latest", **world)
    assert (done.code, done.out) == (3, "unknown\n")
    assert "the lighthouses could not be read" in done.err
    berths = ok("harbour", "get", "bay", "--berths", "-o", "json", **world).json
    assert berths == [{"berth": "A", "metres": 12}]


def test_the_type_adds_to_the_summary(world: dict[str, str]) -> None:
    ok("database", "store", "--no-lighthouses", **world)
    unknown = ok("database", "summary", **world).out
    assert "Harbours by light: skerry 1, sunken 1" in unknown
    assert "lighthouse: -\n    not known of 2: the lighthouses were not read" in unknown
    ok("database", "store", **world)
    known = ok("database", "summary", **world).out
    assert "Harbours without their lighthouse: 1 (harbour list --dark)\n    cove" in known


def test_the_source_in_one_module_is_read_and_stored(world: dict[str, str]) -> None:
    world["K8S_DATAMODEL_SOURCE"] = "memo://coast"
    row = {"namespace": "south", "name": "pier", "watts": 60}
    assert ok("lighthouse", "list", "-o", "json", **world).json == [row]
    assert ok("lighthouse", "list", "-n", "north", "-o", "json", **world).json == []
    assert "1 lighthouse" in ok("database", "store", **world).err
    world["K8S_DATAMODEL_SOURCE"] = "memo://other"
    assert "there is no memo 'other'" in run("lighthouse", "list", **world).err


def test_plugins_docs_tells_of_every_kind_of_part(world: dict[str, str]) -> None:
    assert "- `--output tsv`: -" in ok("plugins", "docs", "tsv", **world).out
    sources = ok("plugins", "docs", "sources", **world).out
    assert "- `--source kubernetes://...`: A live API server, by kubeconfig" in sources
    (Path(world["K8S_DATAMODEL_CONFIG_DIR"]) / "plugins" / "broken.py").write_text("1 / 0")
    done = run("plugins", "docs", "broken", **world)
    assert (done.code, done.out) == (1, "")
    assert "plugin broken is broken: ZeroDivisionError" in done.err


def test_the_type_on_request_is_stored_when_it_is_asked_for(world: dict[str, str]) -> None:
    row = {
        "kind": "Lighthouse",
        "namespace": "north",
        "name": "wreck",
        "finalizers": ["coast.example/lamps"],
    }
    assert ok("stuck", "list", "-o", "json", **world).json == [row]
    ok("database", "store", "--with-stuck", "coast.*", **world)
    ok("database", "store", "--with-stuck", "other.*", **world)
    for number, found in ((1, ["wreck"]), (2, [])):
        shown = ok("database", "show", number, "-o", "json", "--no-specs", **world).json
        assert [each["name"] for each in shown["stuck"]] == found
    assert ok("stuck", "count", "--snapshot", "latest", **world).out == "0\n"


def test_what_an_organisation_knows_is_evidence(world: dict[str, str], tmp_path: Path) -> None:
    heading = "What an organisation knows"
    (tmp_path / "config" / "plugins" / "ownership.py").write_text(_block(heading))
    labels = {"pilot": {"coast.example/owns-group": "coast.example"}, "kiosk": {}}
    pilot, kiosk = (
        {
            "apiVersion": "apps/v1",
            "kind": "Deployment",
            "metadata": {"name": name, "namespace": "north", "uid": name, "labels": label},
        }
        for name, label in labels.items()
    )
    items = {"apiVersion": "v1", "kind": "List", "items": [pilot, kiosk]}
    (tmp_path / "dump" / "more.json").write_text(json.dumps(items))
    (row,) = ok("operators", "list", "-o", "json", **world).json
    assert (row["name"], row["managed_crds"]) == ("pilot", ["lighthouses.coast.example"])
    assert (row["evidence"][0]["kind"], row["evidence"][0]["object"]) == (
        "told",
        "evidence ownership",
    )
    namespace: dict[str, object] = {"__name__": "documented"}
    code = _block(heading) + _block(heading, 1).replace("from ownership import", "# from")
    exec(compile(code, "plugins.md", "exec"), namespace)
    contract = cast("type[EvidenceContract]", namespace["TestOwnership"])()
    for name in dir(contract):
        if name.startswith("test_"):
            getattr(contract, name)()


def test_generated_pages_are_those_of_the_code() -> None:
    for path, text in _generate().references().items():
        assert path.read_text(encoding="utf-8") == text, f"{path.name}: run `make docs`"

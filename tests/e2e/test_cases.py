"""Cases from the field: what public reports of other tools hit, and what must happen here.

They stand outside of this repository, in ``cases`` of the shared folder, each with a README. A row
of a table here is what one of them asks for. ``ELSEWHERE`` names the tests of those that need a
world of their own.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import pytest
import yaml

from cluster.kubeconfig import read
from cluster.server import Cluster
from k8s_datamodel.api import SourceRequest
from k8s_datamodel_plugins.sources.server import kubeconfig, locations
from support.forked import Forked
from support.servers.authorities import make_authority

TESTS = Path(__file__).parents[1]

ELSEWHERE = {
    "09": "plugins/sources/test_oidc.py",
    "10": "plugins/sources/test_live_tls.py",
}
"""Tests of cases that no row here is about, by number."""


@pytest.fixture(scope="module")
def cases(shared: Path) -> Path:
    folder = shared / "cases"
    if not folder.is_dir():
        pytest.skip(f"there are no cases at {folder}")
    return folder


def folder_of(cases: Path, number: str) -> Path:
    (found,) = cases.glob(f"{number}-*")
    return found


class Dump(NamedTuple):
    """Columns of the records of a dump, by name, and the exit code with which it is listed."""

    number: str
    path: str
    words: tuple[str, ...]
    code: int
    columns: tuple[str, ...]
    records: Mapping[str, tuple[Any, ...]]


CRDS = ("crd", "list")
ORPHANS = ("crd", "list", "--orphans")
OPERATORS = ("operators", "list")
COUNTED = ("instance_count", "instance_count_method")
FRAMEWORK = ("framework", "framework_name")
MANUAL = {"jar-operator": ("Manual", None)}

DUMPS = (
    *(
        Dump("02", path, words, 3, (), {})
        for path in ("must-gather", "cluster-info-dump", "manifests")
        for words in (ORPHANS, OPERATORS)
        if (path, words) != ("manifests", OPERATORS)
    ),
    Dump("03", "by-name", CRDS, 0, COUNTED, {"pools.lab.example": (2, "estimate")}),
    Dump(
        "03",
        "by-label",
        CRDS,
        0,
        COUNTED,
        {"pools.lab.example": (1, "estimate"), "boxes.lab.example": (4, "estimate")},
    ),
    Dump("11", "dump", ORPHANS, 3, (), {}),
    Dump(
        *("13", "one-file-each", CRDS, 0, ("kind",)),
        {"probes.lab.example": ("Probe",), "traces.lab.example": ("Trace",)},
    ),
    Dump("13", "list", CRDS, 0, ("kind",), {"probes.lab.example": ("Probe",)}),
    *(
        Dump("12", f"fw-{name}.yaml", OPERATORS, 0, FRAMEWORK, found)
        for name, found in {
            "argo-own-id": {"jar-operator": ("GitOps", "shop")},
            "argo-id-of-app-in-any-namespace": {"jar-operator": ("GitOps", "team-a_shop")},
            "argo-default-label-only": MANUAL,
            "argo-id---eployment-of-another-namespace": MANUAL,
            "argo-id-copied---owner-eference": MANUAL,
            "argo-id-copied-from----of-same-name": MANUAL,
            "catalog-owner---luster-atalog-": MANUAL,
        }.items()
    ),
)


@pytest.mark.parametrize("row", DUMPS, ids=lambda row: f"{row.number} {row.path} {row.words[-1]}")
def test_dumps(command: Forked, cases: Path, row: Dump) -> None:
    source = folder_of(cases, row.number) / row.path
    done = command.run(*row.words, "--source", source, "-o", "json")
    records = json.loads(done.out)
    found = {each["name"]: tuple(each[column] for column in row.columns) for each in records}
    if row.columns:
        assert {name: found[name] for name in row.records} == row.records
    elif row.words == ORPHANS:
        assert found == {}
    assert done.code in ((row.code, 3) if row.number in ("03", "12") else (row.code,)), done.err


@pytest.mark.parametrize("path", ["must-gather", "cluster-info-dump", "manifests"])
def test_a_part_of_a_cluster_gives_no_number(command: Forked, cases: Path, path: str) -> None:
    done = command.run("operators", "count", "--source", folder_of(cases, "02") / path)
    assert (done.code, done.out) == (3, "unknown\n")
    assert "partial" in done.err


class Config(NamedTuple):
    """What a kubeconfig does, and what is said of it."""

    number: str
    files: str
    code: int
    says: str = ""
    env: Mapping[str, str] = {}


NOWHERE = "http://127.0.0.1:9"
CONFIGS = (
    *(
        Config("01", f"{name}.kubeconfig", 1)
        for name in (*(f"leak{number}" for number in (1, 2, 3, 4, 5)), "oidc_pub")
    ),
    # As with kubectl, a password in the server's URL goes before the token; the server ignores it.
    Config("01", "leak7.kubeconfig", 1, "system:anonymous"),
    *(Config("06", f"c/config:u/{name}", 0) for name in ("config", "config2", "config3")),
    Config("08", "base.kubeconfig", 0, env={"HTTPS_PROXY": NOWHERE}),
    Config("08", "base.kubeconfig", 0, env={"https_proxy": NOWHERE}),
    Config("08", "base.kubeconfig", 0, env={"ALL_PROXY": NOWHERE}),
    Config("08", "base.kubeconfig", 0, env={"HTTPS_PROXY": "socks5://127.0.0.1:9"}),
    Config("08", "proxyurl.kubeconfig", 1, "proxy", {"NO_PROXY": "127.0.0.1"}),
    Config("08", "socks.kubeconfig", 1, "socks5"),
    Config("14", "utf16.kubeconfig", 0),
    Config("14", "jsontab.kubeconfig", 0),
    Config("15", "azure.kubeconfig", 1, "azure"),
    Config("15", "oidc4.kubeconfig", 1, "alpha-admin"),
    Config("15", "exec_emptytok.kubeconfig", 1, "alpha-admin"),
    Config("19", "base.kubeconfig", 0),
    Config("19", "proxyurl.kubeconfig", 1, "proxy"),
)
SECRETS = ("SECRET", "eyJhbGci", "refresh-token: ", "c2ln", "admin-token")


@pytest.mark.cluster
@pytest.mark.parametrize(
    "row", CONFIGS, ids=lambda row: f"{row.number} {row.files} {' '.join(row.env)}"
)
def test_kubeconfigs(
    command: Forked, cluster: Cluster, cases: Path, tmp_path: Path, row: Config
) -> None:
    folder = filled(folder_of(cases, row.number), tmp_path / "case", cluster)
    files = os.pathsep.join(str(folder / name) for name in row.files.split(":"))
    done = command.run("cluster", "info", "-o", "json", KUBECONFIG=files, **row.env)
    assert done.code == row.code, done.err
    assert row.says in done.err
    assert not [secret for secret in SECRETS if secret in done.out + done.err]
    assert "this is a fault of" not in done.err
    if row.code == 0:
        assert done.json["version"]
    else:
        assert done.err.count("\n") == 1, done.err


@pytest.mark.cluster
def test_an_exec_plugin_is_given_the_authority(
    command: Forked, cluster: Cluster, cases: Path, tmp_path: Path
) -> None:
    folder = filled(folder_of(cases, "17"), tmp_path / "case", cluster)
    out = tmp_path / "out"
    command.ok("crd", "count", KUBECONFIG=str(folder / "ci.kubeconfig"), OUTF=str(out))
    given = json.loads(out.read_text())["spec"]["cluster"]
    assert given["certificate-authority-data"]
    assert "certificate-authority" not in given
    assert given["config"] == {"audience": "x"}


def test_a_kubeconfig_of_many_contexts_is_parsed_once(
    cases: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Case 18 has a README only; it asks that time does not grow with contexts times size."""
    assert [path.name for path in folder_of(cases, "18").iterdir()] == ["README"]
    base = yaml.safe_load((folder_of(cases, "08") / "base.kubeconfig").read_text())
    base["clusters"][0]["cluster"] = {"server": "https://127.0.0.1:9"}
    (alpha,) = base["contexts"]
    base["contexts"] = [{**alpha, "name": f"context-{number}"} for number in range(300)]
    path = tmp_path / "many.kubeconfig"
    path.write_text(yaml.safe_dump(base))
    parsed = []
    whole = yaml.constructor.BaseConstructor.construct_document

    def counted(loader: Any, node: Any) -> Any:
        parsed.append(loader)
        return whole(loader, node)

    monkeypatch.setattr(yaml.constructor.BaseConstructor, "construct_document", counted)
    for name in locations.contexts(SourceRequest(kubeconfig=str(path))):
        kubeconfig.find(SourceRequest(kubeconfig=str(path), context=name))
    assert len(parsed) == 1


def filled(case: Path, folder: Path, cluster: Cluster) -> Path:
    """A copy of a case for a server: its address, authority and token in place of the words."""
    shutil.copytree(case, folder)
    document = read(cluster.kubeconfig)
    server, user = document["clusters"][0]["cluster"], document["users"][0]["user"]
    authority = Path(cluster.kubeconfig).parent / server["certificate-authority"]
    for place in {folder, *(path.parent for path in folder.rglob("*.kubeconfig")), folder / "c"}:
        if place.is_dir():
            shutil.copy(authority, place / "ca.crt")
    replaced = {
        "127.0.0.1:PORT": server["server"].partition("//")[2],
        "/path/to": str(folder),
        "admin-token": user["token"],
    }
    for path in _texts(folder):
        _replace(path, replaced)
        path.chmod(0o700)
    if (folder / "u").is_dir():
        for made in make_authority(folder / "signs").sign("me", "DNS:me"):
            shutil.copy(made, folder / "u")
    return folder


def _texts(folder: Path) -> Iterable[Path]:
    return (path for path in folder.rglob("*") if path.is_file() and path.suffix != ".crt")


def _replace(path: Path, replaced: Mapping[str, str]) -> None:
    content = path.read_bytes()
    encoding = "utf-16" if content.startswith((b"\xff\xfe", b"\xfe\xff")) else "utf-8"
    text = content.decode(encoding)
    for word, value in replaced.items():
        text = text.replace(word, value)
    path.write_bytes(text.encode(encoding))


def test_every_case_has_a_row_or_a_test(cases: Path) -> None:
    numbers = {path.name.partition("-")[0] for path in cases.iterdir() if path.is_dir()}
    rows = {row.number for row in (*DUMPS, *CONFIGS)} | {"17", "18"}
    assert numbers - rows == set(ELSEWHERE)
    assert all((TESTS / path).is_file() for path in ELSEWHERE.values())

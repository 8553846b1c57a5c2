"""Random and damaged manifests, dumps and archives: an entry in the ledger, never a traceback."""

from __future__ import annotations

import gzip
import io
import json
import lzma
import os
import subprocess
import sys
import tarfile
import tempfile
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from k8s_datamodel.api import SourceError, SourceRequest
from k8s_datamodel.plugins.distributions import EntryPoint, entry_points
from k8s_datamodel.plugins.host import Host
from k8s_datamodel.plugins.registry import Registry
from k8s_datamodel.reading import pipeline
from k8s_datamodel_plugins.sources.paths import open_source

SHORT = settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
LONG = settings(SHORT, max_examples=5_000)

scalars = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=20)
    | st.sampled_from(["v1", "name", "x" * 300, "2025-01-02", "=", "0.1.0", "*", "\0", "\ud800"])
)
FIELDS = (
    *("metadata", "name", "namespace", "labels", "annotations", "ownerReferences", "uid", "kind"),
    *("spec", "status", "group", "names", "plural", "scope", "versions", "storage", "served"),
    *("schema", "conversion", "strategy", "webhook", "conditions", "type", "items", "rules"),
    *("template", "containers", "image", "env", "args", "replicas", "serviceAccountName"),
    *("install", "customresourcedefinitions", "owned", "required", "clusterPermissions"),
    *("displayName", "version", "provider", "phase", "apiVersion", "apiGroups", "resources"),
    *("verbs", "subjects", "roleRef", "webhooks", "clientConfig", "service", "selector", "data"),
)
values = st.recursive(
    scalars,
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.sampled_from(FIELDS) | st.text(max_size=5), inner, max_size=6)
    ),
    max_leaves=25,
)
KINDS = (
    *(("apiextensions.k8s.io/v1", "CustomResourceDefinition"), ("apps/v1", "Deployment")),
    *(("apps/v1", "StatefulSet"), ("apps/v1", "DaemonSet"), ("v1", "ServiceAccount")),
    *(("operators.coreos.com/v1alpha1", "ClusterServiceVersion"), ("v1", "Service")),
    *(("rbac.authorization.k8s.io/v1", "ClusterRole"), ("v1", "Namespace"), ("v1", "Node")),
    *(("rbac.authorization.k8s.io/v1", "ClusterRoleBinding"), ("v1", "List")),
    *(("rbac.authorization.k8s.io/v1", "Role"), ("apps/v1", "DeploymentList")),
    *(("rbac.authorization.k8s.io/v1", "RoleBinding"), ("coordination.k8s.io/v1", "Lease")),
    ("admissionregistration.k8s.io/v1", "ValidatingWebhookConfiguration"),
)
metadata = st.fixed_dictionaries(
    {"name": st.sampled_from(["a", "b.example.com", "kube-system"])},
    optional={
        "namespace": st.sampled_from(["x", "default"]),
        "labels": st.dictionaries(st.sampled_from(["olm.owner", "olm.copiedFrom"]), scalars),
        "annotations": values,
        "uid": scalars,
        "resourceVersion": scalars,
        "ownerReferences": values,
    },
)
fields = st.dictionaries(st.sampled_from(FIELDS), values, max_size=5)


@st.composite
def objects(draw: st.DrawFn) -> dict[str, Any]:
    """Something that has an object's outside; what is within is anything."""
    api_version, kind = draw(st.sampled_from(KINDS))
    return {
        "apiVersion": api_version,
        "kind": kind,
        "metadata": draw(metadata | values),
        "spec": draw(fields | values),
        "status": draw(fields | values),
        **draw(fields),
    }


PIECES = (
    *("apiVersion: v1\n", "kind: ConfigMap\n", "metadata:\n", "  name: a\n", "---\n", "...\n"),
    *("items:\n", "- ", "  ", "\t", "&a ", "*a", "<<: *a\n", "!!int ", "{", "}", "[", "]", ","),
    *(": ", "|\n", ">-\n", '"', "'", "{{ .x }}", "%YAML 1.1\n", "# c\n", "\r\n", "\ufeff", "\0"),
    *("? ", "=", "~", "1e+09", "0o7", '{"a":', '"items":[', "\\ud800", "\u2028", "\x85", "ä"),
)
texts = st.lists(st.sampled_from(PIECES) | st.text(max_size=8), max_size=40).map("".join)


def dumped(value: Any) -> bytes:
    return json.dumps(value).encode()


def as_yaml(value: Any) -> bytes:
    try:
        return yaml.safe_dump(value).encode("utf-8", "surrogatepass")
    except yaml.YAMLError:
        return dumped(value)


manifests = (
    objects().map(dumped)
    | objects().map(as_yaml)
    | st.lists(objects(), max_size=3).map(
        lambda items: dumped({"apiVersion": "v1", "kind": "List", "items": items})
    )
    | st.lists(objects(), max_size=3).map(dumped)
    | values.map(dumped)
    | texts.map(lambda text: text.encode("utf-8", "surrogatepass"))
    | texts.map(lambda text: text.encode("utf-16", "surrogatepass"))
    | st.binary(max_size=200)
)
PATHS = (
    *("a.yaml", "b.json", "c", "d.log", "e.yaml.gz", "../up.yaml", "version", "timestamp"),
    "cluster-scoped-resources/apiextensions.k8s.io/customresourcedefinitions/x.yaml",
    *("namespaces/x/apps/deployments.yaml", "namespaces/x/x.yaml", "cluster-resources/nodes.json"),
    *("cluster-resources/deployments/x.json", "cluster-resources/deployments-errors.json"),
    "cluster-resources/custom-resource-definitions.json",
    "cluster-resources/custom-resources/b.example.com/x.json",
    "cluster-resources/custom-resources/custom-resources-errors.json",
    *("cluster-info/cluster_version.json", "cluster-resources/namespaces.json"),
)
folders = st.dictionaries(st.sampled_from(PATHS), manifests, min_size=1, max_size=4)


def tarred(files: dict[str, bytes]) -> bytes:
    target = io.BytesIO()
    with tarfile.open(fileobj=target, mode="w") as archive:
        for name, data in files.items():
            header = tarfile.TarInfo(name)
            header.size = len(data)
            archive.addfile(header, io.BytesIO(data))
    return target.getvalue()


def zipped(files: dict[str, bytes]) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return target.getvalue()


FORMS: tuple[Callable[[dict[str, bytes]], bytes], ...] = (
    tarred,
    zipped,
    lambda files: gzip.compress(tarred(files)),
    lambda files: lzma.compress(tarred(files)),
    lambda files: gzip.compress(next(iter(files.values()))),
)
damages = st.lists(st.tuples(st.integers(0, 1 << 20), st.integers(0, 255)), max_size=5)


cuts = st.none() | st.integers(0, 1 << 20)


def archive(
    form: int, files: dict[str, bytes], damage: list[tuple[int, int]], cut: int | None
) -> bytes:
    """A packed folder, some bytes of which are others now, perhaps cut off."""
    data = bytearray(FORMS[form](files))
    for place, byte in damage:
        data[place % len(data)] = byte
    return bytes(data if cut is None else data[: 1 + cut % len(data)])


@pytest.fixture(scope="module")
def registry() -> Registry:
    return Registry(Host.discover(entry_points=_built_in()))


def _built_in() -> list[EntryPoint]:
    return [each for each in entry_points() if each.value.startswith("k8s_datamodel_plugins.")]


def collect(location: Path, registry: Registry) -> None:
    """All that a run does with a source; only a refusal in one line may come of it."""
    types = registry.types
    resources = tuple(read.resource for each in types for read in each.reads)
    try:
        source = open_source(SourceRequest(str(location), resources=resources))
    except SourceError as refused:
        if "\n" in str(refused):
            raise AssertionError(f"more than one line: {refused}") from refused
        return
    with pipeline.start(lambda: source, registry, types) as run:
        run.session.describe().result()
        for _, record in run.records():
            json.dumps(record.spec, allow_nan=False).encode()
    faults = [entry for entry in run.ledger if entry.read == "collector"]
    assert not faults, faults
    assert all("\n" not in entry.outcome.reason for entry in run.ledger)


def in_folder(files: dict[str, bytes], registry: Registry) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name, "dump")
        for path, data in files.items():
            target = folder / path.replace("../", "up/")
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(data)
        collect(folder, registry)


def in_file(data: bytes, registry: Registry) -> None:
    with tempfile.TemporaryDirectory() as name:
        path = Path(name, "dump")
        path.write_bytes(data)
        collect(path, registry)


forms = st.integers(0, len(FORMS) - 1)


@SHORT
@given(files=folders)
def test_any_folder_is_read_or_refused(files: dict[str, bytes], registry: Registry) -> None:
    in_folder(files, registry)


@SHORT
@given(form=forms, files=folders, damage=damages, cut=cuts)
def test_any_archive_is_read_or_refused(
    form: int,
    files: dict[str, bytes],
    damage: list[tuple[int, int]],
    cut: int | None,
    registry: Registry,
) -> None:
    in_file(archive(form, files, damage, cut), registry)


@pytest.mark.soak
@LONG
@given(files=folders)
def test_thousands_of_folders_are_read_or_refused(
    files: dict[str, bytes], registry: Registry
) -> None:
    in_folder(files, registry)


@pytest.mark.soak
@LONG
@given(form=forms, files=folders, damage=damages, cut=cuts)
def test_thousands_of_archives_are_read_or_refused(
    form: int,
    files: dict[str, bytes],
    damage: list[tuple[int, int]],
    cut: int | None,
    registry: Registry,
) -> None:
    in_file(archive(form, files, damage, cut), registry)


HEAD = b"apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n"
LISTED = b"apiVersion: v1\nkind: List\nitems:\n- "
HUGE: dict[str, Callable[[], bytes]] = {
    "a scalar": lambda: HEAD + b"v: " + b"x" * 100_000_000,
    "a block scalar": lambda: HEAD + b"v: |\n" + b"  xxxxxxxxxxxxxxxxxxxxxx\n" * 4_000_000,
    "a scalar in a list": lambda: LISTED + b"v: " + b"x" * 100_000_000,
    "a scalar in JSON": lambda: b'{"apiVersion":"v1","kind":"A","v":"' + b"x" * 100_000_000 + b'"}',
    "values in JSON": lambda: b'{"kind":"A","v":[' + b"{}," * 30_000_000 + b"{}]}",
    "values": lambda: LISTED + b"v: [" + b"a," * 30_000_000 + b"a]",
    "depth": lambda: b"[" * 100_000_000,
    "depth in blocks": lambda: b"- " * 20_000_000,
    "documents": lambda: b"---\n" * 20_000_000,
    "a bomb": lambda: gzip.compress(HEAD + b"v: |\n" + b"  xxxxxxxxxx\n" * 40_000_000, 1),
    "zeros": lambda: gzip.compress(bytes(1_000_000_000), 1),
}
MEMORY = 1 << 30
LIMITED = """
import resource, sys
resource.setrlimit(resource.RLIMIT_AS, (int(sys.argv[2]),) * 2)
from k8s_datamodel.api import SourceError, SourceRequest
from k8s_datamodel_plugins.sources.paths import open_source
try:
    open_source(SourceRequest(sys.argv[1]))
except SourceError as refused:
    print(refused)
"""


@pytest.mark.soak
@pytest.mark.skipif(os.name != "posix", reason="needs limits on memory: run it on a Unix")
@pytest.mark.parametrize("what", HUGE)
def test_what_is_huge_is_refused_within_a_gigabyte(tmp_path: Path, what: str) -> None:
    (tmp_path / "x").write_bytes(HUGE[what]())
    done = subprocess.run(
        [sys.executable, "-c", LIMITED, str(tmp_path / "x"), str(MEMORY)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stderr == ""
    assert "holds no Kubernetes object (one file looked at" in done.stdout

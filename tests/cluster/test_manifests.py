from __future__ import annotations

import io
import tarfile
from pathlib import Path

import pytest

from cluster import manifests
from cluster.api import Object

ODD = """\
# a comment
---
apiVersion: v1
kind: ConfigMap
metadata: {name: odd, creationTimestamp: 2024-05-01T10:00:00Z}
data: {matcher: =, day: 2024-05-01, big: 1e+09}
---
"""
TYPED = '{"kind": "ConfigMapList", "apiVersion": "v1", "items": [{"metadata": {"name": "a"}}]}'
EMPTY = '{"kind": "PodList", "apiVersion": "v1", "items": null}'
ARRAY = '[{"kind": "Pod", "apiVersion": "v1", "metadata": {"name": "b"}}, {"not": "one"}]'
FILES = {"a/odd.yaml": ODD, "a/typed.json": TYPED, "b/array.json": ARRAY, "b/empty.yml": EMPTY}


def _names(objects: list[Object]) -> list[tuple[str, str]]:
    return [(obj["kind"], obj["metadata"]["name"]) for obj in objects]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name, text in FILES.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text)
    (tmp_path / "README.md").write_text("not: a manifest")
    (tmp_path / "folder.json").mkdir()
    return tmp_path


def test_scalars_are_what_the_api_server_would_see() -> None:
    [odd] = manifests.parse(ODD)
    assert odd["metadata"]["creationTimestamp"] == "2024-05-01T10:00:00Z"
    assert odd["data"] == {"matcher": "=", "day": "2024-05-01", "big": 1e9}


def test_lists_of_every_form_are_opened(folder: Path) -> None:
    objects = manifests.read(folder)
    assert _names(objects) == [("ConfigMap", "odd"), ("ConfigMap", "a"), ("Pod", "b")]
    assert objects[1]["apiVersion"] == "v1"


def test_an_archive_reads_like_its_folder(
    folder: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    archive = tmp_path_factory.mktemp("packed") / "all.tar.xz"
    with tarfile.open(archive, "w:xz") as tar:
        for name, text in reversed(FILES.items()):
            member = tarfile.TarInfo(name)
            member.size = len(text)
            tar.addfile(member, io.BytesIO(text.encode()))
    assert manifests.read(archive) == manifests.read(folder)


def test_an_unreadable_file_is_an_error_unless_it_may_be_noted(folder: Path) -> None:
    (folder / "a" / "template.yaml").write_text("name: {{ .Values.name }}\n  - x")
    with pytest.raises(ValueError, match=r"a/template\.yaml"):
        manifests.read(folder)
    noted: list[str] = []
    assert len(manifests.read(folder, noted)) == 3
    assert noted == ["a/template.yaml"]

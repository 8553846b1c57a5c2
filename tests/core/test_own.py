"""Settings of plugins, and types that a package ships as YAML."""

from __future__ import annotations

import errno
import os
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from k8s_datamodel.api import UsageError, settings
from support.command import ok, run


@dataclass(frozen=True)
class Settings:
    url: str
    seconds: int = 10
    quiet: bool = False
    names: list[str] = field(default_factory=list)
    more: dict[str, Any] | None = None


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("K8S_DATAMODEL_CONFIG_DIR", str(tmp_path))
    path = tmp_path / "settings" / "acme.yaml"
    path.parent.mkdir()
    return path


def test_settings_are_read_into_the_plugins_own_class(file: Path) -> None:
    file.write_text("url: https://x\nnames: [a, b]\nmore: {deep: 1}\n")
    assert settings("acme", Settings) == Settings("https://x", names=["a", "b"], more={"deep": 1})


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("seconds: 1", "acme.yaml:1: the file: needs url"),
        ("url: 7", "acme.yaml:1: url: must be a text, not 7; put it in quotes"),
        ("url: x\nseconds: true", "acme.yaml:2: seconds: must be a whole number, not True"),
        ("url: x\nnames: a", "acme.yaml:2: names: must be a list, not 'a'"),
        ("url: x\nnames:", "acme.yaml:2: names: must be a list, not nothing"),
        ("url: x\nmore: [a]", "acme.yaml:2: more: must be a mapping"),
        ("url: x\nulr: y", "acme.yaml:2: ulr: is no field of this; perhaps url is meant"),
        ("url: x\nurl: y", "acme.yaml:2: url is there twice"),
        ("- url", "acme.yaml:1: the file: must be a mapping"),
        ("url: [", "acme.yaml:"),
    ],
)
def test_wrong_settings_are_told_with_their_line(file: Path, text: str, said: str) -> None:
    file.write_text(text)
    with pytest.raises(UsageError) as told:
        settings("acme", Settings)
    assert str(told.value).startswith("settings of plugin acme: ")
    assert said in str(told.value)


def _link(path: Path) -> None:
    path.symlink_to(path.with_name("nowhere"))


def _other(path: Path) -> None:
    path.with_suffix(".yml").write_text("url: x")


def _circle(path: Path) -> None:
    path.symlink_to(path)


@pytest.mark.parametrize(
    ("made", "said"),
    [
        (Path.mkdir, "is no file: put the settings into a file of this name"),
        (os.mkfifo, "is no file: put the settings into a file of this name"),
        (_other, "is not there, and acme.yml is not read: rename it"),
        (_link, "is a link that leads nowhere: mend or remove it"),
        (_circle, "cannot be read: "),
        (lambda path: path.write_bytes(b"url: \xe9"), "is no YAML: unacceptable character #x00e9"),
    ],
)
def test_what_stands_in_place_of_a_file_of_settings_is_told(
    file: Path, made: Callable[[Path], object], said: str
) -> None:
    made(file)
    with pytest.raises(UsageError) as told:
        settings("acme", Settings)
    assert str(told.value).startswith(f"settings of plugin acme: {file}: {said}")
    assert "\n" not in str(told.value)


def test_a_folder_of_settings_that_may_not_be_searched_is_told(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def denied(path: Path, **how: Any) -> os.stat_result:
        raise PermissionError(errno.EACCES, "Permission denied", str(path))

    monkeypatch.setattr(Path, "stat", denied)
    with pytest.raises(UsageError, match=f"{file}: cannot be read: Permission denied: check"):
        settings("acme", Settings)


def test_without_a_file_there_are_defaults_or_a_clear_word(file: Path) -> None:
    @dataclass(frozen=True)
    class Optional:
        seconds: int = 10

    assert settings("acme", Optional) == Optional()
    with pytest.raises(UsageError, match=r"plugin acme needs settings: .*acme.yaml must give url"):
        settings("acme", Settings)


TYPE = """\
apiVersion: k8s-datamodel/v1
kind: ResourceType
spec:
  {{group: coast.example, version: v1, kind: Buoy, plural: buoys,
    columns: [{{name: {name}, jsonPath: .spec.light, show: table}}]}}
"""

PLUGIN = """\
from pathlib import Path
from k8s_datamodel.api import declared_type, hookimpl

@hookimpl
def register_resource_types():
    return [declared_type(Path(__file__).with_name("buoys.yaml"))]
"""


def test_a_type_that_a_package_ships_is_read_anew_when_its_file_changes(tmp_path: Path) -> None:
    package = tmp_path / "coast"
    package.mkdir()
    (package / "__init__.py").write_text(PLUGIN)
    metadata = tmp_path / "coast-1.0.dist-info"
    metadata.mkdir()
    (metadata / "METADATA").write_text("Metadata-Version: 2.1\nName: coast\nVersion: 1.0\n")
    (metadata / "entry_points.txt").write_text("[k8s_datamodel]\ncoast = coast\n")
    env = {
        "PYTHONPATH": str(tmp_path),
        "K8S_DATAMODEL_NO_EXTERNAL_PLUGINS": "",
        "K8S_DATAMODEL_CACHE_DIR": str(tmp_path / "cache"),
    }
    buoys = package / "buoys.yaml"
    for name in ("light", "colour_of_light"):
        buoys.write_text(TYPE.format(name=name))
        for _ in range(2):  # the second time from the cache
            manifest = b"{apiVersion: coast.example/v1, kind: Buoy, metadata: {name: a}}"
            done = ok("buoy", "list", "-o", "json", "--source", "-", stdin=manifest, **env)
            assert list(done.json[0]) == ["namespace", "name", name]
    buoys.write_text(TYPE.format(name="Light"))
    done = run("plugins", "check", **env)
    assert done.code == 1
    assert f"{buoys}:5: spec.columns[0]: column name must match" in done.out

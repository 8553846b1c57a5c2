"""What plugins registered last time: believed while nothing changed, worth nothing otherwise."""

from __future__ import annotations

import os
import shutil
import stat
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from k8s_datamodel import cli
from k8s_datamodel.cli.commands import database_snapshots
from k8s_datamodel.plugins.cache import Cache
from k8s_datamodel.plugins.config import PluginSettings, cache_dir
from k8s_datamodel.plugins.host import Host
from k8s_datamodel.plugins.registry import Registry
from support.command import run
from support.fake_distributions import FOLDER, hosted, importable, only

GOOD = "Acme.Good/good"

PLUGIN = """\
from k8s_datamodel.api import FormatterSpec, hookimpl

@hookimpl
def register_formatters():
    return (FormatterSpec({name!r}, f"{{__name__}}:Format"),)

class Format:
    pass
"""


@pytest.fixture
def cache(tmp_path: Path) -> Cache:
    return Cache(tmp_path / "cache")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "config" / "plugins").mkdir(parents=True)
    (tmp_path / "config" / "types").mkdir()
    return tmp_path / "config"


@pytest.fixture(autouse=True)
def _importable() -> Iterator[None]:
    with importable():
        yield


def files(tmp_path: Path) -> list[Path]:
    return sorted((tmp_path / "cache").glob("*"))


def write(path: Path, text: str) -> None:
    """Write a file so that it has another time than before, whatever the file system's clock."""
    before = path.stat().st_mtime_ns if path.exists() else 0
    path.write_text(text)
    os.utime(path, ns=(before + 10**9, before + 10**9))


def offered(folder: Path, cache: Cache | None) -> Registry:
    """A registry of the folder's plugins alone, as a new process would make it."""
    with importable():  # forgets modules that were imported
        return Registry(Host.discover(PluginSettings(folder=folder), []), cache=cache)


def test_with_it_the_registry_is_the_same_and_nothing_is_imported(cache: Cache) -> None:
    names = [GOOD, "targets", "returns_none", "import_error", "rival_type"]
    first = Registry(hosted(*names), cache=cache)
    for name in ("acme_good", "hostile.targets", "hostile.returns_none", "hostile"):
        del sys.modules[name]
    second = Registry(hosted(*names), cache=cache)
    assert second.types == first.types
    assert second.formatters == first.formatters
    assert second.storages == first.storages
    assert second.sources == first.sources
    assert second.commands == first.commands
    assert [(p.path, p.state, p.reason) for p in second.plugins] == [
        (p.path, p.state, p.reason) for p in first.plugins
    ]
    for name in ("acme_good", "hostile.targets", "hostile.returns_none"):
        assert name not in sys.modules
    assert second.load_target(second.source("acme"))("request") == "request"


def test_the_command_imports_no_plugin_once_it_knows_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("K8S_DATAMODEL_CACHE_DIR", str(tmp_path))
    program = (
        "import sys; from k8s_datamodel.cli import run\n"
        "run(['--help'])\n"
        "print([m for m in sys.modules if m.startswith('k8s_datamodel_plugins.')], file=sys.stderr)"
    )
    seen = [
        subprocess.run(
            [sys.executable, "-c", program], check=True, capture_output=True, text=True
        ).stderr
        for _ in range(2)
    ]
    assert "k8s_datamodel_plugins.crds" in seen[0]
    assert seen[1].strip() == "[]"


CHECKS = {"plugins.validation", "types.type_checks", "types.selectors"}
"""What only a plugin needs that the cache does not hold."""


@pytest.mark.parametrize(
    ("words", "checks"),
    [
        (["--help"], {*CHECKS, "types.field_checks", "types.jsonpaths"}),
        (["database", "list"], CHECKS),
    ],
)
def test_a_command_imports_no_checks_once_it_knows_the_plugins(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, words: list[str], checks: set[str]
) -> None:
    monkeypatch.setenv("K8S_DATAMODEL_CACHE_DIR", str(tmp_path))
    monkeypatch.setenv("K8S_DATAMODEL_DB", str(tmp_path / "none.db"))
    program = (
        f"import sys; from k8s_datamodel.cli import run; run({words})\n"
        "print(*(m.removeprefix('k8s_datamodel.') for m in sys.modules), file=sys.stderr)"
    )
    seen = [
        subprocess.run(
            [sys.executable, "-c", program], check=True, capture_output=True, text=True
        ).stderr.split()
        for _ in range(2)
    ]
    assert checks <= set(seen[0])
    assert checks.isdisjoint(seen[1])


def test_a_changed_file_is_noticed(folder: Path, cache: Cache) -> None:
    path = folder / "plugins" / "mine.py"
    write(path, PLUGIN.format(name="before"))
    assert list(offered(folder, cache).formatters) == ["before"]
    write(path, PLUGIN.format(name="after"))
    assert list(offered(folder, cache).formatters) == ["after"]


def test_a_changed_file_that_a_plugin_imports_is_noticed(folder: Path, cache: Cache) -> None:
    helper = folder / "plugins" / "_name.py"
    write(helper, "NAME = 'before'")
    text = "from ._name import NAME\n" + PLUGIN.replace("{name!r}", "NAME").format()
    write(folder / "plugins" / "mine.py", text)
    assert list(offered(folder, cache).formatters) == ["before"]
    write(helper, "NAME = 'after'")
    assert list(offered(folder, cache).formatters) == ["after"]


def test_a_changed_file_of_another_package_is_noticed(
    folder: Path, cache: Cache, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.syspath_prepend(tmp_path)
    write(tmp_path / "acme_shared.py", "NAME = 'before'")
    text = "from acme_shared import NAME\n" + PLUGIN.replace("{name!r}", "NAME").format()
    write(folder / "plugins" / "mine.py", text)
    assert list(offered(folder, cache).formatters) == ["before"]
    write(tmp_path / "acme_shared.py", "NAME = 'after'")
    assert list(offered(folder, cache).formatters) == ["after"]


def test_a_plugin_that_came_or_went_is_noticed(folder: Path, cache: Cache) -> None:
    write(folder / "plugins" / "one.py", PLUGIN.format(name="one"))
    offered(folder, cache)
    write(folder / "plugins" / "two.py", PLUGIN.format(name="two"))
    assert list(offered(folder, cache).formatters) == ["one", "two"]
    (folder / "plugins" / "one.py").unlink()
    assert list(offered(folder, cache).formatters) == ["two"]


def test_a_target_in_the_plugins_folder_is_found_without_loading_the_plugin(
    folder: Path, cache: Cache
) -> None:
    write(folder / "plugins" / "mine.py", PLUGIN.format(name="mine"))
    offered(folder, cache)
    registry = offered(folder, cache)
    Host.discover(PluginSettings(folder=folder), [])
    assert registry.load_target(registry.formatter("mine")).__name__ == "Format"


def test_what_is_broken_is_tried_again_each_time(folder: Path, cache: Cache) -> None:
    path = folder / "plugins" / "mine.py"
    write(path, f"from pathlib import Path\nassert Path({str(folder / 'there')!r}).exists()\n")
    with path.open("a") as file:
        file.write(PLUGIN.format(name="mine"))
    assert only(offered(folder, cache), "mine").state == "broken"
    (folder / "there").touch()
    assert only(offered(folder, cache), "mine").state == "active"


def test_what_is_no_plain_data_is_not_kept(folder: Path, cache: Cache, tmp_path: Path) -> None:
    (folder / "plugins" / "mine.py").write_text(
        "from dataclasses import replace\n"
        "from acme_good import TYPE\n"
        "from k8s_datamodel.api import hookimpl\n"
        "def collect(reader):\n"
        "    return ['a record']\n"
        "@hookimpl\n"
        "def register_resource_types():\n"
        "    return (replace(TYPE, collector=collect),)\n"
    )
    for _ in range(2):
        registry = offered(folder, cache)
        assert registry.load_target(registry.type("widgets"))(None) == ["a record"]
    assert files(tmp_path) == []


def test_declared_types_are_kept_and_yaml_is_not_imported(
    folder: Path, cache: Cache, monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder / "types" / "mine.yaml").write_text(
        "apiVersion: k8s-datamodel/v1\nkind: ResourceType\n"
        "spec: {version: v1, kind: Thing, plural: things, columns: [\n"
        "  {name: size, jsonPath: '.spec.sizes[?(@>1)]', type: json}]}\n"
    )
    first = offered(folder, cache)
    monkeypatch.delitem(sys.modules, "k8s_datamodel.plugins.typefiles")
    second = offered(folder, cache)
    assert "k8s_datamodel.plugins.typefiles" not in sys.modules
    assert second.types == first.types


def truncated(content: bytes) -> bytes:
    return content[:-20]


def swapped(content: bytes) -> bytes:
    return content.replace(b'"mine"', b'"evil"')


@pytest.mark.parametrize(
    "spoil",
    [
        truncated,
        swapped,
        lambda content: b"",
        lambda content: b"\xff\xfe",
        lambda content: resealed(b"[]"),
        lambda content: resealed(b'{"(file)/mine": 7}'),
        lambda content: resealed(b'{"(file)/mine": [[{"": "Popen", "args": "x"}], {}]}'),
        lambda content: resealed(b'{"(file)/mine": [[{"": "FormatterSpec", "no": 1}], {}]}'),
        lambda content: resealed(b'{"(file)/mine": [[{"name": "x"}], {}]}'),
    ],
)
def test_a_spoilt_cache_is_as_if_there_were_none(
    folder: Path, cache: Cache, tmp_path: Path, spoil: Callable[[bytes], bytes]
) -> None:
    write(folder / "plugins" / "mine.py", PLUGIN.format(name="mine"))
    offered(folder, cache)
    [path] = files(tmp_path)
    whole = path.read_bytes()
    path.write_bytes(spoil(whole))
    assert list(offered(folder, cache).formatters) == ["mine"]
    assert path.read_bytes() == whole, "it is made again"


def resealed(content: bytes) -> bytes:
    import hashlib

    return hashlib.sha256(content).hexdigest().encode() + b"\n" + content


def test_a_cache_that_others_may_write_is_not_believed(
    folder: Path, cache: Cache, tmp_path: Path
) -> None:
    write(folder / "plugins" / "mine.py", PLUGIN.format(name="mine"))
    offered(folder, cache)
    [path] = files(tmp_path)
    path.write_bytes(
        resealed(path.read_bytes().partition(b"\n")[2].replace(b'"name":"mine"', b'"name":"evil"'))
    )
    assert list(offered(folder, cache).formatters) == ["evil"], "else this shows nothing"
    path.chmod(0o666)
    assert list(offered(folder, cache).formatters) == ["mine"]


def test_it_is_for_its_owner_only(folder: Path, cache: Cache, tmp_path: Path) -> None:
    write(folder / "plugins" / "mine.py", PLUGIN.format(name="mine"))
    offered(folder, cache)
    [path] = files(tmp_path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


def test_where_it_cannot_be_written_nothing_is_lost(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "cache").write_text("a file where the folder should be")
    write(folder / "plugins" / "mine.py", PLUGIN.format(name="mine"))
    for _ in range(2):
        assert list(offered(folder, Cache(tmp_path / "cache")).formatters) == ["mine"]


def test_a_changed_file_of_the_host_is_noticed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    core = tmp_path / "core"
    shutil.copytree(Path(cli.__file__).parents[1], core / "k8s_datamodel")
    monkeypatch.setenv("PYTHONPATH", str(core))
    monkeypatch.setenv("K8S_DATAMODEL_CACHE_DIR", str(tmp_path / "cache"))
    program = (
        "import sys; from k8s_datamodel import cli; cli.run(['--help']); assert 0, sys.modules"
    )

    def asked() -> bool:
        done = subprocess.run([sys.executable, "-c", program], capture_output=True, check=False)
        assert str(core).encode() in done.stderr, "else it was not the copy"
        return b"k8s_datamodel_plugins.crds" in done.stderr

    assert (asked(), asked()) == (True, False)
    write(
        core / "k8s_datamodel" / "cli" / "database.py",
        Path(database_snapshots.__file__).read_text() + "#",
    )
    assert asked()


def test_the_host_may_be_in_an_archive(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shutil.copytree(Path(cli.__file__).parents[1], tmp_path / "core" / "k8s_datamodel")
    archive = shutil.make_archive(str(tmp_path / "host"), "zip", tmp_path / "core")
    monkeypatch.setenv("PYTHONPATH", archive)
    monkeypatch.setenv("K8S_DATAMODEL_CACHE_DIR", str(tmp_path / "cache"))
    program = "from k8s_datamodel import cli; assert '.zip' in cli.__file__; exit(cli.run(['-h']))"
    for _ in range(2):
        done = subprocess.run([sys.executable, "-c", program], capture_output=True, check=True)
        assert b"  crd " in done.stdout


def test_who_was_refused_is_not_kept(folder: Path, cache: Cache) -> None:
    write(folder / "plugins" / "first.py", PLUGIN.format(name="other"))
    write(folder / "plugins" / "second.py", PLUGIN.format(name="one"))
    assert list(offered(folder, cache).formatters) == ["other", "one"]
    write(folder / "plugins" / "first.py", PLUGIN.format(name="one"))
    for _ in range(2):
        assert only(offered(folder, cache), "second").state == "duplicate"


def test_only_the_newest_are_kept(folder: Path, cache: Cache, tmp_path: Path) -> None:
    for number in range(12):
        write(folder / "plugins" / f"p{number}.py", PLUGIN.format(name=f"p{number}"))
        offered(folder, cache)
        assert len(files(tmp_path)) == min(number + 1, 8)


def test_tracing_asks_every_plugin(
    folder: Path, cache: Cache, capsys: pytest.CaptureFixture[str]
) -> None:
    write(folder / "plugins" / "mine.py", PLUGIN.format(name="mine"))
    for _ in range(2):
        with importable():
            Registry(Host.discover(PluginSettings(folder=folder, trace=True), []), cache=cache)
    assert capsys.readouterr().err.count("(file)/mine register_formatters() returned") == 2


def test_the_folder_is_what_the_variable_says_else_where_the_system_keeps_such(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    home = Path.home()
    assert cache_dir({"K8S_DATAMODEL_CACHE_DIR": "/var/k"}) == Path("/var/k")
    assert cache_dir({"XDG_CACHE_HOME": "/xdg"}) == Path("/xdg/k8s-datamodel")
    assert cache_dir({"XDG_CACHE_HOME": "relative"}) == home / ".cache/k8s-datamodel"
    monkeypatch.setattr(sys, "platform", "win32")
    assert cache_dir({"LOCALAPPDATA": "/me/Local"}) == Path("/me/Local/k8s-datamodel")


def test_reporting_on_plugins_loads_them_whatever_is_kept(tmp_path: Path) -> None:
    shutil.copytree(FOLDER / "hostile", tmp_path / "hostile")
    shutil.copy(FOLDER / "acme_parts.py", tmp_path)
    dist = tmp_path / "hostile-6.6.6.dist-info"
    shutil.copytree(FOLDER / dist.name, dist)
    (dist / "entry_points.txt").write_text("[k8s_datamodel]\nprints = hostile.prints\n")
    environment: dict[str, Any] = {
        "PYTHONPATH": str(tmp_path),
        "K8S_DATAMODEL_NO_EXTERNAL_PLUGINS": "0",
        "K8S_DATAMODEL_CACHE_DIR": str(tmp_path / "cache"),
    }
    assert "printed" in run("--help", **environment).err
    assert "printed" not in run("--help", **environment).err
    assert "printed" in run("plugins", "list", **environment).err

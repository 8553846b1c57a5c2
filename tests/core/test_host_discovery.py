"""Finding plugins: by metadata alone, in an order that nothing outside can change."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from importlib.metadata import distributions
from pathlib import Path

import pytest

from k8s_datamodel.base.errors import PluginError, UsageError
from k8s_datamodel.plugins.config import PluginSettings
from k8s_datamodel.plugins.finders import installed
from k8s_datamodel.plugins.host import Host
from k8s_datamodel.plugins.registry import Registry
from support.fake_distributions import (
    FOLDER,
    builtin_points,
    fake_points,
    hosted,
    importable,
    only,
    points_of,
)

GOOD = "Acme.Good/good"


@pytest.fixture(autouse=True)
def _importable() -> Iterator[None]:
    with importable():
        yield


def states(host: Host | Registry) -> dict[str, str]:
    return {plugin.path: plugin.state for plugin in host.plugins}


def test_metadata_tells_name_version_and_module_and_nothing_is_imported() -> None:
    host = hosted(GOOD)
    [plugin] = [p for p in host.plugins if not p.builtin]
    assert (plugin.name, plugin.distribution, plugin.version) == ("good", "acme-good", "1.2")
    assert (plugin.value, plugin.kind, plugin.state) == ("acme_good", "installed", "found")
    assert "acme_good" not in sys.modules
    assert {p.distribution for p in host.plugins if p.builtin} == {"k8s-datamodel"}


def test_built_ins_come_first_and_the_rest_by_name_whatever_the_order_found() -> None:
    points = [*fake_points(), *builtin_points()]
    host, reversed_host = (
        Host.discover(entry_points=points),
        Host.discover(entry_points=points[::-1]),
    )
    assert [p.path for p in host.plugins] == [p.path for p in reversed_host.plugins]
    assert states(host) == states(reversed_host)
    builtin = [p.builtin for p in host.plugins]
    assert builtin == sorted(builtin, reverse=True)
    names = [p.name for p in host.plugins if not p.builtin]
    assert names == sorted(names)


def test_two_copies_of_one_distributions_metadata_count_once() -> None:
    host = Host.discover(entry_points=[*fake_points(GOOD), *fake_points(GOOD)])
    assert states(host) == {"acme-good/good": "found"}


def test_of_two_with_one_name_the_second_is_a_duplicate_and_both_are_named() -> None:
    registry = Registry(hosted("rival/good", GOOD, "rival/crds"))
    assert states(registry)["acme-good/good"] == "active"
    assert states(registry)["k8s-datamodel/crds"] == "active"
    assert only(registry, "crds").state == "duplicate"
    for problem, distributions_ in (
        (registry.problems[0], ("k8s-datamodel 0.1.0", "rival 2.0")),
        (registry.problems[1], ("acme-good 1.2", "rival 2.0")),
    ):
        assert all(name in problem for name in distributions_)
    assert "rival" not in sys.modules, "a duplicate is not imported"


def test_whom_the_user_disables_leaves_the_name_to_others() -> None:
    settings = PluginSettings(disabled={"acme-good/good": "disabled by me"})
    registry = Registry(hosted("rival/good", GOOD, settings=settings))
    assert states(registry)["rival/good"] == "active"
    disabled = next(p for p in registry.plugins if p.distribution == "acme-good")
    assert (disabled.state, disabled.reason) == ("disabled", "disabled by me")
    assert not registry.problems


def test_a_built_in_can_be_disabled_and_is_not_imported(tmp_path: Path) -> None:
    program = (
        "import sys; from support.fake_distributions import *\n"
        "host = hosted(settings=PluginSettings(disabled={'crds': 'x'}))\n"
        "registry = Registry(Host([each for each in host.plugins if each.builtin]))\n"
        "assert 'crds' not in [t.name for t in registry.types]\n"
        "assert 'k8s_datamodel_plugins.crds' not in sys.modules\n"
        "assert 'csvs' in [t.name for t in registry.types]\n"
    )
    subprocess.run([sys.executable, "-c", program], check=True, env=process_environment())


def test_without_external_plugins_only_the_built_ins_are_loaded(tmp_path: Path) -> None:
    (tmp_path / "plugins").mkdir()
    (tmp_path / "plugins" / "mine.py").write_text("raise SystemExit")
    host = hosted(GOOD, settings=PluginSettings(external=False, folder=tmp_path))
    registry = Registry(host)
    assert {p.state for p in registry.plugins if p.builtin} == {"active"}
    assert {p.state for p in registry.plugins if not p.builtin} == {"disabled"}
    assert [p.name for p in registry.plugins if not p.builtin] == ["good", "mine"]
    assert "acme_good" not in sys.modules
    assert not registry.problems


def test_a_strict_host_refuses_to_go_on() -> None:
    Registry(hosted(GOOD, settings=PluginSettings(strict=True))).insist()
    registry = Registry(hosted("import_error", "rival/crds", settings=PluginSettings(strict=True)))
    with pytest.raises(PluginError) as caught:
        registry.insist()
    assert "import_error of hostile 6.6.6 is broken" in str(caught.value)
    assert "crds of rival 2.0 is duplicate" in str(caught.value)
    Registry(hosted("import_error")).insist()


def test_a_plugin_is_found_by_name_or_with_its_distribution() -> None:
    host = hosted(GOOD, "rival/good")
    assert host.find("good").distribution == "acme-good"
    assert host.find("rival/good").distribution == "rival"
    with pytest.raises(UsageError, match="no plugin 'goood'; there are: good"):
        host.find("goood")


def test_modules_of_the_plugins_folder_are_plugins_and_can_be_pointed_to(tmp_path: Path) -> None:
    folder = tmp_path / "plugins"
    folder.mkdir()
    (folder / "_shared.py").write_text("FORMAT = 'acme_parts:Format'\n")
    (folder / "mine.py").write_text(
        "from k8s_datamodel.api import FormatterSpec, SourceSpec, hookimpl\n"
        "from ._shared import FORMAT\n"
        "@hookimpl\n"
        "def register_formatters():\n"
        "    return (FormatterSpec('mine', FORMAT),)\n"
        "@hookimpl\n"
        "def register_sources():\n"
        "    return (SourceSpec('mine', f'{__name__}:open_source'),)\n"
        "def open_source(request):\n"
        "    return 'opened'\n"
    )
    (folder / "wrong.py").write_text("x = 1\ny = x +\n")
    (folder / "notes.txt").write_text("no plugin")
    registry = Registry(Host.discover(PluginSettings(folder=tmp_path), []))

    mine, wrong = registry.plugins
    assert (mine.name, mine.distribution, mine.kind, mine.state) == (
        "mine",
        "(file)",
        "module",
        "active",
    )
    assert registry.load_target(registry.source("mine"))(None) == "opened"
    assert (wrong.state, wrong.location) == ("broken", f"{folder / 'wrong.py'}:2")
    assert registry.problems[0].startswith(f"plugin wrong of {folder / 'wrong.py'} is broken")


def test_another_plugins_folder_has_other_modules(tmp_path: Path) -> None:
    for name in ("one", "two"):
        folder = tmp_path / name / "plugins"
        folder.mkdir(parents=True)
        (folder / "same.py").write_text(
            "from k8s_datamodel.api import FormatterSpec, hookimpl\n"
            "@hookimpl\n"
            "def register_formatters():\n"
            f"    return (FormatterSpec({name!r}, 'acme_parts:Format'),)\n"
        )
        registry = Registry(Host.discover(PluginSettings(folder=tmp_path / name), []))
        assert list(registry.formatters) == [name]


def test_a_type_may_hold_its_collector_itself(tmp_path: Path) -> None:
    from acme_good import TYPE

    folder = tmp_path / "plugins"
    folder.mkdir()
    (folder / "mine.py").write_text(
        "from dataclasses import replace\n"
        "from acme_good import TYPE\n"
        "from k8s_datamodel.api import hookimpl\n"
        "def collect(reader):\n"
        "    return ['a record']\n"
        "@hookimpl\n"
        "def register_resource_types():\n"
        "    return (replace(TYPE, collector=collect),)\n"
    )
    registry = Registry(Host.discover(PluginSettings(folder=tmp_path), []))
    assert registry.load_target(registry.type(TYPE.name))(None) == ["a record"]


def test_one_distribution_with_unreadable_metadata_costs_nobody_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("acme_good-1.2", "hostile-6.6.6"):
        shutil.copytree(FOLDER / f"{name}.dist-info", tmp_path / f"{name}.dist-info")
    (tmp_path / "hostile-6.6.6.dist-info" / "entry_points.txt").write_bytes(
        b"[k8s_datamodel]\nx = \xff\xfe\n"
    )
    (tmp_path / "acme_good-1.2.dist-info" / "METADATA").unlink()
    monkeypatch.setattr(sys, "path", [str(tmp_path)])
    assert [(p.name, p.distribution) for p in installed()] == [("good", "(unknown)")]


def test_of_two_versions_on_the_path_the_first_counts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for version in ("1.2", "0.9"):
        folder = tmp_path / version / f"acme_good-{version}.dist-info"
        shutil.copytree(FOLDER / "acme_good-1.2.dist-info", folder)
        metadata = folder / "METADATA"
        metadata.write_text(metadata.read_text().replace("1.2", version))
        points = "[k8s_datamodel]\ngood = acme_good\n" + "old = acme_old\n" * (version == "0.9")
        (folder / "entry_points.txt").write_text(points)
    monkeypatch.setattr(sys, "path", [str(tmp_path / "0.9"), str(tmp_path / "1.2")])
    assert [(p.name, p.version) for p in installed()] == [("good", "0.9"), ("old", "0.9")]
    monkeypatch.setattr(sys, "path", [str(tmp_path / "1.2"), str(tmp_path / "0.9")])
    assert [(p.name, p.version) for p in installed()] == [("good", "1.2")]


def test_an_entry_point_left_from_an_older_installation_is_broken_and_says_what_to_do() -> None:
    [found] = [d for d in distributions(path=[str(FOLDER)]) if d.name == "Acme.Good"]
    stale = points_of(found)[0]._replace(name="gone", value="acme_gone")
    registry = Registry(Host.discover(entry_points=[*points_of(found), stale]))
    gone = only(registry, "gone")
    assert gone.state == "broken"
    assert "No module named 'acme_gone'" in gone.reason
    assert "install the plugin again" in gone.reason
    assert only(registry, "good").state == "active"


def test_the_installed_entry_points_are_those_of_the_project_file() -> None:
    text = Path(__file__).parents[2].joinpath("pyproject.toml").read_text()
    section = text.partition("[project.entry-points.k8s_datamodel]\n")[2].partition("\n\n")[0]
    declared = {line.partition(" = ")[0] for line in section.splitlines()}
    assert {point.name for point in builtin_points()} == declared, "install the project again"


def test_tracing_tells_each_call_on_stderr(capsys: pytest.CaptureFixture[str]) -> None:
    Registry(hosted(GOOD, settings=PluginSettings(trace=True)))
    out, err = capsys.readouterr()
    assert out == ""
    assert "trace: acme-good/good register_formatters() returned in " in err
    assert "trace: k8s-datamodel/crds register_resource_types() returned in " in err
    assert "crds register_formatters" not in err, "hooks that are not there are not called"


def test_updating_one_plugin_leaves_the_others() -> None:
    host = hosted(GOOD, "returns_none")
    before = states(host)
    host.update(replace(host.find("good"), state="active"))
    assert states(host) == {**before, "acme-good/good": "active"}


def test_a_fresh_process_loads_all_and_imports_nothing_heavy() -> None:
    program = (
        "import json, sys\n"
        "from support.fake_distributions import *\n"
        "registry = Registry(hosted())\n"
        "heavy = {'kubernetes', 'dataset', 'sqlalchemy', 'rich', 'yaml', 'jsonpath'}\n"
        "print(json.dumps({\n"
        "    'states': {p.path: p.state for p in registry.plugins},\n"
        "    'heavy': sorted(heavy & set(sys.modules)),\n"
        "    'types': [t.name for t in registry.types]}))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program],
        check=True,
        env=process_environment(),
        capture_output=True,
        text=True,
    )
    told = json.loads(done.stdout)
    assert told["heavy"] == []
    assert {"crds", "operators", "csvs", "widgets"} <= set(told["types"])
    assert told["states"]["hostile/exits"] == "broken"
    assert "printed" in done.stderr


def process_environment() -> dict[str, str]:
    paths = [str(FOLDER), str(FOLDER.parents[1]), os.environ.get("PYTHONPATH", "")]
    return {**os.environ, "PYTHONPATH": os.pathsep.join(paths)}

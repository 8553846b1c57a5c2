"""No command writes over what the user reads, whatever it is called."""

from __future__ import annotations

import os
import shutil
from dataclasses import dataclass
from pathlib import Path

import pytest

from seed import sample
from support.command import Done
from support.forked import Forked

KUBECONFIG = "contexts: [{name: prod}]\n"

WRITES = {
    "database export": ("database", "export", "latest", "-o", "json", "--file"),
    "database export-all": ("database", "export-all", "-o", "yaml", "--file"),
    "database backup": ("database", "backup"),
    "cluster export": ("cluster", "export", "-o", "json", "--file"),
    "cluster rbac": ("cluster", "rbac", "--all-groups", "-o", "json", "--file"),
    "crd diagram": ("crd", "diagram", "--file"),
    "crd export-all": ("crd", "export-all", "--file"),
}
"""Every command that takes a file to write."""

READS = {
    "the database": "inventory.db",
    "its journal": "inventory.db-journal",
    "its log": "inventory.db-wal",
    "the source": "source/crds/others.yaml",
    "a kubeconfig": "first.kubeconfig",
    "another kubeconfig": "second.kubeconfig",
    "the configuration": "config/settings/acme.yaml",
}


@dataclass(frozen=True)
class World:
    command: Forked
    folder: Path

    def run(self, *arguments: object, **env: str) -> Done:
        config = ":".join(str(self.folder / READS[f"{n} kubeconfig"]) for n in ("a", "another"))
        variables = {
            "KUBECONFIG": config,
            "K8S_DATAMODEL_CONFIG_DIR": str(self.folder / "config"),
            "K8S_DATAMODEL_DB": str(self.folder / "inventory.db"),
            "K8S_DATAMODEL_SOURCE": str(self.folder / "source"),
            **env,
        }
        return self.command.run(*arguments, **variables)

    def contents(self) -> dict[Path, bytes]:
        return {path: path.read_bytes() for path in self.folder.rglob("*") if path.is_file()}

    def refuses(self, what: str, *arguments: object, **env: str) -> None:
        before = self.contents()
        done = self.run(*arguments, **env)
        assert (done.code, done.out) == (2, ""), done
        assert done.err.count("\n") == 1
        assert what in done.err
        assert self.contents() == before


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory, command: Forked) -> Path:
    folder = tmp_path_factory.mktemp("made")
    (folder / "source").mkdir()
    shutil.copytree(sample.FOLDER / "before" / "crds", folder / "source" / "crds")
    for name in ("first", "second"):
        (folder / f"{name}.kubeconfig").write_text(KUBECONFIG)
    (folder / "config" / "settings").mkdir(parents=True)
    (folder / READS["the configuration"]).write_text("url: https://x\n")
    db = folder / "inventory.db"
    command.ok("database", "store", "--source", folder / "source", "--db-path", db)
    return folder


@pytest.fixture
def world(made: Path, tmp_path: Path, command: Forked) -> World:
    folder = tmp_path / "world"
    shutil.copytree(made, folder)
    return World(command, folder)


@pytest.mark.parametrize("read", READS)
@pytest.mark.parametrize("write", WRITES)
def test_what_is_read_is_no_output(world: World, write: str, read: str) -> None:
    world.refuses("name", *WRITES[write], world.folder / READS[read])


@pytest.mark.parametrize("read", [name for name in READS if not name.startswith("its")])
@pytest.mark.parametrize("spelling", ["link", "hard link", "through a linked folder", "dots"])
def test_nor_under_another_name(world: World, read: str, spelling: str, tmp_path: Path) -> None:
    path = world.folder / READS[read]
    if spelling == "link":
        name = tmp_path / "link"
        name.symlink_to(path)
    elif spelling == "hard link":
        name = tmp_path / "hard"
        name.hardlink_to(path)
    elif spelling == "dots":
        name = path.parent / ".." / path.parent.name / path.name
    else:
        (tmp_path / "linked").symlink_to(path.parent)
        name = tmp_path / "linked" / path.name
    world.refuses("name", *WRITES["cluster export"], name)


def test_what_is_read_under_a_link_is_its_target(world: World, tmp_path: Path) -> None:
    links = {}
    for name in ("inventory.db", "source", "first.kubeconfig"):
        links[name] = tmp_path / f"linked-{name}"
        links[name].symlink_to(world.folder / name)
    env = {
        "K8S_DATAMODEL_DB": str(links["inventory.db"]),
        "K8S_DATAMODEL_SOURCE": str(links["source"]),
        "KUBECONFIG": str(links["first.kubeconfig"]),
    }
    for read in ("the database", "the source", "a kubeconfig", "its journal"):
        world.refuses("name", *WRITES["cluster export"], world.folder / READS[read], **env)


def test_a_folder_of_files_is_not_written_over_the_source(world: World) -> None:
    folder = world.folder / "source"
    (folder / "README.md").write_text("ours")
    world.refuses("this is the source", "crd", "export-all", "--directory", folder)


def test_a_source_in_one_file_and_a_kubeconfig_that_is_named(world: World) -> None:
    source = world.folder / READS["the source"]
    file = ("crd", "export-all", "--source", source, "--file")
    world.refuses("this is the source", *file, source)
    config = world.folder / "third"
    config.write_text(KUBECONFIG)
    world.refuses("this is a kubeconfig", *file, config, K8S_DATAMODEL_KUBECONFIG=str(config))


def test_new_files_and_others_are_written(world: World, tmp_path: Path) -> None:
    existing = tmp_path / "existing.json"
    existing.write_text("{}")
    for file in (existing, world.folder / "source" / "new.json", tmp_path / "new.json"):
        assert world.run(*WRITES["cluster export"], file).code in (0, 3)
        assert file.stat().st_size > 100


def test_a_backup_is_never_a_pipe_or_a_device(world: World, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "link").symlink_to(tmp_path / "pipe")
    for place in (tmp_path / "pipe", tmp_path / "link", "/dev/null", "/dev/stdout", tmp_path):
        world.refuses("a regular file of its own", "database", "backup", place)


@pytest.mark.parametrize(
    ("name", "begins"),
    [("x.json", "{"), ("x.YAML", "snapshot:"), ("x.yml", "snapshot:"), ("x", "{"), ("x.", "{")],
)
def test_a_suffix_chooses_the_format(world: World, tmp_path: Path, name: str, begins: str) -> None:
    file = tmp_path / name
    assert world.run("database", "export", "latest", "--file", file).code == 0
    assert file.read_text().startswith(begins)


@pytest.mark.parametrize("suffix", [".xlsx", ".pdf", ".jsn", ".2024-03-15"])
@pytest.mark.parametrize(
    "write",
    [
        ("database", "export", "latest"),
        ("database", "export-all"),
        ("cluster", "export"),
        ("cluster", "rbac", "--all-groups"),
        ("crd", "export-all"),
        ("crd", "diagram"),
    ],
)
def test_an_unknown_suffix_is_no_format(
    world: World, tmp_path: Path, write: tuple[str, ...], suffix: str
) -> None:
    file = tmp_path / f"report{suffix}"
    world.refuses("no format has the suffix", *write, "--file", file)
    assert not file.exists()
    assert world.run(*write, "--file", file, "-o", "json").code in (0, 3)
    assert file.read_text()[0] in "[{"


@pytest.mark.parametrize(
    ("write", "name", "begins"),
    [
        (("crd", "export-all"), "x.json", "["),
        (("crd", "export-all"), "x.md", "# "),
        (("crd", "export-all"), "x", "# "),
        (("crd", "diagram"), "x.json", "["),
        (("crd", "diagram"), "x.mmd", "classDiagram"),
        (("crd", "diagram"), "x", "classDiagram"),
        (("cluster", "rbac", "--all-groups"), "x.json", "{"),
        (("cluster", "rbac", "--all-groups"), "x", "apiVersion:"),
    ],
)
def test_a_format_of_ones_own_has_suffixes_too(
    world: World, tmp_path: Path, write: tuple[str, ...], name: str, begins: str
) -> None:
    file = tmp_path / name
    assert world.run(*write, "--file", file).code in (0, 3)
    assert file.read_text().lstrip().startswith(begins)


def test_markdown_is_no_format_of_a_snapshot(world: World, tmp_path: Path) -> None:
    for write in ("database export", "cluster export"):
        command = [word for word in WRITES[write] if word not in ("-o", "json")]
        world.refuses("no format has the suffix .md", *command, tmp_path / "x.md")


def test_devices_are_json(world: World) -> None:
    done = world.run("database", "export", "latest", "--file", "/dev/stdout")
    assert (done.code, done.out[0], done.err) == (0, "{", "")

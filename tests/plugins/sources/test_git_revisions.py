"""A git repository at a revision: what was committed, when, and what is not to be had."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from k8s_datamodel.api import SourceError, SourceRequest
from k8s_datamodel_plugins.sources import revisions
from k8s_datamodel_plugins.sources.dump.files import git_trees
from support.opened import CONFIGMAPS, Opened, configmap, stored, write

SAMPLE = Path(__file__).parents[3] / "docs" / "sample-cluster" / "before"
WHEN = "2024-03-01T10:00:00 +0200"
SECRET = "hunter2"


def git(folder: Path, *arguments: str) -> str:
    who = {"GIT_AUTHOR_NAME": "a", "GIT_AUTHOR_EMAIL": "a@b", "GIT_AUTHOR_DATE": WHEN}
    who |= {name.replace("AUTHOR", "COMMITTER"): value for name, value in who.items()}
    environment = {**os.environ, **who, "GIT_CONFIG_GLOBAL": os.devnull}
    ran = subprocess.run(
        ["git", "-C", str(folder), *arguments],
        env=environment,
        check=True,
        capture_output=True,
        text=True,
    )
    return ran.stdout.strip()


POINTER = "version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 1\n"


@pytest.fixture(scope="module")
def repository(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two commits, the first with the tag v1; the work tree has what neither has."""
    top = tmp_path_factory.mktemp("git") / "fleet"
    files = {
        "deploy/a.yaml": configmap("a", v="one"),
        "deploy/deep/b.yaml": configmap("b"),
        "other.yaml": configmap("other"),
        ".gitattributes": "deploy/deep export-ignore\n*.yaml export-subst\n",
        "deploy/lfs.yaml": POINTER,
        "deploy/broken.yaml": "a: [\n",
        "deploy/wide-ünï.yaml": configmap("wide"),
    }
    write(top, dict(files))
    links = {"inside": "a.yaml", "up": "../other.yaml", "nowhere": "gone", "folder": "deep"}
    for name, target in links.items():
        (top / "deploy" / name).symlink_to(target)
    git(top, "init", "-q")
    git(top, "add", "-A")
    git(top, "update-index", "--add", "--cacheinfo", f"160000,{'1' * 40},deploy/module")
    git(top, "commit", "-qm", "one")
    git(top, "tag", "v1")
    write(top, {"deploy/a.yaml": configmap("a", v="two"), "bad/x": "no object"})
    git(top, "add", "-A")
    git(top, "commit", "-qm", "two")
    write(top, {"deploy/a.yaml": configmap("a", v="not committed")})
    return top


def opened(repository: Path, query: str) -> Opened:
    return Opened(f"git+file://{repository}{query}", CONFIGMAPS, factory=revisions.open_source)


def refused(location: str) -> str:
    with pytest.raises(SourceError) as caught:
        revisions.open_source(SourceRequest(location, resources=(CONFIGMAPS,)))
    return str(caught.value)


@pytest.mark.parametrize(
    ("query", "names", "value"),
    [
        ("", ["a", "b", "other", "wide"], "two"),
        ("?ref=v1", ["a", "b", "other", "wide"], "one"),
        ("?ref=HEAD~1&dir=deploy", ["a", "b", "wide"], "one"),
        ("?dir=./deploy/", ["a", "b", "wide"], "two"),
    ],
)
def test_what_was_committed(repository: Path, query: str, names: list[str], value: str) -> None:
    found = opened(repository, query).objects()
    assert [each["metadata"]["name"] for each in found] == names
    assert found[0]["data"] == {"v": value}


def test_its_time_name_and_ledger(repository: Path) -> None:
    there = opened(repository, "?ref=v1&dir=deploy")
    assert (there.info.context, there.info.source) == ("deploy", "file")
    assert there.info.source_timestamp == "2024-03-01 08:00:00"
    assert opened(repository, "").info.context == "fleet"
    assert there.ledger[0].outcome.reason == f"v1 is commit {git(repository, 'rev-parse', 'v1')}"
    assert there.entries("skipped") == {
        "folder and 1 more": "a link is not followed",
        "nowhere": "a link that leads nowhere",
    }
    failed = there.entries("failed")
    assert "while parsing" not in failed.pop("broken.yaml")
    assert {name: reason.partition(":")[0] for name, reason in failed.items()} == {
        "lfs.yaml": "a Git LFS pointer",
        "module": "a submodule",
        "up": "a link that leads out of the folder is not followed; copy what it leads to",
    }


@pytest.mark.parametrize("form", ["folder", "tar", "zip", "git"])
def test_a_pointer_of_git_lfs_is_told_in_every_form(tmp_path: Path, form: str) -> None:
    top = tmp_path / "fleet"
    files = {"lfs.yaml": POINTER, "dump.tar.gz": POINTER, "none": POINTER, "logo.png": POINTER}
    write(top, {"a.yaml": configmap("a"), **files})
    if form == "git":
        for command in (["init", "-q"], ["add", "-A"], ["commit", "-qm", "one"]):
            git(top, *command)
        there = opened(top, "")
    elif form == "folder":
        there = Opened(top)
    else:
        there = Opened(shutil.make_archive(str(tmp_path / "fleet"), form, top))
    failed = there.entries("failed")
    assert {Path(name).name for name in failed} == files.keys() - {"logo.png"}
    assert all("a Git LFS pointer" in reason for reason in failed.values())
    assert there.names() == ["a"]
    assert there.outcome().status == "partial"


def test_a_pointer_of_git_lfs_alone_is_refused(tmp_path: Path) -> None:
    write(tmp_path, {"chart.png": POINTER})
    with pytest.raises(SourceError, match=r"1 not readable: chart\.png: a Git LFS pointer"):
        Opened(tmp_path / "chart.png")


def test_it_is_stored_as_of_the_commit(tmp_path: Path) -> None:
    crds = SAMPLE / "crds"
    files = {"deploy/crd.yaml": crds / "sailings.yaml", "other.yaml": crds / "others.yaml"}
    write(tmp_path / "fleet", {name: path.read_text("utf-8") for name, path in files.items()})
    for command in (["init", "-q"], ["add", "-A"], ["commit", "-qm", "one"]):
        git(tmp_path / "fleet", *command)
    row, ledger = stored(tmp_path / "x.db", f"git+file://{tmp_path}/fleet?ref=HEAD&dir=deploy")
    assert (row["cluster_context"], row["source_timestamp"]) == ("deploy", "2024-03-01 08:00:00")
    assert (row["crd_count"], row["instance_count"], row["operator_count"]) == (1, None, None)
    named = next(each for read, each in ledger.items() if read.startswith("git+file://"))
    commit = git(tmp_path / "fleet", "rev-parse", "HEAD")
    assert (named["status"], named["reason"]) == ("complete", f"HEAD is commit {commit}")
    for read in (
        "instances (count)",
        "deployments.apps",
        "clusterserviceversions.operators.coreos.com",
    ):
        assert ledger[read]["status"] == "skipped"


def test_nothing_is_written(repository: Path) -> None:
    before = {path: path.lstat().st_mtime_ns for path in repository.rglob("*")}
    opened(repository, "?ref=v1")
    assert {path: path.lstat().st_mtime_ns for path in repository.rglob("*")} == before


def test_a_bare_repository_and_its_folder(repository: Path, tmp_path: Path) -> None:
    git(tmp_path, "clone", "-q", "--bare", str(repository), "mirror.git")
    there = opened(tmp_path / "mirror.git", "?ref=v1")
    assert (there.info.context, len(there.names())) == ("mirror", 4)
    assert opened(repository / ".git", "?ref=v1").info.context == "fleet"


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("?ref=v9", "has no revision v9"),
        ("?ref=v1..HEAD", "has no revision v1..HEAD"),
        ("?ref=HEAD:other.yaml", "has no revision"),
        ("?dir=no", "has no folder no at HEAD"),
        ("?dir=other.yaml", "has no folder other.yaml at HEAD"),
        ("?dir=bad", "bad at HEAD holds no Kubernetes object (one file looked at)"),
        ("?dir=../..", "dir=../.. leads out of the repository"),
        ("?dir=/etc", "dir=/etc leads out of the repository"),
        ("?ref=--output=/tmp/x", "begins with no -"),
        ("?ref=v1%00", "no control characters"),
        ("?ref=a%0Ab", "no control characters"),
        ("?ref=v1&ref=v2", "each once"),
        ("?branch=v1", "takes ref, dir and bundle"),
        ("/deploy", "is no git repository that can be read"),
        ("/gone", "there is no folder"),
        ("/other.yaml", "there is no folder"),
    ],
)
def test_what_is_not_there(repository: Path, query: str, said: str) -> None:
    assert said in refused(f"git+file://{repository}{query}")


@pytest.mark.parametrize(
    "location",
    [
        f"git+https://me:{SECRET}@example.com/x.git?ref=v1",
        f"git+ssh://me:{SECRET}@example.com/x",
        f"git://me:{SECRET}@example.com/x",
        f"git+file://me:{SECRET}@example.com/x?ref=v1",
    ],
)
def test_a_repository_elsewhere_is_refused_without_its_password(location: str) -> None:
    said = refused(location)
    assert "clone one that is elsewhere" in said
    assert SECRET not in said


def test_without_git(repository: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert "there is no git command" in refused(f"git+file://{repository}")


def test_variables_of_git_do_not_lead_elsewhere(
    repository: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    for name in ("GIT_DIR", "GIT_WORK_TREE", "GIT_OBJECT_DIRECTORY", "GIT_INDEX_FILE"):
        monkeypatch.setenv(name, str(tmp_path))
    assert opened(repository, "?ref=v1&dir=deploy").names() == ["a", "b", "wide"]


def test_a_repository_that_lacks_content(repository: Path, tmp_path: Path) -> None:
    git(tmp_path, "clone", "-q", "--no-hardlinks", str(repository), "clone")
    program = f"touch {tmp_path}/ran; git-upload-pack"
    for key, value in (
        ("core.repositoryformatversion", "1"),
        ("extensions.partialClone", "origin"),
        ("remote.origin.promisor", "true"),
        ("remote.origin.uploadpack", program),
    ):
        git(tmp_path / "clone", "config", key, value)
    blob = git(repository, "rev-parse", "v1:deploy/deep/b.yaml")
    lost = tmp_path / "clone" / ".git" / "objects" / blob[:2] / blob[2:]
    lost.unlink()
    there = opened(tmp_path / "clone", "?ref=v1&dir=deploy")
    assert "a" in there.names()
    assert "the repository lacks its content" in there.entries("failed")["deep/b.yaml"]
    assert not (tmp_path / "ran").exists()


def test_a_tree_of_more_files_than_may_be_read(
    repository: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(git_trees, "MAX_MEMBERS", 3)
    there = opened(repository, "?ref=v1&dir=deploy")
    assert there.names() == ["a", "b"]
    assert list(there.entries("failed").values())[-1] == git_trees.TOO_MANY
    monkeypatch.setattr(git_trees, "MAX_EXPANDED_BYTES", 10)
    assert "MiB; the rest is not read" in refused(f"git+file://{repository}?ref=v1&dir=deploy")


@pytest.mark.parametrize(
    "how",
    [lambda content: content[:-9], lambda _: b"", lambda content: b"no zlib" + content],
    ids=["cut off", "empty", "something else"],
)
def test_a_damaged_file_leaves_the_others(
    repository: Path, tmp_path: Path, how: Callable[[bytes], bytes]
) -> None:
    git(tmp_path, "clone", "-q", "--no-hardlinks", str(repository), "clone")
    blob = git(repository, "rev-parse", "v1:deploy/deep/b.yaml")
    damaged = tmp_path / "clone" / ".git" / "objects" / blob[:2] / blob[2:]
    damaged.chmod(0o644)
    damaged.write_bytes(how(damaged.read_bytes()))
    there = opened(tmp_path / "clone", "?ref=v1&dir=deploy")
    whole = opened(repository, "?ref=v1&dir=deploy")
    assert there.names() == [each for each in whole.names() if each != "b"]
    faults = there.entries("failed")
    assert "or it is damaged: git fsck" in faults.pop("deep/b.yaml")
    assert faults == whole.entries("failed")

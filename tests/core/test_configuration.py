"""Which files say what users set, and which of them holds."""

from __future__ import annotations

from pathlib import Path

import pytest

from k8s_datamodel.api import Configuration, UsageError
from k8s_datamodel.plugins.configuration import configuration

FOLDER = """
check: {profile: all, severity: {a: off, b: risky}, ignore: [{rule: x}, {rule: y, why: z}]}
diff: {noise: [a]}
"""
PROJECT = """
check:
  severity: {b: breaking, c: cosmetic}
  ignore:
  - rule: w
"""


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "home").mkdir()
    (tmp_path / "project" / "charts" / "crds").mkdir(parents=True)
    (tmp_path / "home" / "config.yaml").write_text(FOLDER)
    monkeypatch.chdir(tmp_path / "project" / "charts" / "crds")
    return tmp_path / "project"


def found(project: Path, chosen: Path | None = None) -> Configuration:
    return configuration(("check", "diff"), chosen, project.parent / "home")


def test_the_nearest_file_above_holds_before_the_folder_of_the_user(project: Path) -> None:
    (project / ".k8s-datamodel.yaml").write_text(PROJECT)
    assert found(project).section("check").value == {
        "profile": "all",
        "severity": {"a": False, "b": "breaking", "c": "cosmetic"},
        "ignore": [{"rule": "w"}],
    }
    assert found(project).section("diff").value == {"noise": ["a"]}
    (project / "charts" / ".k8s-datamodel.yaml").write_text("check: {profile: stored}")
    assert found(project).section("check").value["profile"] == "stored"
    assert found(project).section("check").value["severity"] == {"a": False, "b": "risky"}


def test_a_file_that_is_named_is_read_in_place_of_the_one_above(project: Path) -> None:
    (project / ".k8s-datamodel.yaml").write_text("check: 7")
    (project / "other.yaml").write_text("check: {profile: readers}")
    assert found(project, project / "other.yaml").section("check").value["profile"] == "readers"


def test_without_files_a_section_is_empty(project: Path) -> None:
    (project.parent / "home" / "config.yaml").unlink()
    section = found(project).section("check")
    section.check((), {"profile": str}, ["profile"])
    assert section.value == {}


def test_a_fault_names_the_file_and_line_that_hold(project: Path) -> None:
    (project / ".k8s-datamodel.yaml").write_text(PROJECT)
    section = found(project).section("check")
    told = {
        ("severity", "b"): "project/.k8s-datamodel.yaml:3: check.severity.b: no",
        ("severity", "a"): "home/config.yaml:2: check.severity.a: no",
        ("ignore", 0, "why"): "project/.k8s-datamodel.yaml:5: check.ignore[0].why: no",
        ("alpha",): "project/.k8s-datamodel.yaml:2: check.alpha: no",
    }
    for place, said in told.items():
        assert str(section.fault(place, "no")).endswith(said)


def test_each_file_is_checked_for_keys_that_nothing_reads(project: Path) -> None:
    (project / ".k8s-datamodel.yaml").write_text(PROJECT)
    with pytest.raises(UsageError, match=r"config.yaml:2: check.profile: is no field"):
        found(project).section("check").check((), {"severity": dict, "ignore": list})
    (project / ".k8s-datamodel.yaml").write_text("chek: {}")
    with pytest.raises(UsageError, match=r":1: chek: is no field of this; perhaps check is meant"):
        found(project)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "yaml:1: it is empty"),
        ("- a", "must be a mapping"),
        ("check: null", "check: must be a mapping, not nothing"),
        ("check: {a: 1, a: 2}", "a is there twice"),
        ("check: {", "is no YAML"),
        ("check: &a\n  severity: *a", "yaml:1: an alias leads back to what it stands in"),
        ("check: &a [*a]", "yaml:1: an alias leads back to what it stands in"),
        (f"check: {'[' * 9999}", "yaml: it is nested too deeply"),
    ],
)
def test_what_is_no_configuration_is_never_taken_for_an_empty_one(
    project: Path, text: str, said: str
) -> None:
    (project / ".k8s-datamodel.yaml").write_text(text)
    with pytest.raises(UsageError, match=said):
        found(project)


def test_a_file_that_cannot_be_read_is_an_error(project: Path) -> None:
    with pytest.raises(UsageError, match=r"nowhere\.yaml: cannot be read"):
        found(project, project / "nowhere.yaml")
    (project / ".k8s-datamodel.yaml").symlink_to("gone")
    with pytest.raises(UsageError, match="cannot be read"):
        found(project)


def test_a_working_directory_that_is_gone_has_no_file(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def gone() -> Path:
        raise FileNotFoundError

    monkeypatch.setattr(Path, "cwd", gone)
    assert found(project).section("check").value["profile"] == "all"

"""Where the configuration is, and which plugins it disables."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from k8s_datamodel.base.errors import DatamodelError, UsageError
from k8s_datamodel.plugins import config
from k8s_datamodel.plugins.config import DISABLED_FILE, config_dir, disable, enable, plugin_settings


@pytest.fixture
def environ(tmp_path: Path) -> dict[str, str]:
    return {"K8S_DATAMODEL_CONFIG_DIR": str(tmp_path / "config")}


def listed(environ: dict[str, str]) -> Path:
    return Path(environ["K8S_DATAMODEL_CONFIG_DIR"]) / DISABLED_FILE


def test_the_folder_is_what_the_variable_says_else_where_the_system_keeps_such() -> None:
    home = Path.home()
    assert config_dir({"K8S_DATAMODEL_CONFIG_DIR": "/etc/k"}) == Path("/etc/k")
    assert config_dir({"K8S_DATAMODEL_CONFIG_DIR": "here"}) == Path.cwd() / "here"
    assert config_dir({"XDG_CONFIG_HOME": "/xdg"}) == Path("/xdg/k8s-datamodel")
    assert config_dir({"XDG_CONFIG_HOME": "relative"}) == home / ".config/k8s-datamodel"
    assert config_dir({}) == home / ".config/k8s-datamodel"


def test_windows_has_a_folder_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(config.sys, "platform", "win32")
    assert config_dir({"APPDATA": "/Users/me/AppData"}) == Path("/Users/me/AppData/k8s-datamodel")


def test_without_a_home_there_is_no_configuration_and_writing_says_so(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def homeless() -> Path:
        raise RuntimeError("no home")

    monkeypatch.setattr(Path, "home", homeless)
    assert config_dir({}) is None
    assert plugin_settings(environ={}).folder is None
    with pytest.raises(UsageError, match="set K8S_DATAMODEL_CONFIG_DIR"):
        disable("x", {})


def test_what_was_disabled_stays_so_until_it_is_enabled(environ: dict[str, str]) -> None:
    assert disable("widgets", environ)
    assert disable("acme/gadgets", environ)
    assert not disable("widgets", environ)
    assert set(plugin_settings(environ=environ).disabled) == {"widgets", "acme/gadgets"}
    assert enable("widgets", environ)
    assert not enable("widgets", environ)
    assert plugin_settings(environ=environ).disabled == {
        "acme/gadgets": "disabled by `plugins disable`"
    }


def test_what_people_wrote_into_the_list_is_kept(environ: dict[str, str]) -> None:
    path = listed(environ)
    path.parent.mkdir()
    path.write_text("# too slow\n  slow  \n\nother")
    disable("third", environ)
    enable("other", environ)
    assert path.read_text() == "# too slow\n  slow  \n\nthird\n"
    assert set(plugin_settings(environ=environ).disabled) == {"slow", "third"}


def test_the_list_is_for_its_owner_and_a_link_stays_one(
    environ: dict[str, str], tmp_path: Path
) -> None:
    disable("x", environ)
    path = listed(environ)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    elsewhere = tmp_path / "dotfiles"
    path.replace(elsewhere)
    path.symlink_to(elsewhere)
    disable("y", environ)
    assert path.is_symlink()
    assert elsewhere.read_text().splitlines()[1:] == ["x", "y"]
    assert [p.name for p in path.parent.iterdir()] == [DISABLED_FILE], "nothing is left behind"


@pytest.mark.parametrize("name", ["", "  ", "# comment", "two\nlines", "a\x1b[0m"])
def test_what_cannot_stand_in_the_list_is_refused(name: str, environ: dict[str, str]) -> None:
    with pytest.raises(UsageError):
        disable(name, environ)
    assert not listed(environ).exists()


def test_a_list_that_cannot_be_read_is_told_and_not_taken_for_empty(
    environ: dict[str, str],
) -> None:
    path = listed(environ)
    path.parent.mkdir()
    path.write_bytes(b"\xff\xfe")
    with pytest.raises(DatamodelError, match=r"cannot read .*disabled-plugins"):
        plugin_settings(environ=environ)
    path.unlink()
    path.mkdir()
    with pytest.raises(DatamodelError, match=r"cannot read .*disabled-plugins"):
        plugin_settings(environ=environ)


def test_a_list_that_cannot_be_written_is_told(environ: dict[str, str]) -> None:
    Path(environ["K8S_DATAMODEL_CONFIG_DIR"]).write_text("a file where the folder should be")
    with pytest.raises(DatamodelError, match="cannot be written"):
        disable("x", environ)


def test_the_environment_disables_as_well_and_says_so(environ: dict[str, str]) -> None:
    disable("listed", environ)
    settings = plugin_settings(environ={**environ, config.DISABLE: "one, two ,,"})
    assert settings.disabled == {
        "listed": "disabled by `plugins disable`",
        "one": "disabled by K8S_DATAMODEL_DISABLE_PLUGINS",
        "two": "disabled by K8S_DATAMODEL_DISABLE_PLUGINS",
    }


@pytest.mark.parametrize(
    ("value", "on"), [("1", True), ("true", True), ("yes", True), ("", False), ("0", False)]
)
def test_flags_come_from_the_environment_or_the_command_line(value: str, on: bool) -> None:
    names = (config.NO_EXTERNAL, config.STRICT, config.TRACE)
    settings = plugin_settings(environ=dict.fromkeys(names, value))
    assert (settings.external, settings.strict, settings.trace) == (not on, on, on)
    asked = plugin_settings(no_external=True, strict=True, environ={})
    assert (asked.external, asked.strict, asked.trace) == (False, True, False)

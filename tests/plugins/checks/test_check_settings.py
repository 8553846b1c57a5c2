"""What users choose for checks: the section of the configuration, options, what is ignored."""

from __future__ import annotations

import json
import re
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml
from jsonschema import Draft202012Validator

from k8s_datamodel.api import Configuration, Finding, UsageError
from k8s_datamodel.cli.diffs.diff_rules import configured_keys, configured_noise
from k8s_datamodel.plugins.configuration import configuration
from k8s_datamodel_plugins.checks.check_settings import check_settings, release
from k8s_datamodel_plugins.checks.crd_grading import grading, ignored
from k8s_datamodel_plugins.grading import GradingSettings
from support.made_checks import NARROWER, REWORDED, Checking, crd

TODAY = date(2026, 11, 27)
DOCS = Path(__file__).parents[3] / "docs"
SCHEMA = json.loads((DOCS / "reference" / "configuration-file.json").read_text())


def configured(folder: Path, text: str) -> Configuration:
    path = folder / "k.yaml"
    path.write_text(text)
    return configuration(["check"], path)


def test_the_section_says_what_options_do_not(tmp_path: Path) -> None:
    text = (
        "check: {profile: stored, alpha: same, severity: {type-changed: off, crd-added: blocked}}"
    )
    found = configured(tmp_path, text)
    assert check_settings(found).grading == GradingSettings(
        profile="stored", alpha="same", severity={"type-changed": "off", "crd-added": "blocked"}
    )
    chosen = check_settings(found, profile="all", alpha="lower", kubernetes="v1.31.2").grading
    assert (chosen.profile, chosen.alpha, chosen.kubernetes) == ("all", "lower", (1, 31))
    assert check_settings(Configuration()).grading == GradingSettings()


def test_the_release_of_a_server_holds_where_none_is_named() -> None:
    nobody = check_settings(Configuration())
    assert nobody.at("v1.29.3+k3s1").grading.kubernetes == (1, 29)
    assert nobody.at(None) == nobody
    assert check_settings(Configuration(), kubernetes="1.33").at("1.29").grading.kubernetes == (
        *(1, 33),
    )
    assert release("1.33.0-rc.1") == (1, 33)
    assert release("1") is None


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{profil: all}", "check.profil: is no field of this; perhaps profile is meant"),
        ("{profile: al}", "check.profile: must be one of stored, writers, readers, all, not al"),
        ("{alpha: lowe}", "must be one of lower, same, not lowe; perhaps lower is meant"),
        ("{alpha: true}", "check.alpha: must be a text"),
        ("{severity: {type-change: off}}", "no rule type-change; perhaps type-changed is meant"),
        ("{severity: {zzz: off}}", "there is no rule zzz; check rules list has all"),
        ("{severity: {1: off}}", "there is no rule 1; check rules list has all"),
        ("{severity: {type-changed: brekaing}}", "or off; perhaps breaking is meant"),
        ("{severity: {type-changed: none}}", "cosmetic or off"),
        ("{severity: {type-changed: true}}", "cosmetic or off"),
        ("{ignore: [{rule: type-changed}]}", "check.ignore[0]: needs reason"),
        ("{ignore: [{rule: type-changed, reason: ' '}]}", "check.ignore[0].reason: must say why"),
        ("{ignore: [{reason: why}]}", "check.ignore[0]: needs rule, crd or path"),
        ("{ignore: [{rule: a, reason: b}]}", "check.ignore[0].rule: there is no rule a"),
        ("{ignore: [{crd: a, reson: b}]}", "is no field of this; perhaps reason is meant"),
        ("{ignore: [{crd: a, reason: b, until: soon}]}", "check.ignore[0].until: must be a day"),
        ("{ignore: [{crd: a, reason: b, until: 2027}]}", "check.ignore[0].until: must be a day"),
        (
            "{ignore: [{crd: a, reason: b, until: '20270131'}]}",
            "check.ignore[0].until: must be a day",
        ),
        ("{ignore: [{crd: a, reason: b, until: '2027-W01-1'}]}", ".until: must be a day"),
        ("{ignore: [{crd: a, reason: b, until: '2027-02-30'}]}", ".until: must be a day"),
        ("{ignore: [{path: spec.si*, reason: b}]}", "check.ignore[0].path: 'spec.si*' "),
        ("{ignore: [{path: 'a[name=b]', reason: b}]}", ".path: 'a[name=b]' names an item"),
        ("{ignore: [{crd: a, reason: b, until: null}]}", "check.ignore[0].until: must be a day"),
        ("{ignore: [{crd: [a], reason: b}]}", "check.ignore[0].crd: must be a text"),
        ("{ignore: [a]}", "check.ignore[0]: must be a mapping"),
        ("{ignore: {}}", "check.ignore: must be a list"),
    ],
)
def test_what_is_wrong_is_named_with_file_and_line(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(UsageError) as raised:
        check_settings(configured(tmp_path, f"# words\ncheck: {text}"))
    assert str(raised.value).startswith(f"{tmp_path / 'k.yaml'}:2: ")
    assert said in str(raised.value)


@pytest.mark.parametrize(
    ("ignore", "ignores"),
    [
        ({"rule": "type-changed"}, True),
        ({"rule": "field-removed"}, False),
        ({"crd": "widgets.example.com"}, True),
        ({"crd": "*.example.com"}, True),
        ({"crd": "*.example.org"}, False),
        ({"path": "spec"}, True),
        ({"path": ""}, True),
        ({"path": "spec.ports"}, True),
        ({"path": "spec.ports[*].number"}, True),
        ({"path": "spec.port"}, False),
        ({"path": "spec.*"}, True),
        ({"path": "*.ports[*]"}, True),
        ({"path": "spec.ports[*].*"}, True),
        ({"path": "spec.ports.*"}, False),
        ({"path": "spec.*.*"}, False),
        ({"path": "spec.ports[*].number.x"}, False),
        ({"rule": "type-changed", "crd": "x", "path": "spec"}, False),
        ({"rule": "type-changed", "until": date(2026, 11, 27)}, True),
        ({"rule": "type-changed", "until": "2026-11-26"}, False),
    ],
)
def test_what_is_ignored(tmp_path: Path, ignore: dict[str, Any], ignores: bool) -> None:
    text = yaml.safe_dump({"check": {"ignore": [{**ignore, "reason": "Known.", "by": "me"}]}})
    settings = check_settings(configured(tmp_path, text), today=TODAY)
    path = "spec.ports[*].number"
    found = Finding(rule="type-changed", level="breaking", message="-", version="v1", path=path)
    assert ignored("widgets.example.com", found, settings) is ignores
    assert len(settings.expired) == (ignore.get("until") == "2026-11-26")


def test_what_is_about_no_field_is_not_ignored_by_a_path(tmp_path: Path) -> None:
    text = "check: {ignore: [{path: '', reason: Known.}]}"
    whole = Finding(rule="scope-changed", level="blocked", message="-")
    assert not ignored("a", whole, check_settings(configured(tmp_path, text)))


IGNORES = """
check:
  severity: {description-changed: off}
  ignore:
  - {rule: enum-value-removed, crd: widgets.example.com, reason: Nobody has it., by: me, until: %s}
"""


def test_a_check_ignores_what_the_project_accepts_until_that_day(checking: Checking) -> None:
    checking.put("old/a.yaml", crd())
    checking.put("new/a.yaml", crd(mode=NARROWER, size=REWORDED))
    assert checking.compat().code == 1
    checking.put(".k8s-datamodel.yaml", IGNORES % "2999-01-31")
    told = checking.compat()
    assert (told.code, told.err) == (0, "")
    assert told.lines == [
        "Compatible: nothing that counts changed in 1 CRD.",
        "The configuration ignores 1 finding.",
    ]
    checking.put(".k8s-datamodel.yaml", IGNORES % "2020-01-31")
    told = checking.compat()
    assert told.code == 1
    assert (
        "k8s-datamodel.yaml:5: what ignores enum-value-removed widgets.example.com has expired on "
        "2020-01-31: its findings count again"
    ) in told.err


def test_an_empty_name_of_a_configuration_is_none_that_is_found(checking: Checking) -> None:
    checking.put("a.yaml", crd())
    checking.put(".k8s-datamodel.yaml", "check: {profile: all}")
    told = checking.run("compat", "a.yaml", "a.yaml", "--config", "")
    assert told.code == 2
    assert "cannot be read: Is a directory" in told.err


def test_diff_grades_by_the_same_configuration(tmp_path: Path) -> None:
    rows = [{"name": "widgets.example.com", "spec": each} for each in (crd(), crd(mode=NARROWER))]
    assert [each.level for each in grading(Configuration())(*rows)] == ["breaking"]
    assert list(grading(configured(tmp_path, IGNORES % "2999-01-31"))(*rows)) == []


def test_a_removed_crd_with_instances_is_breaking(tmp_path: Path) -> None:
    row = {"name": "widgets.example.com", "spec": crd(), "instance_count": 1234}
    [found] = grading(Configuration())(row, None)
    assert found.level == "breaking"
    assert found.message.endswith("It has 1,234 instances.")
    for number in (0, None):
        [found] = grading(Configuration())({**row, "instance_count": number}, None)
        assert found.level == "risky"
    chosen = configured(tmp_path, "check: {severity: {crd-removed: cosmetic}}")
    [found] = grading(chosen)(row, None)
    assert found.level == "cosmetic"


def plain(text: str) -> Any:
    """YAML as editors read it, which know no days."""
    return json.loads(json.dumps(yaml.safe_load(text), default=str))


@pytest.mark.parametrize("page", ["checking.md", "comparing.md"])
def test_what_the_pages_show_is_valid(page: str, tmp_path: Path) -> None:
    blocks = re.findall(r"```yaml\n((?:check|diff):\n.*?)```", (DOCS / page).read_text(), re.S)
    assert blocks
    for text in blocks:
        Draft202012Validator(SCHEMA).validate(plain(text))
        path = tmp_path / "k.yaml"
        path.write_text(text)
        found = configuration(["check", "diff"], path)
        check_settings(found)
        assert configured_noise(found).noise or "diff" not in text
        assert configured_keys(found) or "diff" not in text


@pytest.mark.parametrize(
    "text",
    [
        *("chek: {}", "check: {profil: all}", "check: {severity: {type-change: off}}"),
        *("check: {ignore: [{rule: type-changed}]}", "check: {ignore: [{reason: why}]}"),
        *("diff: {noise: [{kinds: [A]}]}", "diff: {keys: {A: [b]}}", "check: {ignore: {}}"),
    ],
)
def test_the_schema_knows_what_is_wrong(text: str) -> None:
    assert not Draft202012Validator(SCHEMA).is_valid(plain(text))

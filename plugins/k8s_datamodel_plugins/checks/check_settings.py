"""What users choose for ``check``: by options, and in a section of the configuration."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timezone
from typing import Any, Literal, cast, get_args

from k8s_datamodel.api import (
    SEVERITIES,
    Configuration,
    Section,
    Severity,
    UsageError,
    hint,
    parsed_path,
)
from k8s_datamodel_plugins.checks.ignores import Ignore
from k8s_datamodel_plugins.grading import RULES, GradingSettings
from k8s_datamodel_plugins.grading.grading_settings import Profile

PROFILES: tuple[Profile, ...] = get_args(Profile)
"""Whose findings there are."""

ALPHA = ("lower", "same")
"""Whether versions such as v1alpha1 count one level lower."""

LEVELS: tuple[Severity, ...] = tuple(each for each in SEVERITIES if each != "none")
"""Levels that a finding may have."""

_OFF = "off"
_SECTION = {"profile": str, "alpha": str, "severity": dict, "ignore": list}
_TEXTS = ("rule", "crd", "path", "reason", "by")
_IGNORE: Mapping[str, type] = {**dict.fromkeys(_TEXTS, str), "until": object}
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_VERSION = re.compile(r"v?(?P<major>[0-9]{1,3})\.(?P<minor>[0-9]{1,3})(?:[.+-].*)?")


@dataclass(frozen=True, slots=True)
class CheckSettings:
    """What holds for one run.

    Attributes:
        grading: for the rules.
        ignores: findings that do not count.
        expired: findings that did not count once, and do again.
    """

    grading: GradingSettings = field(default_factory=GradingSettings)
    ignores: tuple[Ignore, ...] = ()
    expired: tuple[Ignore, ...] = ()

    def at(self, kubernetes: str | None) -> CheckSettings:
        """The same for the release of a server, unless the user has named one."""
        found = None if self.grading.kubernetes else release(kubernetes or "")
        return replace(self, grading=replace(self.grading, kubernetes=found)) if found else self


def check_settings(
    configuration: Configuration,
    *,
    profile: str | None = None,
    alpha: str | None = None,
    kubernetes: str | None = None,
    today: date | None = None,
) -> CheckSettings:
    """What the configuration says, and options before it.

    Raises UsageError, with file and line, if the section is not as ``docs/checking.md`` has it.
    """
    section = configuration.section("check")
    section.check((), _SECTION)
    for key, choices in (("profile", PROFILES), ("alpha", ALPHA)):
        _one_of(section, key, choices)
    ignores = list(_ignores(section))
    now = today or datetime.now(timezone.utc).date()
    grading = GradingSettings(
        profile=cast("Profile", profile or section.value.get("profile", "all")),
        alpha=cast('Literal["lower", "same"]', alpha or section.value.get("alpha", "lower")),
        kubernetes=_named_release(kubernetes),
        severity=dict(_severity(section)),
    )
    return CheckSettings(
        grading,
        tuple(each for each in ignores if not each.expired(now)),
        tuple(each for each in ignores if each.expired(now)),
    )


def release(text: str) -> tuple[int, int] | None:
    """The release of a version such as ``1.31`` or ``v1.31.4+k3s1``; None for other texts."""
    found = _VERSION.fullmatch(text.strip())
    return (int(found["major"]), int(found["minor"])) if found else None


def _named_release(text: str | None) -> tuple[int, int] | None:
    if text is None:
        return None
    if found := release(text):
        return found
    raise UsageError(f"--kubernetes {text}: this is no version; write one such as 1.31")


def _one_of(section: Section, key: str, choices: Iterable[str]) -> None:
    value = section.value.get(key)
    if value is not None and value not in choices:
        known = ", ".join(choices)
        raise section.fault((key,), f"must be one of {known}, not {value}{hint(value, choices)}")


def _severity(section: Section) -> Iterator[tuple[str, Severity | Literal["off"]]]:
    for rule, level in section.value.get("severity", {}).items():
        place = ("severity", rule)
        _known_rule(section, place, rule)
        if level is False:  # what YAML makes of off
            level = _OFF  # noqa: PLW2901 - as it is meant
        if level not in (*LEVELS, _OFF):
            known = f"{', '.join(LEVELS)} or {_OFF}"
            raise section.fault(place, f"must be {known}{hint(str(level), (*LEVELS, _OFF))}")
        yield rule, level


def _known_rule(section: Section, place: tuple[str | int, ...], rule: Any) -> None:
    if rule not in RULES:
        more = hint(str(rule), RULES) or "; check rules list has all"
        raise section.fault(place, f"there is no rule {rule}{more}")


def _ignores(section: Section) -> Iterator[Ignore]:
    for number, given in enumerate(section.value.get("ignore", ())):
        place = ("ignore", number)
        section.check(place, _IGNORE, ["reason"])
        if not given["reason"].strip():
            raise section.fault((*place, "reason"), "must say why")
        if not {"rule", "crd", "path"} & given.keys():
            raise section.fault(place, "needs rule, crd or path: it says what is ignored")
        if "rule" in given:
            _known_rule(section, (*place, "rule"), given["rule"])
        if "path" in given:
            _path(section, (*place, "path"), given["path"])
        texts = {name: given.get(name) for name in _TEXTS}
        where = str(section.fault(place, "")).rpartition(": ")[0]
        yield Ignore(**texts, until=_day(section, (*place, "until"), given), where=where)


def _path(section: Section, place: tuple[str | int, ...], path: str) -> None:
    try:
        parsed_path(path)
    except ValueError as error:
        raise section.fault(place, str(error)) from None


def _day(section: Section, place: tuple[str | int, ...], given: Mapping[str, Any]) -> date | None:
    if "until" not in given:
        return None
    value: Any = given["until"]
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    try:
        if _DAY.fullmatch(value):  # newer Pythons read more than this
            return date.fromisoformat(value)
    except (TypeError, ValueError):
        pass
    raise section.fault(place, "must be a day, such as 2027-01-31")

"""What happens to objects, in sentences: how many meet the same, and why."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field

from k8s_datamodel.api import counted
from k8s_datamodel_plugins.checks.checked import Checked, CheckedCrd
from k8s_datamodel_plugins.checks.reports.report_words import one_line
from k8s_datamodel_plugins.rehearsal import OPERATIONS
from k8s_datamodel_plugins.upgrades import AffectedObject, pattern_of, rule_of

_ORDER = ("gone", "pruned", "refused", "unknown", "changed", "defaulted")
"""Verdicts, the worst first."""

_MANY, _FEW_LINES, _SOME_LINES = 8, 1, 3
"""From how many CRDs on fewer lines are for the objects of each, and how many."""

_READ = {
    "gone": "gone",
    "pruned": "data lost when read",
    "changed": "other values when read",
    "defaulted": "new defaults when read",
}


@dataclass(slots=True)
class _Group:
    """Objects that meet the same for the same reason."""

    verdict: str
    operations: tuple[str, ...]
    path: str
    rule: str
    message: str
    names: list[str] = field(default_factory=list)

    def rank(self) -> tuple[int, int, str]:
        return _ORDER.index(self.verdict), -len(self.names), self.path


def objects_said(checked: Checked) -> str:
    """How many objects are hurt, of how many; empty where nobody knows."""
    known = [each.objects for each in checked.crds if each.objects and each.objects.known]
    total, lost = sum(each.checked for each in known), sum(each.lost for each in known)
    unsure = sum(each.hurt for each in known) - lost
    if not total:
        return ""
    said = f"{lost:,} of {counted(total, 'object')} would be refused, lose data or be gone"
    return f"{said}, and of {unsure:,} it is not known" if unsure else said


def object_lines(crd: CheckedCrd, most: int | None) -> list[str]:
    """What happens to how many objects of a CRD and why, the worst first; ``most`` lines."""
    objects = crd.objects
    if objects is None:
        return []
    found = [_line(each, objects.checked, objects.known) for each in _groups(objects.affected)]
    if objects.defaulted and not any(_READ["defaulted"] in each for each in found):
        found.append(f"{_of(objects.defaulted, objects.checked)}: {_READ['defaulted']}")
    if most is not None and len(found) > most:
        more = f"and {len(found) - most + 1:,} more of this kind; --all shows them"
        found = [*found[: most - 1], more] if most > 1 else found[:1]
    return found


def lines_of(checked: Checked) -> Callable[[CheckedCrd], list[str]]:
    """What to say of a CRD's objects, and its notes, where there is room for some lines."""
    many = sum(each.has_objects for each in checked.crds) > _MANY
    most = _FEW_LINES if many else _SOME_LINES
    made: dict[str, list[str]] = {}

    def lines(crd: CheckedCrd) -> list[str]:
        if crd.name not in made:
            made[crd.name] = [*object_lines(crd, most), *map(one_line, crd.notes)]
        return made[crd.name]

    return lines


def everything_of(crd: CheckedCrd) -> list[str]:
    """All that is to be said of a CRD's objects, in groups and one by one, and its notes."""
    notes = map(one_line, crd.notes)
    return [*object_lines(crd, None), *(f"- {each}" for each in _each(crd)), *notes]


def _each(crd: CheckedCrd) -> Iterator[str]:
    """A line for each affected object."""
    for one in crd.objects.affected if crd.objects else ():
        said = ((each, one.rehearsed.operations[each]) for each in one.asked)
        bad = [f"{operation} {verdict}" for operation, verdict in said if verdict in _ORDER]
        yield f"{_name(one)}: {', '.join(bad)}"


def _groups(affected: Iterable[AffectedObject]) -> list[_Group]:
    groups: dict[tuple[object, ...], _Group] = {}
    for one in affected:
        for key, message in _reasons(one).items():
            found = groups.setdefault(key, _Group(*key, message))
            found.names.append(_name(one))
    return sorted(groups.values(), key=_Group.rank)


def _reasons(one: AffectedObject) -> dict[tuple[str, tuple[str, ...], str, str], str]:
    """What an object meets: verdict, operations, path and rule, each with a message."""
    operations: dict[tuple[str, str, str], list[str]] = {}
    messages: dict[tuple[str, str, str], str] = {}
    for reason, cause, before in one.told():
        verdict: str = one.rehearsed.operations[reason.operation]
        key = (verdict, pattern_of(reason.path), rule_of(reason, cause))
        if verdict in _ORDER and reason.operation not in operations.setdefault(key, []):
            operations[key].append(reason.operation)
            was = ", as under the old CRD" if before else ""
            messages.setdefault(key, f"{reason.message}{was}")
    found: dict[tuple[str, tuple[str, ...], str, str], str] = {}
    for (verdict, path, rule), names in operations.items():
        if names == ["create_strict"] and ("pruned", path, rule) in operations:
            continue  # who is strict is told of what others lose
        found[verdict, _operations(names), path, rule] = messages[verdict, path, rule]
    for version, read in one.rehearsed.reads.items():
        if read in ("pruned", "changed") and one.rehearsed.operations["read"] != read:
            found[read, (f"read at {version}",), "", "read"] = ""
    return found


def _operations(names: Iterable[str]) -> tuple[str, ...]:
    """Operations in order; what is refused is refused if the server is strict, too."""
    found = [each for each in OPERATIONS if each in set(names)]
    return tuple(each for each in found if each != "create_strict" or "create" not in found)


def _line(group: _Group, total: int, known: bool) -> str:
    number = len(group.names)
    many = _of(number, total) if known else f"at least {counted(number, 'object')}"
    what = _READ.get(group.verdict, f"{', '.join(group.operations)} {group.verdict}")
    at = group.operations[0].partition(" at ")[2]
    where = f" at {at}" if at else ""
    why = f": {group.path}: {group.message}" if group.path else f": {group.message}"
    why = one_line(why) if group.message else ""
    such = f", such as {group.names[0]}" if number > 1 else f" ({group.names[0]})"
    return f"{many}: {what}{where}{why} [{group.rule}]{such}"


def _of(number: int, total: int) -> str:
    return f"{number:,} of {counted(total, 'object')}"


def _name(one: AffectedObject) -> str:
    return one_line(f"{one.namespace}/{one.name}" if one.namespace else one.name)

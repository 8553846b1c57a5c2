"""``check compat``: what the changes between two sets of CRDs mean."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import click

from k8s_datamodel.api import DatabaseNotFoundError, DatamodelError, LedgerEntry, UsageError
from k8s_datamodel.commands import (
    Pair,
    PairedSide,
    PairedThings,
    answers_with_its_code,
    lacking,
    moment_argument,
    paired_things,
    tell_missing,
)
from k8s_datamodel_plugins.checks.check_options import Writing, check_options, settings_of
from k8s_datamodel_plugins.checks.check_settings import CheckSettings
from k8s_datamodel_plugins.checks.checked import Checked, checked_crds, unjudgeable
from k8s_datamodel_plugins.checks.crd_places import Places
from k8s_datamodel_plugins.crds import TYPE
from k8s_datamodel_plugins.definitions import CRDS
from k8s_datamodel_plugins.harmless_files import NO_OBJECT, NOTHING, OTHER_CONTENT, is_harmless

_SNAPSHOT = re.compile(r"[0-9]+|latest(~[0-9]+)?|@.*|live(:.*)?")
_SEVERAL = re.compile(r" and [0-9,]+ more$")
"""At the end of an entry on several files, which have the reason of the first."""

_STDIN = "-"


@click.command(
    "compat",
    help="""Grade each change of a CRD: what it means to what is stored, who writes and who reads.

    OLD and NEW are files, folders such as the crds/ of a chart, - for stdin, snapshots (a number,
    latest, prod:latest, FILE.db:latest) or live. Neither a cluster nor a database is needed.

    \b
    Exit codes:
      0  every finding is below --fail-on
      1  a finding is at this level or worse
      2  the command was called wrongly
      3  something could not be read or judged
      4  there is no answer""",
    epilog="Example: k8s-datamodel check compat ./crds-before ./crds-after --kubernetes 1.31",
)
@moment_argument("old")
@moment_argument("new")
@check_options()
@click.pass_context
def compat(ctx: click.Context, /, old: str, new: str, **given: Any) -> int:
    """Grade each change of a CRD; the exit code."""
    answers_with_its_code(ctx)
    if old == new == _STDIN:
        raise UsageError("OLD and NEW are both stdin, which can be read once")
    writing, settings = Writing.of(ctx, given), settings_of(ctx, given)
    words = _as_path(old), _as_path(new)
    scope = {"names": given["name"], "groups": given["group"]}
    try:
        with paired_things(ctx, words, TYPE.name, **scope) as things:
            checked = _checked(ctx, things, settings, (old, new))
    except DatabaseNotFoundError as error:
        unknown = [word for word in words if not _is_path(word)]
        raise DatamodelError(
            f"there is no file or folder {' or '.join(unknown)}; {error}"
        ) from None
    if not checked.crds:
        raise UsageError("no CRD has such a --name and --group")
    return writing.write(ctx, checked, Places("" if new == _STDIN else new))


def _as_path(word: str) -> str:
    """A word that is no snapshot's, and names a file or folder, as a path."""
    bare = not (_SNAPSHOT.fullmatch(word) or _is_path(word))
    return f"{os.curdir}{os.sep}{word}" if bare and Path(word).exists() else word


def _is_path(word: str) -> bool:
    return word == _STDIN or os.sep in word


def _checked(
    ctx: click.Context,
    things: PairedThings,
    settings: CheckSettings,
    words: tuple[str, str],
) -> Checked:
    sides = (things.old, words[0]), (things.new, words[1])
    for side, word in sides:
        if side.moment.counts.get(TYPE.name) is None and not any(_names(side)):
            raise DatamodelError(f"{word} holds no CRD")
    lacks = [text for side, word in sides for text in _unread(ctx, side, word)]
    server = [side.moment.cluster().version for side, _ in reversed(sides)]
    unnamed = _unnamed(things.old, things.new)
    pairs = _judged(ctx, things.pairs(), words, lacks)
    crds = list(checked_crds(pairs, settings.at(server[0] or server[1]), unnamed))
    number = sum(each.name in unnamed for each in crds)
    return Checked(things.old.said, things.new.said, crds, lacks, number)


def _names(side: PairedSide) -> Iterator[tuple[str, str]]:
    """Name and API group of each CRD of a side."""
    for row in side.moment.rows(TYPE.name):
        yield str(row.get("name")), str(row.get("group_name"))


def _unread(ctx: click.Context, side: PairedSide, word: str) -> Iterator[str]:
    """What of a side was not read, once stderr has it."""
    tell_missing(ctx, side.unread, word)
    for each in side.unread:
        reason = f": {each.outcome.reason}" if each.outcome.reason else ""
        yield f"{word}: {each.read} could not be read ({each.outcome.status}){reason}"
    for each in filter(_doubtful, side.moment.ledger if side.manifest else ()):
        text = f"{word}: {each.read} {each.outcome.reason}"
        lacking(ctx, text)
        yield text


def _doubtful(entry: LedgerEntry) -> bool:
    """Whether an entry is of a file that gave nothing and might have held a CRD, or of two CRDs."""
    if entry.read == CRDS.name and OTHER_CONTENT in entry.outcome.reason:
        return True
    if entry.outcome.status != "unrecognised":
        return False
    if entry.outcome.reason == NOTHING:
        return not entry.outcome.bytes  # with some it has comments only
    several = _SEVERAL.search(entry.read)
    return entry.outcome.reason != NO_OBJECT or not (several or is_harmless(entry.read))


def _judged(
    ctx: click.Context, pairs: Iterable[Pair], words: tuple[str, str], lacks: list[str]
) -> Iterator[Pair]:
    """The pairs; a CRD that nobody can judge is told, and what it lacks is noted."""
    for pair in pairs:
        for row, word in zip((pair.old, pair.new), words, strict=True):
            if row is not None and (why := unjudgeable(row)):
                text = f"{word}: {pair.key['name']} cannot be judged: {why}"
                lacks.append(text)
                lacking(ctx, text)
        yield pair


def _unnamed(old: PairedSide, new: PairedSide) -> frozenset[str]:
    """CRDs of a cluster that new manifests say nothing of: they have none of their API group."""
    if old.manifest or not new.manifest:
        return frozenset()
    groups = {group for _, group in _names(new)}
    return frozenset(name for name, group in _names(old) if group not in groups)

"""Report on stderr what an answer lacks, and choose the exit codes 1 and 3."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Sequence
from functools import partial
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from k8s_datamodel.data.ledger import LedgerEntry
    from k8s_datamodel.reading.moments import Moment
    from k8s_datamodel.types.resource_types import ResourceType

EXIT_FAILED = 1
"""Exit code: something that was asked for was not given or not done."""

EXIT_NO_ANSWER = 4
"""Exit code: no answer was found, where 1 is an answer."""

EXIT_INCOMPLETE = 3
"""Exit code: done, but something could not be read."""

LINES = 10
"""Ledger entries that are named on stderr; of the rest the number is."""


class Missing:
    """What the answer of one run of the command lacks.

    Attributes:
        allowed: an incomplete answer ends with 0. ``--allow-incomplete`` decides it for the
            commands that have the option.
        failed: the command, or one of several clusters, did not give what was asked for.
        no_answer: the exit code of a command that did not come to its end; another than 1 where
            that is an answer.
    """

    def __init__(self, say: Callable[[str], None], complain: Callable[[str], None]) -> None:
        self._say = say
        self._complain = complain
        self._incomplete = False
        self._moments: list[Callable[[], None]] = []
        self.allowed = True
        self.failed = False
        self.no_answer = EXIT_FAILED

    def add(self, text: str = "") -> None:
        """Something is missing: say what, unless it is said already."""
        self._incomplete = True
        if text:
            self._complain(text)

    def undecided(self, whys: Sequence[str], name: str = "") -> None:
        """Say why something may belong to the answer or not, and of which moment."""
        for why in whys:
            self.add(_of(name) + why)

    def unfound(
        self, moment: Moment, resource_type: ResourceType, called: str, name: str = ""
    ) -> None:
        """Say that what was read has nothing called so, where more may be among what was not.

        Of a snapshot that was stored without the type, ``of`` says that.
        """
        if not lacks(moment, resource_type):
            why = f"{resource_type.singular} {called!r} is not among what could be read"
            self.undecided([why], name)

    def reads(self, ledger: Sequence[LedgerEntry], remedy: str = "", name: str = "") -> None:
        """Say what could not be read, and of which moment if there are several."""
        of = _of(name)
        missing = [entry for entry in ledger if entry.incomplete]
        for entry in missing[:LINES]:
            self.add(of + unread(entry))
        if len(missing) > LINES:
            self.add(f"{of}and {len(missing) - LINES} more could not be read{remedy}")

    def evidence(self, ledger: Sequence[LedgerEntry], name: str = "") -> None:
        """Name the types whose answer has less evidence, as a read that only enriches failed."""
        from k8s_datamodel.data.ledger import INCOMPLETE  # noqa: PLC0415 - not for the help

        unread: dict[str, list[LedgerEntry]] = defaultdict(list)
        for entry in ledger:
            if entry.resource_type and entry.optional and entry.outcome.status in INCOMPLETE:
                unread[entry.resource_type].append(entry)
        for each, entries in unread.items():
            reads = ", ".join(f"{entry.read} ({entry.outcome.status})" for entry in entries)
            text = f"{each}: could not read {reads}, so the answer has less evidence"
            self._say(_of(name) + text)

    def of(
        self,
        moment: Moment,
        about: Sequence[ResourceType] | None = None,
        enriching: Collection[str] = (),
        name: str = "",
    ) -> None:
        """Say what a moment lacks when the command is through.

        Args:
            moment: read to its end by then.
            about: the types that the answer is about; None for all of the moment. It lacks
                everything if a snapshot was stored without any of them.
            enriching: names of types without whose rows the answer is whole.
            name: of the moment, if there are several.
        """
        types = moment.types if about is None else about
        self._moments.append(partial(self._of, moment, types, enriching, name))

    def of_run(self, moment: Moment, enriching: Collection[str] = (), name: str = "") -> None:
        """Say now what a run could not read, whether it was stored or not."""
        reads = [each for each in moment.ledger if each.resource_type not in enriching]
        self.evidence(reads, name)
        self.reads(reads, name=name)

    def code(self) -> int:
        """Say what the moments lack; the exit code of a command that came to its end."""
        for tell in self._moments:
            tell()
        if self.failed:
            return EXIT_FAILED
        return EXIT_INCOMPLETE if self._incomplete and not self.allowed else 0

    def _of(
        self,
        moment: Moment,
        about: Sequence[ResourceType],
        enriching: Collection[str],
        name: str,
    ) -> None:
        number, of = moment.number, _of(name)
        if number and about and all(lacks(moment, each) for each in about):
            plurals = " and ".join(each.plural for each in about)
            asked = " ".join(f"--with-{each.on_request}" for each in about if each.on_request)
            remedy = f"; database store {asked} keeps them" if asked else ""
            self.add(f"{of}snapshot {number} was stored without {plurals}{remedy}")
            return
        if unheld := _unheld(moment, about):
            self.add(of + unheld)
        names = {each.name for each in moment.types} - set(enriching)
        self.evidence([each for each in moment.ledger if each.resource_type in names], name)
        if number and not moment.complete:
            self.add(f"{of}snapshot {number} is incomplete: database show {number} --ledger")
        else:
            reads = [each for each in moment.ledger if each.resource_type not in enriching]
            self.reads(reads, name=name)


def _of(name: str) -> str:
    return f"{name}: " if name else ""


def _unheld(moment: Moment, about: Sequence[ResourceType]) -> str:
    """What to say where nothing is held of all types that were asked for; empty elsewhere."""
    reads = {each.plural: reads for each in about if (reads := _reads(moment, each))}
    whys = [_why_unheld(moment, each) for each in about if each.plural in reads]
    if not whys or not all(whys):
        return ""
    return f"it is not known whether there are {' or '.join(reads)}: {whys[0]}"


def lacks(moment: Moment, resource_type: ResourceType) -> bool:
    """Whether it is a snapshot that was stored without a type."""
    unknown = moment.counts.get(resource_type.name) is None
    return moment.snapshot is not None and unknown and not _reads(moment, resource_type)


def may_have_more(moment: Moment, resource_type: ResourceType) -> bool:
    """Whether there may be things of a type among what a moment did not read."""
    broken = any(each.incomplete and not each.resource_type for each in moment.ledger)
    return broken or moment.counts.get(resource_type.name) is None


def _reads(moment: Moment, resource_type: ResourceType) -> list[LedgerEntry]:
    return [entry for entry in moment.ledger if entry.resource_type == resource_type.name]


def _why_unheld(moment: Moment, resource_type: ResourceType) -> str:
    """Why there may be some of a type of which nothing was found; empty where that is known.

    A dump that holds no object of it, nor a list that says so, tells nothing.
    """
    reads = [each.outcome for each in _reads(moment, resource_type) if not each.optional]
    unheld = all(each.status == "skipped" and not each.objects for each in reads)
    if moment.counts.get(resource_type.name) is not None or not unheld:
        return ""
    return next((each.reason for each in reads), "")


def unread(entry: LedgerEntry) -> str:
    """What could not be read, and why, in a line."""
    outcome = entry.outcome
    told = f"HTTP {outcome.http_code}"
    code = f" ({told})" if outcome.http_code and not outcome.reason.startswith(told) else ""
    reason = f": {outcome.reason}" if outcome.reason else ""
    what = f"all of {entry.read}" if outcome.status == "partial" else entry.read
    return f"could not read {what}: {outcome.status}{code}{reason}"

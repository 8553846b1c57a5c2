"""Read all files of a source once, and note the outcome of each."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, TypeAlias

from k8s_datamodel.api import SourceError, SourceRequest
from k8s_datamodel_plugins.definitions import CRDS
from k8s_datamodel_plugins.harmless_files import (
    ARCHIVE,
    NO_OBJECT,
    NOWHERE,
    SPECIAL,
    UNKNOWN_KIND,
    is_harmless,
)
from k8s_datamodel_plugins.sources.dump import document_objects, layout
from k8s_datamodel_plugins.sources.dump.bounds import MIB, Unreadable
from k8s_datamodel_plugins.sources.dump.catalogue import (
    NOT_HEAD,
    Bundle,
    Catalogue,
    lacks_manifests,
    manifests_of,
)
from k8s_datamodel_plugins.sources.dump.cluster_facts import OBSERVED, Facts
from k8s_datamodel_plugins.sources.dump.document_objects import DocumentObjects
from k8s_datamodel_plugins.sources.dump.file_outcomes import FileOutcomes, Tally
from k8s_datamodel_plugins.sources.dump.files import detection, streams
from k8s_datamodel_plugins.sources.dump.files.logs import has_log, without_logs
from k8s_datamodel_plugins.sources.dump.files.members import Member, Refusal, words
from k8s_datamodel_plugins.sources.dump.layout import Place
from k8s_datamodel_plugins.sources.dump.object_index import Index
from k8s_datamodel_plugins.sources.dump.untyped import NO_KIND, Document, Kinds

_Read: TypeAlias = "tuple[Any, int] | Unreadable"

_POINTER = "a Git LFS pointer: its content is elsewhere; read a folder in which git lfs pull ran"
_SHOWN = 3

_EVERY = 25
"""How many files between two reports of progress."""


class Scan:
    """Everything in a source; complete objects are kept of the request's resources.

    Args:
        members: its files.
        made: when it was made, if something else than its files says so.
        bundle: which bundle of a catalogue is meant, empty for the newest of each package.
    """

    def __init__(
        self,
        request: SourceRequest,
        members: Iterable[Member | Refusal],
        made: str | None = None,
        bundle: str = "",
    ) -> None:
        self.index = Index(request.resources, custom=request.custom)
        self.facts = Facts(made=made)
        self.outcomes = FileOutcomes()
        self._kinds = Kinds(request.resources)
        self._catalogue = Catalogue()
        for member in members:
            self._take(member)
            self.outcomes.seen += 1
            if self.outcomes.seen % _EVERY == 0:
                size = f"{self.outcomes.bytes // MIB} MiB"
                request.progress(
                    f"{self.outcomes.files} files, {size}, {self.index.objects} objects"
                )
        self._take_untyped()
        self._take_bundles(bundle)
        self.facts.backup = "velero" in self.index.roots.values()
        if len(self.index.roots) > 1:
            raise SourceError(_several(request.location, sorted(self.index.roots)))

    def _take(self, member: Member | Refusal) -> None:
        place = self._kinds.placed(layout.locate(member.path))
        if isinstance(member, Refusal):
            unseen = member.reason in (NOWHERE, SPECIAL)
            if member.status == "failed" or (
                unseen and detection.is_named_manifest(member.path) and not is_harmless(member.path)
            ):
                self.outcomes.fail(member.path, place, member.reason)
            else:
                self.outcomes.passed[member.status, member.reason].append(member.path)
            return
        try:
            self._file(member, place)
        except streams.BROKEN as fault:
            self.outcomes.fail(member.path, place, words(fault))

    def _file(self, member: Member, place: Place | None) -> None:
        head = member.stream.peek(detection.HEAD)[: detection.HEAD]
        self.facts.modified = max(self.facts.modified, member.modified or 0.0)
        if detection.is_pointer(head) and (member.sole or not is_harmless(member.path)):
            self.outcomes.fail(member.path, place, _POINTER)
            return
        sort = "manifest" if member.sole else detection.sort(member.path, head)
        if sort == "manifest":
            self._manifest(member, place)
        elif sort == "archive":
            self.outcomes.passed["skipped", ARCHIVE].append(member.path)
        elif not self._marked(member, head):
            reason = NO_OBJECT if is_harmless(member.path) else UNKNOWN_KIND
            self.outcomes.passed["unrecognised", reason].append(member.path)

    def _marked(self, member: Member, head: bytes) -> bool:
        """Whether the file is a dump's note about itself."""
        name, text = member.path.rpartition("/")[2], head.decode("utf-8", "replace")
        if name == "timestamp":
            return self.facts.note_timestamp(text)
        if name == "gather.log":
            self.outcomes.warned(streams.read_all(member.stream).decode("utf-8", "replace"))
            return self.facts.note_timestamp(text)
        if name != "version":
            return False
        return self.facts.note_version(text) or self.facts.note_format(member.path, text)

    def _manifest(self, member: Member, place: Place | None) -> None:
        data, fault = _data_of(member)
        self.outcomes.files += 1
        self.outcomes.bytes += len(data)
        between, lost = without_logs(data)
        tally = Tally()
        documents = detection.documents(detection.text(between))
        for document in _but_the_last(documents) if fault else documents:
            if isinstance(document, Unreadable):
                tally.faults.append(str(document))
            else:
                self._document(Document(*document, member.path, place), tally)
        tally.faults += [each for each in (lost, words(fault) if fault else "") if each]
        status, reason = tally.verdict()
        if status == "failed":
            self.outcomes.fail(member.path, place, reason, len(data))
        elif status != "complete":
            self.outcomes.note(member.path, status, reason, len(data))

    def _document(self, document: Document, tally: Tally) -> None:
        value, line, path, place = document
        if place and place.errors and self.outcomes.lacks(value, place):
            tally.useful += 1
            return
        try:
            if self._catalogue.take(value, path, line):
                tally.useful += 1
                return
            found = document_objects.find(value, place)
        except ValueError as fault:
            tally.faults.append(str(Unreadable(str(fault), line)))
            return
        if self._kinds.wait(document, found):
            tally.useful += 1
        else:
            self._found(found, document, tally)

    def _take_untyped(self) -> None:
        """Read the documents that waited for the CRDs."""
        crds = (entry.packed.load() for entry in self.index.entries(CRDS, None))
        for document in self._kinds.resolved(crds):
            tally = Tally()
            self._found(document_objects.find(document.value, document.place), document, tally)
            status, reason = tally.verdict()
            if status != "complete":
                typed = document.place and document.place.kind
                self.outcomes.note(document.path, status, reason if typed else NO_KIND)

    def _take_bundles(self, name: str) -> None:
        """Read the manifests of the bundles of a catalogue that are meant."""
        if not (name or self._catalogue.bundles):
            return
        self.facts.bundled = True
        read = set()
        for bundle in self._catalogue.chosen(name):
            if isinstance(bundle, Unreadable):
                self.outcomes.fail("catalogue", None, str(bundle))
                continue
            read.add(bundle.name)
            tally = Tally()
            for manifest in manifests_of(bundle):
                self._manifest_of(bundle, manifest, tally)
            lacks = lacks_manifests(bundle)
            for reason in (*tally.faults, *([lacks] if lacks else [])):
                self.outcomes.fail(bundle.path, Place(CRDS.name), reason)
        others = sorted(self._catalogue.bundles.keys() - read)
        if others and read:
            self.outcomes.passed["skipped", f"{NOT_HEAD}; ?bundle=NAME names it"] += others

    def _manifest_of(
        self, bundle: Bundle, manifest: str | dict[str, Any] | Unreadable, tally: Tally
    ) -> None:
        if isinstance(manifest, Unreadable):
            tally.faults.append(str(manifest))
            return
        documents = detection.documents(manifest) if isinstance(manifest, str) else [(manifest, 1)]
        for each in documents:
            if isinstance(each, Unreadable):
                tally.faults.append(f"bundle {bundle.name}: {each}")
                continue
            try:
                found = document_objects.find(each[0], None)
            except ValueError as fault:
                tally.faults.append(f"bundle {bundle.name}: {fault}")
                continue
            self._found(found, Document(each[0], bundle.line, bundle.path, None), tally)

    def _found(self, found: DocumentObjects, document: Document, tally: Tally) -> None:
        value, line, path, place = document
        tally.faults += [str(Unreadable(flaw, line)) for flaw in found.flaws]
        tally.useful += len(found.objects) + len(found.listings)
        if found.others and not found.objects and self.facts.note(value):
            tally.useful += 1
        elif found.others:
            tally.others += found.others
            tally.line = tally.line or line
        self.index.add(found, path, place)
        for item in found.objects:
            if (item.group, item.kind) in OBSERVED:
                self.facts.observe(item)


def _several(location: str, roots: Sequence[str]) -> str:
    more = f" and {len(roots) - _SHOWN} more" if len(roots) > _SHOWN else ""
    names = ", ".join(root or "." for root in roots[:_SHOWN])
    return (
        f"{location} holds {len(roots)} dumps: {names}{more}; read one at a time: name its folder, "
        "or file://PATH?dir=FOLDER in an archive"
    )


def _but_the_last(documents: Iterator[_Read]) -> Iterator[_Read]:
    """All but the last item, which the end of the file may have cut without a visible fault."""
    held: list[_Read] = []
    for document in documents:
        yield from held
        held = [document]


def _data_of(member: Member) -> tuple[bytes | bytearray, BaseException | None]:
    """The content of a file, and why it is incomplete.

    Raises Unreadable, or another of ``BROKEN``.
    """
    stream = member.stream
    if streams.is_compressed(stream.peek(detection.HEAD)):
        stream = streams.expanded(stream)
    head = stream.peek(detection.HEAD)[: detection.HEAD]
    fault = streams.fault_of(stream)
    if fault and not head:
        raise fault
    if detection.is_binary(head) and not has_log(head):
        raise Unreadable("not text")
    data = streams.read_all(stream)
    fault = streams.fault_of(stream)
    if fault:  # the last line may end inside a character
        del data[data.rfind(b"\n") + 1 :]
    return data, fault

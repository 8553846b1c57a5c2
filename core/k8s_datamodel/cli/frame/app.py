"""The state that all commands share: settings, registry, source, store and messages."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager, nullcontext
from dataclasses import dataclass, replace
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING

from k8s_datamodel.base.errors import DatamodelError
from k8s_datamodel.base.unusable import NO_ROOM, reason, unusable
from k8s_datamodel.cli.frame.missing import Missing
from k8s_datamodel.cli.frame.settings import Place, Settings
from k8s_datamodel.cli.frame.short_messages import message
from k8s_datamodel.cli.frame.standard_streams import talk
from k8s_datamodel.plugins.cache import Cache
from k8s_datamodel.plugins.config import cache_dir, plugin_settings
from k8s_datamodel.plugins.host import Host
from k8s_datamodel.plugins.registry import Registry, Reserved
from k8s_datamodel.redaction.messages import without_credentials
from k8s_datamodel.types.resource_types import ResourceType

if TYPE_CHECKING:
    from k8s_datamodel.cli.frame.opening import Opening
    from k8s_datamodel.contracts.specs import Capability
    from k8s_datamodel.contracts.stores import AbleStore
    from k8s_datamodel.data.asked import Asked
    from k8s_datamodel.plugins.configuration import Configuration
    from k8s_datamodel.reading.pipeline import Run


_NO_EXTERNAL = "--no-external-plugins"

_SOME_BYTES = 1 << 20

OWN_SECTIONS = ("diff",)
"""Sections of the configuration that commands of the host read."""


class NotAFlagError(Exception):
    """A word that was taken for a flag, and is another option's value."""


@dataclass(frozen=True, slots=True)
class Task:
    """One of several contexts to be read.

    Attributes:
        context: its name.
        progress: takes a short text now and then; raises when the user wants no more.
    """

    context: str
    progress: Callable[[str], None]


class App:
    """State of one run of the command.

    Args:
        arguments: of the command line. A flag that decides which commands there are must be known
            before a command is looked up, wherever it stands: it is taken for one until the
            command's options are known.
        reserved: gives what plugins may not take. Without it nothing is reserved, and what plugins
            register is not kept for the next run.
        as_flags: whether it is; False when the same word was found to be another option's value.
    """

    def __init__(
        self,
        arguments: Sequence[str] = (),
        reserved: Callable[[], Reserved] | None = None,
        *,
        as_flags: bool = True,
    ) -> None:
        self._reserved = reserved
        self._words = arguments
        self._taken = as_flags and _NO_EXTERNAL in arguments
        self._parsed = False
        self._told = False
        self.settings = Settings()
        self.given: set[str] = set()
        self.typed: set[str] = set()
        self.stored: set[int] = set()
        self._configured: Sequence[Path] = ()
        self._loaded: Registry | None = None
        self.missing = Missing(self.say, self.complain)

    @cached_property
    def host(self) -> Host:
        """The plugins there are, as far as metadata tells; none is loaded."""
        settings = self.settings
        no_external = self._taken or settings.no_external_plugins
        return Host.discover(plugin_settings(no_external=no_external, strict=settings.strict))

    @cached_property
    def registry(self) -> Registry:
        """Everything the plugins registered; what is wrong with some is told on stderr, once."""
        folder = cache_dir() if self._reserved else None
        registry = self._loaded or self._registry(Cache(folder) if folder else None)
        if self._parsed:
            self._tell_problems(registry)
        return registry

    def parsed(self) -> None:
        """The command's options are known: now it can be said what is wrong with plugins.

        Raises:
            PluginError: something is, and ``--strict`` was given.
            NotAFlagError: what was taken for a flag is another option's value.
        """
        self._parsed = True
        if self._taken and "no_external_plugins" not in self.typed:
            raise NotAFlagError
        self.tell_problems()

    def tell_problems(self) -> None:
        """Tell, once, what is wrong with plugins if any were asked. Raises PluginError."""
        if registry := self.__dict__.get("registry"):
            self._tell_problems(registry)

    def _tell_problems(self, registry: Registry) -> None:
        if not self._told:
            self._told = True
            registry.insist(strict=self.settings.strict)
            for problem in registry.problems:
                self.complain(problem)

    def loaded(self) -> Registry:
        """The same with every plugin imported, silently: for those who report on plugins."""
        if self._loaded is None:
            self._loaded = self._registry(None)
        return self._loaded

    def _registry(self, cache: Cache | None) -> Registry:
        reserved = self._reserved or (lambda: ((), ()))
        return Registry(Host(self.host.plugins, self.host.settings), reserved, cache)

    @property
    def though_stored(self) -> str:
        """What the last line of a command adds if the command fails after it stored something."""
        numbers = ", ".join(map(str, sorted(self.stored)))
        if not numbers:
            return ""
        several = len(self.stored) > 1
        return f"; snapshot{'s' * several} {numbers} {'were' if several else 'was'} stored"

    def say(self, text: str) -> None:
        """Talk, unless ``--quiet``."""
        if not self.settings.quiet:
            talk(message(text, self._words))

    def complain(self, text: str) -> None:
        """Say what went wrong."""
        talk(f"k8s-datamodel: {message(text, self._words)}")

    def show(self, text: str) -> None:
        """Show what is wrong with the command line."""
        talk(message(text, self._words))

    def complain_at_length(self, error: BaseException) -> None:
        """Show where an error comes from, if the user wants to know."""
        if self.settings.debug:
            import traceback  # noqa: PLC0415 - only developers need it

            self.tell_developers("".join(traceback.format_exception(error)).rstrip())

    def tell_developers(self, text: str) -> None:
        """Show what ``--debug`` shows."""
        if self.settings.debug:
            talk(without_credentials(text))

    @contextmanager
    def progress(self) -> Iterator[Callable[[str], None]]:
        """Show short texts in place, on a terminal only."""
        if self.settings.quiet or not sys.stderr.isatty():
            yield lambda text: None
            return
        from rich.console import Console  # noqa: PLC0415 - only terminals pay for it

        with Console(stderr=True).status("collecting") as status:
            yield status.update

    @contextmanager
    def run(
        self,
        types: Sequence[ResourceType],
        task: Task | None = None,
        asked: Asked | None = None,
        *,
        place: Place | None = None,
        storing: bool = False,
    ) -> Iterator[Run]:
        """A run of some types against a place, a task's cluster, or what the settings name."""
        from k8s_datamodel.reading.pipeline import start  # noqa: PLC0415 - the help needs no pipeline
        from k8s_datamodel.reading.progress import Progress  # noqa: PLC0415 - as above

        resources = [read.resource for each in types for read in each.reads]
        if task:
            place = Place(task.context)
        with nullcontext(task.progress) if task else self.progress() as show:
            progress = Progress(show)
            request = replace(
                self.opening.request(resources, place),
                custom=any(each.on_request for each in types),
                progress=progress.detail,
                warn=self.complain,
            )
            with start(
                partial(self.opening.source, request),
                self.registry,
                types,
                self.settings.namespace,
                asked,
                storing=storing,
                cluster_name=None if place else self.opening.cluster_name(self.typed),
                progress=progress,
            ) as run:
                yield run

    @contextmanager
    def store(
        self, *, create: bool = False, needs: Capability | None = None
    ) -> Iterator[AbleStore]:
        """The database the settings name, see ``open_store``."""
        with closing(
            self.open_store(self.settings.db_path or "", create=create, needs=needs)
        ) as it:
            yield it

    @contextmanager
    def scratch(self) -> Iterator[AbleStore]:
        """A database of our own that is gone afterwards; only this user can read it."""
        from tempfile import TemporaryDirectory  # noqa: PLC0415 - few commands need it

        with (
            TemporaryDirectory(prefix="k8s-datamodel-") as folder,
            closing(self.open_store(str(Path(folder) / "scratch.db"), create=True)) as store,
        ):
            yield store

    def blamed(self, error: BaseException) -> str:
        """Which plugin an unforeseen error came from, in one line; empty when it was none."""
        registry = self.__dict__.get("registry")
        if registry is None or isinstance(error, DatamodelError | OSError):
            return ""
        return str(registry.blamed(error))

    def open_store(
        self, url: str, *, create: bool = False, needs: Capability | None = None
    ) -> AbleStore:
        """The database at a path or URL; UsageError if its backend lacks what the command needs."""
        return self.opening.store(url, create=create, needs=needs)

    def configuration(self, path: str | None = None) -> Configuration:
        """What the user's files say; ``path`` names the project's. Raises UsageError."""
        from k8s_datamodel.plugins.configuration import configuration  # noqa: PLC0415 - it needs a YAML library

        sections = dict.fromkeys(spec.section for spec in self.registry.commands if spec.section)
        folder = self.host.settings.folder
        chosen = None if path is None else Path(path)
        found = configuration([*OWN_SECTIONS, *sections], chosen, folder)
        self._configured = found.paths
        return found

    def inputs(self) -> Mapping[str, Sequence[Path]]:
        """The files and folders that the settings name to be read, by what they are to the user."""
        folder = self.host.settings.folder
        configured = (*((folder,) if folder else ()), *self._configured)
        return {**self.opening.inputs(), "the configuration": configured}

    @cached_property
    def opening(self) -> Opening:
        """Opens what the settings name."""
        from k8s_datamodel.cli.frame.opening import Opening  # noqa: PLC0415 - the help opens nothing

        return Opening(self.registry, self.settings)


def told(error: OSError) -> DatamodelError:
    """What a user is told of an error of the system that nobody foresaw, and its exit code."""
    if error.errno in NO_ROOM:
        return unusable(f"{error.filename or _written()}: cannot be written", error)
    if error.filename:
        return unusable(f"{error.filename}: cannot be used", error)
    return DatamodelError(reason(error))


def _written() -> str:
    """What a write that names no file went to: stdout, unless temporary files have no room."""
    import shutil  # noqa: PLC0415 - disks are seldom full
    import tempfile  # noqa: PLC0415 - as above

    folder = tempfile.gettempdir()
    return "stdout" if shutil.disk_usage(folder).free > _SOME_BYTES else folder


def line(error: BaseException) -> str:
    """What went wrong, in one line for the user, without credentials."""
    return without_credentials(_line(error))


def _line(error: BaseException) -> str:
    if isinstance(error, DatamodelError):
        return str(error)
    if isinstance(error, OSError) and error.strerror:
        return str(told(error))
    kind = type(error).__name__
    return f"this is a fault of k8s-datamodel ({kind}: {error}); --debug shows where"

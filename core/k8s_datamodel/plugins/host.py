"""Find and load plugins in two phases, so that no plugin can break another.

Finding reads metadata only, so listing and disabling always work. Loading imports each plugin under
guard, with a pluggy manager of its own: it cannot wrap, precede or half register in another
plugin's hooks, and dropping the manager undoes all of it.
"""

from __future__ import annotations

import difflib
import inspect
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any, TypeVar

import pluggy

from k8s_datamodel import API_MINOR, API_VERSION, PROJECT
from k8s_datamodel.base.errors import UsageError
from k8s_datamodel.contracts import hookspecs
from k8s_datamodel.plugins import finders
from k8s_datamodel.plugins.config import PluginSettings
from k8s_datamodel.plugins.distributions import EntryPoint
from k8s_datamodel.plugins.finders import OWN_DISTRIBUTION, Plugin, State
from k8s_datamodel.plugins.isolation import fault_of, isolated
from k8s_datamodel.types.foreign_texts import Fault, FaultError, shown

API_ATTRIBUTE = "K8S_DATAMODEL_API"
"""A plugin sets it to the lowest API version that it needs: ``1``, or ``(1, 2)`` for 1.2."""

_API = (API_VERSION, API_MINOR)
_T = TypeVar("_T")

_UPGRADE = "it needs a newer k8s-datamodel"


class IncompatibleError(FaultError):
    """The plugin needs something that this version of the host lacks."""


class Host:
    """The plugins of one process and the state of each."""

    def __init__(self, plugins: Iterable[Plugin], settings: PluginSettings | None = None) -> None:
        """Start with these plugins, in any order, none of them loaded."""
        self.settings = settings or PluginSettings()
        self._managers: dict[str, pluggy.PluginManager] = {}
        sorted_out = _sorted_out(sorted(plugins, key=finders.sort_key), self.settings)
        self._plugins = {(plugin.path, plugin.value): plugin for plugin in sorted_out}

    @classmethod
    def discover(
        cls,
        settings: PluginSettings | None = None,
        entry_points: Iterable[EntryPoint] | None = None,
    ) -> Host:
        """Find plugins by metadata, without an import; tests pass other entry points."""
        settings = settings or PluginSettings()
        found = list(finders.installed(entry_points))
        if settings.folder is not None:
            found += finders.modules(settings.folder / "plugins")
            found += finders.type_files(settings.folder / "types")
        return cls(found, settings)

    @property
    def plugins(self) -> tuple[Plugin, ...]:
        """All plugins, built-ins first, then by name."""
        return tuple(self._plugins.values())

    @property
    def problems(self) -> tuple[str, ...]:
        """One line for each plugin that cannot be used, unless the user disabled it."""
        unusable = ("broken", "incompatible", "duplicate")
        return tuple(_problem(plugin) for plugin in self.plugins if plugin.state in unusable)

    def find(self, name: str) -> Plugin:
        """The plugin of that name or ``distribution/name``. Raises UsageError."""
        for plugin in self.plugins:
            if name in (plugin.name, plugin.path):
                return plugin
        names = sorted({plugin.name for plugin in self.plugins})
        near = difflib.get_close_matches(name, names, n=3) or names
        raise UsageError(f"there is no plugin {name!r}; there are: {', '.join(near)}")

    def ask(self, plugin: Plugin, question: Callable[[pluggy.PluginManager], _T]) -> _T | None:
        """Load a plugin and ask it; None if that failed, with the reason in its state."""
        start = time.perf_counter()
        answer = None
        state: State = "active"
        fault = Fault("")
        try:
            with isolated():
                manager = _manager(plugin, plugin.load(), self.settings.trace)
                answer = question(manager)
            self._managers[plugin.path] = manager
        except KeyboardInterrupt:
            raise
        except BaseException as error:  # SystemExit and worse are faults as well
            state, fault = _failed(error, plugin)
        seconds = time.perf_counter() - start
        self.update(replace(plugin.found_to_be(state, fault), seconds=seconds))
        return answer

    def culprit(self, error: BaseException) -> Plugin | None:
        """The plugin whose code raised an exception; None if it was the host's."""
        file = fault_of(error).file
        external = [plugin for plugin in self.plugins if file and not plugin.builtin]
        return next((plugin for plugin in external if _is_of(file, plugin)), None)

    def reject(self, plugin: Plugin, state: State, fault: Fault) -> None:
        """Drop a plugin and all its registrations."""
        self._managers.pop(plugin.path, None)
        self.update(self.current(plugin).found_to_be(state, fault))

    def update(self, plugin: Plugin) -> Plugin:
        """Replace a plugin's state, and return the plugin."""
        self._plugins[plugin.path, plugin.value] = plugin
        return plugin

    def current(self, plugin: Plugin) -> Plugin:
        """A plugin with its present state."""
        return self._plugins[plugin.path, plugin.value]


def _is_of(file: str, plugin: Plugin) -> bool:
    if plugin.distribution == finders.NO_DISTRIBUTION:
        return file == plugin.value
    top = sys.modules.get(plugin.value.partition(":")[0].partition(".")[0])
    own = getattr(top, "__file__", None) or ""
    folder = own.removesuffix("__init__.py")
    return bool(own) and (file.startswith(folder) if folder != own else file == own)


def _problem(plugin: Plugin) -> str:
    # Slow to import, and needed only for a problem.
    from importlib.metadata import PackageNotFoundError, version  # noqa: PLC0415

    try:
        own = version(OWN_DISTRIBUTION)
    except PackageNotFoundError:
        own = "(not installed)"
    where = f" ({plugin.location})" if plugin.file else ""
    return (
        f"plugin {plugin.name} of {plugin.origin} is {plugin.state} with k8s-datamodel {own}: "
        f"{plugin.reason}{where}"
    )


def _sorted_out(plugins: list[Plugin], settings: PluginSettings) -> tuple[Plugin, ...]:
    """Mark disabled plugins and, of two with one name, the second."""
    first: dict[str, Plugin] = {}
    result = []
    for plugin in plugins:
        said = settings.disabled.get(plugin.name) or settings.disabled.get(plugin.path)
        if said or not (settings.external or plugin.builtin):
            said = said or "external plugins are switched off"
            result.append(plugin.found_to_be("disabled", Fault(said)))
        elif (other := first.setdefault(plugin.name, plugin)) is not plugin:
            fault = Fault(f"{_who(other)} has the same name, and {_who(plugin)} comes second")
            result.append(plugin.found_to_be("duplicate", fault))
        else:
            result.append(plugin)
    return tuple(result)


def _who(plugin: Plugin) -> str:
    return f"{plugin.origin} ({plugin.value})" if plugin.version else plugin.origin


def _failed(error: BaseException, plugin: Plugin) -> tuple[State, Fault]:
    fault = fault_of(error)
    if isinstance(error, IncompatibleError):
        return "incompatible", fault
    if isinstance(error, ImportError) and error.name == "k8s_datamodel.api":
        return "incompatible", replace(fault, reason=f"{fault.reason}; {_UPGRADE}")
    if isinstance(error, ModuleNotFoundError) and plugin.kind == "installed":
        hint = "install it, or install the plugin again"
        return "broken", replace(fault, reason=f"{fault.reason}; {hint}")
    return "broken", fault


def _manager(plugin: Plugin, target: object, trace: bool) -> pluggy.PluginManager:
    """A manager that holds only this plugin, after all checks of its hooks."""
    manager = pluggy.PluginManager(PROJECT)
    manager.add_hookspecs(hookspecs)
    _check_api(target)
    target = target() if inspect.isclass(target) else target
    specified = list(vars(manager.hook))
    hooks = list(_hooks(manager, target))
    if not hooks:
        raise FaultError(f"it has no hook marked with hookimpl; there are: {', '.join(specified)}")
    for name, options, function in hooks:
        _check_hook(name, options, function, specified)
    manager.register(target, plugin.path)
    if trace:
        _trace(manager, plugin)
    return manager


def _check_api(target: object) -> None:
    given = getattr(target, API_ATTRIBUTE, API_VERSION)
    asked = given if isinstance(given, tuple) else (given,)
    whole = all(isinstance(part, int) and not isinstance(part, bool) for part in asked)
    if not (whole and 1 <= len(asked) <= len(_API) and asked[0] >= 1):
        expected = "a whole number from 1 on, or a pair as (1, 2)"
        raise FaultError(f"{API_ATTRIBUTE} must be {expected}, not {shown(given)}")
    if asked > _API:
        wanted, this = (".".join(map(str, each)) for each in (asked, _API[: len(asked)]))
        raise IncompatibleError(f"it asks for API {wanted}, this is API {this}; {_UPGRADE}")


def _hooks(
    manager: pluggy.PluginManager, target: object
) -> Iterator[tuple[str, Mapping[str, Any], Callable[..., object]]]:
    """Name, options and function of each hook in the plugin."""
    for attribute in dir(target):
        options = manager.parse_hookimpl_opts(target, attribute)
        if options is not None:
            yield options.get("specname") or attribute, options, getattr(target, attribute)


def _check_hook(
    name: str, options: Mapping[str, Any], function: Callable[..., object], specified: list[str]
) -> None:
    place = place_of(function)
    if name not in specified and not options.get("optionalhook"):
        near = difflib.get_close_matches(name, specified, n=1)
        hint = f"perhaps {near[0]} is meant, else {_UPGRADE}" if near else _UPGRADE
        raise IncompatibleError(f"there is no hook {name}; {hint}", *place)
    if options.get("wrapper") or options.get("hookwrapper"):
        raise FaultError(f"{name} is a wrapper, and there is nothing to wrap", *place)
    parameters = inspect.signature(function).parameters
    if parameters:
        reason = f"hook {name} gives no argument {', '.join(parameters)}; {_UPGRADE}"
        raise IncompatibleError(reason, *place)


def place_of(function: object) -> tuple[str, int | None]:
    """File and line of a function, as far as known."""
    code = getattr(inspect.unwrap(function), "__code__", None) if callable(function) else None
    return (code.co_filename, code.co_firstlineno) if code else ("", None)


def _trace(manager: pluggy.PluginManager, plugin: Plugin) -> None:
    started: list[float] = []

    def before(*_: object) -> None:
        started.append(time.perf_counter())

    def after(outcome: pluggy.Result[Any], name: str, impls: Sequence[Any], _: object) -> None:
        took = (time.perf_counter() - started.pop()) * 1000
        if impls:
            what = "raised" if outcome.exception else "returned"
            print(f"trace: {plugin.path} {name}() {what} in {took:.1f} ms", file=sys.stderr)  # noqa: T201

    manager.add_hookcall_monitoring(before, after)

"""The options that every command takes, before or after the subcommand."""

from __future__ import annotations

import re
from functools import cache
from typing import Any

import click
from click.core import ParameterSource

from k8s_datamodel.base.errors import UsageError
from k8s_datamodel.cli.frame.app import App
from k8s_datamodel.cli.params.candidates import Completed, contexts, namespaces, stored_contexts
from k8s_datamodel.cli.params.options import InputPath

# A namespace's name is an RFC 1123 label: k8s.io/apimachinery/pkg/util/validation.
_LABEL = re.compile(r"[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?")

# https://www.rfc-editor.org/rfc/rfc3986#section-3.2.1; drivers also take one as an option.
_PASSWORD = re.compile(r"://[^/?#@]*:[^/?#]+@|[?&]\w*password=[^&]", re.IGNORECASE)


_PLACES = frozenset({"source", "db_path", "kubeconfig"})
"""Options that name what is read or written. An empty context is the current one, as kubectl's."""


def warn_of_password(app: App, url: str, where: str) -> None:
    """Say so when a URL on the command line holds a password."""
    if _PASSWORD.search(url):
        app.complain(
            f"{where} holds a password, which all users of this machine can see (`ps`): leave it "
            "out and use K8S_DATAMODEL_DB, PGPASSWORD, PGPASSFILE or a service file"
        )


class NamespaceName(Completed):
    """A name that a namespace can have."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """The name as it is, once it is known to be one."""
        if not _LABEL.fullmatch(str(value)):
            self.fail(
                f"{value!r} is not a namespace's name: lower-case letters, digits and '-', "
                "at most 63, a letter or digit first and last",
                param,
                ctx,
            )
        return value


def _settle(ctx: click.Context, parameter: click.Parameter, value: Any) -> None:
    """Keep a global option's value; the command line wins over the environment at any level."""
    app = ctx.find_object(App)
    name = str(parameter.name)
    given = ctx.get_parameter_source(name)
    if app is None or given is ParameterSource.DEFAULT or value is None:
        return
    if given is ParameterSource.COMMANDLINE:
        if value == "" and name in _PLACES:
            # What a script means whose variable is not set is neither the default nor the cluster.
            raise UsageError(f"{parameter.opts[-1]} is empty, and names nothing: leave it out")
        app.typed.add(name)
        if isinstance(value, str):
            warn_of_password(app, value, parameter.opts[-1])
    if given is ParameterSource.COMMANDLINE or name not in app.given:
        setattr(app.settings, name, value)
        app.given.add(name)
    if app.settings.all_namespaces:
        app.settings.namespace = None


class GlobalOption(click.Option):
    """An option that every command takes, listed apart in its help."""

    def __init__(self, *names: str, **attributes: Any) -> None:
        super().__init__(
            names, expose_value=False, callback=_settle, show_envvar=True, **attributes
        )


@cache
def global_options() -> tuple[GlobalOption, ...]:
    """The options that may stand before or after any subcommand."""
    prefix = "K8S_DATAMODEL"
    return (
        GlobalOption(
            "--context",
            type=Completed("context", contexts),
            metavar="NAME",
            envvar=f"{prefix}_CONTEXT",
            help="Context of the kubeconfig.",
        ),
        GlobalOption(
            "-n",
            "--namespace",
            type=NamespaceName("namespace", namespaces),
            metavar="NAME",
            envvar=f"{prefix}_NAMESPACE",
            help="Only this namespace.",
        ),
        GlobalOption(
            "-A",
            "--all-namespaces",
            is_flag=True,
            default=None,
            help="All namespaces, whatever --namespace or its variable says.",
        ),
        GlobalOption(
            "--kubeconfig",
            type=InputPath(),
            metavar="FILE",
            envvar=f"{prefix}_KUBECONFIG",
            help="Kubeconfig file. [also: KUBECONFIG]",
        ),
        GlobalOption(
            "--max-in-flight",
            type=click.IntRange(min=1, max=256),
            metavar="N",
            envvar=f"{prefix}_MAX_IN_FLIGHT",
            help="Most requests at once to one API server. [default: 32]",
        ),
        GlobalOption(
            "--max-per-second",
            type=click.IntRange(min=1),
            metavar="N",
            envvar=f"{prefix}_MAX_PER_SECOND",
            help="Most requests a second to one API server. [default: no limit]",
        ),
        GlobalOption(
            "--source",
            type=InputPath(),
            envvar=f"{prefix}_SOURCE",
            metavar="PATH",
            help="Read manifests or a dump (folder, file, tar, -) in place of a cluster.",
        ),
        GlobalOption(
            "--cluster-name",
            type=Completed("name", stored_contexts),
            envvar=f"{prefix}_CLUSTER_NAME",
            metavar="NAME",
            help="What to call the cluster of the dump; so does --context beside --source. "
            "[default: the file's or folder's name]",
        ),
        GlobalOption(
            "--db-path",
            type=InputPath(),
            envvar=f"{prefix}_DB",
            metavar="PATH|URL",
            help="Database. [default: ~/.k8s-inventory/inventory.db]",
        ),
        _flag("--no-color", "No colour. [also: NO_COLOR]"),
        _flag("-q", "--quiet", "Data and errors only."),
        _flag("--debug", "Show tracebacks."),
        _flag("--no-external-plugins", "Load the built-in plugins only."),
        _flag("--strict", "A broken plugin is an error."),
    )


def _flag(*names_and_help: str) -> GlobalOption:
    *names, text = names_and_help
    envvar = "K8S_DATAMODEL" + names[-1].removeprefix("-").replace("-", "_").upper()
    return GlobalOption(*names, is_flag=True, default=None, envvar=envvar, help=text)

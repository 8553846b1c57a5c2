"""Options that stand on every command, and types of values that complete themselves."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from click.core import ParameterSource
from click.shell_completion import CompletionItem

from k8s_datamodel.cli.frame.app import App
from k8s_datamodel.cli.frame.passwords import warn_of_password
from k8s_datamodel.cli.params.candidates import Completed, contexts, namespaces, stored_contexts

PROGRAM = "k8s-datamodel"

HELP = {"help_option_names": ["-h", "--help"]}


# A namespace's name is an RFC 1123 label: k8s.io/apimachinery/pkg/util/validation.
_LABEL = re.compile(r"[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?")


class NamespaceName(Completed):
    """A name that a namespace can have."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """The name as it is, once it is known to be one."""
        if not _LABEL.fullmatch(str(value)):
            self.fail(
                f"{value!r} is no namespace's name: lower-case letters, digits and '-', "
                "at most 63, a letter or digit first and last",
                param,
                ctx,
            )
        return value


def _settle(context: click.Context, parameter: click.Parameter, value: Any) -> None:
    """Keep a global option's value; the command line wins over the environment at any level."""
    app = context.find_object(App)
    name = str(parameter.name)
    given = context.get_parameter_source(name)
    if app is None or given is ParameterSource.DEFAULT or value is None:
        return
    if given is ParameterSource.COMMANDLINE:
        app.typed.add(name)
        if isinstance(value, str):
            warn_of_password(app, value, parameter.opts[-1])
    if given is ParameterSource.COMMANDLINE or name not in app.given:
        setattr(app.settings, name, value)
        app.given.add(name)


class GlobalOption(click.Option):
    """An option that every command takes, listed apart in its help."""

    def __init__(self, *names: str, **attributes: Any) -> None:
        super().__init__(
            names, expose_value=False, callback=_settle, show_envvar=True, **attributes
        )


def global_options() -> list[click.Parameter]:
    """A new set of the options that may stand before or after any subcommand."""
    prefix = "K8S_DATAMODEL"
    return [
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
            "--kubeconfig",
            type=click.Path(),
            metavar="FILE",
            envvar=f"{prefix}_KUBECONFIG",
            help="Kubeconfig file. [also: KUBECONFIG]",
        ),
        GlobalOption(
            "--source",
            type=click.Path(),
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
            type=click.Path(),
            envvar=f"{prefix}_DB",
            metavar="PATH|URL",
            help="Database. [default: ~/.k8s-inventory/inventory.db]",
        ),
        _flag("--no-color", "No colour. [also: NO_COLOR]"),
        _flag("-q", "--quiet", "Data and errors only."),
        _flag("--debug", "Show tracebacks."),
        _flag("--no-external-plugins", "Load the built-in plugins only."),
        _flag("--strict", "A broken plugin is an error."),
    ]


def _flag(*names_and_help: str) -> GlobalOption:
    *names, text = names_and_help
    envvar = "K8S_DATAMODEL" + names[-1].removeprefix("-").replace("-", "_").upper()
    return GlobalOption(*names, is_flag=True, default=None, envvar=envvar, help=text)


class WithGlobalOptions(click.Command):
    """A command that takes the global options wherever it stands."""

    def __init__(self, *arguments: Any, **attributes: Any) -> None:
        attributes.setdefault("context_settings", HELP)
        super().__init__(*arguments, **attributes)
        self.params.extend(global_options())

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Own options first, the global ones apart."""
        for title, is_global in (("Options", False), ("Global options", True)):
            rows = [
                row
                for param in self.get_params(ctx)
                if isinstance(param, click.Option)  # newer click: arguments, too
                and isinstance(param, GlobalOption) is is_global
                and (row := param.get_help_record(ctx))
            ]
            if rows:
                with formatter.section(title):
                    formatter.write_dl(rows)
        if isinstance(self, click.Group):
            self.format_commands(ctx, formatter)

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The example, with the name by which the command was called."""
        if self.epilog:
            called = f"{ctx.find_root().info_name} "
            formatter.write_paragraph()
            with formatter.indentation():
                formatter.write_text(self.epilog.replace(f"{PROGRAM} ", called))


class OutputPath(click.Path):
    """A file or folder to write; one that the user reads is refused before anything is read."""

    name = "path"


class Command(WithGlobalOptions):
    """An ordinary command."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run it. Raises UsageError when it would write over what the user reads."""
        ctx.ensure_object(App).parsed()
        for param in self.get_params(ctx):
            file = ctx.params.get(str(param.name))
            if isinstance(param.type, OutputPath) and file not in (None, "-"):
                from k8s_datamodel.cli.frame.spared import spare  # noqa: PLC0415 - few commands write

                spare(ctx.ensure_object(App), Path(str(file)))
        return super().invoke(ctx)


class Group(WithGlobalOptions, click.Group):
    """A command group; what is in it is given, nothing is looked up."""

    command_class = Command


if TYPE_CHECKING:
    TextType = click.ParamType[str]
else:  # generic only for type checkers in the older releases we accept
    TextType = click.ParamType


class OutputFormat(TextType):
    """Name of a registered output format."""

    name = "format"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """Accept what is registered; the error names what there is."""
        names = _formats(ctx)
        if value not in names:
            self.fail(f"{value!r} is no output format; there are {', '.join(names)}", param, ctx)
        return str(value)

    def shell_complete(
        self, ctx: click.Context, param: click.Parameter, incomplete: str
    ) -> list[CompletionItem]:
        """Names of the registered formats."""
        return [CompletionItem(name) for name in _formats(ctx) if name.startswith(incomplete)]


def _formats(context: click.Context | None) -> list[str]:
    app = context.find_object(App) if context else None
    return list(app.registry.formatters) if app else []


def output_option(default: str | None = "table", note: str = "") -> click.Option:
    """``--output``, the same everywhere."""
    return click.Option(
        ["-o", "--output"],
        type=OutputFormat(),
        default=default,
        show_default=default is not None,
        help=f"Output format{note}: table, wide, rich, json, yaml, csv, name, or a plugin's.",
    )


def allow_incomplete_option() -> click.Option:
    """``--allow-incomplete``, of each command that ends with 3 when something is missing."""
    return click.Option(
        ["--allow-incomplete"],
        is_flag=True,
        expose_value=False,
        callback=_allow,
        help="Exit with 0, not 3, when something could not be read.",
    )


def _allow(ctx: click.Context, parameter: click.Parameter, value: bool) -> None:
    ctx.ensure_object(App).missing.allowed = value

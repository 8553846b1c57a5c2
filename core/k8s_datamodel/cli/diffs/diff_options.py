"""Options that commands which tell of changes have in common, and how they write lines."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

import click
from click.decorators import FC

from k8s_datamodel.cli.frame.app import App
from k8s_datamodel.cli.frame.missing import EXIT_NO_ANSWER
from k8s_datamodel.cli.params.candidates import Completed

if TYPE_CHECKING:
    from k8s_datamodel.cli.diffs.diff_lines import Hunk, Line
    from k8s_datamodel.comparing.changes import Gap
    from k8s_datamodel.comparing.field_paths import Pattern

LINES = ("table", "wide", "rich", "plain")
"""Formats for people: all show the same lines."""

_COLORS = {"+": "green", "-": "red", "~": "yellow", "!": "magenta"}


def patterns(ctx: click.Context, param: click.Parameter, texts: Sequence[str]) -> Sequence[Pattern]:
    """Patterns of fields, as ``docs/comparing.md`` has them."""
    from k8s_datamodel.comparing.field_paths import parsed  # noqa: PLC0415 - not for the help

    try:
        return [parsed(text) for text in texts]
    except ValueError as error:
        raise click.BadParameter(str(error), ctx, param) from None


def several(name: str, text: str, **attributes: Any) -> Callable[[FC], FC]:
    """An option that may be given several times."""
    return click.option(name, multiple=True, help=f"{text}; repeat for more.", **attributes)


def flag(name: str, keyword: str, text: str, **attributes: Any) -> Callable[[FC], FC]:
    """An option without a value."""
    return click.option(name, keyword, is_flag=True, help=text, **attributes)


def _answering(ctx: click.Context, parameter: click.Parameter, value: bool) -> bool:
    if value:
        ctx.ensure_object(App).missing.no_answer = EXIT_NO_ANSWER
    return value


only_option = several(
    "--only",
    "Only these resource types, such as crds,operators",
    type=Completed("types", lambda ctx, _: [e.name for e in ctx.ensure_object(App).registry.types]),
    metavar="TYPES",
)

name_option = several("--name", "Only things of this name; * and ? match", metavar="PATTERN")

exit_code_option = flag(
    "--exit-code",
    "exit_code",
    "Exit with 1 when something differs, with 4 when there is no answer.",
    callback=_answering,
)

no_pager_option = flag("--no-pager", "no_pager", "No pager on a terminal.")


def hunks() -> Hunk:
    """What makes a YAML hunk of a change."""
    from k8s_datamodel.cli.diffs.diff_hunks import hunk  # noqa: PLC0415 - it needs a YAML library

    return hunk


def line_texts(lines: Iterable[Line], *, color: bool) -> Iterator[str]:
    """Lines as text in which a terminal obeys nothing but the colours of their signs."""
    from k8s_datamodel.cli.diffs.diff_lines import safe  # noqa: PLC0415 - not for the help

    for sign, raw in lines:
        text = safe(raw)
        if color and sign == "@":
            yield click.style(text, bold=True) + "\n"
        else:
            yield (
                click.style(text, fg=_COLORS[sign]) if color and sign in _COLORS else text
            ) + "\n"


def lacks(gaps: Iterable[Gap], unknown: int, *, asked: bool) -> str:
    """What could not be compared, in a line: the types that have gaps, and how many fields.

    ``asked``: the user named types. Otherwise nothing is lacking where a side was not asked for
    what is read on request only: what both sides hold was compared.
    """
    said: list[str] = []
    names = list(dict.fromkeys(each.type_name for each in gaps if asked or not each.unasked))
    if names:
        said.append(f"not all {' and '.join(names)} could be compared")
    if unknown:
        what = "1 field differs" if unknown == 1 else f"{unknown:,} fields differ"
        said.append(f"it is not known whether {what}")
    return "; ".join(said)

"""Pages for ``man``, from the commands: one on the program, one for each group or command alone.

The macros are those of man(7), which groff and mandoc know.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timezone
from pathlib import Path

import click

from k8s_datamodel.cli.reference import walk

FOLDER = Path(__file__).parent / "man"
NAME = "k8s-datamodel"

_SPECIAL = {
    '"': "\\(dq",
    "\\": "\\e",
    "-": "\\-",
    "'": "\\(aq",
    "`": "\\(ga",
    "^": "\\(ha",
    "~": "\\(ti",
}
_SHELL = Path(__file__).parent / "shell.md"
_DATE = "@DATE@"


def pages(root: click.Context, options: Sequence[click.Parameter], version: str) -> dict[Path, str]:
    """All pages by their files.

    Args:
        root: the context of the whole command.
        options: those that every command takes.
        version: of the program.
    """
    top = [ctx for ctx in walk(root) if ctx.parent is root]
    made = {NAME: [*_front(root, top, options)]}
    for ctx in top:
        made[_page_of(ctx)] = [*_group(ctx), *_see_also(ctx, top)]
    texts = {name: _text(name, parts, version) for name, parts in made.items()}
    return {path: _dated(path, text) for path, text in ((_file(n), t) for n, t in texts.items())}


def _file(name: str) -> Path:
    return FOLDER / f"{name}.1"


def _text(name: str, parts: Iterable[str], version: str) -> str:
    head = f'.TH "{_roff(name.upper())}" "1" "{_DATE}" "{NAME} {version}" "{NAME}"'
    note = '.\\" Written by docs/generate.py: change the code, then run `make docs`.'
    return "\n".join([note, head, ".nh", ".ad l", *parts, ""])


def _dated(path: Path, text: str) -> str:
    """With the day on which the page got its present text."""
    old = path.read_text(encoding="utf-8") if path.exists() else ""
    dates = re.findall(r'^\.TH "\S+" "1" "([\d-]+)"', old, re.M)
    if dates and text.replace(_DATE, dates[0]) == old:
        return old
    return text.replace(_DATE, datetime.now(timezone.utc).date().isoformat())


def _front(
    root: click.Context, top: Sequence[click.Context], options: Sequence[click.Parameter]
) -> Iterator[str]:
    first, *others = _paragraphs(root.command.help or "")
    yield from _head(NAME, first)
    yield f".B {_roff(NAME)}\n[\\fIOPTION\\fR]... \\fICOMMAND\\fR [\\fIARGUMENT\\fR]..."
    yield ".SH DESCRIPTION"
    yield from _prose([first, *others])
    yield ".SH COMMANDS"
    for ctx in top:
        yield f".TP\n\\fB{_roff(_page_of(ctx))}\\fR(1)\n{_roff(_summary(ctx))}"
    yield ".SH OPTIONS\nThese may stand before or after any command."
    yield from _options(root, [*root.command.params, *options])
    yield ".SH EXIT STATUS"
    yield from _table("Exit codes", "")
    yield ".SH ENVIRONMENT"
    yield from _table("Environment", "Sets the option ")
    yield f".SH EXAMPLES\n{_example(root.command.epilog or '')}"
    yield from _see_also(root, top)


def _group(ctx: click.Context) -> Iterator[str]:
    commands = [ctx, *walk(ctx)] if isinstance(ctx.command, click.Group) else [ctx]
    alone = [each for each in commands if not isinstance(each.command, click.Group)]
    yield from _head(_page_of(ctx), _summary(ctx))
    yield "\n.br\n".join(_usage(each) for each in alone)
    yield ".SH DESCRIPTION"
    yield from _prose(_paragraphs(ctx.command.help or ""))
    if alone == [ctx]:
        options = [*_options(ctx, ctx.command.params)]
        yield from [".SH OPTIONS", *options] if options else []
    else:
        yield ".SH COMMANDS"
        for each in commands[1:]:
            yield from _section(each)
    yield f".PP\nEvery command also takes the options of \\fB{_roff(NAME)}\\fR(1)."
    if ctx.command.epilog:
        yield f".SH EXAMPLES\n{_example(ctx.command.epilog)}"


def _section(ctx: click.Context) -> Iterator[str]:
    yield f'.SS "{_roff(ctx.command_path)}"'
    yield from _prose(_paragraphs(ctx.command.help or ""))
    if not isinstance(ctx.command, click.Group):
        yield f".PP\n{_usage(ctx)}"
        yield from _options(ctx, ctx.command.params)
    if ctx.command.epilog:
        yield f".PP\n{_example(ctx.command.epilog)}"


def _head(name: str, summary: str) -> Iterator[str]:
    yield f".SH NAME\n{_roff(name)} \\- {_roff(summary.rstrip('.'))}\n.SH SYNOPSIS"


def _see_also(ctx: click.Context, top: Sequence[click.Context]) -> Iterator[str]:
    names = [NAME, *map(_page_of, top)]
    own = _page_of(ctx)
    told = [f".BR {_roff(name)} (1)" for name in names if name != own]
    yield ".SH SEE ALSO\n" + ",\n".join(told)


def _page_of(ctx: click.Context) -> str:
    return "-".join(ctx.command_path.split())


def _summary(ctx: click.Context) -> str:
    return _paragraphs(ctx.command.help or "")[0]


def _usage(ctx: click.Context) -> str:
    pieces = " ".join(ctx.command.collect_usage_pieces(ctx))
    return f"\\fB{_roff(ctx.command_path)}\\fR {_roff(pieces)}"


def _options(ctx: click.Context, params: Sequence[click.Parameter]) -> Iterator[str]:
    options = (param for param in params if isinstance(param, click.Option))
    for name, text in filter(None, (option.get_help_record(ctx) for option in options)):
        bold = re.sub(r"(?<![\w-])--?[\w-]+", lambda found: f"\0{found[0]}\1", name)
        marked = _roff(bold).replace("\0", "\\fB").replace("\1", "\\fR")
        yield f".TP\n{marked}\n{_roff(' '.join(text.split()))}"


def _paragraphs(text: str) -> list[str]:
    return inspect.cleandoc(text).split("\n\n")


def _prose(paragraphs: Iterable[str]) -> Iterator[str]:
    """Paragraphs; one that click leaves as it stands keeps its lines."""
    for number, each in enumerate(paragraphs):
        between = ".PP\n" if number else ""
        if "\b" in each:
            lines = each.replace("\b", "").strip("\n").split("\n")
            yield "\n".join([f"{between}.nf", *map(_roff, lines), ".fi"])
        else:
            yield between + _roff(" ".join(each.split()))


def _example(epilog: str) -> str:
    _, _, command = epilog.partition(": ")
    return f"\\fB{_roff(' '.join(command.split()))}\\fR"


def _table(heading: str, before: str) -> Iterator[str]:
    """Rows of the table below a heading of the page on the shell, which tells the same."""
    text = _SHELL.read_text(encoding="utf-8").partition(f"\n## {heading}\n")[2]
    rows = text.partition("\n## ")[0].partition("|---|---|\n")[2]
    for row in re.findall(r"^\| (.+?) \| (.+) \|$", rows, re.M):
        term, said = (_plain(cell) for cell in row)
        yield f".TP\n\\fB{_roff(term)}\\fR\n{_roff(before + said)}"


def _plain(cell: str) -> str:
    return re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", cell).replace("`", "")


def _roff(text: str) -> str:
    """Text as it stands; every dash is one that a shell takes."""
    escaped = "".join(_SPECIAL.get(letter, letter) for letter in text)
    return f"\\&{escaped}" if escaped.startswith(".") else escaped


def stale(known: Mapping[Path, str]) -> list[Path]:
    """Pages of commands that are gone."""
    return sorted(set(FOLDER.glob("*.1")) - known.keys())

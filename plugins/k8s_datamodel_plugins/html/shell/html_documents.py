"""Documents made of Jinja templates: each is one file, which loads nothing.

Templates, scripts and style sheets are files of this package; they are named by their path in it,
such as ``html/shell/base.html``.
"""

from __future__ import annotations

from functools import cache
from typing import Any, TextIO

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from k8s_datamodel_plugins.formats.cells import printable
from k8s_datamodel_plugins.html.shell.inlined import Inlined, data_block, inlined
from k8s_datamodel_plugins.html.shell.printed_values import lines, number, time
from k8s_datamodel_plugins.html.shell.shown_values import content_of

_PACKAGE = "k8s_datamodel_plugins"
_PARTS_AT_ONCE = 500


def document(template: str, **values: Any) -> str:
    """A document as text; ``template`` extends ``html/shell/base.html``.

    Raises jinja2.UndefinedError if the template asks for a value that is not given.
    """
    return environment().get_template(template).render(values)


def write_document(file: TextIO, template: str, **values: Any) -> None:
    """Write a document while its values are read, so an iterable may be more than memory holds.

    Raises jinja2.UndefinedError as ``document``.
    """
    stream = environment().get_template(template).stream(values)
    # Where Python is told not to buffer, as in many containers, each write is a system call.
    stream.enable_buffering(_PARTS_AT_ONCE)
    for part in stream:
        file.write(part)


@cache
def environment() -> Environment:
    """What makes the templates; one for all documents."""
    made = Environment(
        loader=_loader(),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_finalized,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    made.filters.update(content=content_of, lines=lines, number=number, time=time)
    made.globals.update(data=data_block, inlined=_inlined)
    return made


def _finalized(value: Any) -> Any:
    """What a template prints, without what would turn text around or is no text in UTF-8."""
    return printable(value) if isinstance(value, str) and not isinstance(value, Markup) else value


@cache
def _inlined(styles: tuple[str, ...], scripts: tuple[str, ...]) -> Inlined:
    return inlined([_source(name) for name in styles], [_source(name) for name in scripts])


def _source(name: str) -> str:
    """The text of a file of the package, as it is."""
    return _loader().get_source(environment(), name)[0]


@cache
def _loader() -> PackageLoader:
    return PackageLoader(_PACKAGE, "")

"""Writes docs/session.svg, a session on the sample cluster: ``make docs``. A test compares it.

The commands run as they are shown, on a terminal of their own, in a folder that holds copies of the
sample's files. No host's program draws: the same output is the same picture, byte by byte.
"""

from __future__ import annotations

import os
import pty
import re
import shutil
import subprocess
import sys
from collections.abc import Iterable, Iterator
from html import escape
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from tempfile import TemporaryDirectory

from rich.console import Console
from rich.text import Text

DOCS = Path(__file__).parent
SESSION = DOCS / "session.svg"
COLUMNS = 118

STEPS = (
    (
        "Who installed which operators, and which CRDs does each manage?",
        "operators list --source monday --framework OLM --framework GitOps "
        "--columns name,version,managed_crds",
    ),
    (
        "Which CRDs does nobody manage?",
        "crd list --source monday --orphans --columns name,instance_count",
    ),
    ("What changed until Tuesday?", "diff ./monday ./tuesday --only operators --path spec"),
    (
        "Which objects would the next release of fleet-operator hurt?",
        "check upgrade ./release --against ./tuesday --name 'sailings.*'",
    ),
)
"""What is asked, and the command that answers."""

Piece = tuple[str, str]
"""A text, and the classes of its look."""
Pieces = list[Piece]

TITLE = "A session in a terminal: k8s-datamodel answers four questions about a cluster"

_TIME = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC")
"""What no two runs have in common."""

_LINE, _WIDTH, _SIZE, _MARGIN, _BAR = 20, 8.4, 14, 18, 34
_COLORS = {1: "#ff8b81", 2: "#6bd67d", 3: "#e5b567", 4: "#7db7ff", 5: "#d5a4ff", 6: "#69d3d9"}
_STYLE = f"""\
text {{ font: {_SIZE}px ui-monospace, Menlo, Consolas, "DejaVu Sans Mono", monospace;
  fill: #e6e9ee; white-space: pre }}
.b {{ font-weight: bold }} .d {{ fill: #a7afba }} .q {{ fill: #9db4d0; font-style: italic }}
""" + "".join(f".c{number} {{ fill: {color} }}\n" for number, color in _COLORS.items())


def recorded() -> Iterator[tuple[str, str, list[str]]]:
    """Question, command line and lines of output with their escape sequences, for each step.

    Raises:
        RuntimeError: a command said something on standard error.
    """
    with TemporaryDirectory() as name:
        folder = Path(name)
        sample = DOCS / "sample-cluster"
        for copy, parts in (
            ("monday", ["before"]),
            ("tuesday", ["before", "change"]),
            ("release", ["upgrade"]),
        ):
            for part in parts:
                shutil.copytree(sample / part, folder / copy, dirs_exist_ok=True)
        for question, arguments in STEPS:
            command = f"k8s-datamodel {arguments}"
            yield question, command, _on_a_terminal(command, folder).split("\r\n")


def _on_a_terminal(command: str, folder: Path) -> str:
    ours, theirs = pty.openpty()
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    kept = {"PATH": path, "HOME": str(folder), "TERM": "xterm", "COLUMNS": str(COLUMNS)}
    with subprocess.Popen(  # noqa: S603 - the commands are those above
        ["/bin/sh", "-c", command],
        cwd=folder,
        env={**kept, "K8S_DATAMODEL_PAGER": "cat", "K8S_DATAMODEL_NO_EXTERNAL_PLUGINS": "1"},
        stdin=subprocess.DEVNULL,
        stdout=theirs,
        stderr=subprocess.PIPE,
    ) as running:
        os.close(theirs)
        read = b"".join(_chunks(ours))
        _, said = running.communicate()
    os.close(ours)
    if said:
        raise RuntimeError(f"{command}: {said.decode()}")
    return _TIME.sub("...", read.decode().rstrip())


def _chunks(terminal: int) -> Iterator[bytes]:
    while True:
        try:
            chunk = os.read(terminal, 1 << 16)
        except OSError:  # Linux says so where the other end is closed
            return
        if not chunk:
            return
        yield chunk


def picture() -> str:
    """The session as an SVG that needs nothing from elsewhere."""
    lines: list[Pieces] = []
    for question, command, output in recorded():
        lines.append([(f"# {question}", "q")])
        lines += _wrapped([("$ ", "d"), (command, "b")])
        for line in output:
            lines += _wrapped(_pieces(line))
        lines.append([])
    lines.pop()
    height = _BAR + len(lines) * _LINE + _MARGIN
    width = round(COLUMNS * _WIDTH) + 2 * _MARGIN
    texts = (_drawn(line, number) for number, line in enumerate(lines))
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" '
            f'width="{width}" height="{height}" role="img" aria-labelledby="title">',
            "<!-- Written by docs/session.py: run `make docs`. -->",
            f'<title id="title">{TITLE}</title>',
            f"<style>\n{_STYLE}</style>",
            f'<rect x="0.5" y="0.5" width="{width - 1}" height="{height - 1}" rx="9" '
            'fill="#161b22" stroke="#7d8590"/>',
            *(
                f'<circle cx="{20 + 18 * number}" cy="18" r="5.5" fill="#7d8590"/>'
                for number in range(3)
            ),
            *(text for text in texts if text),
            "</svg>\n",
        ]
    )


def _wrapped(pieces: Iterable[Piece]) -> list[Pieces]:
    """A line as a terminal shows it: in as many as it needs, broken wherever one is full."""
    cells = [(character, look) for text, look in pieces for character in text]
    rows = [cells[start : start + COLUMNS] for start in range(0, len(cells) or 1, COLUMNS)]
    return [
        [
            ("".join(character for character, _ in same), look)
            for look, same in groupby(row, itemgetter(1))
        ]
        for row in rows
    ]


def _pieces(line: str) -> Iterator[Piece]:
    """Texts of one look, and the classes of that look."""
    console = Console(width=10 * COLUMNS, color_system="standard", force_terminal=True)
    for segment in Text.from_ansi(line, end="").render(console):
        style, classes = segment.style, []
        if style and style.bold:
            classes.append("b")
        if style and style.dim:
            classes.append("d")
        if style and style.color and style.color.number in _COLORS:
            classes.append(f"c{style.color.number}")
        yield segment.text, " ".join(classes)


def _drawn(pieces: Pieces, number: int) -> str:
    length = sum(len(text) for text, _ in pieces)
    if not length:
        return ""
    spans = "".join(
        f'<tspan class="{classes}">{escape(text)}</tspan>' if classes else escape(text)
        for text, classes in pieces
    )
    y = _BAR + (number + 1) * _LINE - 6
    return f'<text x="{_MARGIN}" y="{y}" textLength="{length * _WIDTH:.1f}">{spans}</text>'


if __name__ == "__main__":
    SESSION.write_text(picture(), encoding="utf-8")

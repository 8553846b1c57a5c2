"""Shell completion: how shells ask the command, and the answer.

The scripts of ``commands.completion`` call the command with ``VARIABLE`` in the environment. With
``words`` the arguments are the words behind the program's name, of which the last is being typed;
with ``line`` they are the line up to the cursor and the characters at which the shell breaks words,
as in bash. The answer has a line for each completion: kind (``plain``, ``file``, ``dir``), value,
help, with tabs between. kubectl asks by a program of its own and wants lines of its own form.
"""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Sequence

from click.shell_completion import CompletionItem, ShellComplete, split_arg_string

from k8s_datamodel.cli.commands.completion import VARIABLE
from k8s_datamodel.cli.frame import library_talk
from k8s_datamodel.cli.frame.app import App
from k8s_datamodel.cli.params.candidates import seconds
from k8s_datamodel.cli.root import Root, reserved

# Directives of cobra, which is kubectl's command line: completions.go, ShellCompDirective.
_NO_FILES, _FILES, _FOLDERS = 4, 0, 16


def answer(app: App, arguments: Sequence[str], mode: str) -> int:
    """Print what may follow, for the scripts; the exit code. Whatever fails, nothing is printed."""
    library_talk.take_over(app)
    if mode == "line":
        line, breaks = (*arguments, "", "")[:2]
        words = split_arg_string(line)[1:] + ([""] if line[-1:].isspace() else [])
        typed = words[-1] if words else ""
        done = max((typed.rfind(mark) + 1 for mark in breaks if mark in ":="), default=0)
    else:
        words, done = list(arguments), 0
    for item in completions(app, words):
        fields = item.type, item.value[done:] if item.type == "plain" else "-", item.help or ""
        print("\t".join(" ".join(field.split()) for field in fields))  # noqa: T201
    return 0


def kubectl() -> None:
    """The program ``kubectl_complete-datamodel``; its arguments are those of ``words``."""
    items = completions(App(sys.argv[1:], reserved), sys.argv[1:])
    for item in items:
        if item.type == "plain":
            print(item.value, " ".join((item.help or "").split()), sep="\t")  # noqa: T201
    kinds = {item.type for item in items}
    directive = _FILES if "file" in kinds else _FOLDERS if "dir" in kinds else _NO_FILES
    print(f":{directive}")  # noqa: T201


def completions(app: App, words: Sequence[str]) -> list[CompletionItem]:
    """What the last word may become; nothing when that cannot be told, or not in time."""
    app.settings.quiet = True
    limit = threading.Timer(seconds(), os._exit, (0,))
    limit.daemon = True
    limit.start()
    *before, typed = words or [""]
    asked = ShellComplete(Root(), {"obj": app}, "k8s-datamodel", VARIABLE)
    try:
        items = asked.get_completions(list(before), typed)
    except Exception:  # a shell shows no errors while somebody types
        if app.settings.debug:
            raise
        return []
    finally:
        limit.cancel()
    option, equals, _ = typed.partition("=")
    if equals and option.startswith("--"):  # click took it off, shells compare the whole word
        for item in items:
            item.value = f"{option}={item.value}"
    return items

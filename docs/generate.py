"""Writes the references that follow from the code: ``make docs``. A test compares them."""

from __future__ import annotations

import ast
import inspect
import sys
from collections.abc import Callable, Mapping
from importlib.metadata import version
from pathlib import Path

import click

import json_schemas
import man_pages
import public_api
from k8s_datamodel.api import API_MINOR, API_VERSION
from k8s_datamodel.cli.frame.app import App
from k8s_datamodel.cli.params.global_options import global_options
from k8s_datamodel.cli.reference import command, option_rows, walk
from k8s_datamodel.cli.root import Root
from k8s_datamodel.contracts import hookspecs
from k8s_datamodel.plugins.asking import HOOKS
from k8s_datamodel_plugins import compared_kinds
from k8s_datamodel_plugins.grading import RULES, Rule

DOCS = Path(__file__).parent
EXAMPLES = DOCS.parent / "tests" / "data" / "installed" / "acme_good.py"
"""A plugin that the tests load; the examples are taken from it."""

API = DOCS / "reference" / "api.txt"
"""The promise: what plugins may rely on, a fact a line."""

CHANGELOG = DOCS.parent / "CHANGELOG.md"

API_TEXT = f"{API_VERSION}.{API_MINOR}"

_WRITTEN = "<!-- Written by docs/generate.py: change the code, then run `make docs`. -->\n"


def _asked(question: str, command: str, *printed: str) -> str:
    """How a page begins: the question that it answers, and a command with what it prints."""
    return "\n".join([question, "", "```console", f"$ {command}", *printed, "```", ""])


def references() -> Mapping[Path, str]:
    """Every generated page by its path.

    Raises:
        KeyError: a hook has no example.
    """
    return {
        DOCS / "reference" / "hooks.md": hooks(),
        DOCS / "reference" / "commands.md": commands(),
        DOCS / "reference" / "api.md": api(),
        DOCS / "reference" / "noise.md": noise(),
        DOCS / "reference" / "rules.md": rules(),
        DOCS / "reference" / "type-file.json": json_schemas.type_file(),
        DOCS / "reference" / "configuration-file.json": json_schemas.configuration_file(),
        **_man_pages(),
        API: public_api.lines(public_api.facts(), API_TEXT, version("k8s-datamodel")),
        **{DOCS / "schemas" / name: text for name, text in json_schemas.registered().items()},
    }


def api() -> str:
    """Every public name with what its docstring says."""
    asked = _asked(
        "What can a plugin import? This prints which API is installed:",
        "python -c 'from k8s_datamodel import api; print(api.API_VERSION, api.API_MINOR)'",
        API_TEXT.replace(".", " "),
    )
    text = (
        f"This is API {API_TEXT}. See what may change, and when, in\n"
        "[compatibility](../compatibility.md).\n"
    )
    return "\n".join(["# The public API\n", _WRITTEN, asked, text, public_api.reference()])


def noise() -> str:
    """What the built-in plugins leave out of a comparison, a row a field."""
    rows = []
    for each in compared_kinds.NOISE:
        whose = ", ".join(f"`{one}`" for one in each.kinds or each.columns_of) or "all"
        where = "column" if each.columns_of else "object"
        rows.append(f"| `{each.path}` | {whose} | {where} | {each.why} |")
    asked = _asked(
        "Which fields does a comparison leave out? `--all` shows them:",
        "k8s-datamodel diff staging:latest prod:latest --all --only crds --name 'berths*'",
        "...",
        "      metadata.creationTimestamp ...",
        "...",
    )
    text = "These fields are no change, see [comparing](../comparing.md#noise).\n"
    head = "| field | of which kinds or types | in | why |\n|---|---|---|---|"
    return "\n".join(["# Noise\n", _WRITTEN, asked, text, head, *rows, ""])


def rules() -> str:
    """By which rules a change of a CRD is graded, a row a rule, and what each teaches."""
    asked = _asked(
        "What does a finding mean, and what is the way out? One command tells it of one rule:",
        "k8s-datamodel check rules explain enum-value-removed",
        "enum-value-removed: A value is no longer valid",
        "",
        "Level: breaking. It may hurt what is stored and who writes.",
        "...",
    )
    text = (
        "By these rules a change of a CRD is graded. A finding may be milder or worse than its\n"
        "rule, and then says why: bounds under `.status` count one level lower where only\n"
        "controllers write it, and so do versions such as v1alpha1. Who is hurt decides which\n"
        "rules a profile has: `stored` objects, `writers` of objects and manifests, `readers`.\n"
    )
    head = "| rule | level | hurts | what changed |\n|---|---|---|---|"
    rows = [
        f"| [{each.id}](#{each.id}) | {each.level} | {', '.join(each.hurts)} | {each.title} |"
        for each in RULES.values()
    ]
    parts = ["# Rules for CRDs\n", _WRITTEN, asked, text, head, *rows, ""]
    return "\n".join([*parts, *map(_rule, RULES.values())])


def _rule(rule: Rule) -> str:
    readers = f" (under the profile readers: {rule.readers_level})" if rule.readers_level else ""
    return (
        f"## {rule.id}\n\n{rule.title}: **{rule.level}**{readers}.\n\n{rule.reason}\n\n"
        f"- For example: {rule.example}\n"
        f"- The API server: {rule.server}\n"
        f"- The way out: {rule.remedy}\n"
    )


def refusal(content: str, changelog: str) -> str:
    """Why the API must not be written over the one that a file holds; empty when it may.

    Args:
        content: of the file.
        changelog: tells whether that API was released: it has a heading for its distribution.
    """
    before, api_version, distribution = public_api.parsed(content)
    if f"\n## {distribution}" not in changelog:
        return ""
    changes = public_api.changes(before, public_api.facts())
    major, minor = map(int, api_version.split("."))
    if changes.breaking and major == API_VERSION:
        said = f"these changes break plugins that are made for API {api_version}:"
        todo = "Keep what was there, or raise API_VERSION; see docs/compatibility.md."
        return "\n".join([said, *(f"  {each}" for each in changes.breaking), todo])
    if changes.added and (major, minor) == (API_VERSION, API_MINOR):
        names = ", ".join(each.partition("(")[0] for each in changes.added)
        return f"API {api_version} is released, and this is new: {names}. Raise API_MINOR."
    return ""


def hooks() -> str:
    """The hooks with their signatures, what each returns, and an example."""
    examples = _functions(EXAMPLES)
    asked = _asked(
        "What can a plugin register, and when is it asked? This prints each call of a hook:",
        "K8S_DATAMODEL_TRACE_PLUGINS=1 k8s-datamodel plugins check",
        "trace: k8s-datamodel/checks register_commands() returned in ... ms",
        "...",
    )
    parts = ["# Hooks\n", _WRITTEN, asked]
    parts.append(
        "A plugin is a module (or class) with at least one of these functions, marked with\n"
        "`k8s_datamodel.api.hookimpl`. A hook takes nothing, and is called once a start.\n"
        "The docstrings of `k8s_datamodel.api` describe the classes that hooks return.\n"
    )
    for name, kind in HOOKS.items():
        hook = getattr(hookspecs, name)
        parts += [
            f"## {name}\n",
            f"```python\n{name}{_signature(hook)}\n```\n",
            f"{inspect.getdoc(hook)}\n",
            f"### Fields of {kind.__name__}\n",
            f"```text\n{inspect.getdoc(kind)}\n```\n",
            f"### Example of {name}\n",
            f"```python\n{examples[name]}\n```\n",
        ]
    return "\n".join(parts)


def commands() -> str:
    """Every command of the built-ins with its help."""
    app = App(["--no-external-plugins"])
    asked = _asked(
        "Which commands are there, and which options does each take? `--help` tells it, too:",
        "k8s-datamodel --help",
        "Usage: k8s-datamodel [OPTIONS] COMMAND [ARGS]...",
        "",
        "  What your Kubernetes clusters hold, and how it changed.",
        "...",
    )
    parts = ["# Commands\n", _WRITTEN, asked, _global_options()]
    with click.Context(Root(), info_name="k8s-datamodel", obj=app) as root:
        parts += [command(ctx) for ctx in walk(root)]
    return "\n".join(parts)


def _man_pages() -> dict[Path, str]:
    """The pages for `man`."""
    app = App(["--no-external-plugins"])
    with click.Context(Root(), info_name=man_pages.NAME, obj=app) as root:
        return man_pages.pages(root, global_options(), version("k8s-datamodel"))


def _signature(hook: Callable[..., object]) -> str:
    return str(inspect.signature(hook)).replace("'", "")


def _functions(path: Path) -> dict[str, str]:
    """Source of each hook of a module, after the constants that it uses, by name."""
    source = path.read_text(encoding="utf-8")
    lines = source.splitlines()
    constants = {}
    examples = {}
    for node in ast.parse(source).body:
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
            text = "\n".join(lines[node.lineno - 1 : node.end_lineno])
            constants[node.targets[0].id] = (*_used(node.value, constants), text)
        if isinstance(node, ast.FunctionDef) and node.decorator_list:
            text = "\n".join(lines[node.decorator_list[0].lineno - 1 : node.end_lineno])
            examples[node.name] = "\n\n".join((*_used(node, constants), text))
    return examples


def _used(node: ast.AST, constants: Mapping[str, tuple[str, ...]]) -> tuple[str, ...]:
    """Sources of the constants that stand in a piece of code, each after what it uses."""
    names = [each.id for each in ast.walk(node) if isinstance(each, ast.Name)]
    found = (text for name in names for text in constants.get(name, ()))
    return tuple(dict.fromkeys(found))


def _global_options() -> str:
    ctx = click.Context(Root(), info_name="k8s-datamodel", obj=App(["--no-external-plugins"]))
    rows = option_rows(ctx, global_options())
    text = (
        "These may stand before or after any command. `--help-all` lists them; `--help` lists\n"
        "the options of the command only. A command refuses those that it would ignore.\n"
    )
    return f"## Global options\n\n{text}\n| option | meaning |\n|---|---|\n{rows}"


def main() -> None:
    """Write every page; end with 1, and write none, where the API would break its promise."""
    changelog = CHANGELOG.read_text(encoding="utf-8")
    said = refusal(API.read_text(encoding="utf-8"), changelog) if API.exists() else ""
    if said:
        sys.exit(f"docs/generate.py: {said}")
    pages = references()
    for path in man_pages.stale(pages):
        path.unlink()
    for path, text in pages.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        sys.stdout.write(f"{path}\n")


if __name__ == "__main__":
    main()

"""docs/architecture.md is true, and the tree is as it says."""

from __future__ import annotations

import ast
import importlib
import re
from pathlib import Path
from typing import Any

import pytest

import k8s_datamodel
import k8s_datamodel_plugins
from k8s_datamodel.cli.frame.app import App

ROOTS = [Path(package.__file__).parent for package in (k8s_datamodel, k8s_datamodel_plugins)]
PAGE = Path(__file__).parents[2] / "docs" / "architecture.md"
TEXT = PAGE.read_text()
FOLDERS = sorted(
    {path.parent for root in ROOTS for path in root.rglob("*.py") if "templates" not in path.parts}
)
MOST_WORDS, MOST_STOPS, ABOUT_A_DOZEN = 28, 10, 15


def section(title: str, level: str = "##") -> str:
    return TEXT.partition(f"\n{level} {title}\n")[2].partition(f"\n{level} ")[0]


def paths() -> dict[str, list[str]]:
    parts = section("Five paths").split("\n### ")[1:]
    return {each.partition("\n")[0]: re.findall(r"^\d+\. `([\w.]+)`", each, re.M) for each in parts}


def resolved(name: str) -> Any:
    """The module, or what is in one, that a dotted name below one of the two packages names."""
    for root in ROOTS:
        found: Any = importlib.import_module(root.name)
        try:
            for part in name.split("."):
                if not hasattr(found, part):
                    importlib.import_module(f"{found.__name__}.{part}")
                found = getattr(found, part)
        except (ImportError, AttributeError):
            continue
        return found
    raise LookupError(name)


def test_the_glossary_is_short_and_says_each_word_once() -> None:
    words = re.findall(r"^\| ([\w ]+) \| [^|]+ \|$", section("The words"), re.M)
    words.remove("word")
    assert len(words) == len(set(words))
    assert 20 <= len(words) <= MOST_WORDS


def test_there_are_five_paths_of_a_few_stops() -> None:
    assert len(paths()) == 5
    assert {title: len(stops) for title, stops in paths().items() if len(stops) > MOST_STOPS} == {}
    assert all(len(stops) > 4 for stops in paths().values())


@pytest.mark.parametrize("title", paths())
def test_every_stop_of_a_path_is_there(title: str) -> None:
    for name in paths()[title]:
        assert resolved(name) is not None


def test_a_name_that_is_not_there_is_found_out() -> None:
    with pytest.raises(LookupError):
        resolved("reading.reader.Reader.no_such_method")
    with pytest.raises(LookupError):
        resolved("reading.no_such_module")


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: "/".join(folder.parts[-2:]))
def test_a_folder_is_small_and_says_in_a_sentence_what_it_is_for(folder: Path) -> None:
    modules = [path for path in folder.glob("*.py") if path.name != "__init__.py"]
    assert len(modules) <= ABOUT_A_DOZEN
    said = ast.get_docstring(ast.parse((folder / "__init__.py").read_text())) or ""
    assert said.partition("\n")[0].endswith(".")


def test_every_folder_of_the_host_is_a_layer_of_the_page() -> None:
    layers = set(re.findall(r"^\| `(\w+)` \|", section("The folders"), re.M))
    named = {path.name for path in FOLDERS if path.parent == ROOTS[0]}
    assert named <= layers


def test_each_module_has_a_name_of_its_own() -> None:
    names = [path.name for folder in FOLDERS for path in folder.glob("*.py")]
    twice = {name for name in names if names.count(name) > 1 and name != "__init__.py"}
    assert twice <= {"collecting.py"}  # the kit's is named after the contract that it tests


def test_the_host_names_no_built_in_type() -> None:
    """A text in its code that is the name of one would be a case of its own for that type."""
    names = {each.name for each in App(["--no-external-plugins"]).registry.types}
    assert len(names) >= 4
    named = {path.name: found for path in ROOTS[0].rglob("*.py") if (found := names & texts(path))}
    assert named == {}


def texts(path: Path) -> set[str]:
    """The texts in a module's code; docstrings are none."""
    tree = ast.parse(path.read_text())
    said = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    found = (each for each in ast.walk(tree) if isinstance(each, ast.Constant))
    return {each.value for each in found if isinstance(each.value, str) and id(each) not in said}

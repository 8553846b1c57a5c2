"""Every command line of README.md and docs/ is run; see CONTRIBUTING.md for how to add some."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import pytest
from markdown_it import MarkdownIt

import diagrams
from manual.case import as_told
from manual.pages import DOCS, PAGES, ROOT, Told, blocks, dialogues, told
from manual.world import Place

BLOCKS, TOLD = blocks(), told()

FEW = 8
"""How many blocks may be left out, each with its reason."""

REGISTER = """
{key} (line {line})
does not run as it stands. If the page is right, tell in tests/manual/pages/ what the block needs:
BLOCKS = {{"{key}": Told(...)}}; CONTRIBUTING.md says more."""


def _runs_here(known: Told) -> bool:
    return not (known.cannot or known.elsewhere)


@pytest.fixture(scope="module")
def pages_stock(pages_kubeconfig: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database with three snapshots of two clusters."""
    place = Place.make(tmp_path_factory.mktemp("pages"), pages_kubeconfig)
    for context, notes in (("prod", "before the upgrade"), ("staging", ""), ("prod", "after")):
        place.ok("--context", context, "database", "store", "--notes", notes)
    return place.database


@pytest.fixture
def reader(pages_kubeconfig: Path, tmp_path: Path) -> Place:
    """Somebody who reads the documentation in a checkout's folder."""
    place = Place.make(tmp_path, pages_kubeconfig)
    (place.work / "docs").symlink_to(ROOT / "docs")
    shutil.copytree(ROOT / "docs" / "sample-cluster" / "before", place.work / "manifests")
    return place


@pytest.mark.cluster
@pytest.mark.parametrize("key", [key for key in BLOCKS if _runs_here(TOLD.get(key, Told()))])
def test_block(key: str, reader: Place, request: pytest.FixtureRequest) -> None:
    known, block = TOLD.get(key, Told()), BLOCKS[key]
    if not known.new:
        reader.database.parent.mkdir(mode=0o700)
        shutil.copy(request.getfixturevalue("pages_stock"), reader.database)
    known.before(reader)
    try:
        if key.rpartition(": ")[2].startswith("console"):
            _converse(reader, block.text)
        else:
            ran = known.run(reader, block.text)
            as_told(ran, known.fails)
            known.check(reader, ran)
    except AssertionError as error:
        raise AssertionError(f"{REGISTER.format(key=key, line=block.line)}\n{error}") from None


def _converse(place: Place, text: str) -> None:
    """Each command prints what is drawn below it; it fails if, and only if, that is an error."""
    for each in dialogues(text):
        ran = place.bash(f"exec 2>&1\n{each.command}")
        said = f"$ {each.command}\n{ran.out}"
        assert "Traceback" not in ran.out, said
        assert each.matches(ran.out), f"{said}\nis not\n{chr(10).join(each.lines)}"
        assert bool(ran.code) == each.complains, f"{said}\nexit code {ran.code}"


def test_what_is_told_is_there_and_little_is_left_out() -> None:
    assert set(TOLD) <= set(BLOCKS), "tests/manual/pages tells of blocks that no page has"
    left_out = {key: each.cannot for key, each in TOLD.items() if each.cannot}
    assert len(left_out) <= FEW, left_out
    for key, each in TOLD.items():
        if each.elsewhere:
            page = Path(key.partition(": ")[0]).name
            assert page in (ROOT / each.elsewhere).read_text(), f"{each.elsewhere}: not {page}"


def _tokens(page: Path) -> Iterator[tuple[str, str, str, str]]:
    """Type, tag, text and target of each token of a page."""
    markdown = MarkdownIt("commonmark").enable("table")
    for token in markdown.parse(page.read_text(encoding="utf-8")):
        for each in (token, *(token.children or ())):
            yield each.type, each.tag, each.content, str(each.attrs.get("href", ""))


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_page_is_sound(page: Path) -> None:
    """Commands are in fences, where the suite sees them, and links lead somewhere."""
    for kind, _, text, target in _tokens(page):
        assert kind != "code_block", f"fence this, so that it is run: {text}"
        if kind == "link_open" and not re.match(r"[a-z]+:", target):
            name, _, anchor = target.partition("#")
            linked = (page.parent / name).resolve() if name else page
            assert linked.exists(), target
            assert not anchor or anchor in _anchors(linked), target


@pytest.mark.parametrize("page", diagrams.pages(), ids=lambda page: str(page.relative_to(ROOT)))
def test_every_column_of_a_table_has_a_name(page: Path) -> None:
    """Who hears a table is told with each cell what it is."""
    tokens = list(_tokens(page))
    heads = [after for before, after in pairwise(tokens) if before[0] == "th_open"]
    assert all(text for _, _, text, _ in heads), heads


def _anchors(page: Path) -> set[str]:
    """The ids that GitHub gives a page's headings."""
    headings = re.findall(r"^#+ (.+)$", page.read_text(encoding="utf-8"), re.M)
    return {re.sub(r"[^\w\- ]", "", text.lower()).replace(" ", "-") for text in headings}


@pytest.mark.parametrize("page", DOCS, ids=lambda page: str(page.relative_to(ROOT)))
def test_page_begins_with_a_question_and_a_command_with_its_output(page: Path) -> None:
    head, _, rest = page.read_text(encoding="utf-8").partition("\n```")
    language, _, text = rest.partition("\n")
    assert "?" in head, "which question does the page answer?"
    assert language == "console", "a page begins with a command and what it prints"
    assert any(each.lines for each in dialogues(text.partition("\n```")[0])), text


def test_the_index_names_every_page() -> None:
    index = ROOT / "docs" / "README.md"
    linked = {target.partition("#")[0] for *_, target in _tokens(index) if target}
    pages = {str(page.relative_to(index.parent)) for page in PAGES if index.parent in page.parents}
    assert sorted(pages - linked - {"README.md"}) == []

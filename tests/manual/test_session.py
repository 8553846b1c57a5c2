"""docs/session.svg, which README.md shows, is what the commands print, and can be read anywhere."""

from __future__ import annotations

import re
from xml.etree import ElementTree

import pytest

import session
from k8s_datamodel_plugins.cel_rules import missing
from manual.pages import ROOT

SVG = session.SESSION.read_text(encoding="utf-8")
TREE = ElementTree.fromstring(SVG)
NAMESPACE = "{http://www.w3.org/2000/svg}"
LEAST_CONTRAST = 4.5  # WCAG 2.1, AA


@pytest.mark.skipif(bool(missing()), reason="the rules in CEL are unknown without their engine")
def test_it_is_what_the_commands_print() -> None:
    assert session.picture() == SVG, "the session is of old: make docs"


def test_it_needs_nothing_from_elsewhere_and_names_no_machine_and_no_day() -> None:
    assert "script" not in SVG
    assert re.findall(r"https?://(?!www\.w3\.org/2000/svg)", SVG) == []
    assert re.findall(r"/(?:home|root|tmp|usr|work)/|\b20\d\d-\d\d-\d\d", SVG) == []


def test_who_cannot_see_it_has_its_words() -> None:
    title = TREE.find(f"{NAMESPACE}title")
    assert title is not None
    assert TREE.get("aria-labelledby") == title.get("id")
    [alt] = re.findall(r"!\[([^]]+)\]\(docs/session\.svg\)", (ROOT / "README.md").read_text())
    words = " ".join("".join(each.itertext()) for each in TREE.iter(f"{NAMESPACE}text"))
    assert "spec.route.via" in alt
    assert "spec.route.via" in words
    assert len(alt) > 100


def test_every_colour_stands_out_on_its_own_ground() -> None:
    """The picture brings its background, so it does not matter on what page it stands."""
    ground = TREE.find(f"{NAMESPACE}rect")
    assert ground is not None
    inks = re.findall(r"fill: (#\w{6})", SVG)
    assert len(inks) > 5
    for ink in inks:
        lighter, darker = sorted((_luminance(ink), _luminance(str(ground.get("fill")))))[::-1]
        assert (lighter + 0.05) / (darker + 0.05) >= LEAST_CONTRAST, ink


def _luminance(color: str) -> float:
    """Relative, as WCAG defines it."""
    parts = [int(color[start : start + 2], 16) / 255 for start in (1, 3, 5)]
    linear = [
        part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    ]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

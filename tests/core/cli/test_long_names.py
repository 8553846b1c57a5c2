"""Names that fill the screen are shortened in messages, wherever they are typed."""

from __future__ import annotations

from pathlib import Path

import pytest

from k8s_datamodel.cli import run
from k8s_datamodel.cli.frame.short_messages import LONGEST, message

BEFORE = str(Path(__file__).parents[3] / "docs" / "sample-cluster" / "before")

LONG = {"in one word": "a" * 10_000, "in several": "ab " * 4_000, "a path": "./" + "b/" * 5_000}

TYPED = (
    ("crd", "get", "LONG", "--source", BEFORE),
    ("crd", "list", "--kind", "LONG", "--source", BEFORE),
    ("crd", "list", "--columns", "LONG", "--source", BEFORE),
    ("crd", "list", "--sort-by", "LONG", "--source", BEFORE),
    ("crd", "list", "-o", "LONG", "--source", BEFORE),
    ("crd", "list", "--LONG"),
    ("crd", "LONG"),
    ("crd", "list", "--context=LONG", "--kubeconfig", "config"),
    ("crd", "list", "--contexts", "LONG", "--kubeconfig", "config"),
    ("crd", "list", "-n", "LONG", "--source", BEFORE),
    ("crd", "list", "--source", "LONG"),
    ("crd", "list", "--snapshot", "LONG"),
    ("crd", "list", "--kubeconfig", "LONG"),
    ("database", "list", "--db-path", "LONG"),
    ("database", "list", "--since", "LONG"),
    ("database", "show", "LONG"),
    ("database", "store", "--source", BEFORE, "--with-instances", "LONG"),
    ("database", "baseline", "set", "LONG"),
    ("database", "baseline", "unset", "LONG"),
    ("database", "query", "SELECT LONG"),
    ("database", "cleanup", "--older-than", "LONG"),
    ("diff", "latest", "LONG"),
    ("diff", "--only", "LONG"),
    ("check", "compat", "LONG", BEFORE),
    ("check", "rules", "explain", "LONG"),
    ("plugins", "enable", "LONG"),
    ("plugins", "new", "LONG"),
    ("report", "LONG", "--file", "x.html"),
)


@pytest.mark.parametrize("kind", LONG)
@pytest.mark.parametrize("words", TYPED)
def test_a_message_fits_the_screen(
    words: tuple[str, ...],
    kind: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("config").write_text(
        '{"contexts": [{"name": "prod", "context": {"cluster": "c", "user": "u"}}]}'
    )
    assert run(["database", "store", "--source", BEFORE, "-q"]) == 0
    capfd.readouterr()
    run([word.replace("LONG", LONG[kind]) for word in words])
    err = capfd.readouterr().err
    assert err
    assert len(err) < 3_000, f"{len(err)}: {err[:200]} ... {err[-1000:]}"


def test_what_is_short_stays() -> None:
    text = f"{'a' * LONGEST} is not there; there are {', '.join(map(str, range(1000)))}"
    assert message(text) == text


@pytest.mark.parametrize(
    "sentence", ["there is no CRD '{}'", 'no name "{}"; there is x', "{}: no such file", "{}, too"]
)
def test_the_letters_of_the_name_are_counted(sentence: str) -> None:
    name = "n" * (LONGEST + 1)
    said = sentence.format(f"{'n' * 100}... (301 letters) ...{'n' * 100}")
    assert message(sentence.format(name)) == said
    assert message(sentence.format(name[1:])) == sentence.format(name[1:])


def test_signs_only_are_shortened_too() -> None:
    assert len(message("." * 5_000)) < 300

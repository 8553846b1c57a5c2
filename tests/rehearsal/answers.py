"""The server's answers, kept as files: a line a case, so that machines without Go check them."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

from cluster.client import Client
from rehearsal.apply_cases import apply_cases
from rehearsal.cases import Case, Json, field_cases, format_cases
from rehearsal.cel_cases import cel_cases
from rehearsal.compared import GROUP
from rehearsal.player import Player
from rehearsal.random_cases import random_cases
from rehearsal.version_cases import crd_changes, default_cases

FOLDER = Path(__file__).parents[1] / "data" / "rehearsal"


FAMILIES: dict[str, Callable[[], Iterable[Case]]] = {
    "fields": field_cases,
    "formats": format_cases,
    "crds": crd_changes,
    "defaults": default_cases,
    "random": random_cases,
    "cel": cel_cases,
    "apply": apply_cases,
}
"""Names of files and what is played for them; another family is another entry."""


def every_case() -> Iterator[Case]:
    """All cases."""
    for family in FAMILIES.values():
        yield from family()


def answered(client: Client, case: Case) -> Json:
    """What a server answers to a case now; nothing of it is left there."""
    player = Player(client, case)
    try:
        return plain(player.play(), player.group)
    finally:
        player.forget()


def plain(answers: Json, group: str) -> Json:
    """Answers without what differs from run to run."""
    kept: Json = json.loads(json.dumps(answers).replace(f"{group}/", f"{GROUP}/"))
    meta = kept["shown"]["metadata"]
    managers = [{"apiVersion": one["apiVersion"]} for one in meta.get("managedFields", [])]
    wanted = ("name", "namespace", "labels", "annotations")
    kept["shown"]["metadata"] = {key: meta[key] for key in wanted if key in meta}
    kept["shown"]["metadata"]["managedFields"] = managers
    return kept


def kept() -> dict[str, Json]:
    """What the files have, by the name of the case."""
    found: dict[str, Json] = {}
    for file in sorted(FOLDER.glob("*.jsonl")):
        for line in file.read_text(encoding="utf-8").splitlines():
            entry: dict[str, Any] = json.loads(line)
            found[entry["case"]] = entry["answers"]
    return found


def keep(name: str, answers: dict[str, Json]) -> None:
    """Writes one file."""
    lines = (
        json.dumps({"case": case, "answers": each}, sort_keys=True, ensure_ascii=False)
        for case, each in sorted(answers.items())
    )
    FOLDER.mkdir(parents=True, exist_ok=True)
    (FOLDER / f"{name}.jsonl").write_text("\n".join(lines) + "\n", encoding="utf-8")

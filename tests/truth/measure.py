"""Precision, recall and F1 against the labelled set, with each miss and its evidence.

    python tests/truth/measure.py            # every labelled install, read from its files
    python tests/truth/measure.py --cluster  # each loaded into a real API server of its own
    python tests/truth/measure.py --truth LABELS --data FILES    # your own labels, in that form

It unpacks the corpora and runs the scoring that lies beside them, as it is. ``SHARED`` says where
they are; by default in ``shared`` beside the repository. Further arguments go to the scoring.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))

from cluster.build import build
from support.command import PROGRAM

TESTS = Path(__file__).parents[1]
SHARED = Path(os.environ.get("SHARED", TESTS.parents[1] / "shared"))

FOLDERS = {"operators": "operators", "live-objects": "operators", "crds": "crds", "dumps": "dumps"}
"""Archives of the corpora, and the folders where the scoring looks for what they hold."""


def unpack(shared: Path, data: Path) -> None:
    """Unpack what the labelled set is made of, as the scoring wants it."""
    for archive, folder in FOLDERS.items():
        with tarfile.open(shared / "corpora" / f"{archive}.tar.xz") as tar:
            tar.extractall(data / folder, filter="data")


def measure(
    shared: Path,
    *,
    cluster: bool,
    truth: Path | None = None,
    data: Path | None = None,
    arguments: Sequence[str] = (),
    quiet: bool = False,
) -> dict[str, Any]:
    """Run the scoring and give its figures, keyed as ``score.json`` has them.

    Args:
        shared: where the scoring, the labelled set and the corpora are.
        cluster: load the installs into real API servers, else read their files.
        truth: folder of labels, the labelled set's by default.
        data: folder that their paths start from, the unpacked corpora by default.
        arguments: more of them for the scoring.
        quiet: print nothing; the report is among the figures.

    Raises:
        CalledProcessError: the scoring failed.
        BuildError: the test server is needed and could not be built.
    """
    with tempfile.TemporaryDirectory(prefix="truth-") as name:
        work = Path(name)
        if data is None:
            data = work / "data"
            unpack(shared, data)
        mode = ["--testcluster", str(build())] if cluster else ["--mode", "path"]
        done = subprocess.run(
            [
                *(sys.executable, str(shared / "score" / "run.py"), "--tool", "ours"),
                *("--bin", str(PROGRAM), "--by-source", "--lists"),
                *("--truth", str(truth or shared / "truth"), "--data", str(data)),
                *("--out", str(work / "out")),
                *mode,
                *arguments,
            ],
            stdout=subprocess.PIPE if quiet else None,
            stderr=subprocess.PIPE if quiet else None,
            text=True,
            check=True,
        )
        figures: dict[str, Any] = json.loads((work / "out" / "score.json").read_text())
        told = "\n".join(explained(figures["lists"], work / "out" / "raw"))
        return {**figures, "report": done.stdout or "", "explained": told}


def explained(lists: Mapping[str, Sequence[str]], raw: Path) -> Iterator[str]:
    """Each miss with the evidence for what was answered: of the workload, or of who got its CRD.

    Args:
        lists: misses by what kind they are, ``source: what`` each, as the scoring writes them.
        raw: the folder with the answers, ``<source>.json`` each.
    """
    for title, misses in lists.items():
        for miss in misses:
            yield f"{title}: {miss}"
            source, _, rest = miss.partition(": ")
            path = raw / f"{source}.json"
            records = json.loads(path.read_text()) if path.exists() else []
            words = set(re.split(r"[\s:/,()]+", rest))
            about = [each for each in records if each["name"] in words]
            about += [each for each in records if words & set(each["managed_crds"])]
            yield from (_evidence(each) for each in about) if about else ("   no record of it",)


def _evidence(record: Mapping[str, Any]) -> str:
    found = (f"{e['strength']} {e['kind']}: {e['reason']}" for e in record["evidence"])
    return f"   {record['name']} ({record['confidence']}): {'; '.join(found)}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cluster", action="store_true", help="load into a real API server")
    parser.add_argument("--truth", type=Path, help="folder with labels.tsv and sources.tsv")
    parser.add_argument("--data", type=Path, help="folder that their paths start from")
    known, others = parser.parse_known_args()
    if (known.truth is None) != (known.data is None):
        parser.error("--truth and --data come together")
    where = {"truth": known.truth, "data": known.data}
    print(measure(SHARED, cluster=known.cluster, arguments=others, **where)["explained"])


if __name__ == "__main__":
    main()

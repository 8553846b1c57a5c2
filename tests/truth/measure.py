"""Precision, recall and F1 against the labelled set, with each miss.

    python tests/truth/measure.py            # every labelled install, read from its files
    python tests/truth/measure.py --cluster  # each loaded into a real API server of its own

It unpacks the corpora and runs the scoring that lies beside them, as it is. ``SHARED`` says where
they are; by default in ``shared`` beside the repository. Further arguments go to the scoring.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))

from cluster.build import build
from command import PROGRAM

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
    shared: Path, *, cluster: bool, arguments: Sequence[str] = (), quiet: bool = False
) -> dict[str, Any]:
    """Run the scoring and give its figures, keyed as ``score.json`` has them.

    Raises:
        CalledProcessError: the scoring failed.
        BuildError: the test server is needed and could not be built.
    """
    with tempfile.TemporaryDirectory(prefix="truth-") as name:
        work = Path(name)
        unpack(shared, work / "data")
        mode = ["--testcluster", str(build())] if cluster else ["--mode", "path"]
        done = subprocess.run(
            [
                *(sys.executable, str(shared / "score" / "run.py"), "--tool", "ours"),
                *(
                    "--bin",
                    str(PROGRAM),
                    "--truth",
                    str(shared / "truth"),
                    "--by-source",
                    "--lists",
                ),
                *("--data", str(work / "data"), "--out", str(work / "out")),
                *mode,
                *arguments,
            ],
            stdout=subprocess.PIPE if quiet else None,
            stderr=subprocess.PIPE if quiet else None,
            text=True,
            check=True,
        )
        figures: dict[str, Any] = json.loads((work / "out" / "score.json").read_text())
        return {**figures, "report": done.stdout or ""}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cluster", action="store_true", help="load into a real API server")
    known, others = parser.parse_known_args()
    measure(SHARED, cluster=known.cluster, arguments=others)


if __name__ == "__main__":
    main()

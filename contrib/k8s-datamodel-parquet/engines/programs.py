"""Runs the command of the environment that runs the tests."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

PROGRAM = Path(sys.executable).parent / "k8s-datamodel"


def run(*arguments: object, code: int = 0) -> str:
    """Run it; what it said, on stdout and stderr. Its exit code must be ``code``."""
    done = subprocess.run(
        [PROGRAM, *map(str, arguments)], capture_output=True, text=True, check=False
    )
    assert done.returncode == code, f"{arguments}: {done.returncode}\n{done.stdout}\n{done.stderr}"
    return done.stdout + done.stderr

"""Runs the command as a user does: a process of its own, from the installed package."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

PROGRAM = Path(sys.executable).parent / "k8s-datamodel"


@dataclass(frozen=True)
class Done:
    """How a run of the command ended."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


def run(*arguments: object, stdin: bytes | None = None, timeout: float = 300, **env: str) -> Done:
    """Run ``k8s-datamodel`` with these arguments; the environment is the test's, with ``env``."""
    done = subprocess.run(
        [str(PROGRAM), *map(str, arguments)],
        input=stdin,
        stdin=subprocess.DEVNULL if stdin is None else None,
        capture_output=True,
        env={**os.environ, **env},
        timeout=timeout,
        check=False,
    )
    return Done(done.returncode, done.stdout.decode(), done.stderr.decode())


def ok(*arguments: object, **options: Any) -> Done:
    """The same, when nothing but success is expected."""
    done = run(*arguments, **options)
    assert done.code == 0, f"{arguments}: exit code {done.code}\n{done.out}\n{done.err}"
    assert "Traceback" not in done.err
    return done

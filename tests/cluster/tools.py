"""What tests need of the machine, and what happens when it is not there."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path
from typing import NoReturn

import pytest


def missing(what: str) -> NoReturn:
    """Skips the test, saying what to install; fails it in CI, where everything must run."""
    if os.environ.get("CI", "").lower() in ("1", "true", "yes"):
        pytest.fail(what, pytrace=False)
    pytest.skip(what)


def kubectl(kubeconfig: Path, *args: str, stdin: str | None = None) -> str:
    """What kubectl printed on stdout; without kubectl on PATH the test is skipped.

    Raises:
        AssertionError: kubectl failed; with what it said.
    """
    program = shutil.which("kubectl")
    if program is None:
        missing("kubectl is needed (https://kubernetes.io/docs/tasks/tools/)")
    # Its cache of discovery would outlive the cluster and know no new CRDs.
    caches = {"KUBECACHEDIR": f"{kubeconfig}.cache"}
    done = subprocess.run(
        [program, "--kubeconfig", str(kubeconfig), *args],
        env={**os.environ, **caches},
        input=stdin,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, f"kubectl {' '.join(args)}: {done.stderr}"
    return done.stdout


def go() -> str:
    """The path of Go's program; without it on PATH the test is skipped."""
    program = shutil.which("go")
    if program is None:
        missing("Go is needed (https://go.dev/dl/)")
    return program

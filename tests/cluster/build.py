"""Builds the test server once per version of its source, into the user's cache folder.

`python tests/cluster/build.py` prints the binary's path. The first build downloads and compiles
Kubernetes and etcd: several minutes and 3 GB of Go caches; later ones take seconds.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

SOURCE = Path(__file__).parent / "testserver"
START = {name: os.environ[name] for name in ("HOME", "XDG_CACHE_HOME") if name in os.environ}
"""Where the caches are: tests change these variables, and a cold build takes minutes."""

NEED_GO = "the test server needs Go 1.26 or newer on PATH to be built (https://go.dev/dl/)"

# Unset, these make the server report a version that no client can parse.
_VERSION = "k8s.io/component-base/version"
LDFLAGS = (
    f"-s -w -X {_VERSION}.gitVersion=v1.36.3 -X {_VERSION}.gitMajor=1 -X {_VERSION}.gitMinor=36"
)


class BuildError(Exception):
    """The binary is not there and could not be built; the message says what to install or mend."""


def cache_folder() -> Path:
    """Where binaries are kept: `$XDG_CACHE_HOME/k8s-datamodel-tests`, by default in `~/.cache`."""
    environ = {**START, **os.environ, "HOME": START.get("HOME", str(Path.home()))}
    base = environ.get("XDG_CACHE_HOME") or Path(environ["HOME"]) / ".cache"
    return Path(base) / "k8s-datamodel-tests"


def source_digest() -> str:
    """A short digest of everything that the binary is made from."""
    digest = hashlib.sha256(LDFLAGS.encode())
    for file in sorted(SOURCE.iterdir()):
        if file.suffix in (".go", ".mod", ".sum"):
            digest.update(file.name.encode() + b"\0" + file.read_bytes())
    return digest.hexdigest()[:16]


def build() -> Path:
    """Path of the binary of the present source, built if need be.

    A second process that asks meanwhile waits for the first one's build.

    Raises:
        BuildError: Go is absent, or the build failed (with the end of what Go said).
    """
    binary = cache_folder() / f"testserver-{source_digest()}"
    if binary.exists():
        return binary
    go = shutil.which("go")
    if go is None:
        raise BuildError(NEED_GO)
    binary.parent.mkdir(parents=True, exist_ok=True)
    with binary.with_name(binary.name + ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not binary.exists():
            _compile(go, binary)
    return binary


def _compile(go: str, binary: Path) -> None:
    print(f"building {binary.name}; the first time takes minutes", file=sys.stderr)
    with tempfile.TemporaryDirectory(dir=binary.parent) as folder:
        made = Path(folder) / "testserver"
        command = [go, "build", "-buildvcs=false", "-ldflags", LDFLAGS, "-o", str(made), "."]
        done = subprocess.run(
            command,
            cwd=SOURCE,
            env={**os.environ, **START},
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode != 0:
            raise BuildError(f"go build failed in {SOURCE}:\n{done.stderr[-3000:]}\n{NEED_GO}")
        made.replace(binary)


def main() -> int:
    """Prints the binary's path; 1 and a line on stderr if it cannot be had."""
    try:
        print(build())
    except BuildError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())

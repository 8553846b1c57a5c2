"""Builds what is given away, into a folder: the wheel, the sdist, and one file that runs.

Only files that git tracks go into it: what else lies in a clone, such as a file with the password
of a database, is nobody's to give away.

The file (by shiv) holds k8s-datamodel with all its dependencies. Some of them are compiled, so it
is for the Python version and the platform on which it was built, and unpacks itself once, into
~/.shiv or SHIV_ROOT; another Python is told so. Each file is the same, byte for byte, if sources,
versions of dependencies and SOURCE_DATE_EPOCH are.
"""

from __future__ import annotations

import os
import platform
import shutil
import subprocess
import sys
import tempfile
import zipfile
from importlib.machinery import EXTENSION_SUFFIXES
from pathlib import Path

ROOT = Path(__file__).parents[1]
NAME = "k8s-datamodel.pyz"
# What pip writes of the place where it installs, and what nobody asks for in an archive.
LOCAL = ("direct_url.json", "RECORD", "REQUESTED")
INTERPRETER = "/usr/bin/env python3"
# Runs before anything is unpacked, on any Python there is, 2.7 too.
GUARD = """\
import platform
import sys
try:
    from importlib.machinery import EXTENSION_SUFFIXES
except ImportError:
    EXTENSION_SUFFIXES = ["none"]
if (EXTENSION_SUFFIXES[0], platform.machine()) != {made}:
    sys.exit(
        "k8s-datamodel: %s is for Python {version} on {machine} (it loads {suffix}), and this is "
        "Python %d.%d on %s (it loads %s): run it with python{version}, or install the wheel"
        % (sys.argv[0], sys.version_info[0], sys.version_info[1], platform.machine(),
           EXTENSION_SUFFIXES[0])
    )
"""


def run(*command: str | Path, cwd: Path = ROOT, **environment: str) -> None:
    """Run a program of this environment in a folder; raises CalledProcessError."""
    arguments = [sys.executable, "-m", *command]
    subprocess.run(arguments, cwd=cwd, check=True, env=environment)  # noqa: S603 - all are ours


def copy_tracked(folder: Path) -> None:
    """Copy the files that git tracks, as they are now; raises CalledProcessError without git."""
    listing = (shutil.which("git") or "git", "ls-files", "-z")
    listed = subprocess.run(listing, cwd=ROOT, check=True, capture_output=True)  # noqa: S603 - all are ours
    for name in filter(None, os.fsdecode(listed.stdout).split("\0")):
        copied = folder / name
        copied.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(ROOT / name, copied)


def build(folder: Path, epoch: str, *options: str) -> list[Path]:
    """Build all into a folder that is made anew; ``options`` are pip's for the dependencies."""
    shutil.rmtree(folder, ignore_errors=True)
    environment = {**os.environ, "SOURCE_DATE_EPOCH": epoch, "PYTHONHASHSEED": "0"}
    with tempfile.TemporaryDirectory() as tracked:
        copy_tracked(Path(tracked))
        run("hatchling", "build", "-d", folder, cwd=Path(tracked), **environment)
    [wheel] = folder.glob("*.whl")
    with tempfile.TemporaryDirectory() as site:
        install = ("pip", "install", "--quiet", "--no-compile", "--target", site)
        run(*install, *options, f"{wheel}[postgresql]", **environment)
        tidied(Path(site))
        with tempfile.TemporaryDirectory() as other:
            made = Path(other) / NAME
            given = ("--site-packages", site, "--uncompressed", "--output-file", made)
            script = ("--console-script", "k8s-datamodel")
            run("shiv", "--reproducible", *given, *script, **environment)
            write_guarded(made, folder / NAME)
    return sorted(folder.iterdir())


def tidied(site: Path) -> None:
    """Without what tells of the place, so that the same is the same elsewhere."""
    shutil.rmtree(site / "bin", ignore_errors=True)
    for path in [each for name in LOCAL for each in site.glob(f"*.dist-info/{name}")]:
        path.unlink()


def guard() -> bytes:
    """What says, on a Python that cannot load what is compiled here, which one can."""
    suffix, machine = EXTENSION_SUFFIXES[0], platform.machine()
    version = ".".join(map(str, sys.version_info[:2]))
    said = {"made": repr((suffix, machine)), "machine": machine, "suffix": suffix}
    return GUARD.format(version=version, **said).encode()


def write_guarded(archive: Path, target: Path) -> None:
    """Write shiv's archive compressed, with the guard before what it runs."""
    with zipfile.ZipFile(archive) as given, target.open("wb") as file:
        file.write(f"#!{INTERPRETER}\n".encode())
        with zipfile.ZipFile(file, "w") as written:
            for each in given.infolist():
                first = guard() if each.filename == "__main__.py" else b""
                content = given.read(each)
                each.compress_type = zipfile.ZIP_DEFLATED
                written.writestr(each, first + content)
    target.chmod(0o755)


if __name__ == "__main__":
    made = build(Path(sys.argv[1]).absolute(), os.environ["SOURCE_DATE_EPOCH"], *sys.argv[2:])
    sys.stdout.writelines(f"{each}\n" for each in made)

"""The other programs that are built: where they come from, in which version, how they get here."""

from __future__ import annotations

import json
import subprocess
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Tool:
    """A program that Go's module proxy has.

    Attributes:
        name: Of the program.
        package: Its main package.
        version: Which one is measured.
        released: The day on which that version was made.
    """

    name: str
    package: str
    version: str
    released: str


TOOLS = (
    Tool("crdify", "sigs.k8s.io/crdify", "v0.6.0", "6 May 2026"),
    Tool("kor", "github.com/yonahd/kor", "v0.6.8", "22 April 2026"),
)


def install(folder: Path, *names: str) -> None:
    """Builds what is not there yet, one after the other; each takes minutes the first time.

    Args:
        folder: Where they are kept.
        names: Which; without any, all.

    Raises:
        subprocess.CalledProcessError: Go could not build one.
    """
    for tool in TOOLS:
        if names and tool.name not in names:
            continue
        program = folder / f"{tool.name}-{tool.version}" / tool.name
        if not program.exists():
            program.parent.mkdir(parents=True, exist_ok=True)
            module = f"module measured\n\ngo 1.26\n\nrequire {tool.package} {tool.version}\n"
            (program.parent / "go.mod").write_text(module)
            command = ["go", "build", "-mod=mod", "-trimpath", "-o", tool.name, tool.package]
            subprocess.run(command, cwd=program.parent, check=True)


def path(folder: Path) -> str:
    """Where the shell finds them."""
    return ":".join(str(folder / f"{tool.name}-{tool.version}") for tool in TOOLS)


def _kubectl() -> str:
    done = subprocess.run(
        ["kubectl", "version", "--client", "-o", "json"], capture_output=True, check=True
    )
    return str(json.loads(done.stdout)["clientVersion"]["gitVersion"])


def rows() -> tuple[list[str], list[list[str]]]:
    """The head and the rows of a table of them."""
    kubectl = ["kubectl", _kubectl(), "", "found on PATH"]
    found = [[each.name, each.version, each.released, f"`{each.package}`"] for each in TOOLS]
    return ["program", "version", "of", "built from"], [kubectl, *found]

"""Completion in real shells, typed at a terminal: what the line has become is what counts."""

from __future__ import annotations

import os
import pty
import select
import shutil
import subprocess
from pathlib import Path

import pytest

from cluster.tools import missing
from support.command import PROGRAM, ok

SAMPLE = Path(__file__).parents[2] / "docs" / "sample-cluster" / "before"
EKS = "arn:aws:eks:eu-north-1:111122223333:cluster"
KUBECONFIG = f"""\
apiVersion: v1
kind: Config
contexts:
- {{name: {EKS}/prod, context: {{cluster: c, user: u}}}}
- {{name: {EKS}/dev, context: {{cluster: c, user: u}}}}
clusters:
- {{name: c, cluster: {{server: "https://127.0.0.1:9"}}}}
users:
- {{name: u, user: {{token: t}}}}
"""

IN_TIME = {"K8S_DATAMODEL_COMPLETION_SECONDS": "60"}
"""A machine that is busy with other tests is no reason to answer nothing."""

SHELLS = {
    "bash": (["--norc", "--noprofile", "-i"], 'eval "$(k8s-datamodel completion bash)"'),
    "zsh": (
        ["-f", "-i"],
        'autoload -Uz compinit; compinit -u; eval "$(k8s-datamodel completion zsh)"',
    ),
    "fish": (["--no-config", "-i"], "k8s-datamodel completion fish | source"),
}

LINES = {
    "dat": "database",
    "crd list --output=ya": "crd list --output=yaml",
    f"--context {EKS}/p": f"--context {EKS}/prod",
    "crd get vess": "crd get vessels.fleet.skerrywater.example",
    "database export 1 --file some-": "database export 1 --file some-file.json",
}
"""What is typed behind the command before TAB, and what the line says then."""

VALUES = {
    "crd exp": ["export-all"],
    "database store --allow": ["--allow-incomplete"],
    "--context ": [f"{EKS}/dev", f"{EKS}/prod"],
    "crd list -o custom": ["custom-columns=", "custom-columns-file="],
    "crd list --kind Quill": ["QuillBackup", "QuillCluster"],
    "crd list --store-db -n fl": ["fleet-system"],
    f"crd get --source {SAMPLE} b": [
        "berths.fleet.skerrywater.example",
        "brokers.beaconmq.example",
    ],
    "operators get gates/": ["gates/turnstile"],
    "operators get nobody": [],
    "database show ": ["latest", "1"],
    "database list --cluster-context be": ["before"],
    "plugins disable s": ["sources", "sql"],
    "completion ": ["bash", "fish", "zsh"],
    "--db-path nowhere.db crd get ": [],
}
"""Words before the cursor, and what the last of them may become."""


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with contexts of EKS, one snapshot of the sample cluster, and a file."""
    home = tmp_path_factory.mktemp("home")
    (home / ".kube").mkdir()
    (home / ".kube" / "config").write_text(KUBECONFIG)
    (home / "some-file.json").touch()
    ok("--source", SAMPLE, "database", "store", HOME=str(home))
    return home


def typed(shell: str, home: Path, lines: list[str]) -> list[str]:
    """What lines become by TAB in an interactive shell; each is then printed into a file."""
    program = shutil.which(shell)
    if program is None:
        missing(f"{shell} is needed: install it")
    arguments, setup = SHELLS[shell]
    keys = [f"{setup}\r"]
    for number, line in enumerate(lines):
        keys.append(f"k8s-datamodel {line}\t\x01printf '%s ' \x05 > {shell}{number}\r")
    terminal, its_end = pty.openpty()
    # A session of its own with this terminal, as of a terminal's window.
    child = subprocess.Popen(
        ["setsid", "--ctty", "--wait", program, *arguments],
        stdin=its_end,
        stdout=its_end,
        stderr=its_end,
        cwd=home,
        env={
            **os.environ,
            "HOME": str(home),
            "PATH": f"{PROGRAM.parent}:{os.environ['PATH']}",
            "TERM": "xterm",
            "LANG": "C.UTF-8",
            **IN_TIME,
        },
    )
    os.close(its_end)
    screen = b""
    # A line at a time: what is typed ahead while a program runs would be the program's input.
    for number, key in enumerate([*keys, "exit\r"]):
        os.write(terminal, key.encode())
        done = home / f"{shell}{number - 1}" if 0 < number <= len(lines) else None
        while True:
            ready, _, _ = select.select([terminal], [], [], 0.1)
            screen += _read(terminal) if ready else b""
            if done is None or done.is_file():
                break
            assert len(screen) < 1_000_000, screen[-2000:].decode(errors="replace")
    while part := _read(terminal):
        screen += part
    os.close(terminal)
    assert child.wait(60) == 0, screen[-2000:].decode(errors="replace")
    return [(home / f"{shell}{number}").read_text().strip() for number in range(len(lines))]


def _read(terminal: int) -> bytes:
    try:
        return os.read(terminal, 65536)
    except OSError:  # Linux says so when the shell has ended
        return b""


@pytest.mark.parametrize("shell", SHELLS)
def test_a_line_is_completed(shell: str, home: Path) -> None:
    found = typed(shell, home, list(LINES))
    assert found == [f"k8s-datamodel {line}" for line in LINES.values()]


@pytest.mark.parametrize("words", VALUES)
def test_a_word_may_become(words: str, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(home)
    done = ok(*words.split(" "), HOME=str(home), _K8S_DATAMODEL_COMPLETE="words", **IN_TIME)
    assert [line.split("\t")[1] for line in done.out.splitlines()] == VALUES[words]
    assert done.err == ""

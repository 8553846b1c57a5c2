"""One real cluster (etcd and kube-apiserver) as a Python object."""

from __future__ import annotations

import selectors
import shutil
import subprocess
import tempfile
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType

from cluster.kubeconfig import access, merge_kubeconfigs, vary

__all__ = ["Cluster", "ClusterError", "merge_kubeconfigs"]

# The server gives up by itself after 120 s, with a reason in its log.
_START_SECONDS = 150
_STOP_SECONDS = 10
# Another process may take a port between its choice and its use.
_ATTEMPTS = 3


class ClusterError(Exception):
    """The server did not start; the message ends with the last lines of its log."""


class Cluster:
    """A running API server, 290 MB and under three seconds to start.

    Args:
        process: The server, its standard input and output held as pipes.
        folder: Its data, keys, kubeconfigs and `server.log`.
        owned: Whether `stop` removes the folder.

    Attributes:
        folder: Holds the kubeconfigs and keys (`testserver/keys.go` says which).
        kubeconfig: The administrator's, who may do everything.
        url: `https://127.0.0.1:PORT`; another port each time.
    """

    def __init__(self, process: subprocess.Popen[bytes], folder: Path, *, owned: bool) -> None:
        self._process = process
        self._owned = owned
        self.folder = folder
        self.kubeconfig = folder / "admin.kubeconfig"
        self.url = access(self.kubeconfig).server

    @property
    def pid(self) -> int:
        """The server's process."""
        return self._process.pid

    @classmethod
    def start(
        cls,
        binary: Path,
        *contexts: str,
        users: Sequence[str] = (),
        apiserver_args: Sequence[str] = (),
        version: str = "",
        folder: Path | None = None,
    ) -> Cluster:
        """Starts a server and returns once it is ready.

        Args:
            binary: What `build.build()` returned.
            contexts: Names of the contexts in its kubeconfigs, the first is the current one;
                `testserver` if none is given.
            users: Users beside the administrator; they have a kubeconfig and no rights.
            apiserver_args: More flags of kube-apiserver, without spaces in them.
            version: What `/version` says, such as `v1.36.3+k3s1`; only the suffix can be chosen.
            folder: Where the data lives, kept when the server stops, and used again by the next
                one that is started on it; a temporary one by default.

        Raises:
            ClusterError: The server ended, or said nothing in time.
        """
        home = folder or Path(tempfile.mkdtemp(prefix="testserver-"))
        home.mkdir(mode=0o700, parents=True, exist_ok=True)
        command = [
            str(binary),
            "-dir",
            str(home),
            "-contexts",
            ",".join(contexts or ["testserver"]),
        ]
        command += ["-users", ",".join(users), "-apiserver-args", " ".join(apiserver_args)]
        command += ["-version", version]
        for _ in range(_ATTEMPTS):
            process = _launch(command, home / "server.log")
            if _says_ready(process):
                return cls(process, home, owned=folder is None)
            _end(process)
            log = (home / "server.log").read_text(errors="replace")
            if "address already in use" not in log:
                break
        if folder is None:
            shutil.rmtree(home)
        raise ClusterError(f"the test server did not start:\n{log[-2000:]}")

    def kubeconfig_for(self, user: str) -> Path:
        """The kubeconfig of one of the users given at the start."""
        return self.folder / f"{user}.kubeconfig"

    def kubeconfig_with_client_certificate(self) -> Path:
        """An administrator's kubeconfig that authenticates by a certificate instead of a token."""
        files = {f"client-{x}": str(self.folder / f"client.{y}") for x, y in _CLIENT_FILES}
        return vary(self.kubeconfig, self.folder / "certificate.kubeconfig", user=files)

    def kubeconfig_with_wrong_authority(self) -> Path:
        """An administrator's kubeconfig that trusts a CA that did not sign the server's key."""
        other = {"certificate-authority": str(self.folder / "other-ca.crt")}
        return vary(self.kubeconfig, self.folder / "other-ca.kubeconfig", cluster=other)

    def stop(self) -> None:
        """Ends the server, and removes its folder if it was a temporary one; twice does no harm."""
        if self._owned:
            self._process.kill()  # an orderly end takes 3 s, and nobody needs the data
        _end(self._process)
        if self._owned:
            shutil.rmtree(self.folder, ignore_errors=True)

    def __enter__(self) -> Cluster:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()


_CLIENT_FILES = (("certificate", "crt"), ("key", "key"))


def _launch(command: list[str], log: Path) -> subprocess.Popen[bytes]:
    with log.open("wb") as errors:
        return subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=errors
        )


def _says_ready(process: subprocess.Popen[bytes]) -> bool:
    """Whether the one line that means ready came; not so if the server ended or hangs."""
    assert process.stdout is not None
    with selectors.DefaultSelector() as selector:
        selector.register(process.stdout, selectors.EVENT_READ)
        return bool(selector.select(_START_SECONDS) and process.stdout.readline())


def _end(process: subprocess.Popen[bytes]) -> None:
    for pipe in (process.stdin, process.stdout):
        assert pipe is not None
        pipe.close()
    try:
        process.wait(_STOP_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()

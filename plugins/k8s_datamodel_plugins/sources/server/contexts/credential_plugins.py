"""Run credential plugins: programs that print credentials, by client.authentication.k8s.io.

As client-go's plugin/pkg/client/auth/exec/exec.go, but a plugin that is not interactive has a time
limit, and its stderr is shown only if it fails, without credentials.
"""

from __future__ import annotations

import base64
import json
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

from k8s_datamodel.api import without_credentials
from k8s_datamodel_plugins.sources.server.contexts import headers, programs, text
from k8s_datamodel_plugins.sources.server.contexts.kubeconfig_fields import FieldError, struct
from k8s_datamodel_plugins.sources.server.contexts.kubeconfig_fields import text as as_text
from k8s_datamodel_plugins.sources.server.contexts.merging import KubeContext
from k8s_datamodel_plugins.sources.server.contexts.servers import reason

KUBERNETES_EXEC_INFO = "KUBERNETES_EXEC_INFO"
"""Variable with the request for a plugin."""

_CLUSTER_CONFIG = "client.authentication.k8s.io/exec"
_LONGEST_COMPLAINT = 300

# RFC 3339 as Go reads it.
_TIME = re.compile(r"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:[.,]\d+)?(Z|[+-]\d\d:\d\d)")

_STATUS = struct(
    clientCertificateData=as_text, clientKeyData=as_text, expirationTimestamp=as_text, token=as_text
)
_CREDENTIAL = struct(apiVersion=as_text, kind=as_text)


@dataclass(frozen=True, slots=True)
class Credential:
    """The header ``Authorization``, empty without a token, and PEM text, both or neither.

    The plugin runs again when the credential expires; None is never.
    """

    header: str = field(repr=False)
    certificate: str = field(repr=False)
    key: str = field(repr=False)
    expires: datetime | None


class Plugin:
    """The credential plugin of a context; ``seconds`` limit one that is not interactive."""

    def __init__(self, context: KubeContext, seconds: float) -> None:
        self._spec: Mapping[str, Any] = context.user.value["exec"]
        self._cluster = context.cluster.value
        self._seconds = seconds
        self._credential: Credential | None = None

    def __call__(self) -> str:
        """The current header. Raises FieldError if the plugin prints none that can be sent."""
        return self.credential().header

    def credential(self) -> Credential:
        """The current credential, renewed after it expired. Raises FieldError as above."""
        now = datetime.now(timezone.utc)
        credential = self._credential
        if credential is None or (credential.expires is not None and credential.expires <= now):
            self._credential = credential = self._ask()
        return credential

    def _ask(self) -> Credential:
        mode = self._spec["interactiveMode"]
        interactive = mode != "Never" and os.isatty(0)
        if mode == "Always" and not interactive:
            raise FieldError(f"{self._name} needs a terminal, and standard input is not one")
        return self._answer(self._run(interactive=interactive))

    @property
    def _name(self) -> str:
        return f"its credential plugin {self._spec['command']}"

    def _run(self, *, interactive: bool) -> bytes:
        command = [self._spec["command"], *self._spec.get("args", ())]
        given = {each["name"]: each.get("value", "") for each in self._spec.get("env", ())}
        environ = {**os.environ, **given, KUBERNETES_EXEC_INFO: self._info(interactive=interactive)}
        try:
            ended = programs.run(command, environ, self._seconds, interactive=interactive)
        except programs.ProgramError as error:
            raise FieldError(f"{self._name} {error}") from None
        except FileNotFoundError:
            hint = self._spec.get("installHint", "")
            raise FieldError(f"{self._name} is not installed{_said(hint)}") from None
        except (OSError, ValueError) as error:
            raise FieldError(f"{self._name} cannot be started: {reason(error)}") from None
        if ended.code:
            how = f"exit code {ended.code}" if ended.code > 0 else f"signal {-ended.code}"
            said = _said(ended.err.decode(errors="replace"))
            raise FieldError(f"{self._name} failed with {how}{said}")
        return ended.out

    def _info(self, *, interactive: bool) -> str:
        spec: dict[str, Any] = {"interactive": interactive}
        if self._spec.get("provideClusterInfo"):
            spec["cluster"] = _cluster_info(self._cluster)
        kind = {"kind": "ExecCredential", "apiVersion": self._spec["apiVersion"]}
        return json.dumps({**kind, "spec": spec})

    def _answer(self, out: bytes) -> Credential:
        try:
            document = text.parse(out)
        except text.TextError:
            raise FieldError(f"{self._name} did not print an ExecCredential") from None
        try:
            return _credential(document, self._spec["apiVersion"])
        except FieldError as error:
            raise FieldError(f"{self._name} gave no credentials: {error}") from None


def _credential(document: Any, version: str) -> Credential:
    kind = _CREDENTIAL(document, "its answer")
    if kind != {"kind": "ExecCredential", "apiVersion": version}:
        raise FieldError(f"its answer is not an ExecCredential of {version}")
    if document.get("status") is None:
        raise FieldError("its answer has no status")
    status = _STATUS(document["status"], "status")
    certificate, key = status.get("clientCertificateData", ""), status.get("clientKeyData", "")
    if bool(certificate) != bool(key):
        raise FieldError("its answer has only one of clientCertificateData and clientKeyData")
    if not (token := status.get("token", "")) and not certificate:
        raise FieldError("its answer has neither a token nor a certificate")
    header = headers.bearer(token, "token") if token else ""
    return Credential(header, certificate, key, _expiry(status.get("expirationTimestamp")))


def _expiry(text: str | None) -> datetime | None:
    if text is None:
        return None
    try:
        found = _TIME.fullmatch(text)
        if found:
            return datetime.fromisoformat(found[1] + found[2].replace("Z", "+00:00"))
    except ValueError:
        pass
    raise FieldError("its answer has an expirationTimestamp that is not a time")


def _cluster_info(cluster: Mapping[str, Any]) -> dict[str, Any]:
    """Build the cluster for a plugin, as ``ConfigToExecCluster`` of client-go's rest/exec.go."""
    same = ("server", "tls-server-name", "insecure-skip-tls-verify", "proxy-url")
    info = {key: cluster[key] for key in (*same, "disable-compression") if key in cluster}
    info["config"] = None  # as client-go, which keeps it
    if data := _authority(cluster):
        info["certificate-authority-data"] = data
    for extension in cluster.get("extensions", ()):
        if extension.get("name") == _CLUSTER_CONFIG and "extension" in extension:
            info["config"] = extension["extension"]
    return info


def _authority(cluster: Mapping[str, Any]) -> str:
    if path := cluster.get("certificate-authority"):
        try:
            return base64.b64encode(Path(path).read_bytes()).decode()
        except OSError as error:
            raise FieldError(f"certificate-authority cannot be read: {reason(error)}") from None
    return str(cluster.get("certificate-authority-data", ""))


def _said(words: str) -> str:
    """The text of another program, for the end of a message."""
    line = " ".join(without_credentials(words).split())
    cut = line if len(line) <= _LONGEST_COMPLAINT else f"...{line[-_LONGEST_COMPLAINT:]}"
    return f": {cut}" if cut else ""

"""``kubectl cluster-info dump`` prints logs between its lists, and those behind are read, too."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import yaml

from k8s_datamodel.api import Resource
from support.opened import DEPLOYMENTS, Opened, configmap

PODS = Resource("", "v1", "pods", "Pod")


def listed(kind: str, version: str, *names: str, namespace: str = "shop") -> dict[str, object]:
    items = [
        {"metadata": {"name": name, "namespace": namespace, "uid": f"{kind}-{name}"}}
        for name in names
    ]
    head = {"kind": f"{kind}List", "apiVersion": version}
    return {**head, "metadata": {"resourceVersion": "7"}, "items": items}


def log(text: bytes, pod: str = "web-1", end: bool = True) -> bytes:
    name = f"logs for container web of pod shop/{pod} ===="
    closing = f"==== END {name}\n".encode() if end else b""
    return f"==== START {name}\n".encode() + text + closing


BEFORE = json.dumps(listed("Deployment", "apps/v1", "web"), indent=4).encode() + b"\n"
BEHIND = json.dumps(listed("Pod", "v1", "web-1"), indent=4).encode() + b"\n"
IN_YAML = [yaml.safe_dump(json.loads(text)).encode() for text in (BEFORE, BEHIND)]

DUMPS = {
    "a log": BEFORE + log(b"started\n") + BEHIND,
    "an empty one": BEFORE + log(b"") + BEHIND,
    "several": BEFORE + log(b"a\n") + log(b"b\n", "web-2") + BEHIND + log(b"c\n"),
    "first of all": log(b"a\n") + BEFORE + BEHIND,
    "without a last newline": BEFORE + log(b"no newline") + BEHIND,
    "that holds JSON": BEFORE + log(b'{"kind": "Pod", "apiVersion": "v1"}\n') + BEHIND,
    "that holds a log's beginning": BEFORE + log(log(b"x", "else", end=False)) + BEHIND,
    "that holds another log's end": BEFORE + log(log(b"x", "else")) + BEHIND,
    "that is no text": BEFORE + log(b"\xff\xfe\x80 caf\xe9 \x00\n") + BEHIND,
    "that could not be read": BEFORE + log(b"Request log error: timeout\n") + BEHIND,
    "with Windows' line ends": (BEFORE + log(b"a\n") + BEHIND).replace(b"\n", b"\r\n"),
    "in YAML": IN_YAML[0] + log(b"a: [\n") + b"---\n" + IN_YAML[1],
}


@pytest.mark.parametrize("case", DUMPS)
def test_lists_behind_a_log_are_read(tmp_path: Path, case: str) -> None:
    (tmp_path / "dump").write_bytes(DUMPS[case])
    opened = Opened(tmp_path / "dump", DEPLOYMENTS, PODS)
    assert (opened.names(DEPLOYMENTS), opened.names(PODS)) == (["web"], ["web-1"])
    assert opened.entries("failed") == {}


CUT = {
    "a log that does not end": (BEFORE + log(b"a\n", end=False) + BEHIND, "a log does not end"),
    "a list behind a log that does not end": (BEFORE + log(b"a\n") + BEHIND[:-9], "line 33"),
}


@pytest.mark.parametrize("case", CUT)
def test_a_dump_that_is_cut_keeps_what_is_before(tmp_path: Path, case: str) -> None:
    data, words = CUT[case]
    (tmp_path / "dump").write_bytes(data)
    opened = Opened(tmp_path / "dump", DEPLOYMENTS, PODS)
    assert opened.names(DEPLOYMENTS) == ["web"]
    assert opened.incomplete
    assert words in opened.entries("failed")["dump"]


def test_a_manifest_may_tell_of_logs(tmp_path: Path) -> None:
    text = "|\n    see ==== START logs for container web of pod shop/web-1 ====\n    here"
    (tmp_path / "x.yaml").write_text(configmap("one", log=text))
    opened = Opened(tmp_path / "x.yaml")
    assert "START logs" in opened.objects()[0]["data"]["log"]
    assert not opened.incomplete

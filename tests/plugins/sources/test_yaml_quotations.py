"""What a parser says of YAML quotes nothing of it: that may be a credential without quotes."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
import yaml

from k8s_datamodel.api import without_quotations
from k8s_datamodel.plugins import yamlfiles
from k8s_datamodel.types.foreign_texts import FaultError
from k8s_datamodel_plugins.sources.dump.values import yamls
from k8s_datamodel_plugins.sources.server.contexts import text

SECRET = "Vx7rTq9ZpLw9"

FORMS = (
    f"*{SECRET}",
    f"&{SECRET} [*{SECRET}]",
    f"!{SECRET}! x",
    f"!<{SECRET}> x",
    f"!{SECRET} x",
    f"!!int {SECRET}",
    f"!!float {SECRET}",
    f"!!bool {SECRET}",
    f"!!timestamp {SECRET}",
    f"!!binary {SECRET}%",
    f"|{SECRET}",
    f'"\\{SECRET}"',
    f"@{SECRET}",
    f"[{SECRET}",
    f"{{{SECRET}: ",
    f"b: {SECRET}",
    "9" * 400 + "e9999",
)
"""What may follow ``password:``, by mistake or as it is."""


def of_dump(content: str, path: Path) -> str:
    found = yamls.documents(content, lambda value: value)
    return "; ".join(str(each) for each in found if isinstance(each, Exception))


def of_settings(content: str, path: Path) -> str:
    path.write_text(content, "utf-8")
    try:
        yamlfiles.read_yaml(path)
    except FaultError as error:
        return error.fault.reason
    return ""


def of_kubeconfig(content: str, path: Path) -> str:
    try:
        text.parse(content.encode())
    except text.TextError as error:
        return str(error)
    return ""


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("read", [of_dump, of_settings, of_kubeconfig])
@pytest.mark.parametrize("loader", ["libyaml", "Python"])
def test_no_message_quotes_a_value(
    read: Callable[[str, Path], str],
    form: str,
    loader: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    if loader == "Python":
        monkeypatch.setattr(yamls, "LOADER", yaml.SafeLoader)
    told = read(f"password: {form}\n", tmp_path / "x.yaml")
    assert SECRET.lower() not in told.lower()
    assert "9" * 9 not in told


def test_marks_stay() -> None:
    assert without_quotations("expected ',' or ']', but got '<stream end>'") == (
        "expected ',' or ']', but got ..."
    )

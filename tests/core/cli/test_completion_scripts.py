"""The scripts that a shell evaluates."""

from __future__ import annotations

import pytest
from click.testing import CliRunner

from k8s_datamodel.cli.commands.completion import SCRIPTS, VARIABLE, script


@pytest.mark.parametrize("shell", ["bash", "fish", "zsh"])
def test_a_script_asks_by_the_variable_that_the_command_answers(shell: str) -> None:
    done = CliRunner().invoke(script, [shell])
    assert (done.exit_code, done.output) == (0, SCRIPTS[shell])
    assert done.output.count(f"{VARIABLE}=") == 1
    assert done.output.replace(VARIABLE, "").count("VARIABLE") == 0


def test_another_shell_is_wrong_usage() -> None:
    assert CliRunner().invoke(script, ["csh"]).exit_code == 2

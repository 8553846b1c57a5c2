"""No command ignores an option that was typed: it uses it, or refuses it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import click
import pytest

from k8s_datamodel.cli import reference, run
from k8s_datamodel.cli.frame import app as frame
from k8s_datamodel.cli.frame.settings import Settings
from k8s_datamodel.cli.root import Root, reserved

SAMPLE = Path(__file__).parents[3] / "docs" / "sample-cluster"
BEFORE, CHANGED = str(SAMPLE / "before"), str(SAMPLE / "upgrade")

CHOOSING: Mapping[str, Sequence[str]] = {
    "context": ("--context", "prod"),
    "namespace": ("--namespace", "certwright"),
    "kubeconfig": ("--kubeconfig", "none.yaml"),
    "source": ("--source", BEFORE),
    "cluster_name": ("--cluster-name", "prod"),
    "max_in_flight": ("--max-in-flight", "3"),
    "max_per_second": ("--max-per-second", "3"),
    "db_path": ("--db-path", "none.db"),
}
"""The global options that say what is read, and where, by their settings."""

ARGUMENTS: Mapping[str, str] = {
    "crd get": "harbourslots.legacy.harbourmaster.example",
    "crd history": "brokers.beaconmq.example",
    "operators get": "turnstile",
    "operators history": "turnstile",
    "olm get": "turnstile.v1.4.2",
    "olm history": "turnstile.v1.4.2",
    "instances get": "Broker/timetable",
    "instances history": "Broker/timetable",
    "database show": "1",
    "database export": "1",
    "database delete": "1 --yes",
    "database cleanup": "--keep 9",
    "database backup": "backup.db",
    "database restore": "backup.db --yes",
    "database copy": "backup.db copy.db",
    "database baseline set": "base 2",
    "database baseline unset": "base",
    "database note": "2 words",
    "database query": "VALUES(1)",
    "plugins docs": "crds",
    "plugins disable": "olm",
    "plugins enable": "olm",
    "plugins new": "mine",
    "check compat": f"{BEFORE} {CHANGED}",
    "check objects": "3",
    "check upgrade": f"{CHANGED} --against 3",
    "check rules explain": "required-added",
    "diff": "2 3",
    "completion": "bash",
    "report": "--file report.html",
}
"""What the commands need that cannot be run alone."""


def leaves() -> Iterator[str]:
    with click.Context(Root(), info_name="k", obj=frame.App([], reserved)) as root:
        for ctx in reference.walk(root):
            if not isinstance(ctx.command, click.Group):
                yield ctx.command_path.removeprefix("k ")


def stored() -> None:
    for _ in range(3):
        assert run(["database", "store", "--source", BEFORE, "--with-instances", "-q"]) == 0


def test_each_command_uses_or_refuses_what_is_typed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    stored()
    used: set[str] = set()

    class Noted(Settings):
        def __getattribute__(self, name: str) -> object:
            used.add(name)
            return super().__getattribute__(name)

    monkeypatch.setattr(frame, "Settings", Noted)
    # What is not to be written over is known of all settings, used or not.
    monkeypatch.setattr(frame.App, "inputs", lambda app: {})
    ignored = []
    commands = list(leaves())
    assert len(commands) > 60
    for command in commands:
        words = [*command.split(), *ARGUMENTS.get(command, "").split()]
        with monkeypatch.context() as patch:
            if "matrix" not in words and "report" not in words:
                patch.setenv("K8S_DATAMODEL_SOURCE", BEFORE)
            used.clear()
            code = run(words)
        assert code in (0, 1, 3), f"{command}: {code}\n{capfd.readouterr().err}"
        capfd.readouterr()
        for name in CHOOSING.keys() - used:
            code, err = run([*words, *CHOOSING[name]]), capfd.readouterr().err
            if code != 2 or CHOOSING[name][0] not in err:
                ignored.append(f"{command} {CHOOSING[name][0]}: {code} {err}")
    assert not ignored, "\n".join(ignored)


BESIDE = {
    "crd list --snapshot 1 --kubeconfig x": "--snapshot reads what is stored",
    "crd get Broker --snapshot 1 --max-per-second 3": "--snapshot reads what is stored",
    "crd list --snapshot 1 --context other": "snapshot 1 is of before, not of other",
    "crd list --source {before} --kubeconfig x": "for API servers, and {before} is read",
    "database store --source {before} --max-in-flight 3": "for API servers, and {before} is read",
    "crd list --source {before} --db-path x.db": "--snapshot, --orphans, --store-db",
    "crd groups --source {before} --db-path x.db": "the database is for --snapshot",
    "crd count --snapshot {before}/crds --db-path x.db": "it reads {before}/crds; the database",
    "database show other.db:1 --db-path x.db": "other.db:1 names its database",
    "crd matrix --max-in-flight 3": "--contexts reads clusters",
    "diff 1 2 --kubeconfig x": "no moment is live",
    "diff --max-in-flight 3": "no moment is live",
    "diff 1 2 --context x": "each moment is of the one cluster that it names",
    "diff 1 2 --cluster-name x": "name a path or live:CONTEXT as a moment",
    "check compat {before} 1 -n certwright": "cannot be used with check compat",
    "check upgrade {before} -n certwright": "the moment is stored",
    "check objects 1 -n certwright": "the moment is stored",
    "check upgrade {before} --kubeconfig x": "no moment is live",
    "report 1 --file x.html --kubeconfig x": "no moment is live",
    "database cleanup --keep 1 --context before": "--cluster-context chooses snapshots",
    "database copy a.db b.db --db-path x.db": "FROM and TO name the databases",
    "database show 1 --cluster-context other": "snapshot 1 is of before, not of other",
    "database delete 1 --yes --context other": "snapshot 1 is of before, not of other",
    "crd list --source {before} --include-specs -o table": "complete objects are in json",
    "database export 1 --include-specs -o name": "complete objects are in json",
    "cluster export --source {before} --ledger -o name": "name writes names only",
    "crd list --source {before} --columns kind -o name": "name writes names only",
    "crd matrix --fold -o json": "it is for tables and csv",
}
"""What is of no use beside the rest of the line, and what is said of it."""

USED = [
    "crd list --source {before} --store-db --db-path x.db",
    "crd list --source {before} --orphans --db-path x.db",
    "crd list --snapshot 1 --context before",
    "crd list --source {before} --include-specs -o yaml",
    "database show 1 --cluster-context before",
    "diff 1 {before} -n certwright",
    "diff 1 1 -n certwright",
    "diff 1 latest --context before",
    "report 1 --file report.html",
]
"""What is of use, though it is not without the rest of the line."""


@pytest.mark.parametrize("line", [*BESIDE, *USED])
def test_what_is_of_no_use_beside_the_rest_is_refused(
    line: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert run(["database", "store", "--source", BEFORE, "-q"]) == 0
    for name in ("other.db", "x.db"):
        assert (
            run(["database", "copy", str(Path.home() / ".k8s-inventory/inventory.db"), name]) == 0
        )
    capfd.readouterr()
    code = run([word.format(before=BEFORE) for word in line.split()])
    err = capfd.readouterr().err
    if line in USED:
        assert code in (0, 3), err
    else:
        assert code == (1 if "not of other" in err else 2), err
        assert BESIDE[line].format(before=BEFORE) in err


def test_the_environment_is_for_all_commands(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("K8S_DATAMODEL_MAX_IN_FLIGHT", "3")
    monkeypatch.setenv("K8S_DATAMODEL_SOURCE", BEFORE)
    monkeypatch.setenv("K8S_DATAMODEL_KUBECONFIG", "none.yaml")
    assert run(["database", "store", "-q"]) == 0
    assert run(["database", "list", "-o", "name"]) == 0
    assert run(["check", "rules", "list", "-o", "name"]) == 0

"""Measures other programs and this one on the same questions: the figures of docs/compared.md.

`python tests/compared/measure.py [--write] [--changes]` from the repository prints the figures, or
writes them into the page; with `--changes` only those of changes of CRDs, and the others stay. The
programs are built by Go, from its module proxy, into the cache folder: minutes, the first time.
SHARED is the folder with the corpora; kubectl and git must be there.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

sys.path.insert(0, str(Path(__file__).parents[1]))

from bench.filling import Size
from bench.measure import Bench
from bench.scale import started
from cluster import manifests
from cluster.api import Object
from cluster.build import build, cache_folder
from cluster.client import Client
from cluster.server import Cluster
from compared import changed, changes, tools
from compared.inventory import Known, copying, counting, orphans
from compared.ways import COLUMNS, Way, ask, table
from seed import sample

PAGE = Path(__file__).parents[2] / "docs" / "compared.md"
BEGIN, END = "<!-- figures: tests/compared/measure.py -->", "<!-- end of the figures -->"
SIZE = Size(200, 100, 2_000, 10)


def figures(bench: Bench) -> Iterator[str]:
    """Every section of Markdown."""
    yield _section("The programs", "", *tools.rows())
    with Cluster.start(build(), "ferries", apiserver_args=["--allow-privileged=true"]) as cluster:
        bench.environ["KUBECONFIG"] = str(cluster.kubeconfig)
        with Client(cluster.kubeconfig) as admin:
            yield from _of_the_sample(bench, admin)
    archive = Path(os.environ["SHARED"]) / "corpora" / "crds-scale.tar.xz"
    with started(build(), archive, SIZE) as scale, Client(scale.kubeconfig) as admin:
        bench.environ["KUBECONFIG"] = str(scale.kubeconfig)
        size = f"Of {SIZE.crds} CRDs and {SIZE.objects:,} custom resources."
        yield _asked("What is there, in a larger cluster", size, bench, counting(Known(admin)))
        yield _asked("Keep a copy of a larger cluster", size, bench, copying([]))
    yield _of_changes(bench)


def _of_changes(bench: Bench) -> str:
    told, hurts = changes.of_changes(bench, Path("changes"))
    return _section(
        "Would this change of a CRD break anybody",
        f"Of {len(hurts)} changes. The server refused the CRD, or hurt an object that was tried, "
        f"in {sum(hurts.values())} of them.",
        changes.COLUMNS,
        [each.row(hurts) for each in told],
    )


def _of_the_sample(bench: Bench, admin: Client) -> Iterator[str]:
    before, after = (_loadable(state) for state in sample.STATES)
    admin.apply(before)
    truth = sample.truth()
    yield _asked("What is there", "In the sample cluster.", bench, counting(Known(admin)))
    left = [name for name, crd in truth["crds"].items() if crd.get("orphan")]
    yield _asked("Who is left over", "In the sample cluster.", bench, orphans(left))
    secrets = [each["value"] for each in truth["redacted"]]
    yield _asked("Keep a copy", "Of the sample cluster.", bench, copying(secrets))
    changed.keep(bench, "monday")
    kept = {changed.thing(each) for each in after}
    for obj in before:
        if changed.thing(obj) not in kept:
            _, namespace, name = changed.thing(obj)
            admin.delete(admin.path(obj["apiVersion"], obj["kind"], name, namespace))
    admin.apply(after)
    changed.keep(bench, "tuesday")
    things = changed.differing(before, after)
    yield _section(
        "What changed",
        f"In the sample cluster, from Monday to Tuesday: {len(things)} objects in its files.",
        changed.COLUMNS,
        [each.row(bench, things) for each in changed.WAYS],
    )


def _loadable(state: sample.State) -> list[Object]:
    """The objects of a state, without the webhooks, whose services no test server runs."""
    objects = manifests.read(sample.write_state(state, Path(state)))
    return [each for each in objects if not each["kind"].endswith("WebhookConfiguration")]


def _asked(title: str, text: str, bench: Bench, ways: Sequence[Way]) -> str:
    return _section(title, text, COLUMNS, [each.row() for each in ask(bench, ways)])


def _section(title: str, text: str, columns: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    said = f"{text}\n\n" if text else ""
    return f"### {title}\n\n{said}{table(columns, rows)}"


def written(page: str, text: str) -> str:
    """The page with sections of figures in place of its own of the same titles.

    Raises:
        ValueError: The page lacks such a section.
    """
    before, _, rest = page.partition(BEGIN)
    kept, _, after = rest.partition(END)
    sections = _sections(kept)
    measured = _sections(text)
    if lacking := measured.keys() - sections.keys():
        raise ValueError(f"the page has no section {', '.join(sorted(lacking))}")
    figures_ = "\n".join((sections | measured).values())
    return f"{before}{BEGIN}\n\n{figures_}\n{END}{after}"


def _sections(text: str) -> dict[str, str]:
    """By title, in their order, each with one line break at its end."""
    found = [f"### {each.strip()}\n" for each in text.split("### ")[1:]]
    return {each.partition("\n")[0].removeprefix("### "): each for each in found}


def main() -> None:
    programs = cache_folder() / "compared"
    only_changes = "--changes" in sys.argv
    tools.install(programs, *(["crdify"] if only_changes else []))
    with TemporaryDirectory() as name:
        os.chdir(name)
        bench = Bench(Path(name))
        ours = Path(sys.executable).parent
        bench.environ["PATH"] = f"{tools.path(programs)}:{ours}:{os.environ['PATH']}"
        text = _of_changes(bench) if only_changes else "\n".join(figures(bench))
    if "--write" in sys.argv:
        page = PAGE.read_text(encoding="utf-8")
        PAGE.write_text(written(page, text), encoding="utf-8")
    else:
        print(text)


if __name__ == "__main__":
    main()

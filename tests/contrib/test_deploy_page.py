"""docs/deploy.md asks for what the benchmarks measured. No server is needed to see that."""

from __future__ import annotations

import re
from pathlib import Path

import yaml

from manual.test_docs_storage import text_of

DEPLOY = Path(__file__).parents[2] / "contrib" / "deploy"


def figure(pattern: str, page: str) -> list[float]:
    """The numbers that a pattern finds on a page."""
    text = re.sub(r"\n +", " ", text_of(page))
    found = [float(each.replace(",", "")) for each in re.findall(pattern, text)]
    assert found, pattern
    return found


def test_its_resources_are_those_that_were_measured() -> None:
    """What the page says of them is what the benchmarks say, and what the container asks for."""
    (job,) = yaml.safe_load_all((DEPLOY / "base" / "cronjob.yaml").read_text())
    (container,) = job["spec"]["jobTemplate"]["spec"]["template"]["spec"]["containers"]
    row = r"\| `database store%s`, first snapshot.* \| \d+ \| .*%s \|\n"
    peak, seconds = r".* / (\d+)", r".* / ([\d.]+) \| [\d /]+"
    took = max(figure(row % ("", peak), "benchmarks.md"))
    took_all = max(figure(row % (" --with-instances", peak), "benchmarks.md"))
    assert figure(r"took (\d+) MiB at most", "deploy.md") == [took]
    assert figure(r"`--with-instances` (\d+) MiB", "deploy.md") == [took_all]
    assert figure(r"([\d.]+) s of processor time", "deploy.md") == [
        max(figure(row % ("", seconds), "benchmarks.md"))
    ]
    resources = container["resources"]
    asked, most = (resources[each]["memory"].removesuffix("Mi") for each in ("requests", "limits"))
    assert figure(r"(\d+) MiB are requested, and the limit is", "deploy.md") == [int(asked)]
    assert figure(r"the limit is (\d+) MiB", "deploy.md") == [int(most)]
    assert took < took_all < int(asked) < int(most)
    assert (resources["requests"]["cpu"], set(resources["limits"])) == ("100m", {"memory"})
    assert figure(r"A request of ([\d.]+) is enough, and there is no limit", "deploy.md") == [0.1]


def test_its_volume_is_as_large_as_the_page_says() -> None:
    """Three years: the first snapshot, each unchanged one, and the CRDs that changed, all whole."""
    (claim,) = yaml.safe_load_all((DEPLOY / "overlays" / "volume" / "volume.yaml").read_text())
    assert claim["spec"]["resources"]["requests"]["storage"] == "1Gi"
    said = r"1 GiB holds (\w+) years of a cluster of [\d,]+ CRDs, (?:\d+) of which"
    assert re.findall(said, text_of("deploy.md")) == ["three"]
    (changed,) = figure(r"CRDs, (\d+) of which change each day", "deploy.md")
    (crds,) = figure(r"\| cluster \| ([\d,]+) CRDs", "benchmarks.md")
    (first,) = figure(r"first snapshot \| ([\d.]+) MB \|", "benchmarks.md")
    (each,) = figure(r"unchanged one after it \| ([\d.]+) KiB \|", "benchmarks.md")
    days = 3 * 365
    assert first * 1e6 * (1 + days * changed / crds) + days * each * 1024 < 1024**3

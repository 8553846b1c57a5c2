"""The rules know no project: only the one table may name installers and proxies."""

from __future__ import annotations

import re
import tarfile
from pathlib import Path

import k8s_datamodel_plugins.operators as rules

PACKAGE = Path(rules.__file__).parent
TABLE = PACKAGE / "marks.py"
ARCHIVES = ("operators", "crds", "csvs", "live-objects", "dumps")


def projects(shared: Path) -> set[str]:
    """Names of the corpora's top folders, without versions and without what many names end in."""
    found = set()
    for archive in ARCHIVES:
        with tarfile.open(shared / "corpora" / f"{archive}.tar.xz") as tar:
            found |= {name.split("/")[0] for name in tar.getnames()}
    bare = {name.partition("@")[0].lower() for name in found}
    ends = r"-(kubernetes-|community-|helm-)?(operator|controller|bundle|installer)(-community)?$"
    return bare | {re.sub(ends, "", name) for name in bare}


def test_no_projects_name_stands_in_the_rules(shared: Path) -> None:
    names = projects(shared)
    assert len(names) > 200, "the corpora's folders were not found"
    any_name = "|".join(map(re.escape, sorted(names, key=len, reverse=True)))
    pattern = re.compile(f"(?<![a-z0-9])({any_name})(?![a-z0-9])")
    for path in sorted(PACKAGE.glob("**/*.py")):
        if path != TABLE:
            found = set(pattern.findall(path.read_text().lower()))
            assert not found, f"{path.name} names {sorted(found)}"

"""README.md."""

from __future__ import annotations

from manual.pages import Told

BLOCKS = {
    "README.md: k8s-datamodel: bash 1": Told(cannot="`.ci/run` makes both targets"),
    "README.md: Install: bash 1": Told(cannot="needs the package index"),
}

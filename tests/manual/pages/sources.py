"""docs/sources.md: dumps of several makers, each small and of its true layout."""

from __future__ import annotations

from manual.pages import Told
from manual.world import Place

_GIT = """
set -e
export GIT_AUTHOR_NAME=a GIT_AUTHOR_EMAIL=a@b GIT_COMMITTER_NAME=a GIT_COMMITTER_EMAIL=a@b
git init -q fleet
cp -r manifests fleet/deploy
git -C fleet add -A
git -C fleet commit -qm 'As it was'
git -C fleet tag v1.2
cp docs/sample-cluster/upgrade/*.yaml fleet/deploy/
git -C fleet add -A
git -C fleet commit -qm 'As it is'
"""


def _repository(place: Place) -> None:
    ran = place.bash(_GIT)
    assert ran.code == 0, ran.err


BLOCKS = {
    "docs/sources.md: A git repository at a revision: bash 1": Told(before=_repository),
}

"""The patches that other projects are offered apply to what they released, and do what they say."""

from __future__ import annotations

import importlib.metadata
import shutil
import subprocess
import sys
from pathlib import Path

import dataset

PATCH = (
    Path(__file__).parents[2] / "contrib" / "upstream" / "dataset-2.0.0-import-alembic-on-use.patch"
)

USE = """
import sys
import dataset
assert dataset.__file__.startswith(sys.argv[1]), dataset.__file__
with dataset.connect("sqlite:///:memory:") as tables:
    birds = tables.create_table("birds")
    assert "alembic" not in sys.modules, "imported before anything needs it"
    birds.insert({"name": "gull", "number": 3})
    birds.insert({"name": "tern", "number": 1, "wings": 2})  # a column is added
    found = [tuple(row.values()) for row in tables.query("SELECT name, wings FROM birds")]
    assert found == [("gull", None), ("tern", 2)]
assert "alembic" in sys.modules
"""


def test_dataset_imports_alembic_where_it_is_used(tmp_path: Path) -> None:
    if importlib.metadata.version("dataset") != "2.0.0":
        return  # a later one has it, or needs another patch: no fault of what is tested here
    shutil.copytree(Path(dataset.__file__).parent, tmp_path / "dataset")
    apply = ("git", "apply", "--include=dataset/*", PATCH)
    subprocess.run(apply, cwd=tmp_path, check=True)
    program = (sys.executable, "-I", "-c", f"import sys; sys.path.insert(0, sys.argv[1]){USE}")
    done = subprocess.run(
        [*program, str(tmp_path)], capture_output=True, text=True, check=False, cwd=tmp_path
    )
    assert done.returncode == 0, done.stderr

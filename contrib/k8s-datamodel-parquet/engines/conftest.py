"""One Spark for all tests; what the machine lacks is said, and in CI it is a failure."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from importlib.util import find_spec
from typing import Any

import pytest

_JAVA = 17


@pytest.fixture(scope="session")
def spark(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """A real local Spark, in a zone far from UTC."""
    if lacking := _lacking():
        said = f"needs {lacking}"
        (pytest.fail if os.environ.get("CI") else pytest.skip)(said)
    os.environ["PYSPARK_PYTHON"] = sys.executable
    os.environ["SPARK_LOCAL_IP"] = "127.0.0.1"
    from pyspark.sql import SparkSession

    folder = tmp_path_factory.mktemp("spark")
    session = (
        SparkSession.builder.master("local[2]")
        .config("spark.ui.enabled", "false")
        .config("spark.ui.showConsoleProgress", "false")
        .config("spark.sql.shuffle.partitions", "2")
        .config("spark.sql.session.timeZone", "Pacific/Auckland")
        .config("spark.sql.warehouse.dir", str(folder))
        .config("spark.local.dir", str(folder))
        .config("spark.log.level", "ERROR")
        .getOrCreate()
    )
    yield session
    session.stop()


def _lacking() -> str:
    for name in ("duckdb", "pyspark"):
        if find_spec(name) is None:
            return f"{name}: `make lake` installs it"
    java = shutil.which("java")
    told = java and subprocess.run([java, "-version"], capture_output=True, text=True, check=False)
    found = re.search(r'version "(\d+)', told.stderr) if told else None
    if found is None or int(found[1]) < _JAVA:
        return f"Java {_JAVA} or later: `apt-get install default-jre-headless`, or another one"
    return ""

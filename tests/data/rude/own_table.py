"""It makes a table of its own in the database while it collects."""

import os
import sqlite3
from contextlib import closing

from k8s_datamodel_local._common import records, rude

from k8s_datamodel.api import hookimpl


def collect(reader):
    with closing(sqlite3.connect(os.environ["K8S_DATAMODEL_DB"])) as connection, connection:
        connection.execute("CREATE TABLE IF NOT EXISTS mine (name TEXT)")
        connection.execute("INSERT INTO mine VALUES ('x')")
    yield from records(reader)


@hookimpl
def register_resource_types():
    return (rude(collect),)

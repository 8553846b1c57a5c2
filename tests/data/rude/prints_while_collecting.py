"""It prints while it collects, in two ways."""

import sys

from k8s_datamodel_local._common import records, rude

from k8s_datamodel.api import hookimpl


def collect(reader):
    for record in records(reader):
        print("collecting")
        sys.stdout.write("still\n")
        yield record


@hookimpl
def register_resource_types():
    return (rude(collect),)

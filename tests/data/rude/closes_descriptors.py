"""It closes what stdout and stderr stand for while it collects, behind Python's back."""

import os

from k8s_datamodel_local._common import records, rude

from k8s_datamodel.api import hookimpl


def collect(context):
    os.close(1)
    os.close(2)
    yield from records(context)


@hookimpl
def register_resource_types():
    return (rude(collect),)

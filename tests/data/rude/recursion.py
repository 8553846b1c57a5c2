"""Its collector recurses until Python stops it."""

from k8s_datamodel_local._common import records, rude

from k8s_datamodel.api import hookimpl


def deeper(n):
    return deeper(n + 1) + 1


def collect(reader):
    yield from records(reader)
    deeper(0)


@hookimpl
def register_resource_types():
    return (rude(collect),)

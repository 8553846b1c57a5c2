"""Ends as a generator ends that is closed."""

from k8s_datamodel_local._common import records, rude

from k8s_datamodel.api import hookimpl


def collect(reader):
    yield from list(records(reader))[:1]
    raise GeneratorExit("enough")


@hookimpl
def register_resource_types():
    return (rude(collect),)

"""Its collector fails after the first record."""

from k8s_datamodel_local._common import records, rude

from k8s_datamodel.api import hookimpl


def collect(reader):
    yield next(records(reader))
    raise LookupError("the price list is gone")


@hookimpl
def register_resource_types():
    return (rude(collect),)

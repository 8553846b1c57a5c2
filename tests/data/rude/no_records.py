"""Its collector yields dictionaries."""

from k8s_datamodel_local._common import records, rude

from k8s_datamodel.api import hookimpl


def collect(context):
    for record in records(context):
        yield dict(record.values)


@hookimpl
def register_resource_types():
    return (rude(collect),)

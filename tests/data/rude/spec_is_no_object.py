"""The complete object of a record is none."""

from k8s_datamodel_local._common import records, rude

from k8s_datamodel.api import Record, hookimpl


def collect(reader):
    for record in records(reader):
        yield Record(record.values, "widget")


@hookimpl
def register_resource_types():
    return (rude(collect),)

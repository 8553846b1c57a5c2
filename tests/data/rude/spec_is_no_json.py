"""The complete object holds what JSON does not have."""

from datetime import datetime

from k8s_datamodel_local._common import records, rude

from k8s_datamodel.api import Record, hookimpl


def collect(reader):
    for record in records(reader):
        yield Record(record.values, {**record.spec, "read": datetime.now()})


@hookimpl
def register_resource_types():
    return (rude(collect),)

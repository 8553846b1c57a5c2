"""The complete object holds itself."""

from k8s_datamodel_local._common import records, rude

from k8s_datamodel.api import Record, hookimpl


def collect(reader):
    for record in records(reader):
        spec = dict(record.spec)
        spec["self"] = spec
        yield Record(record.values, spec)


@hookimpl
def register_resource_types():
    return (rude(collect),)

"""It reads what it does not declare, and counts."""

from k8s_datamodel_local._common import records, rude

from k8s_datamodel.api import Resource, hookimpl


def collect(reader):
    list(reader.objects(Resource("", "v1", "secrets", "Secret")))
    list(reader.count([Resource("", "v1", "pods", "Pod")]))
    yield from records(reader)


@hookimpl
def register_resource_types():
    return (rude(collect),)

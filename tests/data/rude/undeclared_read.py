"""It reads what it does not declare, and counts."""

from k8s_datamodel_local._common import records, rude

from k8s_datamodel.api import Resource, hookimpl


def collect(context):
    list(context.objects(Resource("", "v1", "secrets", "Secret")))
    list(context.count([Resource("", "v1", "pods", "Pod")]))
    yield from records(context)


@hookimpl
def register_resource_types():
    return (rude(collect),)

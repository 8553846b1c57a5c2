"""What it would make of others' objects is not there."""

from k8s_datamodel_local._common import CRDS, WIDGETS, records, rude

from k8s_datamodel.api import Read, hookimpl


def collect(reader):
    reader.facts(CRDS)
    yield from records(reader)


@hookimpl
def register_resource_types():
    return (rude(collect, reads=(Read(WIDGETS), Read(CRDS, fact="k8s_datamodel_local.gone:fact"))),)

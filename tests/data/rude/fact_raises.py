"""What it makes of others' objects fails."""

from k8s_datamodel_local._common import CRDS, WIDGETS, records, rude

from k8s_datamodel.api import Read, hookimpl


def fact(thing):
    raise ZeroDivisionError("nothing to divide")


def collect(reader):
    reader.facts(CRDS)
    yield from records(reader)


@hookimpl
def register_resource_types():
    return (
        rude(
            collect, reads=(Read(WIDGETS), Read(CRDS, fact="k8s_datamodel_local.fact_raises:fact"))
        ),
    )

"""Its collector ends the program."""

from k8s_datamodel_local._common import records, rude

from k8s_datamodel.api import hookimpl


def collect(reader):
    yield next(records(reader))
    raise SystemExit(0)


@hookimpl
def register_resource_types():
    return (rude(collect),)

"""Learns of others' objects while these stream by, of some of them as they are."""

from k8s_datamodel_local._common import SECRETS, WIDGETS, curious, decoded, record

from k8s_datamodel.api import Read, hookimpl


def note(widget):
    return record(widget, widget["spec"]["token"], {"kind": "Told", "apiVersion": "x/v1"})


def secret_note(secret):
    names = {**secret, "metadata": {**secret["metadata"], "name": "told"}}
    return record(names, decoded(secret), {"kind": "Told", "apiVersion": "x/v1"})


def collect(reader):
    yield from reader.facts(WIDGETS)
    yield from reader.facts(SECRETS)


@hookimpl
def register_resource_types():
    reads = (
        Read(WIDGETS, fact="k8s_datamodel_local.told:note"),
        Read(SECRETS, fact="k8s_datamodel_local.told:secret_note", raw=True),
    )
    return (curious("told", collect, *reads),)

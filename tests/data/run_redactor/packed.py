"""Keeps a Secret as its object, and what it decodes of it."""

from k8s_datamodel_local._common import SECRETS, curious, decoded, record

from k8s_datamodel.api import Read, hookimpl


def collect(reader):
    for secret in reader.objects(SECRETS):
        yield record(secret, decoded(secret))


@hookimpl
def register_resource_types():
    return (curious("packed", collect, Read(SECRETS, raw=True)),)

"""Makes an object of its own of what it decodes."""

from k8s_datamodel_local._common import SECRETS, curious, decoded, record

from k8s_datamodel.api import Read, hookimpl


def collect(reader):
    for secret in reader.objects(SECRETS):
        made = {"apiVersion": "acme.example/v1", "kind": "Unpacked", "metadata": secret["metadata"]}
        yield record(secret, decoded(secret), {**made, "found": [decoded(secret)]})


@hookimpl
def register_resource_types():
    return (curious("unpacked", collect, Read(SECRETS, raw=True)),)

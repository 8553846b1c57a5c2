"""What the plugins that want to know credentials share."""

import base64

from k8s_datamodel.api import Column, Record, Resource, ResourceType

SECRETS = Resource("", "v1", "secrets", "Secret")
WIDGETS = Resource("acme.example", "v1", "widgets", "Widget")


def curious(name, collect, *reads):
    return ResourceType(
        name=name,
        command=name,
        singular=name,
        plural=name,
        columns=(
            Column("namespace", show="table"),
            Column("name", show="table"),
            Column("note"),
            Column("notes", "json"),
        ),
        identity=("namespace", "name"),
        collector=collect,
        reads=reads,
    )


def record(thing, note, spec=None):
    """A record that tells what somebody found out, under names that tell nothing."""
    names = thing["metadata"]
    values = {"namespace": names["namespace"], "name": names["name"]}
    return Record({**values, "note": note, "notes": [{"first": note}]}, spec or thing)


def decoded(secret):
    return base64.b64decode(secret["data"]["password"], validate=True).decode()

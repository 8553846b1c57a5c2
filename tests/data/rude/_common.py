"""What the rude plugins share."""

from k8s_datamodel.api import Column, Read, Record, Resource, ResourceType

WIDGETS = Resource("acme.example", "v1", "widgets", "Widget")
CRDS = Resource(
    "apiextensions.k8s.io", "v1", "customresourcedefinitions", "CustomResourceDefinition", False
)


def rude(collect, **more):
    name = collect.__module__.rpartition(".")[2]
    return ResourceType(
        name=name,
        command=name.replace("_", "-"),
        singular=name,
        plural=name,
        columns=(
            Column("namespace", show="table"),
            Column("name", show="table"),
            Column("size", "integer"),
            Column("data", "json"),
        ),
        identity=("namespace", "name"),
        collector=collect,
        reads=more.pop("reads", (Read(WIDGETS),)),
        order=1,  # before everybody else's
        **more,
    )


def records(reader):
    for widget in reader.objects(WIDGETS):
        names = widget["metadata"]
        yield Record({"namespace": names["namespace"], "name": names["name"]}, widget)

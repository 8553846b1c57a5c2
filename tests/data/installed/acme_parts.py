"""What the plugin of acme_good points to; imported only when it is used."""

from k8s_datamodel.api import Record, Resource

WIDGETS = Resource("acme.example", "v1", "widgets", "Widget")


def collect(reader):
    for widget in reader.objects(WIDGETS):
        names = widget["metadata"]
        yield Record({"namespace": names["namespace"], "name": names["name"]}, widget)


def fact(thing):
    return thing["metadata"]["name"]


def known(workload):
    labels = workload.get("metadata", {}).get("labels") or {}
    if owned := labels.get("acme.example/owns"):
        yield "manages", f"{owned}.acme.example"


def open_store(request):
    return request


def open_source(request):
    return request


def command():
    return None


class Format:
    def write(self, page, output):
        output.text.write("a page")

"""Sources that fail in their own ways."""

import sys

from k8s_datamodel.api import ClusterInfo, Count, Listing, Outcome, SourceSpec, hookimpl

HERE = "k8s_datamodel_local.bad_sources"


def fails(request):
    raise ValueError("no such vendor")


def exits(request):
    sys.exit(0)


def nothing(request):
    return None


class Half:
    def describe(self, note):
        return ClusterInfo("half")

    def list(self, request):
        return Listing(self.parts())

    def parts(self):
        yield []
        raise ArithmeticError("the vendor lost count")

    def count(self, resource, namespace=None):
        return Count(None, None, Outcome("failed", "never"))

    def close(self):
        pass


def half(request):
    return Half()


@hookimpl
def register_sources():
    return [SourceSpec(name, f"{HERE}:{name}") for name in ("fails", "exits", "nothing", "half")]

"""Storage backends that fail in their own ways."""

import sys

from k8s_datamodel.api import StorageSpec, hookimpl

HERE = "k8s_datamodel_local.bad_backends"


def fails(request):
    raise ArithmeticError("the vendor lost count")


def exits(request):
    sys.exit(0)


def nothing(request):
    return None


class Lazy:
    """Every method is there, and every one fails."""

    redaction_key = b"key"

    def __getattr__(self, name):
        return self.fail

    def close(self):
        pass

    def fail(self, *args, **options):
        raise NotImplementedError("come back tomorrow")


def lazy(request):
    return Lazy()


@hookimpl
def register_storage_backends():
    return [StorageSpec(name, f"{HERE}:{name}") for name in ("fails", "exits", "nothing", "lazy")]

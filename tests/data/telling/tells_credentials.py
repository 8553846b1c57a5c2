"""Says what it should not, wherever it can say something."""

import os
from dataclasses import replace

from k8s_datamodel_local._common import CRDS, WIDGETS, records, rude

from k8s_datamodel.api import (
    DatamodelError,
    LedgerEntry,
    Outcome,
    Read,
    SourceSpec,
    hookimpl,
)

HERE = "k8s_datamodel_local.tells_credentials"
TEXT = os.environ.get("TOLD_MESSAGE", "")
WHERE = os.environ.get("TOLD_WHERE", "")


def fact(thing):
    if WHERE == "fact":
        raise ValueError(TEXT)


def collect(reader):
    if WHERE == "collector":
        raise ValueError(TEXT)
    if WHERE == "error for the user":
        raise DatamodelError(TEXT)
    if WHERE == "fault":
        reader.fault("widgets shop/one", TEXT)
    reader.facts(CRDS)
    yield from records(reader)


def opened(request):
    if WHERE == "source":
        raise DatamodelError(TEXT)
    if WHERE == "source, unforeseen":
        try:
            raise KeyError(TEXT)
        except KeyError as error:
            raise ValueError(TEXT) from error
    source = request.opener(replace(request, location=request.location.removeprefix("tells://")))
    if WHERE == "description":
        before = source.describe

        def describe(note):
            note(LedgerEntry("", "its vendor", Outcome("failed", TEXT)))
            return before(note)

        source.describe = describe
    return source


@hookimpl
def register_resource_types():
    if WHERE == "hook":
        raise ValueError(TEXT)
    return (rude(collect, reads=(Read(WIDGETS), Read(CRDS, fact=f"{HERE}:fact"))),)


@hookimpl
def register_sources():
    return [SourceSpec("tells", f"{HERE}:opened")]

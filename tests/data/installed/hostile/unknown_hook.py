"""It implements a hook of a version to come."""

from k8s_datamodel.api import hookimpl


@hookimpl
def kdm_before_everything():
    return ()

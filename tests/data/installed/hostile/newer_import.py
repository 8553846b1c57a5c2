"""It imports what the API does not have yet."""

from k8s_datamodel.api import NotInventedYet  # noqa: F401

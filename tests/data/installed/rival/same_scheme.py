"""It registers the scheme of a built-in backend."""

from k8s_datamodel.api import StorageSpec, hookimpl


@hookimpl
def register_storage_backends():
    return (StorageSpec("sqlite", "acme_parts:open_store"),)

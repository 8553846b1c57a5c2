"""Its hook is asynchronous."""

from k8s_datamodel.api import hookimpl


@hookimpl
async def register_formatters():
    return ()

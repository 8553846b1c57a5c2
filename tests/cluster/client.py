"""The tests' administrator: loads a cluster, looks into it, changes it."""

from __future__ import annotations

from collections.abc import Iterable

from cluster.api import JSON_PATCH, MERGE_PATCH, Answer, Api, ApiError, Object, Resource
from cluster.loading import Refusal, Report, load

__all__ = [
    "JSON_PATCH",
    "MERGE_PATCH",
    "Answer",
    "ApiError",
    "Client",
    "Object",
    "Refusal",
    "RefusedError",
    "Report",
    "Resource",
]


class RefusedError(Exception):
    """The server did not take some of the objects; the message has a line for each."""


class Client(Api):
    """`Api` and what takes more than one request."""

    def apply(
        self, objects: Iterable[Object], *, namespace: str = "default", strict: bool = True
    ) -> Report:
        """Loads objects of any kinds in the right order and waits until their CRDs are served.

        Args:
            objects: As `manifests.read` returns them; they stay as they are.
            namespace: For namespaced objects that name none; made if it is not there.
            strict: Whether a refused object is an error, or only a line of the report.

        Raises:
            RefusedError: the server did not take everything, and `strict`.
        """
        report = load(self, objects, namespace)
        if strict and report.refused:
            raise RefusedError("\n".join(str(refusal) for refusal in report.refused))
        return report

    def set_status(self, path: str, status: Object) -> Object:
        """Writes what a controller would write into the status at a path; raises ApiError."""
        return self.patch(f"{path}/status", {"status": status})

    def service_account_token(self, namespace: str, name: str) -> str:
        """A token of a service account that exists, good for an hour; raises ApiError."""
        path = f"/api/v1/namespaces/{namespace}/serviceaccounts/{name}/token"
        request = {"apiVersion": "authentication.k8s.io/v1", "kind": "TokenRequest", "spec": {}}
        return str(self.call("POST", path, request)["status"]["token"])

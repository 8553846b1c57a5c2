"""docs/troubleshooting.md: kubeconfigs that do not work."""

from __future__ import annotations

from cluster.client import ApiError, Client
from cluster.kubeconfig import vary
from manual.pages import Told
from manual.world import Place


def faulty(place: Place) -> None:
    """A kubeconfig of a server that does not answer, and one with a wrong token."""
    config = place.home / ".kube" / "config"
    unreachable = {"server": "https://127.0.0.1:9"}
    vary(config, place.work / "unreachable.yaml", context="unreachable", cluster=unreachable)
    vary(config, place.work / "wrong-token.yaml", context="prod", user={"token": "wrong"})


def _far_away(place: Place) -> None:
    config = place.home / ".kube" / "config"
    server = {"server": "https://cluster.invalid"}
    vary(config, place.work / "far.yaml", context="far", cluster=server)


def _without_rights(place: Place) -> None:
    config = place.home / ".kube" / "config"
    account = {"apiVersion": "v1", "kind": "ServiceAccount", "metadata": {"name": "viewer"}}
    with Client(config, "prod") as client:
        try:
            client.call("POST", "/api/v1/namespaces/default/serviceaccounts", account)
        except ApiError as error:
            if error.reason != "AlreadyExists":
                raise
        token = client.service_account_token("default", "viewer")
    vary(config, place.work / "viewer.yaml", user={"token": token})


BLOCKS = {
    "docs/troubleshooting.md: The server does not answer: console 2": Told(before=_far_away),
    "docs/troubleshooting.md: The server does not answer: console 1": Told(before=faulty),
    "docs/troubleshooting.md: Something could not be read: console 1": Told(before=_without_rights),
}

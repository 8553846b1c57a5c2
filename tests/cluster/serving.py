"""Waits until the server really answers for CRDs that were just created."""

from __future__ import annotations

import time

from cluster.api import Api, Object

CRDS = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions"
# KEP-3352: groups, versions and resources in one document.
_ALL_AT_ONCE = "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList"
_PATIENCE_SECONDS = 120  # without any progress; thousands of CRDs take the server minutes
_CHECKED_AT_ONCE = 20
_PAUSE_SECONDS_EACH = 0.001  # asking for many keeps the server from its work


def never_served(api: Api, crds: list[Object]) -> list[tuple[str, str]]:
    """Waits until all of them are in discovery; (name, reason) of those that will never be.

    Discovery is what clients go by, and it follows `Established`; it is two requests for all of
    them, where the CRDs themselves would be megabytes.
    """
    waiting = {str(crd["metadata"]["name"]): crd for crd in crds}
    hopeless: dict[str, str] = {}
    progress = time.monotonic()
    while waiting:
        served = _served(api)
        left = {name: crd for name, crd in waiting.items() if not _wanted(crd) <= served}
        if len(left) < len(waiting):
            progress = time.monotonic()
        else:
            for name in list(left)[:_CHECKED_AT_ONCE]:
                crd = left.pop(name)
                if why := _conflict(api.get(f"{CRDS}/{name}")):
                    hopeless[name] = why
                else:
                    left[name] = crd  # at the end: the next ones are checked first next time
        if time.monotonic() - progress > _PATIENCE_SECONDS:
            return [*hopeless.items(), *((name, "never appeared in discovery") for name in left)]
        waiting = left
        if waiting:
            time.sleep(0.05 + _PAUSE_SECONDS_EACH * len(waiting))
    return list(hopeless.items())


def _wanted(crd: Object) -> set[tuple[str, str]]:
    """(group version, plural) of each version that the CRD wants served."""
    spec = crd["spec"]
    return {
        (f"{spec['group']}/{version['name']}", spec["names"]["plural"])
        for version in spec["versions"]
        if version["served"]
    }


def _served(api: Api) -> set[tuple[str, str]]:
    """(group version, plural) of all that is in both the old and the new form of `/apis`."""
    listed = {
        version["groupVersion"]
        for group in api.get("/apis")["groups"]
        for version in group["versions"]
    }
    return {
        (group_version, row["resource"])
        for group in api.call("GET", "/apis", accept=_ALL_AT_ONCE)["items"]
        for version in group["versions"]
        if (group_version := f"{group['metadata']['name']}/{version['version']}") in listed
        for row in version.get("resources") or []
    }


def _conflict(crd: Object) -> str:
    """Why the server will not serve the CRD, as it says itself; empty if it may yet do it."""
    conditions = (crd.get("status") or {}).get("conditions") or []
    return next(
        (
            f"{row['reason']}: {row['message']}"
            for row in conditions
            if row["type"] == "NamesAccepted" and row["status"] == "False"
        ),
        "",
    )

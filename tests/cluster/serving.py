"""Waits until the server really answers for CRDs that were just created."""

from __future__ import annotations

import time

from cluster.api import Api, Object, group_path

CRDS = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions"
_PATIENCE_SECONDS = 120  # without any progress; thousands of CRDs take the server minutes
_PAUSE_SECONDS_EACH = 0.001  # asking for many keeps the server from its work


def never_served(api: Api, crds: list[Object]) -> list[tuple[str, str]]:
    """Waits until all of them are in discovery; (name, reason) of those that will never be.

    Discovery is what clients go by, and it follows `Established`; asking it costs one request per
    group version, where the CRDs themselves would be megabytes.
    """
    waiting = {str(crd["metadata"]["name"]): crd for crd in crds}
    hopeless: dict[str, str] = {}
    progress = time.monotonic()
    while waiting:
        served = _served(api, list(waiting.values()))
        left = {name: crd for name, crd in waiting.items() if not _wanted(crd) <= served}
        if len(left) < len(waiting):
            progress = time.monotonic()
        else:
            conflicts = {name: _conflict(api.get(f"{CRDS}/{name}")) for name in left}
            hopeless |= {name: why for name, why in conflicts.items() if why}
            left = {name: crd for name, crd in left.items() if name not in hopeless}
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


def _served(api: Api, crds: list[Object]) -> set[tuple[str, str]]:
    """(group version, plural) of what is served of the CRDs' groups, as `/apis` leads to it."""
    listed = {
        version["groupVersion"]
        for group in api.get("/apis")["groups"]
        for version in group["versions"]
    }
    asked = {group_version for crd in crds for group_version, _ in _wanted(crd)}
    return {
        (group_version, row["name"])
        for group_version in asked & listed
        for row in api.request("GET", group_path(group_version)).json().get("resources") or []
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

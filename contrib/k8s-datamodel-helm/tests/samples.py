"""Releases as Helm keeps them."""

from __future__ import annotations

import base64
import gzip
import json
from typing import Any


def release(name: str = "web", revision: int = 1, **changes: Any) -> dict[str, Any]:
    """The content of a release; ``changes`` replace what stands at its top."""
    return {
        "name": name,
        "version": revision,
        "namespace": "shop",
        "info": {
            "first_deployed": "2024-03-15T10:30:15.123456789Z",
            "last_deployed": "2024-03-16T12:30:15.5+02:00",
            "deleted": "",
            "description": "Upgrade complete",
            "status": "deployed",
            "notes": "The password is hunter2.",
        },
        "chart": {
            "metadata": {"name": "nginx", "version": "15.1.0", "appVersion": "1.25.3"},
            "templates": [{"name": "templates/web.yaml", "data": "aGVsbG8="}],
        },
        "config": {
            "replicas": 3,
            "tls": True,
            "auth": {"user": "admin", "pass": "hunter2"},
            "hosts": ["a.example", {"pin": 987654}],
            "extra": None,
        },
        "manifest": "kind: Secret",
        **changes,
    }


def secret(content: Any, *, status: str = "deployed", namespace: str = "shop") -> dict[str, Any]:
    """The Secret that keeps a release (or what stands in its place, if ``content`` is bytes)."""
    return _kept(content, status, namespace, "Secret")


def configmap(content: Any, *, status: str = "deployed", namespace: str = "shop") -> dict[str, Any]:
    """The same, by the driver ``configmap``."""
    return _kept(content, status, namespace, "ConfigMap")


def _kept(content: Any, status: str, namespace: str, kind: str) -> dict[str, Any]:
    packed = gzip.compress(json.dumps(content).encode(), mtime=0)
    text = base64.b64encode(packed)
    data = base64.b64encode(text).decode() if kind == "Secret" else text.decode()
    name, revision = content["name"], content["version"]
    secret_type = {"type": "helm.sh/release.v1"} if kind == "Secret" else {}
    return {
        "apiVersion": "v1",
        "kind": kind,
        "metadata": {
            "name": f"sh.helm.release.v1.{name}.v{revision}",
            "namespace": namespace,
            "uid": f"{kind}-{namespace}-{name}-{revision}",
            "labels": {
                "owner": "helm",
                "name": name,
                "status": status,
                "version": str(revision),
            },
        },
        **secret_type,
        "data": {"release": data},
    }

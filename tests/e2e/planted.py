"""Objects with secrets in all usual places, and with what only looks like one."""

from __future__ import annotations

import base64
import json
from typing import Any

KEY = "MIIEvQplantedKEYbodyZ9x8c7v6b5n4m3a2s1d0f9g8h7j6k5l4"
SECRETS = {
    "env": "Xk9-env-plänted/7f3+",
    "arg": "Xk9-arg-planted-8Qz",
    "flag": "Xk9flagplanted8Qz77",
    "annotation": "Xk9-annotation-8Qz!",
    "applied": "Xk9-applied-planted&=",
    "url": "Xk9url%2Fplanted8Qz",
    "dsn": "Xk9dsnplanted8Qz",
    "connection": "Xk9-connection;planted".replace(";", "_"),
    "field": 'Xk9 "field" planted',
    "bearer": "Xk9bearerplanted8Qz8Qz8Qz",
    "key": KEY,
}
"""By where they stand; each is found nowhere else."""

PEM = f"-----BEGIN PRIVATE KEY-----\n{KEY}\n-----END PRIVATE KEY-----\n"
APPLIED = "kubectl.kubernetes.io/last-applied-configuration"

SCHEMA = {
    "type": "object",
    "properties": {
        "spec": {
            "type": "object",
            "properties": {
                "password": {"type": "string", "default": "changeme-default-1X", "minLength": 8},
                "apiToken": {"type": "string", "pattern": "^[A-Za-z0-9]{20,}$"},
                "secretName": {"type": "string", "description": "password=NotASecret99 is meant"},
            },
        }
    },
}
REFERENCES = [
    {"name": "DB_PASSWORD", "valueFrom": {"secretKeyRef": {"name": "db-password", "key": "pass"}}},
    {"name": "TOKEN_FILE", "value": "/var/run/secrets/token"},
    {"name": "SECRET_NAME", "value": "quay-credentials"},
]
VOLUMES = [{"name": "tls", "secret": {"secretName": "moor-tls-private-key", "defaultMode": 420}}]
RULES = [
    {"apiGroups": ["harbour.example"], "resources": ["boats", "boats/status"], "verbs": ["*"]},
    {
        "apiGroups": [""],
        "resources": ["secrets"],
        "resourceNames": ["token-Abc123"],
        "verbs": ["get"],
    },
]

CRD = {
    "apiVersion": "apiextensions.k8s.io/v1",
    "kind": "CustomResourceDefinition",
    "metadata": {
        "name": "boats.harbour.example",
        "annotations": {
            "harbour.example/api-token": SECRETS["annotation"],
            APPLIED: json.dumps({"spec": {"password": SECRETS["applied"]}}),
        },
    },
    "spec": {
        "group": "harbour.example",
        "scope": "Namespaced",
        "names": {"kind": "Boat", "plural": "boats"},
        "versions": [
            {
                "name": "v1",
                "served": True,
                "storage": True,
                "schema": {"openAPIV3Schema": SCHEMA},
                "subresources": {"status": {}},
            }
        ],
    },
}

CONTAINER = {
    "name": "manager",
    "image": "harbour.example/moor:v1.2.3",
    "args": [
        "--leader-elect",
        f"--admin-password={SECRETS['arg']}",
        "--token",
        SECRETS["flag"],
    ],
    "command": [
        "sh",
        "-c",
        f'curl -H "Authorization: Bearer {SECRETS["bearer"]}" https://x.example',
    ],
    "env": [
        {"name": "SMTP_PASSWORD", "value": SECRETS["env"]},
        {"name": "DATABASE_URL", "value": f"postgres://moor:{SECRETS['url']}@db:5432/moor"},
        {"name": "DSN", "value": f"moor:{SECRETS['dsn']}@tcp(db:3306)/moor"},
        {
            "name": "SQL",
            "value": f"Server=db;User Id=sa;Password={SECRETS['connection']};Encrypt=true",
        },
        {"name": "TLS", "value": PEM},
        {"name": "TLS_ENCODED", "value": base64.b64encode(PEM.encode()).decode()},
        *REFERENCES,
    ],
}


def _named(kind: str, api: str = "v1", **more: Any) -> dict[str, Any]:
    metadata = {"name": "moor", "namespace": "port"}
    return {"apiVersion": api, "kind": kind, "metadata": metadata, **more}


OBJECTS: list[dict[str, Any]] = [
    CRD,
    _named("ServiceAccount"),
    _named("ClusterRole", "rbac.authorization.k8s.io/v1", rules=RULES),
    _named(
        "ClusterRoleBinding",
        "rbac.authorization.k8s.io/v1",
        roleRef={"apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": "moor"},
        subjects=[{"kind": "ServiceAccount", "name": "moor", "namespace": "port"}],
    ),
    _named(
        "Deployment",
        "apps/v1",
        spec={
            "selector": {"matchLabels": {"app": "moor"}},
            "template": {
                "metadata": {"labels": {"app": "moor"}},
                "spec": {
                    "serviceAccountName": "moor",
                    "containers": [CONTAINER],
                    "volumes": VOLUMES,
                },
            },
        },
    ),
    _named(
        "ClusterServiceVersion",
        "operators.coreos.com/v1alpha1",
        spec={
            "displayName": "Moor",
            "version": "1.2.3",
            "description": f"Set it up with postgres://moor:{SECRETS['url']}@db/moor",
            "install": {
                "strategy": "deployment",
                "spec": {"clusterPermissions": [{"serviceAccountName": "moor", "rules": RULES}]},
            },
        },
    ),
]
for _each in OBJECTS:
    if _each["kind"].startswith("ClusterRole"):
        _each["metadata"].pop("namespace")
OBJECTS[-1]["metadata"]["annotations"] = {
    "alm-examples": json.dumps(
        [
            {
                "apiVersion": "harbour.example/v1",
                "kind": "Boat",
                "spec": {"password": SECRETS["field"]},
            }
        ]
    )
}
OBJECTS[-2]["metadata"]["annotations"] = {APPLIED: json.dumps({"env": CONTAINER["env"]})}

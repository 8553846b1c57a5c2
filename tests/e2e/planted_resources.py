"""Custom resources with secrets in all usual places, and with what only looks like one."""

from __future__ import annotations

import base64
import json
from typing import Any

from e2e.planted import APPLIED

KEY = "MIIEvQberthedKEYbodyQ1w2e3r4t5y6u7i8o9p0a1s2d3f4g5h6"
SECRETS = {
    "cr field": 'Xk9 "cr-field" berthed',
    "cr nested": "Xk9-nested-bérthed/7",
    "cr token": "Xk9tokenBerthed8Qz8Qz8Qz",
    "cr list": "Xk9-list-berthed-8Qz",
    "cr by name": "Xk9-byname-berthed",
    "cr env": "Xk9-env-berthed/7f3+",
    "cr arg": "Xk9-arg-berthed-8Qz",
    "cr url": "Xk9url%2Fberthed8Qz",
    "cr url of a queue": "Xk9amqpBerthed8Qz",
    "cr jdbc": "Xk9jdbcBerthed8Qz",
    "cr dsn": "Xk9dsnberthed8Qz",
    "cr connection string": "Xk9-connection_berthed",
    "cr bearer": "Xk9bearerberthed8Qz8Qz8Qz",
    "cr basic": "Xk9basicberthed8Qz",
    "cr registry": "Xk9registryberthed8Qz",
    "cr json": "Xk9-json-berthed&=",
    "cr json in json": "Xk9-jsonjson-berthed",
    "cr yaml": "Xk9-yaml-berthed",
    "cr ini": "Xk9-ini-berthed",
    "cr generated": "Xk9-generated-berthed",
    "cr embedded secret": "Xk9-embedded-berthed",
    "cr embedded data": "Xk9-data-berthed-8Qz",
    "cr annotation": "Xk9-annotation-berthed!",
    "cr applied": "Xk9-applied-berthed&=",
    "cr status": "Xk9-status-berthed",
    "cr message": "Xk9messageBerthed8Qz",
    "cr key": KEY,
    "cr number": "48151623429",
    "cr number by name": "73205080756",
    "cr Key, Value": "Xk9-KeyValue-berthed",
    "cr JSON patch": "Xk9-patch-berthed-8Qz",
    "cr set": "Xk9setBerthed8Qz77",
    "cr short flag": "Xk9shortBerthed8Qz",
    "cr image": "Xk9imageBerthed8Qz",
    "cr user of a URL": "Xk9u8Qz7Lm",
    "cr cookie": "Xk9cookieBerthed8Qz8Qz",
    "cr XML": "Xk9-xml-berthed-8Qz",
    "cr escaped": "Xk9escapedBerthed8Qz",
    "cr key of a map": "Xk9keyBerthed8Qz8Qz8Qz",
    "cr reason": "Xk9reasonBerthed8Qz",
    "cr description": "Xk9descriptionBerthed8Qz7Lm6",
    "cr GitLab": "glpat-Xk9berthed8Qz8Qz8Qz",
    "cr github": "ghp_Xk9berthed8Qz8Qz8Qz8Qz8Qz8Qz8Qz8",
}
"""By where they stand; each is found nowhere else."""

PEM = f"-----BEGIN RSA PRIVATE KEY-----\n{KEY}\n-----END RSA PRIVATE KEY-----\n"


def _base64(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


CRD: dict[str, Any] = {
    "apiVersion": "apiextensions.k8s.io/v1",
    "kind": "CustomResourceDefinition",
    "metadata": {"name": "berths.harbour.example"},
    "spec": {
        "group": "harbour.example",
        "scope": "Namespaced",
        "names": {"kind": "Berth", "plural": "berths"},
        "versions": [
            {
                "name": "v1",
                "served": True,
                "storage": True,
                "schema": {
                    "openAPIV3Schema": {
                        "type": "object",
                        "x-kubernetes-preserve-unknown-fields": True,
                    }
                },
            }
        ],
    },
}

SPEC: dict[str, Any] = {
    "adminPassword": SECRETS["cr field"],
    "database": {"auth": {"username": "moor", "password": SECRETS["cr nested"]}},
    "apiToken": SECRETS["cr token"],
    "passwords": [SECRETS["cr list"]],
    "parameters": [{"name": "smtp_password", "value": SECRETS["cr by name"]}],
    "template": {
        "spec": {
            "containers": [
                {
                    "name": "app",
                    "env": [{"name": "SMTP_PASSWORD", "value": SECRETS["cr env"]}],
                    "args": [f"--admin-password={SECRETS['cr arg']}"],
                }
            ]
        }
    },
    "repository": f"https://moor:{SECRETS['cr url']}@git.example/moor.git",
    "brokers": [f"amqps://moor:{SECRETS['cr url of a queue']}@queue:5671/port"],
    "jdbc": f"jdbc:postgresql://db:5432/moor?user=moor&password={SECRETS['cr jdbc']}",
    "dsn": f"moor:{SECRETS['cr dsn']}@tcp(db:3306)/moor",
    "sql": f"Server=db;User Id=sa;Password={SECRETS['cr connection string']};Encrypt=true",
    "headers": [
        {"name": "Authorization", "value": f"Bearer {SECRETS['cr bearer']}"},
        {"name": "Authorization", "value": f"Basic {_base64('moor:' + SECRETS['cr basic'])}"},
    ],
    "registry": json.dumps(
        {"auths": {"quay.example": {"auth": _base64(f"moor:{SECRETS['cr registry']}")}}}
    ),
    "values": json.dumps(
        {
            "smtp": {"password": SECRETS["cr json"]},
            "more": json.dumps({"clientSecret": SECRETS["cr json in json"]}),
        }
    ),
    "valuesContent": f"smtp:\n  host: mail\n  password: {SECRETS['cr yaml']}\n",
    "config": f"[smtp]\nhost = mail\npassword = {SECRETS['cr ini']}\n",
    "generator": {"literals": [f"password={SECRETS['cr generated']}"]},
    "secret": {
        "apiVersion": "v1",
        "kind": "Secret",
        "stringData": {"plain-name": SECRETS["cr embedded secret"]},
        "data": {"plain-name": _base64(SECRETS["cr embedded data"])},
    },
    "tls": {"key": PEM, "encoded": _base64(PEM)},
    "notes": f"pushed with {SECRETS['cr github']}",
    "pin": int(SECRETS["cr number"]),
    "settings": [{"name": "db.password", "value": int(SECRETS["cr number by name"])}],
    "tags": [{"Key": "DbPassword", "Value": SECRETS["cr Key, Value"]}],
    "patches": [{"op": "add", "path": "/spec/apiToken", "value": SECRETS["cr JSON patch"]}],
    "helm": {"args": ["upgrade", f"--set=db.password={SECRETS['cr set']}"]},
    "probe": {"exec": {"command": ["redis-cli", "-a", SECRETS["cr short flag"], "ping"]}},
    "image": f"moor:{SECRETS['cr image']}@registry.example/moor:v1",
    "mirror": f"https://{SECRETS['cr user of a URL']}@git.example/moor.git",
    "curl": f"curl -H 'Cookie: session={SECRETS['cr cookie']}' http://moor",
    "xml": f"<server><password>{SECRETS['cr XML']}</password></server>",
    "redirect": f"https://moor.example/?next=a%3Fpassword%3D{SECRETS['cr escaped']}%26b",
    "tokens": {SECRETS["cr key of a map"]: {"user": "moor"}},
    "description": f"Runs with --api-token {SECRETS['cr description']} for now.",
    "push": SECRETS["cr GitLab"],
}

STATUS = {
    "generatedPassword": SECRETS["cr status"],
    "conditions": [
        {
            "type": "Ready",
            "status": "False",
            "message": f"cannot open postgres://moor:{SECRETS['cr message']}@db:5432/moor",
        },
        {
            "type": "Paired",
            "status": "False",
            "message": f"cannot log in with password={SECRETS['cr reason']}: denied",
        },
    ],
}

FULL: dict[str, Any] = {
    "apiVersion": "harbour.example/v1",
    "kind": "Berth",
    "metadata": {
        "name": "full",
        "namespace": "port",
        "annotations": {
            "harbour.example/api-token": SECRETS["cr annotation"],
            APPLIED: json.dumps({"spec": {"password": SECRETS["cr applied"]}}),
        },
    },
    "spec": SPEC,
    "status": STATUS,
}

CERTIFICATE = "-----BEGIN CERTIFICATE-----\nMIIBkTCB+wIJAKHHIG\n-----END CERTIFICATE-----\n"
LOOKS_LIKE: dict[str, Any] = {
    "adminPasswordSecretRef": {"name": "moor-admin", "key": "password"},
    "auth": {"type": "oauth2", "secretRef": {"name": "moor-auth"}},
    "authSecretName": "moor-auth",
    "caBundle": _base64(CERTIFICATE),
    "certificate": CERTIFICATE,
    "credentials": "moor-credentials",
    "encryptedData": {"password": "AgBy3i4OJSWK+PiTySYZZA9rO43cGDEq8Qz8Qz="},
    "env": [
        {"name": "DB_PASSWORD", "valueFrom": {"secretKeyRef": {"name": "db", "key": "pass"}}},
        {"name": "TOKEN_FILE", "value": "/var/run/secrets/token"},
        {"name": "API_TOKEN", "value": "$(OTHER_TOKEN)"},
    ],
    "image": "harbour.example/token-server@sha256:" + "0123456789abcdef" * 4,
    "passwordKey": "password",
    "authorization": {"type": "Webhook", "credentials": "ServiceAccount"},
    "placeholder": {"password": "<your password>", "token": "REPLACE_ME"},
    "partitionKey": "Tenant9Id4Xy7Zq2",
    "maxTokens": 4096000,
    "secretKey": "prod/db/password",
    "accessKey": "AWS_ACCESS_KEY_ID",
    "passwordPolicy": {"minLength": 12, "requireDigit": True, "rotation": "720h"},
    "policy": "allow if object.spec.secretName == request.tokenName && size(self.password) > 8",
    "remoteRef": {"key": "secret/data/moor/db", "property": "password"},
    "repository": "ssh://git@git.example/moor.git",
    "schema": {
        "openAPIV3Schema": {"properties": {"password": {"type": "string", "default": "change-1X"}}}
    },
    "secretName": "moor-tls-private-key",
    "target": {"template": {"data": {"url": "postgres://moor:{{ .password }}@db:5432/moor"}}},
    "tokenTTL": "24h",
    "tokenUrl": "https://login.example/oauth2/token",
    "values": json.dumps({"existingSecret": "moor-auth", "auth": {"secretKeys": ["password"]}}),
}
EMPTY: dict[str, Any] = {
    "apiVersion": "harbour.example/v1",
    "kind": "Berth",
    "metadata": {
        "name": "empty",
        "namespace": "port",
        "annotations": {"harbour.example/token-secret": "moor-auth"},
    },
    "spec": LOOKS_LIKE,
    "status": {"conditions": [{"type": "TokenReady", "message": "password of moor-admin is set"}]},
}
BOAT: dict[str, Any] = {
    "apiVersion": "harbour.example/v1",
    "kind": "Boat",
    "metadata": {"name": "small", "namespace": "port"},
    "spec": {"secretName": "moor-auth"},
}
RESOURCES = [FULL, EMPTY, BOAT]

"""Every harmless value: what looks like a credential, or stands where one may."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from random import Random
from typing import Any

from support.planting.cases import Case, picked
from support.planting.places import HOLDERS, NUMBER_PLACES, PLACES, config, container, custom
from support.planting.shapes import ALNUM, HEX, Make, b64, drawn, glued, pem

# Words of an enumeration, names, paths, constants, placeholders: under names that promise more.
WORDS = {
    "authorization": ["Webhook", "RBAC", "AlwaysAllow", "Node"],
    "credentials": ["ServiceAccount", "InstanceMetadata", "WorkloadIdentity", "InjectedIdentity"],
    "auth": ["OAuth2", "mTLS", "SCRAM-SHA-512", "Kerberos", "IAM"],
    "client auth": ["RequireAndVerifyClientCert", "NoClientCert"],
    "basic auth": ["Enabled", "optional"],
    "token": ["ServiceAccount", "JWT"],
    "secret": ["Opaque", "kubernetes.io/tls", "Generated"],
    "password": ["Required", "Generated", "none"],
    "registry auth": ["Anonymous", "IRSA"],
    "api key": ["Header", "QueryString"],
    "credential source": ["Secret", "Environment"],
    "token type": ["Bearer", "urn:ietf:params:oauth:token-type:jwt"],
    "encryption key": ["AES256", "CustomerManaged", "SSE-KMS"],
    "community": ["Kubernetes", "public", "sig-storage"],
}
NAMES_OF_SECRETS = {
    "secret": ["my_secret_name", "shop-tls-7d9f8", "shop.credentials", "Shop_Secret"],
    "secret key": ["prod/db/password", "DB_PASSWORD", "admin_password", "kv/data/shop"],
    "password": ["prod/db/password", "db_password", "SHOP_DB_PASSWORD", "secret/data/shop#pw"],
    "token": ["shop/ci/token", "GITHUB_TOKEN", "github_token", "vault/token"],
    "access key": ["AWS_ACCESS_KEY_ID", "aws_access_key_id", "minio/tenant/accessKey"],
    "access key id": ["AWS_ACCESS_KEY_ID", "access-key-id"],
    "secret access key": ["AWS_SECRET_ACCESS_KEY", "secret-access-key", "prod/aws/secret_key"],
    "credentials": ["cloud", "aws-creds", "team-a/aws-creds", "gcp_service_account"],
    "client secret": ["OIDC_CLIENT_SECRET", "client-secret", "oidc/clientSecret"],
    "api key": ["DATADOG_API_KEY", "api-key", "datadog/api-key"],
    "private key": ["tls.key", "ssh-privatekey", "/etc/ssl/private/tls.key"],
    "license key": ["license.jwt", "LICENSE_KEY"],
    "connection string": ["CONNECTION_STRING", "shop-db-connection", "postgres://db.shop:5432/x"],
    "otp": ["otp-secret", "OTP_SEED"],
}
PLACEHOLDERS = [
    "<your password>",
    "<YOUR-API-KEY>",
    "$(SHOP_PASSWORD)",
    "${SHOP_PASSWORD}",
    "$SHOP_PASSWORD",
    "{{ .Values.password }}",
    "{{password}}",
    "REPLACE_ME",
    "REPLACE-ME",
    "CHANGE_ME",
    "your-password-here",
    "YOUR_API_KEY",
    "xxxxxxxx",
    "********",
    "[your token]",
    "%(password)s",
    "%DB_PASSWORD%",
    "__PASSWORD__",
    "@@TOKEN@@",
    "#{token}#",
    "(redacted)",
    "REDACTED",
    "ENC[AES256_GCM,data:x]",
    "vault:secret/data/shop#key",
    "...",
]
PLACEHOLDER_NAMES = ["db password", "api token", "client secret", "api key", "credentials"]
HARMLESS_PLACES = [
    "env",
    "flag",
    "flag and value",
    "annotation",
    "field",
    "field, snake",
    "name, value",
    "Key, Value",
    "name, default",
    "JSON patch",
    "YAML in a string",
    "JSON in a string",
    "properties",
]
# Names that only look as if they promised one.
LOOKALIKES = {
    "partition key": ["tenantId", "Tenant9Id4Xy7Zq2"],
    "hotkey": ["Ctrl+K", "Shift+Alt+F12"],
    "keyboard": ["us-intl", "de"],
    "tokenize": ["whitespace", "true"],
    "tokenizer": ["cl100kBase", "edge_ngram_2"],
    "monkey": ["chaos-9X"],
    "keyspace": ["shop_v2", "Shop2024"],
    "sort key": ["createdAt", "Created2At"],
    "routing key": ["orders.v2.created"],
    "shard key": ["hashedId"],
    "primary key": ["id", "orderId"],
    "foreign key": ["orders_id"],
    "group by key": ["cluster"],
    "topology key": ["kubernetes.io/hostname"],
    "author": ["J. Doe", "jdoe42"],
    "authority": ["https://login.acme.io/x"],
    "password policy": ["Strong12"],
    "secret name": ["Shop-Secret-1X"],
    "secret store": ["Vault2Prod"],
    "token url": ["https://sso.acme.io/oauth/token"],
    "token reviewer": ["vault-Auth1"],
    "key algorithm": ["RSA4096", "Ed25519"],
    "key usage": ["digitalSignature"],
    "passthrough": ["Headers1X2Y"],
    "compass": ["north42East"],
    "bypass": ["Rule42Internal"],
    "passport": ["Mode3Strict"],
    "credential type": ["X509Pop2"],
    "key prefix": ["shop:v2:Cache"],
    "cookie name": ["Shop_Session_1"],
    "secret path": ["kv2/Shop/db1"],
    "secret engine": ["kvV2Prod1"],
    "password encoder": ["BCrypt2Y10"],
    "key store type": ["PKCS12"],
    "auth mode": ["OAuth2Proxy7"],
    "auth url": ["https://auth.acme.io"],
    "key vault name": ["Shop-KV-Prod1"],
    "pinned version": ["v1.2.3-Rc4"],
    "opinion": ["Strong1"],
    "spin": ["fast-Up2"],
    "map key": ["Id1"],
    "registry key": ["HKLM\\Software\\Acme"],
    "idempotency key": ["order-1"],
    "object key": ["2026/11/26/Report1.csv"],
    "cache key": ["v1-deps-Main"],
}
LOOKALIKE_PLACES = ["field", "env", "annotation", "name, value", "YAML in a string", "flag"]
# Settings that are numbers.
SETTINGS = {
    "password length": 12,
    "password min length": 10000,
    "token ttl": 3600,
    "max tokens": 4096,
    "max completion tokens": 128000,
    "tokens": 100000,
    "tokens per minute": 1000000,
    "secret rotation days": 30,
    "key size": 2048,
    "key bits": 4096,
    "auth timeout": 300000,
    "token expiration seconds": 86400,
    "password history": 24,
    "access token lifespan": 300000,
    "credentials refresh ms": 600000,
    "num keys": 100000,
    "secret count": 12345678,
    "passwords": 3,
    "retry tokens": 500000,
    "otp length": 6,
    "pin threads": 16,
    "otp validity": 300000,
    "cookie max age": 31536000,
    "session timeout": 1800000,
    "secret default mode": 420,
    "auth port": 18443,
    "key rotation period": 2592000,
    "token bucket": 1000000,
    "password attempts": 5,
    "keys": 1000000,
}
SETTING_PLACES = ["number in a field", "number in a nested field", "number in JSON"]
PLAIN: dict[str, Make] = {
    "image digest": glued("quay.io/acme/shop@sha256:", drawn(HEX, 64)),
    "image": glued("registry.acme.io:5000/acme/token-server:v1.2.3-", drawn(HEX, 8)),
    "UUID": glued(
        drawn(HEX, 8), "-", drawn(HEX, 4), "-4", drawn(HEX, 3), "-a", drawn(HEX, 3), "-",
        drawn(HEX, 12),
    ),
    "SHA-256": drawn(HEX, 64),
    "commit": drawn(HEX, 40),
    "certificate": pem("CERTIFICATE"),
    "CA bundle": lambda random: b64(pem("CERTIFICATE")(random)),
    "public key": pem("PUBLIC KEY"),
    "SSH public key": glued("ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAI", drawn(ALNUM, 43), " me@acme"),
    "age recipient": glued("age1", drawn("qpzry9x8gf2tvdw0s3jn54khce6mua7l", 58)),
    "pod": glued("shop-token-", drawn("bcdf456789", 10), "-", drawn("bcdf456789", 5)),
    "semver": glued("v1.2.3-rc.4+build.", drawn(HEX, 8)),
    "cron": lambda random: "*/5 2 * * 1-5",
    "DNS": lambda random: "token-service.secrets.svc.cluster.local:8443",
    "time": lambda random: "2026-11-26T10:11:12.123456Z",
    "CIDR": lambda random: "10.0.0.0/8,192.168.0.0/16",
    "ARN": lambda random: "arn:aws:secretsmanager:eu-west-1:111122223333:secret:shop/Db1-AbC9dE",
    "e-mail": lambda random: "token-team@acme.io",
    "git": lambda random: "git@github.com:acme/secret-store.git",
    "SSH URL": lambda random: "ssh://git@git.acme.io:2222/acme/shop.git",
    "package": lambda random: "npm:react@18.2.0",
    "module": lambda random: "github.com/acme/token@v1.2.3",
    "resource": lambda random: "secrets/shop-password",
    "role": lambda random: "system:serviceaccount:shop:token-reader",
    "mail link": lambda random: "mailto:token-team@acme.io",
    "JSONPath": lambda random: "{.spec.secretRef.name}",
    "CEL": lambda random: "self.password == oldSelf.password && size(self.token) > 8",
    "Rego": lambda random: 'input.request.object.spec.password == "" # token',
    "schema in JSON": lambda random: json.dumps(
        {"properties": {"password": {"type": "string", "minLength": 8}}}
    ),
    "XML policy": lambda random: '<passwordPolicy minLength="12"><token/></passwordPolicy>',
    "XML setting": lambda random: '<property name="password.min.length" value="12"/>',
    "port mapping": lambda random: "docker run -p 8080:80 -p 127.0.0.1:53:53/udp shop",
    "mkdir": lambda random: "mkdir -p /data/shop && ls -a /data && cp -a a1b2 c3d4",
    "ssh port": lambda random: "ssh -p 2222 shop@host -w 0:1",
    "grep": lambda random: "ps -a | grep -w token; tar -p -x; kill -p 1",
    "script": lambda random: 'if [ -z "$TOKEN" ]; then PASSWORD=$(cat /run/pw); fi',
    "script, reading": lambda random: "TOKEN=$(curl -s http://x/token | jq -r .token) exec serve",
    "heredoc": lambda random: "password: ${PASSWORD:?}\ntoken: $(cat /run/token)\n",
    "flags": lambda random: "--token-file=/run/token --secret-name=Shop-1 --password-policy=x",
    "prose": lambda random: "Set a password, then use the bearer token. The API key is optional.",
    "prose, colon": lambda random: "Secret: where the password is. Token: what is sent.",
    "reason": lambda random: 'secret "shop-password" not found: key "token" is missing',
    "prose, pair": lambda random: "Set auth.enabled=true, token.ttl=24h, password=<your password>",
    "cookie attributes": lambda random: "SameSite=Lax; HttpOnly; Secure; Path=/",
    "Vault policy": lambda random: 'path "secret/data/shop/*" { capabilities = ["read"] }',
    "SOPS": lambda random: "ENC[AES256_GCM,data:Q2xhc3M=,iv:MTIz,tag:YWJj,type:str]",
    "locale": lambda random: "keyboard=us tokenizer=standard hotkey=Ctrl+K",
    "query": lambda random: "https://acme.io/?page_token=&max_tokens=4096&sort_key=Created2At",
    "sk- in a word": lambda random: "risk-based-task-Scheduler-2-long-name-of-nothing",
    "image tag": lambda random: "acme/sk-learn-Tools:2.1",
    "hf_ in a word": lambda random: "shelf_aBcDeFgHiJkLmNoPqRsTuVwXyZaBcDeFgHiJ",
    "Go duration": lambda random: "1h30m15s",
    "architecture": lambda random: "linux/arm64/v8",
    "OIDC": lambda random: "https://oidc.eks.eu-west-1.amazonaws.com/id/0123456789ABCDEF0123456789ABCDEF",
    "finalizer": lambda random: "secrets.acme.io/token-cleanup",
    "label": lambda random: "app.kubernetes.io/name in (token, secret), !password",
    "base64 of text": lambda random: b64("The password is kept in Vault; ask the team.\n"),
    "escaped URL": lambda random: "https://acme.io/?next=https%3A%2F%2Facme.io%2Ftoken%3Fpage%3D2",
    "userinfo with a variable": lambda random: "https://shop:$(PASSWORD)@acme.io and u:${PW}@db",
    "address": lambda random: "shop:8080 and [::1]:9090 and db.acme.io:5432/shop",
    "annotation text": lambda random: "community operators: see https://acme.io/docs/token#community",
    "template": lambda random: '{{ printf "%s:%s" .user .password | b64enc }}',
    "Helm values": lambda random: "auth:\n  existingSecret: shop\n  passwordKey: db-password\n",
    "Secret in YAML": lambda random: "secretKeyRef:\n  name: shop\n  key: DB_PASSWORD\n",
    "kubectl": lambda random: "kubectl create secret generic shop --from-file=password=/run/pw",
}  # fmt: skip
PLAIN_HOLDERS = ["field", "env", "argument", "annotation", "YAML", "JSON", "description"]
UNTOUCHED: dict[str, dict[str, Any]] = {
    "remoteRef": custom(
        data=[
            {
                "secretKey": "DB_PASSWORD",
                "remoteRef": {"key": "Prod/Db1/Password2", "property": "pw"},
            }
        ]
    ),
    "remoteRef, id": custom(
        data=[{"secretKey": "pw", "remoteRef": {"key": "AbCd1234EfGh5678Ij", "version": "v3"}}]
    ),
    "secretKeyRef": custom(passwordSecretRef={"name": "Shop-1", "key": "DbPassword1Prod2024"}),
    "secretRef of a list": custom(
        tokens=[{"secretRef": {"name": "shop", "key": "Token1Ab2Cd3Ef4"}}]
    ),
    "valueFrom": container(
        env=[
            {
                "name": "DB_PASSWORD",
                "valueFrom": {"secretKeyRef": {"name": "shop", "key": "DbPassword1Prod2024"}},
            }
        ]
    ),
    "schema": {
        "kind": "CustomResourceDefinition",
        "spec": {"validation": {"openAPIV3Schema": {"password": {"default": "Change-Me-1X9z"}}}},
    },
    "rules": {
        "kind": "ClusterRole",
        "rules": [
            {"apiGroups": [""], "resources": ["secrets"], "resourceNames": ["Token-Ab12Cd34"]}
        ],
    },
    "toleration": custom(
        tolerations=[{"key": "acme.io/secret", "operator": "Equal", "value": "Team1-X9y8"}]
    ),
    "node affinity": custom(
        matchExpressions=[{"key": "acme.io/token", "operator": "In", "values": ["Pool1-X9y8", "b"]}]
    ),
    "items": custom(items=[{"key": "password", "path": "Db1-Password/x"}]),
    "printer column": custom(
        additionalPrinterColumns=[{"name": "Token", "jsonPath": ".spec.token", "type": "string"}]
    ),
    "projected token": custom(
        serviceAccountToken={"audience": "Vault1", "path": "token", "expirationSeconds": 3600}
    ),
    "specDescriptors": custom(
        specDescriptors=[
            {"path": "password", "displayName": "Password", "description": "Of the Admin1."}
        ]
    ),
    "parameter without a value": custom(
        params=[{"name": "password", "type": "string", "default": ""}]
    ),
    "switches": custom(password=True, token=False, auth=None, secret=0, otp=True, credentials=1),
    "encrypted": custom(encryptedData={"password": "AgBy3i4OJSWK+PiTySYZZA9rO43cGDEq"}),
    "tokens by name": custom(tokens={"ci": {"role": "admin"}, "nightly-Build-1": {"role": "x"}}),
    "keys of a ConfigMap": config("x=1") | {"binaryData": {"Token1.keystore": "AAAA"}},
    "selector": custom(selector={"matchLabels": {"token": "Pool1-X9y8"}}),
    "labels": {"kind": "Pod", "metadata": {"labels": {"auth": "V2-Pool1", "secret": "Blue-2"}}},
}


def harmless() -> Iterator[Case]:
    """Every harmless value."""
    yield from _under_names("word", WORDS, HARMLESS_PLACES)
    yield from _under_names("name of a secret", NAMES_OF_SECRETS, HARMLESS_PLACES)
    yield from _under_names("lookalike", LOOKALIKES, LOOKALIKE_PLACES)
    yield from _placeholders()
    for name, setting in SETTINGS.items():
        place = picked(name, SETTING_PLACES, 1)[0]
        obj = NUMBER_PLACES[place](tuple(name.split()), setting)
        yield Case(f"setting, {name}: {setting}", place, "", obj)
    for kind, make in PLAIN.items():
        place = picked(kind, PLAIN_HOLDERS, 1)[0]
        yield Case(kind, place, "", HOLDERS[place](make(Random(kind))))
    for kind, obj in UNTOUCHED.items():
        yield Case(kind, "object", "", obj)


def _under_names(
    kind: str, table: Mapping[str, Sequence[str]], places: Sequence[str]
) -> Iterator[Case]:
    for name, values in table.items():
        for value in values:
            place = picked(f"{name}/{value}", places, 1)[0]
            yield _harmless(f"{kind}, {name}: {value}", place, name, value)


def _placeholders() -> Iterator[Case]:
    for number, value in enumerate(PLACEHOLDERS):
        for place in picked(value, HARMLESS_PLACES, 2):
            name = PLACEHOLDER_NAMES[(number + len(place)) % len(PLACEHOLDER_NAMES)]
            yield _harmless(f"placeholder, {name}: {value}", place, name, value)


def _harmless(kind: str, place: str, name: str, value: str) -> Case:
    return Case(kind, place, "", PLACES[place](tuple(name.split()), value))

"""Planted secrets are gone in every spelling; what only looks like one is untouched."""

from __future__ import annotations

import base64
import copy
import gzip
import hashlib
import json
from pathlib import Path
from typing import Any

import pytest

from k8s_datamodel.api import REDACTION_RULES, DatamodelError, Record, RedactedObject
from k8s_datamodel.redaction import redactor
from k8s_datamodel.redaction.redactor import Redactor
from k8s_datamodel.redaction.tokens import compare, is_token
from support.spellings import spellings

KEY = b"0123456789abcdef0123456789abcdef"
PRIVATE_KEY = """-----BEGIN RSA PRIVATE KEY-----
MIIEowIBAAKCAQEA4wvH3gUx/P7IM9T6tj2jwe/WpK8haGGRVqL5lfbKNmzA88eT
2B0a7kBW2zxvVDl7QkPlanted7Q2xkq0wIDAQABAoIBAHq3yKq7mQJ0n8yq0Kz5
-----END RSA PRIVATE KEY-----
"""
CERTIFICATE = """-----BEGIN CERTIFICATE-----
MIIBdjCCAR2gAwIBAgIBADAKBggqhkjOPQQDAjAjMSEwHwYDVQQDDBhrM3Mtc2Vy
-----END CERTIFICATE-----
"""


def redacted(obj: dict[str, Any]) -> dict[str, Any]:
    return dict(Redactor(KEY).object(obj))


def b64(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


def deployment(*containers: dict[str, Any], **metadata: Any) -> dict[str, Any]:
    return {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"name": "shop", "namespace": "shop", **metadata},
        "spec": {"template": {"spec": {"containers": list(containers)}}},
    }


def env(name: str, value: str) -> dict[str, Any]:
    return deployment({"name": "app", "env": [{"name": name, "value": value}]})


def args(*values: str) -> dict[str, Any]:
    return deployment({"name": "app", "args": list(values)})


def custom(**spec: Any) -> dict[str, Any]:
    return {"apiVersion": "acme.io/v1", "kind": "Shop", "metadata": {"name": "s"}, "spec": spec}


def config(**data: str) -> dict[str, Any]:
    return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "c"}, "data": data}


S = "hUnter2-plänted/7f3+"
W = "Swordfish93xQ"
HEX = "f565cd64401775f93c820dc63fc3d4f6"
JWT = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.dozjgNryP4J3jVmNHl0w5N_XgL0n3I9P"

PLANTED: dict[str, tuple[str, dict[str, Any]]] = {
    "env password": (S, env("DB_PASSWORD", S)),
    "env password of digits": ("84716253", env("PGPASSWORD", "84716253")),
    "env with a common word": ("swordfish", env("MYSQL_PWD", "swordfish")),
    "env token": (S, env("API_TOKEN", S)),
    "env secret": ("hunter2", env("GRAFANA_SECRET", "hunter2")),
    "env client secret": (W, env("OIDC_CLIENT_SECRET", W)),
    "env AWS key": ("minio123", env("AWS_SECRET_ACCESS_KEY", "minio123")),
    "env numbered": (W, env("SMTP_PASSWORD_2", W)),
    "env secret key": ("abcdef1", env("DJANGO_SECRET_KEY", "abcdef1")),
    "env data source": (W, env("DSN", f"shop:{W}@tcp(db:3306)/shop")),
    "env URL": (W, env("DATABASE_URL", f"postgres://shop:{W}@db.shop:5432/shop?sslmode=disable")),
    "env URL, unescaped": ("p@ss:w0rd", env("DATABASE_URL", "postgres://shop:p@ss:w0rd@db/x")),
    "env URL with a slash": ("pa/ss9w0rd", env("BROKER", "amqp://u:pa/ss9w0rd@mq:5672/v")),
    "env Redis URL without a user": (W, env("REDIS", f"redis://:{W}@redis:6379/0")),
    "env URL with a token": (HEX, env("REPO", f"https://{HEX}@github.com/acme/shop.git")),
    "env several hosts": (W, env("MONGO", f"mongodb+srv://u:{W}@a:27017,b:27017/x?replicaSet=r")),
    "env URL with a query": (W, env("HOOK", f"https://acme.io/hook?access_token={W}&page=1")),
    "env ADO": (W, env("SQL", f"Server=db;Database=shop;User Id=sa;Password={W};Encrypt=true")),
    "env Azure": (
        "bXlrZXlteWtleW15a2V5Zm9v==",
        env("S", "AccountName=shop;AccountKey=bXlrZXlteWtleW15a2V5Zm9v==;EndpointSuffix=x"),
    ),
    "env libpq": (W, env("CONN", f"host=db user=shop password={W} dbname=shop")),
    "env JDBC": (W, env("JDBC", f"jdbc:postgresql://db/shop?user=shop&password={W}")),
    "env Oracle": ("tiger42", env("JDBC", "jdbc:oracle:thin:scott/tiger42@db:1521:x")),
    "env JAAS": (W, env("JAAS", f'x.PlainLoginModule required username="u" password="{W}";')),
    "env JSON": (W, env("SETTINGS", json.dumps({"smtp": {"password": W}}))),
    "env Slack": (
        "T00000000/B00000000/XXXXxxxx1234XXXXxxxx",
        env("HOOK", "https://hooks.slack.com/services/T00000000/B00000000/XXXXxxxx1234XXXXxxxx"),
    ),
    "arg": (S, args("serve", f"--admin-password={S}")),
    "arg with spaces": ("two words; here", args("--password=two words; here")),
    "arg behind a flag": (W, args("--token", W, "--verbose")),
    "arg of Java": (W, args(f"-Dspring.datasource.password={W}")),
    "arg in a script": (W, args("-c", f"exec serve --api-key {W} --port 80")),
    "arg export": (W, args("-c", f"export DB_PASSWORD='{W}'\nexec serve")),
    "arg quoted twice": (W, args("-c", f'sh -c "PASSWORD=\\"{W}\\" serve"')),
    "arg curl": (W, args("-c", f"curl -u admin:{W} https://acme.io")),
    "arg header": (b64("admin:Pa55"), args("-H", f"Authorization: Basic {b64('admin:Pa55')}")),
    "arg bearer": (HEX, args("-c", f'curl -H "Authorization: Bearer {HEX}" https://acme.io')),
    "arg Helm": (W, args("upgrade", "--set", f"auth.user=admin,auth.password={W},replicas=1")),
    "header": (
        W,
        custom(probe={"httpHeaders": [{"name": "Authorization", "value": f"Bearer {W}"}]}),
    ),
    "field": (S, custom(database={"password": S})),
    "field camel case": (W, custom(adminPassword=W, replicas=1)),
    "field API key": (W, custom(apiKey=W)),
    "field client secret": ("bar-baz", custom(oidc={"clientSecret": "bar-baz"})),
    "field secret": ("s3cr3t-Thing", custom(webhook={"secret": "s3cr3t-Thing"})),
    "field secret key": (HEX, custom(webserverSecretKey=HEX)),
    "field key": ("JaNdRgUkXp2s5u8x", custom(crypto={"key": "JaNdRgUkXp2s5u8x"})),
    "field user and password": ("admin:hunter2", custom(credentials="admin:hunter2")),
    "field with a value": (W, custom(password={"value": W})),
    "field list": (W, custom(apiKeys=[W])),
    "field by name": (HEX, custom(tokens={"ci": HEX})),
    "field parameters": (W, custom(parameters=[{"name": "db.password", "value": W}])),
    "field tags": (W, custom(tags=[{"key": "password", "value": W}])),
    "field hash": (HEX, custom(users={"admin/password_sha256_hex": HEX})),
    "field bcrypt": (
        "$2a$10$rRyBsGSHK6.uc8fntPwVIuLVHgsAhAX7TcdrqW/RADU0uh7CaChLa",
        custom(x="$2a$10$rRyBsGSHK6.uc8fntPwVIuLVHgsAhAX7TcdrqW/RADU0uh7CaChLa"),
    ),
    "field JWT": (JWT, custom(anything=JWT)),
    "field AWS": ("AKIAIOSFODNN7EXAMPLE", custom(id="AKIAIOSFODNN7EXAMPLE")),
    "field GitHub": ("ghp_" + "a1B2" * 9, custom(note=f"use {'ghp_' + 'a1B2' * 9} here")),
    "field Slack": ("xoxb-123456789012-abcdefGHIJKL", custom(x="xoxb-123456789012-abcdefGHIJKL")),
    "private key": (PRIVATE_KEY[40:90], custom(tls={"key": PRIVATE_KEY})),
    "private key on one line": (
        PRIVATE_KEY[40:90],
        custom(x=PRIVATE_KEY.replace("\n", "\\n"), certificate=CERTIFICATE),
    ),
    "private key, encoded": (b64(PRIVATE_KEY)[60:120], custom(server={"pem": b64(PRIVATE_KEY)})),
    "private key, cut off": (PRIVATE_KEY[40:90], custom(x=PRIVATE_KEY[:150])),
    "private key in prose": (PRIVATE_KEY[40:90], custom(description=f"Like this:\n{PRIVATE_KEY}")),
    "Secret": (
        "anything at all",
        {"kind": "Secret", "data": {"a": b64("anything at all")}, "stringData": {"b": "xyz"}},
    ),
    "Secret, other data": ("xyz-plain", {"kind": "Secret", "stringData": {"ca.crt": "xyz-plain"}}),
    "Docker config": (
        b64("user:Pa55w0rd"),
        config(x=json.dumps({"auths": {"quay.io": {"auth": b64("user:Pa55w0rd")}}})),
    ),
    "Docker config, encoded": (
        "Pa55w0rd",
        custom(pull=b64(json.dumps({"auths": {"quay.io": {"password": "Pa55w0rd"}}}))),
    ),
    "ConfigMap properties": (W, config(app=f"user=shop\nspring.datasource.password = {W}\nx=1\n")),
    "ConfigMap YAML": (W, config(app=f"db:\n  user: shop\n  password: {W}  # old\n  port: 1\n")),
    "ConfigMap YAML in flow": (W, config(app=f"db: {{user: shop, password: {W}}}\n")),
    "ConfigMap env in YAML": (W, config(pod=f"env:\n- name: API_TOKEN\n  value: {W}\n")),
    "ConfigMap kubeconfig": (
        b64(PRIVATE_KEY)[60:120],
        config(kubeconfig=f"users:\n- user:\n    client-key-data: {b64(PRIVATE_KEY)}\n"),
    ),
    "ConfigMap script": (W, config(run=f'set -e\nPASSWORD="{W}"\nlogin "$PASSWORD"\n')),
    "ConfigMap JSON in a script": (W, config(run=f'curl -d \'{{"password": "{W}"}}\' x\n')),
    "ConfigMap JSON without blanks": (W, config(run=f'curl -d \'{{"password":"{W}"}}\' x\n')),
    "ConfigMap JSON escaped": (W, config(run=f'x="{{\\"password\\":\\"{W}\\"}}"\n')),
    "ConfigMap key among others": (
        b64(PRIVATE_KEY)[60:120],
        config(run=f"echo {b64(PRIVATE_KEY)} | base64 -d > tls.key\n"),
    ),
    "ConfigMap SQL": (W, config(init=f"CREATE USER shop IDENTIFIED BY '{W}';\n")),
    "ConfigMap Redis": (W, config(redis=f"save 60 1\nrequirepass {W}\n")),
    "ConfigMap base64": (W, config(x=b64(f"user=shop\npassword={W}\n"))),
    "ConfigMap base64 behind letters of other scripts": (
        W,
        config(x=b64(f"für Größe, 大きさ: password={W}\n"), y=b64(f"ö1234567890ö password={W}")),
    ),
    "ConfigMap base64 for URLs, without padding": (
        W,
        config(x=base64.urlsafe_b64encode(f"???>>>~~~ password={W}".encode()).decode().rstrip("=")),
    ),
    "annotation": (W, deployment(annotations={"acme.io/api-token": W})),
    "annotation last applied": (
        W,
        deployment(
            annotations={
                "kubectl.kubernetes.io/last-applied-configuration": json.dumps(
                    env("DB_PASSWORD", W)
                )
            }
        ),
    ),
    "annotation packed": (
        W,
        deployment(
            annotations={
                "objectset.rio.cattle.io/applied": base64.b64encode(
                    gzip.compress(json.dumps(env("DB_PASSWORD", W)).encode())
                ).decode()
            }
        ),
    ),
    "annotation examples": (
        W,
        deployment(annotations={"alm-examples": "[\n" + json.dumps(custom(password=W)) + "\n]"}),
    ),
}


@pytest.mark.parametrize("place", PLANTED)
def test_a_planted_secret_is_gone_in_every_spelling(place: str) -> None:
    secret, obj = PLANTED[place]
    before, dumped = json.dumps(obj), json.dumps(redacted(obj), ensure_ascii=False)
    assert "[redacted:" in dumped
    found = [spelling for spelling in spellings(secret) if spelling in dumped]
    assert not found
    assert json.dumps(obj) == before, "the object given was changed"


SPELLINGS = """
passWord PassWord PASSword adminPassWord pass_word pass-word Pass-Word pass.word oldPassWords dbpass
passWD pass_wd passwds userPwds passPhrase pass-code requirePass keystore-pass otpcode APIkey
API-Key apiKEY api_key AccessKEY cliENTsecret Client-SECRET client_secret toKen TOKEN
"""
# Under these each text is a credential of whom or what its key names.
PLURALS = """
passwords PASSWORDS pass_words oldPassWords passwds secrets tokens apiKeys api-keys APIkeys
credentials userCreds clientSecrets secretKeys access_key_ids
"""
SHORT = "t1ger!"
OWNERS = ("alice", "max", "session", "db.shop", "用户")
OTHER_NAMES = "bypassCode compassCode topologyKey sortKEY PUBLICkey pub-KEY passWordPolicy"
# A map under a plural that says where a credential is, or something of it.
DESCRIPTIONS: tuple[dict[str, Any], ...] = (
    {"secrets": {"name": "Shop-1Xy", "namespace": "Team9x", "optional": True}},
    {"secrets": {"existingSecret": "shop-v2", "kind": "Vault2Prod", "apiVersion": "a.io/v1Beta"}},
    {"tokens": {"limit": 5, "maxTokens": "4096", "issuer": "Shop1X", "ci": {"note": "Xy1-z"}}},
    {"tokens": {"ci": "$(CI_TOKEN)", "cd": "/run/tokens/cd", "use": "false"}},
    {"credentials": {"secretName": "Shop1X", "secretKeyRef": {"name": "Shop1", "key": "Pw1"}}},
    {"credentials": {"user": "Shop1X", "clientId": "969d0d71-cbfc-4a1b-9b0e-2f0f5d9e3a11"}},
    {"credentials": {"source": "Vault2Prod", "type": "X509Pop2", "aws": "aws-creds"}},
    {"apiKeys": {"public": "Shop1X", "keyRef": "Shop1X"}, "publicKeys": {"alice": "Shop1X"}},
    {"passwords": {"policy": "strong", "encoder": "BCrypt2Y10", "existingSecret": "shop-db"}},
    {"apiKeys": {"header": "X-Shop1-Key", "prefix": "Shop1X", "keySelector": "APIKEY"}},
    {"passwordSecret": {"name": "Shop1X", "key": "Pw1"}, "secretRef": {"tokens": {"a": "Ab1Cd"}}},
    {"passwordRefs": {"alice": "Shop1X"}, "secretNames": {"alice": "Shop1X"}},
)


def test_a_telling_name_tells_in_every_spelling_and_a_plural_of_each_text_in_its_map() -> None:
    told = [
        *(custom(**{name: W}) for name in (*SPELLINGS.split(), "pass word", "dockerConfigJson")),
        *(args(f"--{name}={W}") for name in SPELLINGS.split()),
        *(env(name, W) for name in SPELLINGS.split()),
        *(custom(shop={name: dict.fromkeys(OWNERS, SHORT)}) for name in PLURALS.split()),
        custom(values=json.dumps({"tokens": {"alice": SHORT}})),
        args(f"--connection-string=Shop/{W}@db"),
    ]
    shown = [str(redacted(obj)) for obj in told]
    assert not [each for each in shown if W in each or SHORT in each]
    plain = [custom(**spec) for spec in DESCRIPTIONS]
    plain += (custom(**{name: W}) for name in OTHER_NAMES.split())
    assert [redacted(obj) for obj in plain] == plain


SCHEMA = {
    "type": "object",
    "properties": {
        "password": {"type": "string", "default": "changeme", "example": "Hunter2-Hunter2"},
        "token": {"type": "string", "description": f"as {PRIVATE_KEY}"},
    },
}

LOOKALIKES: dict[str, dict[str, Any]] = {
    "schema": {
        "kind": "CustomResourceDefinition",
        "spec": {
            "names": {"kind": "Password", "plural": "passwords"},
            "versions": [
                {
                    "name": "v1",
                    "schema": {"openAPIV3Schema": SCHEMA},
                    "additionalPrinterColumns": [
                        {"name": "Token", "jsonPath": ".spec.token", "type": "string"}
                    ],
                }
            ],
        },
    },
    "old schema": {
        "kind": "CustomResourceDefinition",
        "spec": {"validation": {"openAPIV3Schema": SCHEMA}},
    },
    "valueFrom": deployment(
        {
            "env": [
                {
                    "name": "DB_PASSWORD",
                    "valueFrom": {"secretKeyRef": {"name": "db-password", "key": "password"}},
                }
            ],
            "envFrom": [{"secretRef": {"name": "shop-secrets"}}],
        }
    ),
    "references": custom(
        passwordSecretName="shop-password",
        passwordSecretRef={"name": "shop", "key": "password"},
        tokenSecretRef="shop-token",
        secretName="Shop-Secret-1",
        secretKeyRef={"name": "a", "key": "token"},
        secret="shop-tls-secret",
        authSecret="powerstore-config",
        existingSecret="shop-v2",
        clientSecret="$oidc-secret:clientSecret",
        secretKey="secret-key-to-be-managed",
        passwordKey="password",
        credentialsSecret={"name": "aws", "key": "credentials"},
        keySelector="APIKEY",
        secretObject="OBJECT_STORE_SECRET",
    ),
    "pod": {
        "kind": "Pod",
        "spec": {
            "automountServiceAccountToken": True,
            "serviceAccountName": "token-reader",
            "imagePullSecrets": [{"name": "pull-secret"}],
            "volumes": [
                {"name": "token", "secret": {"secretName": "shop-token", "items": []}},
                {
                    "name": "p",
                    "projected": {
                        "sources": [
                            {"serviceAccountToken": {"path": "token", "audience": "vault"}},
                            {"secret": {"name": "tls", "items": [{"key": "tls.key"}]}},
                        ]
                    },
                },
            ],
            "tolerations": [{"key": "secret", "operator": "Equal", "value": "true"}],
            "nodeSelector": {"acme.io/token-pool": "a"},
        },
    },
    "rules": {
        "kind": "ClusterRole",
        "rules": [
            {
                "apiGroups": ["", "authentication.k8s.io"],
                "resources": ["secrets", "serviceaccounts/token", "tokenreviews"],
                "resourceNames": ["shop-password", "admin-token"],
                "verbs": ["get", "create"],
            }
        ],
    },
    "switches and words": custom(
        passwordPolicy="strong",
        tokenType="bearer",
        password=None,
        token="",
        auth="basic",
        authorization="none",
        generatePassword="true",
        tokenTTL="24h",
        tokenExpiration="3600s",
        token_count=3,
        maxTokens="4096",
        passwordLength="16",
        access_token_lifespan="300",
        enablePassword=True,
        password_required="yes",
        bypass="AzureServices",
        compass="north",
        keys=["list", "get"],
        topologyKey="topology.kubernetes.io/zone",
        publicKey="ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0d",
        sshKeys=["ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0d"],
        caBundle=b64(CERTIFICATE),
        certificate=CERTIFICATE,
        serverKey=b64("-----BEGIN PUBLIC KEY-----\nMIIBIjANBgkqhkiG\n-----END PUBLIC KEY-----"),
        kmsKey="arn:aws:kms:eu-west-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab",
        password_file="/etc/shop/password",
        tokenURL="https://sso.acme.io/token",
        tokenEndpoint="https://sso.acme.io:8443/oauth2/token?grant=x",
    ),
    "variables and templates": custom(
        password="$(DB_PASSWORD)",
        token="${TOKEN}",
        apiKey="{{ .Values.apiKey }}",
        accessToken="prefix-{{ .Values.token }}",
        clientSecret="<your-secret>",
        adminPassword="********",
        secretAccessKey="vault:secret/data/shop#key",
        databasePassword="ENC[AES256_GCM,data:abc=,iv:x=,tag:y=,type:str]",
        url="postgres://shop:$(DB_PASSWORD)@db/shop",
        other="https://shop:${PASSWORD}@acme.io",
        masterPassword="ref+vault://shop/password",
    ),
    "env": deployment(
        {
            "image": "quay.io/acme/password-manager:token-1.2@sha256:" + HEX * 2,
            "env": [
                {"name": "TOKEN_FILE", "value": "/var/run/secrets/acme/token"},
                {"name": "AWS_SHARED_CREDENTIALS_FILE", "value": "/credentials/cloud"},
                {"name": "GOOGLE_APPLICATION_CREDENTIALS", "value": "/credentials/cloud"},
                {"name": "WEBHOOK_SECRET", "value": "shop-webhook-server-cert"},
                {"name": "SECRET_NAME", "value": "Shop1Secret2Name3"},
                {"name": "CONFIG", "value": "$(POD_NAMESPACE)/shop"},
                {"name": "USE_TOKEN", "value": "false"},
                {"name": "REGISTRY", "value": "https://registry.acme.io:5000/v2/x@sha256:abc"},
                {"name": "GIT", "value": "ssh://git@github.com/acme/shop.git"},
                {"name": "MAIL", "value": "http://acme.io:80/?to=a@acme.io"},
            ],
        }
    ),
    "args": args(
        "--token-file=/var/run/secrets/token",
        "--tls-private-key-file",
        "/etc/tls/tls.key",
        "--tls-private-key-file=/etc/tls/tls.key",
        "--client-secret-name=shop",
        "--password=$(DB_PASSWORD)",
        "--enable-bearer-token-auth=true",
        "--token-ttl=1h",
        "--authentication-token-webhook",
        "--secret-name",
        "shop-secret",
        "--use-token",
        "--v=4",
        "-c",
        'if [ -z "$TOKEN" ]; then PASSWORD=$(cat /etc/password); fi; token=$(get token)',
        "--feature-gates=SecretCaching=true,TokenRequest=false",
    ),
    "ConfigMap": config(
        script="token=${TOKEN:-}\npassword=$(cat /run/password)\nkey = value\n",
        yaml="auth:\n  existingSecret: shop\n  passwordKey: password\n  token: ''\n  type: basic\n",
        prose="Set a password, then use the bearer token for basic authentication.",
    ),
    "prose": custom(
        description="Create a secret with password=changeme, then run with --token abcdef123456.\n"
        "password: changeme\nSee https://acme.io/docs?token=x and -----BEGIN CERTIFICATE-----.",
    ),
    "encrypted": {
        "kind": "SealedSecret",
        "spec": {"encryptedData": {"password": "AgBy3i4OJSWK+PiTySYZZA9rO43cGDEq"}},
    },
    "annotations": deployment(
        annotations={
            "checksum/secret": HEX * 2,
            "features.operators.openshift.io/token-auth-aws": "false",
            "olm.deployment-spec-hash": "f4cf882db277c3b25d6dc270c0e62814ceb9d4da",
            "alm-examples": '[{"kind": "Shop",  "spec": {"passwordSecretRef": "shop"}}]',
        },
    ),
}


@pytest.mark.parametrize("name", LOOKALIKES)
def test_what_only_looks_like_a_secret_is_the_same_object(name: str) -> None:
    obj = LOOKALIKES[name]
    before = copy.deepcopy(obj)
    assert redacted(obj) == before
    assert Redactor(KEY).object(obj) is obj


def test_only_the_way_to_a_change_is_copied() -> None:
    obj = env("DB_PASSWORD", S) | {"status": {"replicas": 1}}
    new = Redactor(KEY).object(obj)
    assert new is not obj
    assert new["status"] is obj["status"]
    assert new["metadata"] is obj["metadata"]


def test_equal_literals_have_equal_tokens_and_others_do_not() -> None:
    def value(text: str, key: bytes = KEY) -> str:
        return str(Redactor(key).object({"password": text})["password"])

    assert value("one") == value("one")
    assert value("one") != value("two")
    assert value("one") != value("one", b"other")
    assert value("one").startswith(f"[redacted:{Redactor(KEY).id}:")
    assert is_token(value("one"))
    assert not is_token(value("one") + " ")


def test_the_id_tells_salts_apart_and_not_what_they_are() -> None:
    assert Redactor(KEY).id != Redactor(b"other").id
    assert Redactor(KEY).id.encode() not in KEY


def test_around_a_literal_the_text_stays() -> None:
    obj = {"url": f"postgres://shop:{W}@db.shop:5432/shop?sslmode=disable"}
    text = redacted(obj)["url"]
    start, end = text.split("[redacted:")[0], text.split("]")[-1]
    assert (start, end) == ("postgres://shop:", "@db.shop:5432/shop?sslmode=disable")


def test_embedded_json_keeps_its_other_content_and_order() -> None:
    examples = json.dumps([custom(b=1, password=W, a=[1, 2.5, None, True])], indent=4)
    text = redacted({"metadata": {"annotations": {"alm-examples": examples}}})
    example = json.loads(text["metadata"]["annotations"]["alm-examples"])[0]
    assert list(example["spec"]) == ["b", "password", "a"]
    assert example["spec"]["a"] == [1, 2.5, None, True]


def test_a_record_is_redacted_in_its_values_and_its_object() -> None:
    values = {
        "image": f"https://shop:{W}@registry.acme.io/shop:1",
        "evidence": [{"what": f"--token={W}"}],
        "annotations": {"acme.io/password": W},
        "replicas": 1,
    }
    record = Redactor(KEY).record(Record(values, env("DB_PASSWORD", W)))
    assert W not in json.dumps([dict(record.values), dict(record.spec)])
    assert record.values["replicas"] == 1


def test_a_record_without_secrets_is_the_same_record() -> None:
    record = Record({"name": "shop", "managed_crds": ("a.acme.io",)}, env("LEVEL", "info"))
    assert Redactor(KEY).record(record) is record


def test_an_object_that_nests_without_end_is_an_error_with_a_name() -> None:
    node: dict[str, Any] = {"password": W}
    for _ in range(5000):
        node = {"x": node}
    with pytest.raises(DatamodelError, match="Shop deep"):
        redacted({"kind": "Shop", "metadata": {"name": "deep"}, "spec": node})


def test_compare_says_unknown_where_salts_differ() -> None:
    mine, yours = Redactor(KEY), Redactor(b"other")

    def url(redactor: Redactor, password: str, host: str = "db") -> str:
        return str(redactor.object({"x": f"postgres://u:{password}@{host}/x"})["x"])

    assert compare("a", "a") == "same"
    assert compare("a", "b") == "different"
    assert compare(url(mine, "one1"), url(mine, "one1")) == "same"
    assert compare(url(mine, "one1"), url(mine, "two2")) == "different"
    assert compare(url(mine, "one1"), url(yours, "one1")) == "unknown"
    assert compare(url(mine, "one1"), url(yours, "one1", "other")) == "different"
    assert compare(url(mine, "one1"), "postgres://u:one1@db/x") == "unknown"
    assert compare(url(mine, "one1"), "postgres://u:one1@other/x") == "different"


def test_what_was_redacted_before_is_not_looked_through_again() -> None:
    spec = RedactedObject(custom(password="new-Rules-Would-Find-1t"))
    record = Redactor(KEY).record(Record({"name": "s", "password": "Hunter2-Hunter2"}, spec))
    assert record.spec is spec
    assert is_token(record.values["password"])


RULES = Path(redactor.__file__).parent
KNOWN_RULES = {3: "5d93c7c04321dedb"}


def test_new_rules_have_a_new_number() -> None:
    """Else objects that a database holds would keep what only the new rules find.

    A change after which the same literals count as credentials needs only the new digest.
    """
    digest = hashlib.sha256(b"".join(each.read_bytes() for each in sorted(RULES.glob("*.py"))))
    assert KNOWN_RULES.get(REDACTION_RULES) == digest.hexdigest()[:16], (
        "raise REDACTION_RULES if other literals count as credentials now; "
        "then write the number and the digest here"
    )

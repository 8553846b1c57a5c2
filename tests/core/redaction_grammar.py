"""Planted secrets and harmless values, made from a grammar: each kind in several places.

No literal here is a credential: secrets are drawn at run time from a random generator that is
seeded with the kind and the place, so that every run has the same ones. Add a kind or a place as
one line in its table. ``half`` tells the cases apart that rules may be tuned on from those that
only tell how well the tuning carries over.
"""

from __future__ import annotations

import base64
import hashlib
import json
import string
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from random import Random
from typing import Any
from urllib.parse import quote

Make = Callable[[Random], str]
Place = Callable[[tuple[str, ...], str], dict[str, Any]]
"""An object in which a value stands under a name, given by its words."""
Holder = Callable[[str], dict[str, Any]]
"""An object in which a text stands where its name says nothing."""

LETTERS, DIGITS = string.ascii_letters, string.digits
HEX, LOWER, UPPER = "0123456789abcdef", string.ascii_lowercase, string.ascii_uppercase
ALNUM = LETTERS + DIGITS
URLSAFE = ALNUM + "-_"


@dataclass(frozen=True)
class Case:
    """One value in one place."""

    kind: str
    place: str
    value: str
    """What must be gone; empty for a harmless value."""
    obj: Mapping[str, Any]

    @property
    def name(self) -> str:
        return f"{self.kind} / {self.place}"

    @property
    def half(self) -> str:
        """``at hand`` or ``held out``, by the digest of its name."""
        return ("at hand", "held out")[hashlib.sha256(self.name.encode()).digest()[0] % 2]


# What a value looks like.


def drawn(alphabet: str, length: int) -> Make:
    """Characters of an alphabet, with a digit and a letter among them where it has both."""

    def make(random: Random) -> str:
        while True:
            text = "".join(random.choices(alphabet, k=length))
            mixed = any(c.isdigit() for c in text) and any(c.isalpha() for c in text)
            if mixed or not (set(alphabet) & set(DIGITS) and set(alphabet) & set(LETTERS)):
                return text

    return make


def glued(*parts: str | Make) -> Make:
    """Fixed parts and drawn ones, one behind the other."""
    return lambda random: "".join(part if isinstance(part, str) else part(random) for part in parts)


def b64(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


def pem(label: str) -> Make:
    lines = [drawn(ALNUM + "+/", 64) for _ in range(4)]

    def make(random: Random) -> str:
        body = "\n".join(line(random) for line in lines)
        return f"-----BEGIN {label}-----\n{body}\n-----END {label}-----\n"

    return make


SHAPES: dict[str, Make] = {
    "mixed": drawn(ALNUM, 20),
    "special": glued(drawn(LETTERS, 4), drawn("!+-_.", 1), drawn(ALNUM, 9)),
    "hex": drawn(HEX, 32),
    "short": drawn(ALNUM, 9),
    "word and number": glued("Tiger", drawn(DIGITS, 4)),
    "lower case": drawn(LOWER + DIGITS, 14),
}
NUMBERS: dict[str, Make] = {"digits": glued("7", drawn("123456789", 7))}

# Names that promise a credential, by their words.

PASSWORDS = ["db password", "admin password", "smtp passwd", "keystore passphrase", "bind pw"]
NAMES = [
    *PASSWORDS,
    "api token",
    "access token",
    "github token",
    "client secret",
    "webhook secret",
    "secret key",
    "api key",
    "access key id",
    "secret access key",
    "encryption key",
    "signing key",
    "license key",
    "private key",
    "auth token",
    "credentials",
    "session secret",
    "registry auth",
    "snmp community",
    "totp secret",
    "master key",
    "join token",
    "basic auth",
    "storage account key",
]
CODES = ["otp", "admin pin", "db password", "login passcode", "root passwd", "mfa code"]


def camel(words: Sequence[str]) -> str:
    return words[0] + "".join(word.capitalize() for word in words[1:])


def pascal(words: Sequence[str]) -> str:
    return "".join(word.capitalize() for word in words)


def upper(words: Sequence[str]) -> str:
    return "_".join(words).upper()


def snake(words: Sequence[str]) -> str:
    return "_".join(words)


def kebab(words: Sequence[str]) -> str:
    return "-".join(words)


def dotted(words: Sequence[str]) -> str:
    return ".".join(words)


# Objects.


def custom(**spec: Any) -> dict[str, Any]:
    return {"apiVersion": "acme.io/v1", "kind": "Shop", "metadata": {"name": "s"}, "spec": spec}


def status(**fields: Any) -> dict[str, Any]:
    return {"apiVersion": "acme.io/v1", "kind": "Shop", "metadata": {"name": "s"}, "status": fields}


def config(text: str) -> dict[str, Any]:
    return {"kind": "ConfigMap", "metadata": {"name": "c"}, "data": {"app.conf": text}}


def container(**fields: Any) -> dict[str, Any]:
    spec = {"containers": [{"name": "app", **fields}]}
    return {"kind": "Deployment", "metadata": {"name": "d"}, "spec": {"template": {"spec": spec}}}


def annotated(**annotations: str) -> dict[str, Any]:
    return {"kind": "Deployment", "metadata": {"name": "d", "annotations": annotations}}


def shell(line: str) -> dict[str, Any]:
    return container(command=["sh", "-c", line])


def probe(line: str) -> dict[str, Any]:
    return container(livenessProbe={"exec": {"command": ["sh", "-c", line]}})


PLACES: dict[str, Place] = {
    "env": lambda n, v: container(env=[{"name": upper(n), "value": v}]),
    "flag": lambda n, v: container(args=["serve", f"--{kebab(n)}={v}", "--v=2"]),
    "flag and value": lambda n, v: container(args=["serve", f"--{kebab(n)}", v]),
    "flag of Go": lambda n, v: container(args=[f"-{kebab(n)}={v}"]),
    "flag with pairs": lambda n, v: container(args=["upgrade", f"--set=shop.{dotted(n)}={v}"]),
    "flag with several pairs": lambda n, v: container(
        args=["--set", f"replicas=2,shop.{camel(n)}={v},tag=v1"]
    ),
    "flag of Java": lambda n, v: container(args=[f"-Dshop.{dotted(n)}={v}"]),
    "shell, export": lambda n, v: shell(f"export {upper(n)}='{v}' && exec serve"),
    "shell, flag": lambda n, v: shell(f"exec serve --{kebab(n)} {v} --port 80"),
    "shell, env": lambda n, v: shell(f"env {upper(n)}={v} serve"),
    "probe, flag": lambda n, v: probe(f"check --{kebab(n)}={v} http://localhost"),
    "probe, header": lambda n, v: container(
        readinessProbe={"httpGet": {"httpHeaders": [{"name": f"X-{kebab(n)}", "value": v}]}}
    ),
    "shell, header": lambda n, v: shell(f"curl -H 'X-{kebab(n)}: {v}' http://shop/healthz"),
    "annotation": lambda n, v: annotated(**{f"acme.io/{kebab(n)}": v}),
    "annotation, JSON": lambda n, v: annotated(
        settings=json.dumps({"shop": {camel(n): v, "replicas": 2}})
    ),
    "field": lambda n, v: custom(**{camel(n): v}),
    "field, snake": lambda n, v: custom(shop={snake(n): v}),
    "field, list": lambda n, v: custom(**{camel(n): [v]}),
    "field with a value": lambda n, v: custom(**{camel(n): {"value": v}}),
    "name, value": lambda n, v: custom(parameters=[{"name": dotted(n), "value": v}]),
    "Key, Value": lambda n, v: custom(tags=[{"Key": pascal(n), "Value": v}]),
    "name, default": lambda n, v: custom(params=[{"name": kebab(n), "default": v}]),
    "name, values": lambda n, v: custom(params=[{"name": snake(n), "values": [v]}]),
    "property, string": lambda n, v: custom(settings=[{"property": camel(n), "string": v}]),
    "JSON patch": lambda n, v: custom(
        patches=[{"op": "add", "path": f"/spec/{camel(n)}", "value": v}]
    ),
    "YAML in a string": lambda n, v: config(f"shop:\n  replicas: 2\n  {camel(n)}: {v}\n"),
    "YAML, quoted": lambda n, v: config(f'shop:\n  "{snake(n)}": "{v}"  # rotate\n'),
    "YAML, block": lambda n, v: config(f"shop:\n  {camel(n)}: |-\n    {v}\n  replicas: 2\n"),
    "YAML, name and value": lambda n, v: config(f"env:\n- name: {upper(n)}\n  value: {v}\n"),
    "YAML, flow": lambda n, v: config(f"shop: {{name: x, {camel(n)}: {v}}}\n"),
    "JSON in a string": lambda n, v: custom(values=json.dumps({"a": [{snake(n): v}]})),
    "JSON in JSON": lambda n, v: custom(values=json.dumps({"x": json.dumps({camel(n): v})})),
    "JSON in a script": lambda n, v: shell(f"curl -d '{json.dumps({camel(n): v})}' http://shop"),
    "JSON pair in a script": lambda n, v: shell(
        f"post '{json.dumps([{'name': upper(n), 'value': v}])}'"
    ),
    "properties": lambda n, v: config(f"name=shop\nshop.{dotted(n)} = {v}\nsize=2\n"),
    "TOML": lambda n, v: config(f'[shop]\n{snake(n)} = "{v}"\n'),
    "PHP": lambda n, v: config(f"return ['{snake(n)}' => '{v}', 'x' => 1];\n"),
    "query": lambda n, v: custom(target=f"https://shop.acme.io/hook?x=1&{snake(n)}={quote(v)}&y=2"),
    "URL-escaped": lambda n, v: custom(target="x?r=" + quote(f"a=1&{snake(n)}={v}&b=2", safe="")),
    "URL-escaped JSON": lambda n, v: custom(target="?c=" + quote(json.dumps({camel(n): v}))),
    "base64": lambda n, v: custom(payload=b64(f"name=shop\n{upper(n)}={v}\n")),
    "base64 of JSON": lambda n, v: custom(payload=b64(json.dumps({"shop": {camel(n): v}}))),
    "base64 in a script": lambda n, v: shell(f"echo {b64(f'export {upper(n)}={v}')} | base64 -d"),
    "XML element": lambda n, v: config(f"<shop><{camel(n)}>{v}</{camel(n)}><x>1</x></shop>"),
    "XML attribute": lambda n, v: config(f'<shop name="s" {camel(n)}="{v}"/>'),
    "XML property": lambda n, v: config(f'<x><property name="{camel(n)}" value="{v}"/></x>'),
    "XML entry": lambda n, v: config(f'<entry key="{dotted(n)}">{v}</entry>'),
    "message": lambda n, v: status(message=f"cannot log in with {camel(n)}={v}: denied"),
    "condition": lambda n, v: status(
        conditions=[{"type": "Ready", "message": f'rejected: {{"{snake(n)}": "{v}"}}'}]
    ),
    "description": lambda n, v: custom(description=f"Runs with --{kebab(n)} {v} for now."),
    "connection string": lambda n, v: custom(sql=f"Server=db;User Id=sa;{pascal(n)}={v};Encrypt=1"),
    "attributes in a status": lambda n, v: status(**{camel(n): v}),
}
NUMBER_PLACES: dict[str, Callable[[tuple[str, ...], int], dict[str, Any]]] = {
    "number in a field": lambda n, v: custom(**{camel(n): v}),
    "number in a nested field": lambda n, v: custom(shop={"auth": {snake(n): v}}),
    "number in a list": lambda n, v: custom(**{camel(n): [v]}),
    "number by name": lambda n, v: custom(params=[{"name": snake(n), "value": v}]),
    "number in JSON": lambda n, v: custom(values=json.dumps({camel(n): v})),
    "number in YAML": lambda n, v: config(f"shop:\n  {camel(n)}: {v}\n"),
    "number in a status": lambda n, v: status(**{camel(n): v}),
}

# Credentials that show by their own form, wherever they stand. Prefixes and lengths: as public
# detectors of leaked secrets and the services' own pages describe them.

KNOWN: dict[str, Make] = {
    "AWS key id": glued("AKIA", drawn(UPPER + "234567", 16)),
    "AWS session key id": glued("ASIA", drawn(UPPER + "234567", 16)),
    "AWS Bedrock": glued("ABSK", drawn(ALNUM, 120)),
    "Google API key": glued("AIza", drawn(URLSAFE, 35)),
    "Google OAuth secret": glued("GOCSPX-", drawn(URLSAFE, 28)),
    "Google access token": glued("ya29.", drawn(URLSAFE, 60)),
    "Azure AD secret": glued(drawn(LETTERS, 3), "8Q~", drawn(ALNUM, 34)),
    "Azure storage key": glued(drawn(ALNUM, 76), "+ASt", drawn(ALNUM, 6), "=="),
    "Azure registry": glued(drawn(ALNUM, 42), "+ACRA", drawn(ALNUM, 5)),
    "Alibaba": glued("LTAI", drawn(ALNUM, 20)),
    "Tencent": glued("AKID", drawn(ALNUM, 32)),
    "DigitalOcean": glued("dop_v1_", drawn(HEX, 64)),
    "DigitalOcean OAuth": glued("doo_v1_", drawn(HEX, 64)),
    "Databricks": glued("dapi", drawn(HEX, 32)),
    "Heroku": glued("HRKU-AA", drawn(URLSAFE, 58)),
    "Fly": glued("fo1_", drawn(URLSAFE, 43)),
    "Scaleway": glued("SCW", drawn(UPPER + DIGITS, 17)),
    "GitHub": glued("ghp_", drawn(ALNUM, 36)),
    "GitHub app": glued("ghs_", drawn(ALNUM, 36)),
    "GitHub fine-grained": glued("github_pat_", drawn(ALNUM + "_", 82)),
    "GitLab": glued("glpat-", drawn(URLSAFE, 20)),
    "GitLab deploy": glued("gldt-", drawn(URLSAFE, 20)),
    "GitLab runner": glued("glrt-", drawn(URLSAFE, 20)),
    "GitLab agent": glued("glagent-", drawn(URLSAFE, 50)),
    "GitLab trigger": glued("glptt-", drawn(HEX, 40)),
    "Bitbucket": glued("ATBB", drawn(ALNUM, 32)),
    "Atlassian": glued("ATATT3", drawn(URLSAFE, 186)),
    "Gitea and Sourcegraph": glued("sgp_", drawn(HEX, 40)),
    "Docker Hub": glued("dckr_pat_", drawn(URLSAFE, 27)),
    "Docker Hub organisation": glued("dckr_oat_", drawn(URLSAFE, 32)),
    "npm": glued("npm_", drawn(ALNUM, 36)),
    "PyPI": glued("pypi-AgEIcHlwaS5vcmc", drawn(URLSAFE, 80)),
    "RubyGems": glued("rubygems_", drawn(HEX, 48)),
    "NuGet": glued("oy2", drawn(LOWER + "234567", 43)),
    "crates.io": glued("cio", drawn(ALNUM, 32)),
    "Artifactory": glued("AKCp", drawn(ALNUM, 69)),
    "Artifactory reference": glued("cmVmd", drawn(ALNUM, 59)),
    "Slack bot": glued("xoxb-", drawn(DIGITS, 12), "-", drawn(ALNUM, 24)),
    "Slack app": glued("xapp-1-", drawn(UPPER, 10), "-", drawn(DIGITS, 12), "-", drawn(HEX, 64)),
    "Slack hook": glued(
        "https://hooks.slack.com/services/T", drawn(UPPER, 8), "/B", drawn(ALNUM, 33)
    ),
    "Discord hook": glued(
        "https://discord.com/api/webhooks/", drawn(DIGITS, 18), "/", drawn(URLSAFE, 68)
    ),
    "Discord bot": glued("M", drawn(ALNUM, 23), ".", drawn(ALNUM, 6), ".", drawn(ALNUM, 38)),
    "Teams hook": glued(
        "https://acme.webhook.office.com/webhookb2/", drawn(HEX, 36), "/IncomingWebhook/",
        drawn(HEX, 32),
    ),
    "Telegram": glued(drawn("123456789", 10), ":AA", drawn(URLSAFE, 33)),
    "Stripe": glued("sk_live_", drawn(ALNUM, 24)),
    "Stripe restricted": glued("rk_live_", drawn(ALNUM, 24)),
    "Stripe hook": glued("whsec_", drawn(ALNUM, 32)),
    "Square": glued("sq0atp-", drawn(URLSAFE, 22)),
    "Shopify": glued("shpat_", drawn(HEX, 32)),
    "SendGrid": glued("SG.", drawn(URLSAFE, 22), ".", drawn(URLSAFE, 43)),
    "Brevo": glued("xkeysib-", drawn(HEX, 64), "-", drawn(ALNUM, 16)),
    "Mailgun": glued("key-", drawn(HEX, 32)),
    "Mailchimp": glued(drawn(HEX, 32), "-us12"),
    "Twilio": glued("SK", drawn(HEX, 32)),
    "Vault": glued("hvs.", drawn(URLSAFE, 90)),
    "Vault batch": glued("hvb.", drawn(URLSAFE, 140)),
    "Vault, old": glued("s.", drawn(ALNUM, 24)),
    "Terraform": glued(drawn(ALNUM, 14), ".atlasv1.", drawn(ALNUM, 67)),
    "Doppler": glued("dp.pt.", drawn(ALNUM, 43)),
    "1Password": glued("ops_eyJ", drawn(ALNUM, 260)),
    "Pulumi": glued("pul-", drawn(HEX, 40)),
    "Grafana": glued("glsa_", drawn(ALNUM, 32), "_", drawn(HEX, 8)),
    "Grafana cloud": glued("glc_", drawn(ALNUM, 60)),
    "New Relic": glued("NRAK-", drawn(UPPER + DIGITS, 27)),
    "New Relic ingest": glued(drawn(HEX, 36), "FFFFNRAL"),
    "Sentry": glued("sntryu_", drawn(HEX, 64)),
    "Dynatrace": glued("dt0c01.", drawn(UPPER + DIGITS, 24), ".", drawn(UPPER + DIGITS, 64)),
    "Honeycomb": glued("hcaik_01", drawn(LOWER + DIGITS, 56)),
    "PostHog": glued("phx_", drawn(ALNUM, 43)),
    "PagerDuty": glued("pdus+_", drawn(ALNUM, 24)),
    "OpenAI": glued("sk-proj-", drawn(URLSAFE, 74)),
    "Anthropic": glued("sk-ant-api03-", drawn(URLSAFE, 93), "AA"),
    "Hugging Face": glued("hf_", drawn(LETTERS, 34)),
    "Replicate": glued("r8_", drawn(ALNUM, 37)),
    "Perplexity": glued("pplx-", drawn(ALNUM, 48)),
    "Groq": glued("gsk_", drawn(ALNUM, 52)),
    "Linear": glued("lin_api_", drawn(ALNUM, 40)),
    "Notion": glued("ntn_", drawn(DIGITS, 11), drawn(ALNUM, 35)),
    "Airtable": glued("pat", drawn(ALNUM, 14), ".", drawn(HEX, 64)),
    "Figma": glued("figd_", drawn(URLSAFE, 40)),
    "Postman": glued("PMAK-", drawn(HEX, 24), "-", drawn(HEX, 34)),
    "PlanetScale": glued("pscale_pw_", drawn(ALNUM, 43)),
    "Supabase": glued("sbp_", drawn(HEX, 40)),
    "SonarQube": glued("squ_", drawn(HEX, 40)),
    "Tailscale": glued("tskey-auth-", drawn(ALNUM, 16), "-", drawn(ALNUM, 32)),
    "OpenShift": glued("sha256~", drawn(URLSAFE, 43)),
    "age": glued("AGE-SECRET-KEY-1", drawn("QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L", 58)),
    "JWT": glued("eyJhbGciOi", drawn(ALNUM, 20), ".eyJzdWIi", drawn(ALNUM, 40), ".", drawn(ALNUM, 43)),
    "bcrypt": glued("$2y$10$", drawn(ALNUM + "./", 53)),
    "sha512crypt": glued("$6$", drawn(ALNUM, 16), "$", drawn(ALNUM + "./", 86)),
    "argon2": glued("$argon2id$v=19$m=65536,t=3,p=4$", drawn(ALNUM, 22), "$", drawn(ALNUM, 43)),
    "private key": pem("PRIVATE KEY"),
    "OpenSSH key": pem("OPENSSH PRIVATE KEY"),
    "PGP key": pem("PGP PRIVATE KEY BLOCK"),
    "PuTTY key": glued(
        "PuTTY-User-Key-File-3: ssh-ed25519\nEncryption: none\nComment: x\nPublic-Lines: 1\n",
        drawn(ALNUM, 64), "\nPrivate-Lines: 1\n", drawn(ALNUM, 44), "\nPrivate-MAC: ", drawn(HEX, 64)
    ),
    "PEM in base64": lambda random: b64(pem("RSA PRIVATE KEY")(random)),
}  # fmt: skip

HOLDERS: dict[str, Holder] = {
    "field": lambda text: custom(anything=text),
    "env": lambda text: container(env=[{"name": "SHOP", "value": text}]),
    "argument": lambda text: container(args=["serve", text]),
    "shell": lambda text: shell(f"exec serve '{text}' --port 80"),
    "probe": lambda text: probe(f"check {text}"),
    "annotation": lambda text: annotated(note=text),
    "JSON": lambda text: custom(values=json.dumps({"list": [text]})),
    "YAML": lambda text: config(f"a:\n- {json.dumps(text)}\n"),
    "message": lambda text: status(message=f"rejected {text} by the server"),
    "description": lambda text: custom(description=f"Once it was {text}, they say."),
    "base64": lambda text: custom(payload=b64(f"use this here: {text}\n")),
    "URL-escaped": lambda text: custom(target=f"https://acme.io/?next={quote(text, safe='')}"),
    "XML": lambda text: config(f"<a><b>{text}</b></a>"),
    "key of a map": lambda text: custom(owners={text: "shop"}),
    "list": lambda text: custom(items=["a", text]),
}
LONG = ("field", "env", "annotation", "JSON", "YAML", "message", "base64")
"""Holders of texts of several lines."""

# Texts in which a credential stands by rules of their own: {} is its place.

FORMS: dict[str, tuple[str, str]] = {
    "URL": ("postgres://shop:{}@db.shop:5432/shop?sslmode=disable", "mixed"),
    "URL, short": ("amqp://shop:{}@mq", "short"),
    "URL without a user": ("redis://:{}@redis:6379/0", "lower case"),
    "URL, token as user": ("https://{}@git.acme.io/shop.git", "mixed"),
    "URL, short token as user": ("https://{}@git.acme.io/shop.git", "short"),
    "URL, token and x-oauth-basic": ("https://{}:x-oauth-basic@git.acme.io/shop.git", "mixed"),
    "no scheme": ("shop:{}@db.acme.io:5432/shop", "mixed"),
    "no scheme, short host": ("shop:{}@mongo/admin", "word and number"),
    "image": ("shop:{}@registry.acme.io/shop/api:1.2.3", "mixed"),
    "image by digest": ("shop:{}@registry.acme.io/api@sha256:" + "ab" * 32, "short"),
    "MySQL DSN": ("shop:{}@tcp(db:3306)/shop", "mixed"),
    "libpq": ("host=db user=shop password={} dbname=shop", "special"),
    "ADO": ("Server=db;Database=shop;User Id=sa;Pwd={};Encrypt=true", "mixed"),
    "Service Bus": ("Endpoint=sb://x.example/;SharedAccessKeyName=a;SharedAccessKey={}", "mixed"),
    "App Insights": ("InstrumentationKey={};IngestionEndpoint=https://x.example/", "hex"),
    "Azure SAS": ("https://x.example/c?sv=2024-01-01&ss=b&sp=r&sig={}%3D&se=2030", "mixed"),
    "signed URL": ("https://x.example/o?X-Amz-Expires=60&X-Amz-Signature={}", "hex"),
    "JDBC": ("jdbc:mysql://db/shop?user=shop&password={}&ssl=1", "special"),
    "Oracle": ("jdbc:oracle:thin:scott/{}@db:1521:x", "mixed"),
    "Sentry DSN": ("https://{}@o1.ingest.acme.io/42", "hex"),
    "netrc": ("machine git.acme.io login shop password {}", "mixed"),
    "netrc in lines": ("machine git.acme.io\n  login shop\n  password {}\n", "short"),
    "pgpass": ("db.acme.io:5432:shop:shop:{}", "mixed"),
    "Cookie": ("Cookie: session={}; theme=dark", "mixed"),
    "Cookie, second": ("Cookie: theme=dark; sid={}", "hex"),
    "Set-Cookie": ("Set-Cookie: JSESSIONID={}; Path=/; HttpOnly", "mixed"),
    "curl cookie": ("curl -b 'sessionid={}' http://shop", "mixed"),
    "curl user": ("curl -u shop:{} http://shop", "word and number"),
    "curl bearer": ("curl -H 'Authorization: Bearer {}' http://shop", "mixed"),
    "curl token": ("curl -H 'Authorization: token {}' http://shop", "lower case"),
    "curl API key": ("curl -H 'X-API-Key: {}' http://shop", "mixed"),
    "curl private token": ('curl --header "PRIVATE-TOKEN: {}" http://shop', "mixed"),
    "redis-cli": ("redis-cli -h redis -a {} ping", "mixed"),
    "redis-cli, word": ("redis-cli -a {} ping", "word and number"),
    "requirepass": ("redis-server --requirepass {} --port 6379", "short"),
    "masterauth": ("redis-server --masterauth {}", "mixed"),
    "requirepass in a file": ("save 60 1\nrequirepass {}\n", "mixed"),
    "mysql": ("mysqladmin ping -u root -p{}", "mixed"),
    "mysql, long": ("mysql -u root --password={} -e 'SELECT 1'", "special"),
    "sshpass": ("sshpass -p {} ssh shop@host", "word and number"),
    "docker login": ("docker login -u shop -p {} registry.acme.io", "mixed"),
    "helm login": ("helm registry login -u shop --password {} registry.acme.io", "mixed"),
    "ldapsearch": ("ldapsearch -x -D cn=admin -w {} -b dc=acme", "mixed"),
    "psql": ("PGPASSWORD={} psql -h db -U shop", "word and number"),
    "mc": ("mc alias set shop http://minio:9000 shop {}", "mixed"),
    "openssl": ("openssl enc -aes-256-cbc -pass pass:{} -in x", "mixed"),
    "SQL": ("CREATE USER shop IDENTIFIED BY '{}';", "mixed"),
    "SQL, PostgreSQL": ("ALTER ROLE shop WITH LOGIN PASSWORD '{}';", "mixed"),
    "JAAS": ('x.PlainLoginModule required username="shop" password="{}";', "mixed"),
    "htpasswd": ("shop:$apr1$abcdefgh${}aB", "mixed"),
    "Basic": ("Authorization: Basic {}", "basic"),
    "npmrc": ("//registry.acme.io/:_authToken={}", "mixed"),
    "pip.conf": ("[global]\nindex-url = https://shop:{}@pypi.acme.io/simple\n", "mixed"),
    "Maven": ("<server><id>x</id><username>s</username><password>{}</password></server>", "mixed"),
    "NuGet": ('<add key="ClearTextPassword" value="{}" />', "mixed"),
    "Tomcat": ('<Resource name="jdbc/shop" username="shop" password="{}"/>', "mixed"),
    "HCL": ('provider "x" {\n  secret_key = "{}"\n}\n', "mixed"),
    "WireGuard": ("[Interface]\nPrivateKey = {}\nAddress = 10.0.0.1/24\n", "wireguard"),
    "RabbitMQ": ("default_user = shop\ndefault_pass = {}\n", "mixed"),
    "Dockerfile": ("FROM x\nENV DB_PASSWORD {}\n", "mixed"),
    "git extraheader": ("git -c http.extraheader='AUTHORIZATION: bearer {}' fetch", "mixed"),
    "SNMP": ("rocommunity {} 10.0.0.0/8", "mixed"),
}  # fmt: skip
MORE_SHAPES: dict[str, Make] = {
    **SHAPES,
    "basic": lambda random: b64("shop:" + SHAPES["mixed"](random)),
    "wireguard": glued(drawn(ALNUM + "+/", 43), "="),
}
FORM_HOLDERS = ["env", "shell", "annotation", "field", "message", "JSON", "base64", "probe", "YAML"]
ARGUMENTS: dict[str, tuple[list[str], str]] = {
    "-p": (["login", "-u", "shop", "-p", "{}"], "mixed"),
    "-p, short": (["sshpass", "-p", "{}", "ssh"], "word and number"),
    "-a": (["redis-cli", "-a", "{}", "ping"], "short"),
    "-p attached": (["mysqladmin", "ping", "-p{}"], "mixed"),
    "--requirepass": (["redis-server", "--requirepass", "{}"], "word and number"),
    "--masterauth": (["redis-server", "--masterauth", "{}"], "mixed"),
    "-w": (["ldapsearch", "-x", "-w", "{}"], "mixed"),
    "--user": (["curl", "--user", "shop:{}", "http://shop"], "mixed"),
    "-u": (["curl", "-u", "shop:{}", "http://shop"], "short"),
    "-H": (["curl", "-H", "X-Api-Key: {}", "http://shop"], "mixed"),
    "--set-string": (["upgrade", "--set-string", "auth.rootPassword={}"], "word and number"),
    "--env": (["run", "--env", "API_TOKEN={}"], "mixed"),
    "-e": (["run", "-e", "MYSQL_ROOT_PASSWORD={}"], "word and number"),
    "--from-literal": (["create", "--from-literal=password={}"], "word and number"),
    "--set=": (["upgrade", "--set=db.password={}"], "mixed"),
    "--config=": (["--config={\"password\":\"{}\"}"], "mixed"),
    "--dsn=": (["--dsn=shop:{}@tcp(db:3306)/shop"], "mixed"),
    "--connection=": (["--connection=postgres://shop:{}@db/shop"], "mixed"),
}  # fmt: skip
ARGUMENT_PLACES: dict[str, Callable[[list[str]], dict[str, Any]]] = {
    "args": lambda arguments: container(args=arguments),
    "command": lambda arguments: container(command=arguments),
    "probe": lambda arguments: container(startupProbe={"exec": {"command": arguments}}),
    "field": lambda arguments: custom(shop={"extraArgs": arguments}),
}
KEYED: dict[str, Callable[[str], dict[str, Any]]] = {
    "tokens": lambda v: custom(tokens={v: {"user": "ci"}}),
    "API keys": lambda v: custom(apiKeys={v: "ci"}),
    "passwords": lambda v: custom(auth={"passwords": {v: "admin"}}),
    "URL as key": lambda v: custom(mirrors={f"https://shop:{v}@registry.acme.io": {"x": 1}}),
    "pair as key": lambda v: custom(flags={f"password={v}": True}),
    "key in JSON": lambda v: custom(values=json.dumps({"tokens": {v: 1}})),
    "header as key": lambda v: custom(headers={f"Bearer {v}": "x"}),
    "secret keys": lambda v: custom(secretKeys={v: "2030-01-01"}),
}


def _picked(kind: str, places: Sequence[str], count: int) -> list[str]:
    """Some places for a kind, the same ones in every run."""
    return Random(kind).sample(sorted(places), min(count, len(places)))


def planted() -> Iterator[Case]:
    """Every planted secret."""
    for number, name in enumerate(NAMES):
        words = tuple(name.split())
        for place in _picked(name, list(PLACES), 5):
            shape = sorted(SHAPES)[(number + len(place)) % len(SHAPES)]
            value = SHAPES[shape](Random(f"{name}/{place}"))
            yield Case(f"{name}, {shape}", place, value, PLACES[place](words, value))
    for name in CODES:
        words = tuple(name.split())
        for place in _picked(name, list(NUMBER_PLACES), 3):
            value = NUMBERS["digits"](Random(f"{name}/{place}"))
            obj = NUMBER_PLACES[place](words, int(value))
            yield Case(f"{name}, number", place, value, obj)
    for kind, make in KNOWN.items():
        lines = "\n" in make(Random(kind))
        for place in _picked(kind, [each for each in HOLDERS if not lines or each in LONG], 2):
            text = make(Random(f"{kind}/{place}"))
            yield Case(kind, place, _core(text), HOLDERS[place](text))
    for kind, (form, shape) in FORMS.items():
        for place in _picked(kind, FORM_HOLDERS, 2):
            value = MORE_SHAPES[shape](Random(f"{kind}/{place}"))
            yield Case(kind, place, value, HOLDERS[place](form.replace("{}", value)))
    for kind, (arguments, shape) in ARGUMENTS.items():
        for place in _picked(kind, list(ARGUMENT_PLACES), 2):
            value = SHAPES[shape](Random(f"{kind}/{place}"))
            filled = [argument.replace("{}", value) for argument in arguments]
            yield Case(kind, place, value, ARGUMENT_PLACES[place](filled))
    for kind, place_of in KEYED.items():
        value = SHAPES["mixed"](Random(kind))
        yield Case("key of a map", kind, value, place_of(value))


def _core(text: str) -> str:
    """The part of a long or many-lined credential that must be gone."""
    if "Private-Lines" in text:
        return text.splitlines()[6]
    if text.startswith("https://"):
        return text.rsplit("/", 1)[-1]
    return text.splitlines()[2] if "\n" in text else text[-60:]


# Harmless values.

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
    "access key": ["AWS_ACCESS_KEY_ID", "aws_access_key_id", "minio/root/accessKey"],
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
    "script": lambda random: 'if [ -z "$TOKEN" ]; then PASSWORD=$(cat /run/pw); fi; export PASSWORD',
    "script, reading": lambda random: "TOKEN=$(curl -s http://x/token | jq -r .token) exec serve",
    "heredoc": lambda random: "password: ${PASSWORD:?}\ntoken: $(cat /run/token)\n",
    "flags": lambda random: "--token-file=/run/token --secret-name=Shop-1 --password-policy Strong1",
    "prose": lambda random: "Set a password, then use the bearer token. The API key is optional.",
    "prose, colon": lambda random: "Secret: where the password is. Token: what is sent.",
    "reason": lambda random: 'secret "shop-password" not found: key "token" is missing',
    "prose, pair": lambda random: "Set auth.enabled=true and token.ttl=24h; password=<your password>.",
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
    for kind, table in (("word", WORDS), ("name of a secret", NAMES_OF_SECRETS)):
        for name, values in table.items():
            for value in values:
                place = _picked(f"{name}/{value}", HARMLESS_PLACES, 1)[0]
                yield _harmless(f"{kind}, {name}: {value}", place, name, value)
    for number, value in enumerate(PLACEHOLDERS):
        for place in _picked(value, HARMLESS_PLACES, 2):
            name = PLACEHOLDER_NAMES[(number + len(place)) % len(PLACEHOLDER_NAMES)]
            yield _harmless(f"placeholder, {name}: {value}", place, name, value)
    for name, values in LOOKALIKES.items():
        for value in values:
            place = _picked(f"{name}/{value}", LOOKALIKE_PLACES, 1)[0]
            yield _harmless(f"lookalike, {name}: {value}", place, name, value)
    for name, setting in SETTINGS.items():
        place = _picked(name, SETTING_PLACES, 1)[0]
        obj = NUMBER_PLACES[place](tuple(name.split()), setting)
        yield Case(f"setting, {name}: {setting}", place, "", obj)
    for kind, make in PLAIN.items():
        place = _picked(kind, PLAIN_HOLDERS, 1)[0]
        yield Case(kind, place, "", HOLDERS[place](make(Random(kind))))
    for kind, obj in UNTOUCHED.items():
        yield Case(kind, "object", "", obj)


def _harmless(kind: str, place: str, name: str, value: str) -> Case:
    return Case(kind, place, "", PLACES[place](tuple(name.split()), value))

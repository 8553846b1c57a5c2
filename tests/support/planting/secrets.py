"""Every planted secret."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from random import Random
from typing import Any

from support.planting.cases import Case, picked
from support.planting.known import KNOWN
from support.planting.places import (
    HOLDERS,
    LONG,
    NUMBER_PLACES,
    PLACES,
    container,
    custom,
)
from support.planting.shapes import ALNUM, NUMBERS, SHAPES, Make, b64, drawn, glued

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
    "NuGet.config": ('<add key="ClearTextPassword" value="{}" />', "mixed"),
    "Tomcat": ('<Resource name="jdbc/shop" username="shop" password="{}"/>', "mixed"),
    "HCL": ('provider "x" {\n  secret_key = "{}"\n}\n', "mixed"),
    "WireGuard": ("[Interface]\nPrivateKey = {}\nAddress = 10.0.0.1/24\n", "wireguard"),
    "RabbitMQ": ("default_user = shop\ndefault_pass = {}\n", "mixed"),
    "Dockerfile": ("FROM x\nENV DB_PASSWORD {}\n", "mixed"),
    "git extraheader": ("git -c http.extraheader='AUTHORIZATION: bearer {}' fetch", "mixed"),
    "XML, CDATA": ("<s><password><![CDATA[{}]]></password></s>", "mixed"),
    "keytool": ("keytool -list -storepass {} -keystore x", "mixed"),
    "nginx": ('proxy_set_header X-Api-Key "{}";', "mixed"),
    "TOML, list": ('[shop]\ntokens = ["{}"]\n', "mixed"),
    "YAML, list": ("passwords:\n  - {}\n", "word and number"),
    "said of a token": ('invalid token "{}"', "mixed"),
    "said of a password": ("The password is {}.", "mixed"),
    "kubeadm": ("kubeadm join 10.0.0.1:6443 --token {} --v=2", "mixed"),
    "mysql, quoted": ('mysqladmin ping -uroot -p"{}"', "mixed"),
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


def planted() -> Iterator[Case]:
    """Every planted secret."""
    yield from _under_names()
    yield from _numbers()
    yield from _known()
    yield from _in_forms()
    yield from _in_arguments()
    yield from _as_keys()


def _under_names() -> Iterator[Case]:
    for number, name in enumerate(NAMES):
        words = tuple(name.split())
        for place in picked(name, PLACES, 5):
            shape = sorted(SHAPES)[(number + len(place)) % len(SHAPES)]
            value = SHAPES[shape](Random(f"{name}/{place}"))
            yield Case(f"{name}, {shape}", place, value, PLACES[place](words, value))


def _numbers() -> Iterator[Case]:
    for name in CODES:
        for place in picked(name, NUMBER_PLACES, 3):
            value = NUMBERS["digits"](Random(f"{name}/{place}"))
            obj = NUMBER_PLACES[place](tuple(name.split()), int(value))
            yield Case(f"{name}, number", place, value, obj)


def _known() -> Iterator[Case]:
    for kind, make in KNOWN.items():
        lines = "\n" in make(Random(kind))
        for place in picked(kind, LONG if lines else HOLDERS, 2):
            text = make(Random(f"{kind}/{place}"))
            yield Case(kind, place, _core(text), HOLDERS[place](text))


def _in_forms() -> Iterator[Case]:
    for kind, (form, shape) in FORMS.items():
        for place in picked(kind, FORM_HOLDERS, 2):
            value = MORE_SHAPES[shape](Random(f"{kind}/{place}"))
            yield Case(kind, place, value, HOLDERS[place](form.replace("{}", value)))


def _in_arguments() -> Iterator[Case]:
    for kind, (arguments, shape) in ARGUMENTS.items():
        for place in picked(kind, ARGUMENT_PLACES, 2):
            value = SHAPES[shape](Random(f"{kind}/{place}"))
            filled = [argument.replace("{}", value) for argument in arguments]
            yield Case(kind, place, value, ARGUMENT_PLACES[place](filled))


def _as_keys() -> Iterator[Case]:
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

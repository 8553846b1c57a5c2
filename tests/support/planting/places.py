"""Where a value stands: objects made around it."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from typing import Any
from urllib.parse import quote

from support.planting.shapes import b64

Place = Callable[[tuple[str, ...], str], dict[str, Any]]
"""An object in which a value stands under a name, given by its words."""
Holder = Callable[[str], dict[str, Any]]
"""An object in which a text stands where its name says nothing."""


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

"""Subresources, field selectors, printer columns, and how versions are converted."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from k8s_datamodel.api import Severity, same_json
from k8s_datamodel_plugins.grading.definition.crd_reading import Definition, Version
from k8s_datamodel_plugins.grading.in_words import listed
from k8s_datamodel_plugins.grading.schema.found import Found


def serving_changes(old: Version, new: Version) -> Iterator[Found]:
    """What differs in how one version is served, apart from its schema."""
    yield from _status(old, new)
    yield from _scale(old, new)
    yield from _selectable(old, new)
    if not same_json(old.columns, new.columns):
        said = "kubectl get shows other columns."
        yield Found("printer-column-changed", said, None, _titles(old), _titles(new))
    yield from rest_changes(f"spec.versions[name={new.name}].", old.rest, new.rest)


def rest_changes(where: str, old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[Found]:
    """What differs in parts that no rule knows."""
    for name in {**old, **new}:
        before, after = old.get(name), new.get(name)
        if not same_json(before, after):
            said = f"No rule knows what this change of {where}{name} means."
            yield Found("unclassified", said, None, before, after)


def _status(old: Version, new: Version) -> Iterator[Found]:
    if old.status and not new.status:
        said = "/status is gone: controllers get 404, and users may write the status."
        yield Found("status-subresource-removed", said, None, True, None)
    if new.status and not old.status:
        said = "Writes of the object no longer change its status; only writes of /status do."
        yield Found("status-subresource-added", said, None, None, True)


def _scale(old: Version, new: Version) -> Iterator[Found]:
    if same_json(old.scale, new.scale):
        return
    if new.scale is None:
        said = "/scale is gone: kubectl scale and autoscalers fail. Autoscalers are not looked at."
        yield Found("scale-removed", said, None, old.scale, None)
    elif old.scale is None:
        yield Found("scale-added", "kubectl scale and autoscalers work.", None, None, new.scale)
    else:
        said = "/scale reads or writes other fields. Autoscalers are not looked at."
        yield Found("scale-path-changed", said, None, old.scale, new.scale)


def _selectable(old: Version, new: Version) -> Iterator[Found]:
    gone = [each for each in old.selectable if each not in new.selectable]
    come = [each for each in new.selectable if each not in old.selectable]
    if gone:
        said = f"Field selectors by {listed(gone)} are refused with 400."
        yield Found("selectable-field-removed", said, None, old.selectable, new.selectable)
    if come:
        said = f"Field selectors may name {listed(come)}."
        yield Found("selectable-field-added", said, None, old.selectable, new.selectable)


def _titles(version: Version) -> list[Any]:
    return [each.get("name") if isinstance(each, Mapping) else each for each in version.columns]


def conversion_changes(old: Definition, new: Definition) -> Iterator[Found]:
    """What differs in how objects are converted between versions."""
    if old.strategy != new.strategy:
        yield _strategy(old, new)
    if new.strategy != "Webhook":
        return
    if new.client is None:
        if old.client is not None or old.strategy != "Webhook":
            said = "The strategy is Webhook, but nothing says how the webhook is called."
            yield Found("conversion-client-config-missing", said, None, old.client, None)
    elif old.strategy == "Webhook" and not same_json(_called(old.client), _called(new.client)):
        said = "The conversion webhook is called elsewhere."
        yield Found(
            "conversion-webhook-changed", said, None, _called(old.client), _called(new.client)
        )
    elif old.strategy == "Webhook" and not same_json(old.client, new.client):
        said = "The conversion webhook is trusted by another certificate authority."
        yield Found("conversion-ca-changed", said)
    if old.strategy == "Webhook" and old.reviews != new.reviews:
        yield _reviews(old.reviews, new.reviews)


def _reviews(old: list[str], new: list[str]) -> Found:
    level: Severity | None = None
    if not {"v1", "v1beta1"} & set(new):
        level = "blocked"
        said = "The API server refuses a webhook that understands neither v1 nor v1beta1."
    elif "v1" in old and "v1" not in new:
        said = "The webhook no longer understands requests in v1."
    else:
        level = "cosmetic"
        said = "The webhook understands other versions of requests."
    return Found("conversion-review-versions", said, None, old, new, level)


def _strategy(old: Definition, new: Definition) -> Found:
    if new.strategy == "Webhook":
        said = "A webhook converts objects: while it does not answer, no write of them works."
    else:
        said = "Objects are no longer converted: only apiVersion differs between versions."
    return Found("conversion-strategy-changed", said, None, old.strategy, new.strategy)


def _called(client: Any) -> Any:
    """Where a webhook is; the certificates that it is trusted by are often filled in later."""
    if not isinstance(client, Mapping):
        return client
    return {key: value for key, value in client.items() if key != "caBundle"}

"""Reduce each object to the fact that the rules need; the targets of the type's reads."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Set
from typing import Any

from k8s_datamodel.api import KubernetesObject, Trace
from k8s_datamodel_plugins.csvs import is_copy
from k8s_datamodel_plugins.definitions import conversion_service, defined, unserved, webhook_service
from k8s_datamodel_plugins.object_parts import (
    annotations_of,
    labels_of,
    mapping,
    metadata_of,
    sequence,
    text,
    texts,
)
from k8s_datamodel_plugins.operators.facts import marks
from k8s_datamodel_plugins.operators.facts.fact_types import (
    Binding,
    Crd,
    Csv,
    HookRule,
    Lease,
    Marks,
    Name,
    Role,
    Rule,
    Selector,
    Service,
    Webhook,
    Write,
    Written,
)
from k8s_datamodel_plugins.operators.facts.told_words import sayings_of_crd
from k8s_datamodel_plugins.operators.facts.words import called, words_of

_ACTED_ON = (
    ("", {"pods", "pods/eviction"}),
    ("apps", {"deployments", "statefulsets", "daemonsets"}),
    ("batch", {"jobs"}),
)
"""Built-in kinds that a controller changes; webhook servers and readers do not."""

_MOST_WRITERS = 200
"""Of more programs that wrote the objects of a kind, those that wrote the most tell enough."""

_NODE = "node"
_NODE_FIELD = re.compile(r"(owner|current)?node(name|id)?$")


def name_of(item: KubernetesObject) -> Name:
    """Namespace and name of an object."""
    meta = metadata_of(item)
    return Name(text(meta.get("namespace")) or "", text(meta.get("name")) or "")


def text_pairs(value: Any) -> Marks:
    """The pairs of a mapping whose values are texts."""
    return frozenset((k, v) for k, v in mapping(value).items() if isinstance(v, str))


def marks_of(item: KubernetesObject) -> Marks:
    """Labels that may tie the objects of a product together, and the Helm release."""
    found = {pair for pair in text_pairs(labels_of(item)) if pair[0] not in marks.COMMON_KEYS}
    release = text(annotations_of(item).get(marks.HELM_RELEASE))
    if release:
        found.add((marks.HELM_RELEASE, re.sub(r"-crds?$", "", release)))
    return frozenset(found)


def extension_of(labels: Mapping[str, Any]) -> str:
    """Name of the ClusterExtension of OLM v1 that installed an object; empty for none."""
    kind = labels.get(marks.OLM_V1_OWNER_KIND, marks.OLM_V1_EXTENSION)
    name = text(labels.get(marks.OLM_V1_OWNER_NAME))
    return name or "" if kind == marks.OLM_V1_EXTENSION else ""


def _names_product(key: str, group: str) -> bool:
    """Whether a mark of a CRD names its product, not a team or an environment.

    Its key is well known, or in the domain of the CRD's group.
    """
    domain = key.rpartition("/")[0]
    if not domain or key in marks.PRODUCT_KEYS:
        return key in marks.PRODUCT_KEYS
    return f".{group}".endswith(f".{domain}") or f".{domain}".endswith(f".{group}")


def crd(item: KubernetesObject) -> Crd | None:
    """The fact of a CRD, v1 or v1beta1; None without a group."""
    spec = mapping(item.get("spec"))
    names = mapping(spec.get("names"))
    group, plural = text(spec.get("group")), text(names.get("plural"))
    if not group or not plural:
        return None
    converter = conversion_service(item)
    return Crd(
        name=f"{plural}.{group}",
        group=group,
        plural=plural,
        kind=text(names.get("kind")) or "",
        marks=frozenset(mark for mark in marks_of(item) if _names_product(mark[0], group)),
        package=extension_of(labels_of(item)),
        webhook=Name(*converter) if converter else None,
        node_bound=_node_bound(spec),
        told=sayings_of_crd(item, f"{plural}.{group}"),
        instances=None if unserved(item) else defined(item),
        plain=_plain(spec),
    )


def binding(item: KubernetesObject) -> Binding | None:
    """The fact of a binding; None if it binds neither service accounts nor groups of programs."""
    where = name_of(item).namespace
    reference = mapping(item.get("roleRef"))
    subjects = [mapping(subject) for subject in sequence(item.get("subjects"))]
    accounts = tuple(dict.fromkeys(a for s in subjects if (a := _account(s, where))))
    name = text(reference.get("name"))
    groups = any(map(_is_own_group, subjects))
    if not (accounts or groups) or not name:
        return None
    kind = text(reference.get("kind")) or ""
    return Binding(where, kind, name, accounts, name_of(item).name, groups)


def _is_own_group(subject: Mapping[str, Any]) -> bool:
    """Whether a subject is a group of programs: one of their own, or that of the nodes."""
    name = text(subject.get("name")) or ""
    own = bool(name) and not name.startswith(marks.SYSTEM)
    return subject.get("kind") == "Group" and (own or name == marks.NODES)


def tokenless(item: KubernetesObject) -> Name | None:
    """The name of a service account that mounts no token; None for the usual kind."""
    return name_of(item) if item.get("automountServiceAccountToken") is False else None


def service(item: KubernetesObject) -> Service:
    """The fact of a service; only one that selects pods has a selector."""
    return Service(name_of(item), text_pairs(mapping(item.get("spec")).get("selector")))


def webhooks(item: KubernetesObject) -> tuple[Webhook, ...] | None:
    """The webhooks of a configuration that a service answers; None without any."""
    found = tuple(hook for each in sequence(item.get("webhooks")) if (hook := _webhook(each)))
    return found or None


def lease(item: KubernetesObject) -> Lease | None:
    """The fact of a lease; None if nobody holds it."""
    holder = text(mapping(item.get("spec")).get("holderIdentity"))
    return Lease(name_of(item), holder) if holder else None


def written(
    crd: Crd, traces: Iterable[Trace] | None, kinds: Mapping[tuple[str, str], str]
) -> Written:
    """Who wrote the objects of a CRD; no traces where these could not be read.

    ``kinds`` are the names of CRDs by group and kind.
    """
    if traces is None:
        return Written(crd.name, None)
    objects = 0
    names: dict[tuple[str, str], str] = {}
    writes: Counter[tuple[str, str]] = Counter()
    owners = set()
    for trace in traces:
        objects += trace.objects
        programs = {(called(manager), part): manager for manager, part in trace.writers}
        for program, manager in programs.items():
            names.setdefault(program, manager)
            writes[program] += trace.objects
        owners |= {kinds.get((version.rpartition("/")[0], kind)) for version, kind in trace.owners}
    return Written(
        crd.name,
        objects,
        tuple(
            Write(names[program, part], part, number)
            for (program, part), number in sorted(writes.most_common(_MOST_WRITERS))
        ),
        tuple(sorted(filter(None, owners - {crd.name}))),
    )


def csv(item: KubernetesObject) -> Csv | None:
    """The fact of a ClusterServiceVersion; None for a copy."""
    if is_copy(item):
        return None
    spec = mapping(item.get("spec"))
    install = mapping(mapping(spec.get("install")).get("spec"))
    deployments = (mapping(each) for each in sequence(install.get("deployments")))
    crds = (
        mapping(each)
        for each in sequence(mapping(spec.get("customresourcedefinitions")).get("owned"))
    )
    return Csv(
        name=name_of(item),
        version=text(spec.get("version")),
        deployments=tuple(name for d in deployments if (name := text(d.get("name")))),
        owned=tuple(dict.fromkeys(name for c in crds if (name := text(c.get("name"))))),
    )


def role(item: KubernetesObject) -> Role:
    """The fact of a Role or ClusterRole."""
    rules = [mapping(each) for each in sequence(item.get("rules"))]
    selectors = sequence(mapping(item.get("aggregationRule")).get("clusterRoleSelectors"))
    return Role(
        kind=text(item.get("kind")) or "",
        name=name_of(item),
        rules=tuple(rule for each in rules if (rule := _rule(each))),
        labels=text_pairs(labels_of(item)),
        aggregates=tuple(_selector(mapping(each)) for each in selectors),
        leases=any(_writes(each, "coordination.k8s.io", {"leases"}) for each in rules),
        passes_on=any(_writes(each, marks.RBAC_GROUP, {"roles", "clusterroles"}) for each in rules),
        acts=any(_writes(each, group, kinds) for each in rules for group, kinds in _ACTED_ON),
    )


def _rule(rule: Mapping[str, Any]) -> Rule | None:
    """The fact of a rule; None for built-in kinds and for single objects.

    Groups of built-in kinds have no dot. A rule with ``resourceNames`` covers single objects, which
    is not enough to manage a kind.
    """
    groups = tuple(group for group in texts(rule.get("apiGroups")) if "." in group or group == "*")
    resources = tuple(texts(rule.get("resources")))
    if not groups or not resources or rule.get("resourceNames"):
        return None
    return Rule(groups, resources, frozenset(texts(rule.get("verbs"))))


def _writes(rule: Mapping[str, Any], group: str, resources: Set[str]) -> bool:
    """Whether a rule names the resources and allows writing them."""
    return (
        group in texts(rule.get("apiGroups"))
        and bool(resources & set(texts(rule.get("resources"))))
        and bool({"update", "create", "patch", "*"} & set(texts(rule.get("verbs"))))
    )


def _selector(selector: Mapping[str, Any]) -> Selector:
    expressions = (mapping(each) for each in sequence(selector.get("matchExpressions")))
    return Selector(
        tuple(sorted(text_pairs(selector.get("matchLabels")))),
        tuple(
            (str(e.get("key")), str(e.get("operator")), tuple(texts(e.get("values"))))
            for e in expressions
        ),
    )


def _account(subject: Mapping[str, Any], where: str) -> Name | None:
    """Service accounts appear as such or as the user name that they authenticate with."""
    name = text(subject.get("name")) or ""
    if subject.get("kind") == "ServiceAccount" and name:
        return Name(text(subject.get("namespace")) or where, name)
    parts = name.split(":")
    if subject.get("kind") == "User" and parts[:2] == ["system", "serviceaccount"]:
        return Name(parts[2], parts[3]) if len(parts) == 4 else None  # noqa: PLR2004
    return None


def _webhook(value: Any) -> Webhook | None:
    hook = mapping(value)
    where = webhook_service(hook.get("clientConfig"))
    rules = [mapping(each) for each in sequence(hook.get("rules"))]
    groups = {g for rule in rules for g in texts(rule.get("apiGroups")) if "." in g}
    resources = {r for rule in rules for r in texts(rule.get("resources"))}
    if not where:
        return None
    named = tuple(
        HookRule(
            tuple(texts(rule.get("apiGroups"))),
            tuple(texts(rule.get("resources"))),
            tuple(texts(rule.get("apiVersions"))),
            tuple(texts(rule.get("operations"))),
        )
        for rule in rules
        if any("." in group for group in texts(rule.get("apiGroups")))
    )
    return Webhook(Name(*where), tuple(sorted(groups)), tuple(sorted(resources)), named)


def _plain(spec: Mapping[str, Any]) -> bool:
    """Whether each version has a schema, and none a status."""
    versions = [mapping(each) for each in sequence(spec.get("versions"))]
    schemas = (mapping(mapping(each.get("schema")).get("openAPIV3Schema")) for each in versions)
    fields = [mapping(schema.get("properties")) for schema in schemas]
    parts = any("status" in mapping(each.get("subresources")) for each in versions)
    return bool(fields) and all(each and "status" not in each for each in fields) and not parts


def _node_bound(spec: Mapping[str, Any]) -> bool:
    kind = words_of(text(mapping(spec.get("names")).get("kind")) or "")
    if _NODE in (*kind[:1], *kind[-1:]):
        return True
    versions = (mapping(each) for each in sequence(spec.get("versions")))
    schemas = [mapping(version.get("schema")) for version in versions]
    return any(
        _NODE_FIELD.match(field.lower())
        for schema in (*schemas, mapping(spec.get("validation")))
        for field in _fields(mapping(schema.get("openAPIV3Schema")))
    )


def _fields(schema: Mapping[str, Any]) -> Iterator[str]:
    """Names of plain text fields directly under ``spec`` and ``status``."""
    parts = mapping(schema.get("properties"))
    for part in ("spec", "status"):
        for name, field in mapping(mapping(parts.get(part)).get("properties")).items():
            if mapping(field).get("type") == "string":
                yield str(name)

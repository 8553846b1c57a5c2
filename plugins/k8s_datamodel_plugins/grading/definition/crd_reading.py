"""Read a CRD of either API version into one form; what belongs to no field of it is kept apart.

Source: CustomResourceDefinitionSpec of apiextensions.k8s.io/v1 and v1beta1 in the API references.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from k8s_datamodel.api import KubernetesObject
from k8s_datamodel_plugins.definitions import BETA
from k8s_datamodel_plugins.grading.definition.crd_shapes import (
    BETA_CONVERSION,
    BETA_SPEC,
    CONVERSION,
    NAMES,
    OBJECT,
    SCHEMA,
    SPEC,
    SUBRESOURCES,
    VERSION,
    WEBHOOK,
    others,
)
from k8s_datamodel_plugins.object_parts import mapping, metadata_of, sequence, text, texts


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """A version of the API that a CRD defines.

    Attributes:
        schema: of its objects, which may be anything; None without one.
        scale: its scale subresource; None without one.
        columns: what ``kubectl get`` shows.
        selectable: fields that field selectors may name.
        rest: what no rule knows, by its path in the version.
    """

    name: str
    served: bool
    storage: bool
    deprecated: bool
    warning: str | None
    schema: Any
    status: bool
    scale: Mapping[str, Any] | None
    columns: list[Any]
    selectable: list[Any]
    rest: Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Definition:
    """A CRD.

    Attributes:
        beta: whether it is written in v1beta1.
        names: its names, with those that the API server fills in.
        stored: versions in which objects may be stored by its status; empty without a status.
        strategy: how its versions are converted.
        client: how its conversion webhook is called; None without one.
        reviews: versions of the conversion's requests that its webhook understands.
        prunes: whether the API server drops unknown fields.
        labels: labels and annotations, and what else the metadata has that its author writes.
        rest: what no rule knows, by its path.
    """

    name: str
    beta: bool
    group: Any
    scope: Any
    names: Mapping[str, Any]
    versions: Mapping[str, Version]
    stored: frozenset[str]
    strategy: str
    client: Any
    reviews: list[str]
    prunes: bool
    labels: Mapping[str, Any]
    rest: Mapping[str, Any]

    @property
    def storage(self) -> str | None:
        """The version in which new objects are stored."""
        return next((each.name for each in self.versions.values() if each.storage), None)


def definition(crd: KubernetesObject) -> Definition:
    """Read a CRD, which may be anything."""
    crd = mapping(crd)
    spec = mapping(crd.get("spec"))
    beta = crd.get("apiVersion") == BETA
    conversion = mapping(spec.get("conversion"))
    told = conversion if beta else mapping(conversion.get("webhook"))
    client = told.get("webhookClientConfig" if beta else "clientConfig")
    rest = {
        **others("", crd, OBJECT),
        **others("spec", crd.get("spec"), BETA_SPEC if beta else SPEC),
        **others("spec.names", spec.get("names"), NAMES),
        **others(
            "spec.conversion", spec.get("conversion"), BETA_CONVERSION if beta else CONVERSION
        ),
        **({} if beta else others("spec.conversion.webhook", conversion.get("webhook"), WEBHOOK)),
    }
    versions = _versions(spec, beta, rest)
    return Definition(
        name=str(metadata_of(crd).get("name") or ""),
        beta=beta,
        group=spec.get("group"),
        scope=spec.get("scope") or ("Namespaced" if beta else None),
        names=_names(mapping(spec.get("names"))),
        versions=versions,
        stored=frozenset(texts(mapping(crd.get("status")).get("storedVersions"))),
        strategy=text(conversion.get("strategy")) or "None",
        client=client if isinstance(client, Mapping) and client else None,
        reviews=texts(told.get("conversionReviewVersions")) or ["v1beta1"] * beta,
        prunes=_given(spec, "preserveUnknownFields", {"preserveUnknownFields": beta}) is not True,
        labels=_labels(metadata_of(crd)),
        rest=rest,
    )


def _names(names: Mapping[str, Any]) -> dict[str, Any]:
    kind = names.get("kind")
    return {
        "plural": names.get("plural"),
        "singular": names.get("singular") or (kind.lower() if isinstance(kind, str) else None),
        "kind": kind,
        "listKind": names.get("listKind") or (f"{kind}List" if kind else None),
        "shortNames": _set(names.get("shortNames")),
        "categories": _set(names.get("categories")),
    }


def _set(value: Any) -> list[str]:
    return sorted(set(texts(value)))


def _labels(metadata: Mapping[str, Any]) -> dict[str, Any]:
    found = {key: metadata.get(key) for key in ("labels", "annotations")}
    return {key: value for key, value in found.items() if value}


def _versions(spec: Mapping[str, Any], beta: bool, rest: dict[str, Any]) -> dict[str, Version]:
    """The versions by name. What is no version is put into ``rest``."""
    found: dict[str, Version] = {}
    items = sequence(spec.get("versions"))
    if not items and text(spec.get("version")):
        items = [{"name": spec["version"], "served": True, "storage": True}]
    for position, item in enumerate(items):
        name = text(mapping(item).get("name"))
        if name is None or name in found:
            rest[f"spec.versions[{position}]"] = item
        else:
            found[name] = _version(name, mapping(item), spec if beta else {})
    return found


def _version(name: str, item: Mapping[str, Any], shared: Mapping[str, Any]) -> Version:
    """Read a version; v1beta1 may say once for all versions what they have in common."""
    outer = item.get("schema") if item.get("schema") is not None else shared.get("validation")
    common = _given(item, "subresources", shared)
    subresources = mapping(common)
    scale = subresources.get("scale")
    rest = {
        **others("", item, VERSION),
        **others("schema", outer, SCHEMA),
        **others("subresources", common, SUBRESOURCES),
    }
    return Version(
        name=name,
        served=item.get("served", True) is True,
        storage=item.get("storage") is True,
        deprecated=item.get("deprecated") is True,
        warning=text(item.get("deprecationWarning")),
        schema=mapping(outer).get("openAPIV3Schema"),
        status=subresources.get("status") is not None,
        scale=mapping(scale) if scale is not None else None,
        columns=_list(_given(item, "additionalPrinterColumns", shared), _column),
        selectable=_list(item.get("selectableFields"), _selectable),
        rest=rest,
    )


def _given(item: Mapping[str, Any], name: str, shared: Mapping[str, Any]) -> Any:
    return item[name] if item.get(name) is not None else shared.get(name)


def _list(value: Any, read: Callable[[Any], Any]) -> list[Any]:
    if isinstance(value, list):
        return [read(each) for each in value]
    return [] if value is None else [value]


def _selectable(value: Any) -> Any:
    """The path of a field that selectors may name; what is more than that as it is."""
    alone = isinstance(value, Mapping) and list(value) == ["jsonPath"]
    return value["jsonPath"] if alone else value


def _column(value: Any) -> Any:
    """A printer column; v1beta1 writes its path in other letters."""
    if not isinstance(value, Mapping):
        return value
    return {"jsonPath" if key == "JSONPath" else key: one for key, one in value.items()}

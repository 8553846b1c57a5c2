"""A CRD as the API server serves it: its versions, compiled once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from k8s_datamodel_plugins.cel_rules import has_rules
from k8s_datamodel_plugins.definitions import BETA, in_namespaces, versions_of
from k8s_datamodel_plugins.object_parts import mapping, text, texts
from k8s_datamodel_plugins.rehearsal.cel_seam import (
    Evaluator,
    EvaluatorFactory,
)
from k8s_datamodel_plugins.structural import Node, Version, compiled


@dataclass(frozen=True)
class Scale:
    """The paths of a scale subresource, by their keys."""

    spec_replicas: tuple[str, ...]
    status_replicas: tuple[str, ...]
    selector: tuple[str, ...] | None


class ServedVersion:
    """One version of a CRD.

    Args:
        version: The entry of ``spec.versions``.
        kubernetes: Which server serves it.
        engine: Makes the evaluator of its CEL rules.
    """

    def __init__(
        self, version: Mapping[str, Any], kubernetes: Version, engine: EvaluatorFactory
    ) -> None:
        self.name = str(version.get("name"))
        self.served = version.get("served") is True
        self.stored = version.get("storage") is True
        subresources = mapping(version.get("subresources"))
        self.has_status = subresources.get("status") is not None
        self.scale = _scale(subresources.get("scale"))
        self._kubernetes = kubernetes
        self._engine = engine
        schema = mapping(version.get("schema")).get("openAPIV3Schema")
        self._schema = schema if isinstance(schema, Mapping) else None

    @cached_property
    def node(self) -> Node:
        """The compiled schema."""
        return compiled(self._schema, self._kubernetes)

    @cached_property
    def has_rules(self) -> bool:
        """Whether there is a CEL rule."""
        return has_rules(self._schema)

    @cached_property
    def evaluator(self) -> Evaluator:
        """What evaluates the CEL rules."""
        return self._engine(self._schema or {}, ".".join(map(str, self._kubernetes)))


def _scale(value: Any) -> Scale | None:
    if not isinstance(value, Mapping):
        return None
    selector = text(value.get("labelSelectorPath"))
    return Scale(
        _keys(value.get("specReplicasPath")),
        _keys(value.get("statusReplicasPath")),
        _keys(selector) if selector else None,
    )


def _keys(path: Any) -> tuple[str, ...]:
    return tuple(str(path or "").removeprefix(".").split("."))


class CrdSide:
    """A CRD, old or new.

    Args:
        crd: The object.
        kubernetes: The version of the server.
        engine: Makes evaluators of CEL rules.
    """

    def __init__(
        self, crd: Mapping[str, Any], kubernetes: Version, engine: EvaluatorFactory
    ) -> None:
        spec = mapping(crd.get("spec"))
        self.beta = crd.get("apiVersion") == BETA
        self.group = text(spec.get("group")) or ""
        self.namespaced = in_namespaces(spec.get("scope"))
        self.preserves = spec.get("preserveUnknownFields") is True
        self.webhook = mapping(spec.get("conversion")).get("strategy") == "Webhook"
        self.versions = {
            one.name: one
            for one in (ServedVersion(each, kubernetes, engine) for each in versions_of(crd))
        }
        storage = next((one.name for one in self.versions.values() if one.stored), "")
        self.storage = storage
        self.stored_versions = tuple(
            texts(mapping(crd.get("status")).get("storedVersions")) or [storage]
        )

    def api_version(self, version: str) -> str:
        """``group/version``."""
        return f"{self.group}/{version}"

    @property
    def served(self) -> list[str]:
        """The names of the served versions."""
        return [one.name for one in self.versions.values() if one.served]

    def working_version(self, shown: str) -> str | None:
        """Where a client works on that knew a version: it, the storage version, or another one."""
        served = self.served
        for name in (shown, self.storage, *served):
            if name in served:
                return name
        return None

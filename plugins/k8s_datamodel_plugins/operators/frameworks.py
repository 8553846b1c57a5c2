"""What installed a workload, by the marks of installers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from k8s_datamodel.api import KubernetesObject
from k8s_datamodel_plugins.object_parts import annotations_of, labels_of, metadata_of, text
from k8s_datamodel_plugins.operators.facts import marks


class Framework(NamedTuple):
    """The tool that installed an object, and its name for what it installed, if stated."""

    framework: str
    name: str | None


Texts = Mapping[str, Any]


def framework_of(item: KubernetesObject, by_olm: str) -> Framework:
    """The tool that applied an object: the last in a chain.

    OLM writes its Deployments itself, no matter what applied the Subscription or ClusterExtension.
    GitOps tools render charts, so Helm's marks beneath theirs show what was rendered, not what
    applied it. ``by_olm`` names the CSV or ClusterExtension, empty for none.
    """
    labels, annotations = labels_of(item), annotations_of(item)
    if by_olm:
        return Framework("OLM", by_olm)
    name = _by_tracking_id(item, labels, annotations) or _by_applier(labels)
    name = name or _by_bundle(labels, annotations)
    if name:
        return Framework("GitOps", name)
    if _by_helm(labels, annotations):
        return Framework("Helm", _release(labels, annotations))
    return Framework("Manual", None)


def _by_tracking_id(item: KubernetesObject, labels: Texts, annotations: Texts) -> str | None:
    """By Argo CD's tracking id; an id of another object came with copied annotations."""
    application, _, rest = (text(annotations.get(marks.TRACKING_ID)) or "").partition(":")
    if application and _is_of(item, rest):
        return application
    return text(labels.get(marks.TRACKING_LABEL))


def _is_of(item: KubernetesObject, tracked: str) -> bool:
    """Whether ``GROUP/KIND:NAMESPACE/NAME`` names an object; a file may omit its namespace."""
    metadata = metadata_of(item)
    group = str(item.get("apiVersion") or "").rpartition("/")[0]
    what, _, where = tracked.partition(":")
    namespace, _, name = where.rpartition("/")
    own = text(metadata.get("namespace")) or namespace
    kind = f"{group}/{item.get('kind')}"
    return (what, namespace, name) == (kind, own, metadata.get("name"))


def _by_applier(labels: Texts) -> str | None:
    """By labels with the name of the applying object."""
    return next((name for key in marks.APPLIER_LABELS if (name := text(labels.get(key)))), None)


def _by_bundle(labels: Texts, annotations: Texts) -> str | None:
    """By Fleet's bundle: a Helm release with a set id from Fleet's library.

    Other tools use the same library, with an owner or with ids of another form.
    """
    both = {**annotations, **labels}
    bundle = next((name for key in marks.BUNDLE_MARKS if (name := text(both.get(key)))), None)
    owner = text(annotations.get(marks.SET_OWNER)) or ""
    set_id = text(annotations.get(marks.SET_ID)) or ""
    ours = owner.startswith(f"{marks.BUNDLE_GROUP}/")
    unowned = not owner and set_id.startswith(marks.SET_ID_PREFIX)
    if ours or (unowned and annotations.get(marks.HELM_RELEASE)):
        return bundle or set_id.removeprefix(marks.SET_ID_PREFIX) or owner
    return bundle


def _by_helm(labels: Texts, annotations: Texts) -> bool:
    managers = (labels.get(marks.MANAGED_BY), labels.get(marks.HERITAGE))
    return (
        bool(annotations.get(marks.HELM_RELEASE))
        or any(str(manager).lower() in marks.HELM_MANAGERS for manager in managers)
        or bool(labels.get(marks.HELM_CHART))
    )


def _release(labels: Texts, annotations: Texts) -> str | None:
    return (
        text(annotations.get(marks.HELM_RELEASE))
        or text(labels.get(marks.INSTANCE))
        or text(labels.get(marks.RELEASE))
    )

"""Which object had which resourceVersion, so that the next snapshot reads only what changed.

The index speaks of the newest snapshots of a cluster only and is no content: losing it costs a full
read. It is empty of what an earlier server version or another redaction gave.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from k8s_datamodel.api import REDACTION_RULES, KubernetesObject, Memo
from k8s_datamodel_plugins.sql.layout.content import StoredObject, digest_of


class Indexed(NamedTuple):
    """An object as the index knows it: its version, and content and what is beside it twice.

    By number and by digest; ``beside`` is None where nothing is. ``sealed`` is the seal that the
    entry has, empty for one that is to be made.
    """

    resource_version: str
    object_id: int
    digest: bytes
    beside_id: int | None
    beside: bytes | None
    sealed: bytes = b""


CLUSTER = ("uid", "source", "version", "redaction")
"""The parts of a key of ``kdm_clusters``, in the order in which seals have them."""

KINDS = """
SELECT d.resource, d.context, d.id FROM kdm_indexed d JOIN kdm_clusters c ON c.id = d.cluster_id
WHERE c.uid = :uid AND c.source = :source AND c.version = :version AND c.redaction = :redaction
"""
"""The kinds that the index has of a cluster: resource, definition and number."""

_NAMED = "name"
_LONGEST_KEY = 512
_SEAL_BYTES = 16


class Version(NamedTuple):
    """Which object it is, in which version; ``resource`` is ``group/version/kind``."""

    resource: str
    uid: str
    resource_version: str


class IndexedObject(StoredObject):
    """An object of the database as the index knows it, with ``version`` and ``entry`` there."""

    __slots__ = ("entry", "version")
    version: Version
    entry: Indexed


def version_of(complete: KubernetesObject) -> Version | None:
    """Which object this is; None when kind, uid or resourceVersion are missing, or are odd."""
    if isinstance(complete, IndexedObject):
        return complete.version
    metadata = complete.get("metadata")
    if not isinstance(metadata, Mapping):
        return None
    api_version, kind = complete.get("apiVersion"), complete.get("kind")
    uid, resource_version = metadata.get("uid"), metadata.get("resourceVersion")
    if not indexable(api_version, kind, uid, resource_version):
        return None
    return Version(resource_name(str(api_version), str(kind)), str(uid), str(resource_version))


def indexable(*parts: object) -> bool:
    """Whether these can be keys of the index: what an API server writes as such, always is."""
    return all(
        isinstance(part, str)
        and 0 < len(part) <= _LONGEST_KEY
        and part.isascii()
        and "\0" not in part
        for part in parts
    )


def resource_name(api_version: str, kind: str) -> str:
    """``group/version/kind``; the core group is empty."""
    return f"{api_version if '/' in api_version else '/' + api_version}/{kind}"


def how_redacted(redaction: str) -> str:
    """With the rules, for under others an object that is the same may have to be redacted anew."""
    return f"{redaction}/{REDACTION_RULES}"


def seal(
    read: Sequence[str | None], uid: str, version: str, digest: bytes, beside: bytes | None
) -> bytes:
    """The seal of an entry: it binds a version of an object to its content, and what is beside it.

    ``read`` is the cluster's uid, source and version, the redaction, the resource, its definition.
    """
    kept = [digest.hex()] if beside is None else [digest.hex(), beside.hex()]
    text = "\0".join([*(part or "" for part in read), uid, version, *kept])
    return digest_of(text)[:_SEAL_BYTES]


def is_sealed(
    sealed: object,
    read: Sequence[str | None],
    uid: str,
    version: str,
    digest: object,
    beside: object,
) -> bool:
    """Whether an entry carries the seal that it must carry."""
    return (
        isinstance(digest, bytes)
        and isinstance(beside, bytes | None)
        and sealed == seal(read, uid, version, digest, beside)
    )


def memo_seal(digest: bytes, version: str, body: str) -> bytes:
    """The seal of what was made of an object: it binds it to the content, at one version."""
    return digest_of(f"{digest.hex()}\0{version}\0{body}")[:_SEAL_BYTES]


def memo_text(digest: bytes, version: str, memo: Sequence[object]) -> str:
    """The text of a memo (version, seal and body), if it is one of this object; else empty."""
    of, sealed, body = memo
    sound = of == version and isinstance(body, str) and sealed == memo_seal(digest, version, body)
    return body if sound and isinstance(body, str) else ""


def note_name(memo: Memo, complete: KubernetesObject) -> None:
    """Note namespace and name of an object, so that they are known without reading it."""
    metadata = complete.get("metadata")
    if isinstance(metadata, Mapping):
        memo.put(_NAMED, "", [metadata.get("namespace", ""), metadata.get("name")])


def named_by(memo: Memo) -> tuple[str, str] | None:
    """Namespace and name as a memo has them; None if it does not."""
    found = memo.get(_NAMED, "")
    if not (isinstance(found, list) and len(found) == 2):  # noqa: PLR2004
        return None
    namespace, name = found
    sound = isinstance(namespace, str) and isinstance(name, str)
    return (namespace, name) if sound else None

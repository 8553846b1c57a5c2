"""All facts of a source, as the judge needs them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from k8s_datamodel_plugins.operators.facts.fact_types import (
    Binding,
    Crd,
    Csv,
    Lease,
    Name,
    Role,
    Saying,
    Service,
    Webhook,
    Written,
)


@dataclass(frozen=True, slots=True)
class Facts:
    """All facts of a source, and whether RBAC and CRDs were read completely.

    Attributes:
        rbac_whole: the source vouches that there are no other roles and bindings.
    """

    crds: Sequence[Crd] = ()
    roles: Sequence[Role] = ()
    bindings: Sequence[Binding] = ()
    tokenless: Sequence[Name] = ()
    services: Sequence[Service] = ()
    webhooks: Sequence[Webhook] = ()
    csvs: Sequence[Csv] = ()
    sayings: Sequence[Saying] = ()
    written: Sequence[Written] = ()
    leases: Sequence[Lease] = ()
    rbac_read: bool = True
    rbac_whole: bool = True
    crds_read: bool = True

"""The conformance kit: what a plugin must keep, as tests that its author inherits.

Needs pytest, which the rest of the package does not. A test module of a plugin::

    from k8s_datamodel.testing import ResourceTypeContract, manifests

    class TestWidgets(ResourceTypeContract):
        resource_type = TYPE
        objects = manifests("tests/manifests")

Only the plugin under test is loaded, whatever else is installed.
"""

import pytest

pytest.register_assert_rewrite(
    "k8s_datamodel.testing.backend_base",
    "k8s_datamodel.testing.backend_kit",
    "k8s_datamodel.testing.capability_kit",
    "k8s_datamodel.testing.comparing_rules",
    "k8s_datamodel.testing.evidence_kit",
    "k8s_datamodel.testing.formatter_kit",
    "k8s_datamodel.testing.type_kit",
)

from k8s_datamodel.testing.alone import alone  # noqa: E402 - after the rewriting is set up
from k8s_datamodel.testing.backend_kit import StorageBackendContract  # noqa: E402
from k8s_datamodel.testing.collecting import Collected, collect  # noqa: E402
from k8s_datamodel.testing.evidence_kit import EvidenceContract  # noqa: E402
from k8s_datamodel.testing.formatter_kit import FormatterContract  # noqa: E402
from k8s_datamodel.testing.memory_source import Ending, ObjectsSource, manifests  # noqa: E402
from k8s_datamodel.testing.summarising import summarised  # noqa: E402
from k8s_datamodel.testing.type_kit import ResourceTypeContract  # noqa: E402

__all__ = [
    "Collected",
    "Ending",
    "EvidenceContract",
    "FormatterContract",
    "ObjectsSource",
    "ResourceTypeContract",
    "StorageBackendContract",
    "alone",
    "collect",
    "manifests",
    "summarised",
]

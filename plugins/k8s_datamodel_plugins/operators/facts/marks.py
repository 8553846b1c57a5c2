"""The only table of names: marks that installers leave on objects, and usual proxies.

No other rule names a project.
"""

from __future__ import annotations

OLM_OWNER = "olm.owner"
"""Label of OLM v0 on what a CSV installs: the CSV's name."""

OLM_OWNER_NAMESPACE = "olm.owner.namespace"
"""Label beside it: the CSV's namespace."""

OLM_CSV_KIND = "ClusterServiceVersion"
"""Kind of the owner reference OLM v0 leaves."""

OLM_V1_OWNER_NAME = "olm.operatorframework.io/owner-name"
"""Label of OLM v1 on what a ClusterExtension installs: the extension's name."""

OLM_V1_OWNER_KIND = "olm.operatorframework.io/owner-kind"
"""Label beside it with the owner's kind, because catalogs own objects too."""

OLM_V1_EXTENSION = "ClusterExtension"
"""Its value for objects of an extension."""

OLM_V1_BUNDLE_VERSION = "olm.operatorframework.io/bundle-version"
"""Annotation or label of OLM v1 with the version of the bundle."""

TRACKING_ID = "argocd.argoproj.io/tracking-id"
"""Annotation of Argo CD: ``<application>:<group>/<kind>:<namespace>/<name>`` of the object.

https://argo-cd.readthedocs.io/en/stable/user-guide/resource_tracking/
"""

TRACKING_LABEL = "argocd.argoproj.io/instance"
"""Label of Argo CD where ``application.instanceLabelKey`` is set as its documentation shows.

The default of older releases, ``app.kubernetes.io/instance``, is in general use and shows nothing.
"""

APPLIER_LABELS = ("kustomize.toolkit.fluxcd.io/name", "helm.toolkit.fluxcd.io/name")
"""Labels of Flux: the Kustomization or HelmRelease that applied the object.

https://fluxcd.io/flux/components/kustomize/kustomizations/
"""

BUNDLE_MARKS = ("fleet.cattle.io/bundle-id", "fleet.cattle.io/bundle-name")
"""Labels or annotations of Fleet: the bundle."""

SET_ID = "objectset.rio.cattle.io/id"
"""Annotation of Fleet's agent, ``default-<bundle>``; other tools of its library use it too."""

SET_ID_PREFIX = "default-"
"""What Fleet's agent puts before the bundle."""

SET_OWNER = "objectset.rio.cattle.io/owner-gvk"
"""Annotation of the same library: the owner; Fleet's agent omits it."""

BUNDLE_GROUP = "fleet.cattle.io"
"""Group of Fleet's own owners."""

HELM_RELEASE = "meta.helm.sh/release-name"
"""Annotation of Helm 3 on what it installs: the release."""

HELM_NAMESPACE = "meta.helm.sh/release-namespace"
"""Annotation beside it: the namespace of the release; only in one are releases' names unique."""

HELM_CHART = "helm.sh/chart"
"""Label from charts: name and version of the chart."""

HELM_MANAGERS = frozenset({"helm", "tiller"})
"""Values of ``app.kubernetes.io/managed-by`` and ``heritage`` that charts set."""

HERITAGE = "heritage"
"""Label of older charts: the tool."""

RELEASE = "release"
"""Label of older charts: the release."""

NAME = "app.kubernetes.io/name"
INSTANCE = "app.kubernetes.io/instance"
PART_OF = "app.kubernetes.io/part-of"
COMPONENT = "app.kubernetes.io/component"
VERSION = "app.kubernetes.io/version"
MANAGED_BY = "app.kubernetes.io/managed-by"

PRODUCT_LABELS = (NAME, INSTANCE, PART_OF, "app", "k8s-app")
"""Labels whose values name the product or the program."""

PRODUCT_KEYS = frozenset({*PRODUCT_LABELS, RELEASE, HELM_RELEASE})
"""Keys whose equal values on a CRD and a workload show that both belong to one product."""

COMMON_KEYS = frozenset(
    {
        MANAGED_BY,
        VERSION,
        COMPONENT,
        HELM_CHART,
        HERITAGE,
        TRACKING_LABEL,
        OLM_V1_OWNER_KIND,
        OLM_V1_BUNDLE_VERSION,
        *APPLIER_LABELS,
        *(f"{key.rsplit('/', 1)[0]}/namespace" for key in APPLIER_LABELS),
        *BUNDLE_MARKS,
        "objectset.rio.cattle.io/hash",
        "olm.managed",
        "chart",
        "control-plane",
        "tier",
        "pod-template-hash",
    }
)
"""Label keys whose values many products share, so equal values show no kinship."""

DEFAULT_CONTAINER = "kubectl.kubernetes.io/default-container"
"""Annotation of pods: the container that matters."""

PROXIES = frozenset(
    {
        "kube-rbac-proxy",
        "oauth-proxy",
        "oauth2-proxy",
        "cloud-sql-proxy",
        "auth-proxy",
        "rbac-proxy",
        "istio-proxy",
        "proxyv2",
        "linkerd-proxy",
        "envoy",
    }
)
"""Containers beside the operator's main one, by name or by the last part of the image."""

RBAC_GROUP = "rbac.authorization.k8s.io"
"""API group of roles and bindings."""

DEFAULT_ROLES = frozenset({"admin", "edit", "view"})
"""User-facing ClusterRoles of Kubernetes: their rights are meant for people.

https://kubernetes.io/docs/reference/access-authn-authz/rbac/#user-facing-roles
"""

SYSTEM = "system:"
"""Prefix of ClusterRoles that Kubernetes creates; files that bind one do not contain it.

https://kubernetes.io/docs/reference/access-authn-authz/rbac/#default-roles-and-role-bindings
"""

ACCOUNTS = "system:serviceaccounts"
"""The group of all service accounts; with ``:NAMESPACE``, of those of a namespace.

https://kubernetes.io/docs/reference/access-authn-authz/rbac/#referring-to-subjects
"""

AUTHENTICATED = "system:authenticated"
"""The group of all who have a name, service accounts too."""

NODES = "system:nodes"
"""The group of the nodes, whose credentials agents on nodes may use.

https://kubernetes.io/docs/reference/access-authn-authz/node/
"""

CLUSTER_ADMIN = "cluster-admin"
"""The ClusterRole with all rights; files that bind it do not contain it."""

CLIENTS = frozenset(
    {
        "",
        "before-first-apply",
        "fabric8-kubernetes-client",
        "go-http-client",
        "java",
        "kubernetes-client",
        "kopf",
        "node-fetch",
        "okhttp",
        "openapi-generator",
        "python",
        "python-requests",
        "python-urllib3",
        "rancher",
        "swagger-codegen",
        "unknown",
    }
)
"""What client libraries call themselves as field managers, in lower case: any program may use one.

https://kubernetes.io/docs/reference/using-api/server-side-apply/#managers
"""

APPLIERS = (
    "argocd",
    "before-first-apply",
    "controller-manager",
    "flux",
    "helm",
    "kube-apiserver",
    "kube-controller-manager",
    "kubectl",
    "kubelet",
    "kustomize",
    "oc",
    "pulumi",
    "terraform",
    "tiller",
)
"""What the field managers of tools begin with that apply what others own, in lower case.

Of a kind of their own product they are the controllers, if a workload has that very name.
"""

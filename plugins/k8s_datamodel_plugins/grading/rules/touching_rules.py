"""Rules about who else a change of CRDs touches: who names them, and who has their names."""

from k8s_datamodel_plugins.grading.rules.rule import ALL, WRITERS, Hurt, Rule

_CLIENTS: tuple[Hurt, ...] = ("writers", "readers")

TOUCHING_RULES = (
    Rule(
        id="operator-names-removed-kind",
        level="risky",
        hurts=_CLIENTS,
        title="An operator has rights or webhooks on a kind that is gone",
        reason="It most likely watches or writes the kind; many operators stop when they cannot.",
        example="widgets.example.com is deleted; a role of ops/fleet names widgets.",
        server="It keeps roles and webhooks as they are, and answers requests for the kind with "
        "404.",
        remedy="Upgrade or remove the operator first.",
    ),
    Rule(
        id="operator-names-removed-version",
        level="risky",
        hurts=WRITERS,
        title="An admission webhook names a version that is gone",
        reason="A rule that names no version of the CRD matches nothing, so objects are no longer "
        "checked or completed. It is cosmetic where rules name a version that stays, and where "
        "the version stays in the CRD and is only not served.",
        example="apiVersions: [v1alpha1], and v1alpha1 is gone from the CRD.",
        server="It calls a webhook for the versions that its rules name; with matchPolicy "
        "Equivalent it converts objects to one of them that the CRD has.",
        remedy="Have the webhook name and understand a version that stays before the old one goes.",
    ),
    Rule(
        id="csv-requires-removed",
        level="breaking",
        hurts=_CLIENTS,
        title="A ClusterServiceVersion requires what is gone",
        reason="OLM marks the CSV as failed or leaves it pending, and does not upgrade it.",
        example="spec.customresourcedefinitions.required names v1alpha1 of widgets.example.com.",
        server="It takes the CRD. OLM says: CRD version not served, or CRD is not present.",
        remedy="Upgrade the packages that require it first.",
    ),
    Rule(
        id="csv-owns-removed",
        level="risky",
        hurts=_CLIENTS,
        title="A ClusterServiceVersion owns what is gone",
        reason="OLM holds the installed CSV against the CRD: it fails until a CSV replaces it that "
        "owns what is served.",
        example="spec.customresourcedefinitions.owned names v1alpha1 of widgets.example.com.",
        server="It takes the CRD. OLM says: CRD version not served, or CRD is not present.",
        remedy="Let OLM install the CRDs with the CSV of the same release.",
    ),
    Rule(
        id="conversion-service-missing",
        level="breaking",
        hurts=ALL,
        title="The service of a conversion webhook is not there",
        reason="Nothing converts objects, so they can be neither read nor written at another "
        "version than the stored one. It is risky where the CRD has one version.",
        example="conversion.webhook.clientConfig names service ops/hook, which neither the "
        "cluster nor the release has.",
        server="It takes the CRD, and answers requests that need a conversion with 500.",
        remedy="Install the webhook and its service before the CRD.",
    ),
    Rule(
        id="shortname-shared",
        level="risky",
        hurts=WRITERS,
        title="Two CRDs of different groups share a short name",
        reason="Who types it may reach the other kind.",
        example="widgets.example.com and windows.example.org have the short name wd.",
        server="It accepts both. kubectl takes the one whose group comes first, and warns.",
        remedy="Choose a short name that no installed CRD has, or type the full name.",
    ),
    Rule(
        id="category-hides-name",
        level="risky",
        hurts=WRITERS,
        title="A category is the name of another kind",
        reason="kubectl looks for a category first: the word lists other kinds from now on.",
        example="widgets.example.com is in the category gadgets, and there are "
        "gadgets.example.org.",
        server="It accepts both.",
        remedy="Choose a category that is no name of a kind.",
    ),
)

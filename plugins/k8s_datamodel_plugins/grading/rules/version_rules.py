"""Rules about versions: which there are, which are served, and which one is stored."""

from k8s_datamodel_plugins.grading.rules.rule import ALL, NOBODY, STORED, WRITERS, Rule

VERSION_RULES = (
    Rule(
        id="stored-version-removed",
        level="blocked",
        hurts=STORED,
        title="A version in which objects are stored is gone",
        reason="Objects that were stored as it could never be read again.",
        example="v1beta1 was the storage version; the new CRD has only v1.",
        server="It refuses the CRD with 422: status.storedVersions names a version that is missing "
        "from spec.versions.",
        remedy="Keep the version with served: false. Write every object once (kubectl get, then "
        "kubectl replace), take the version out of status.storedVersions, and then remove it.",
    ),
    Rule(
        id="version-removed",
        level="breaking",
        hurts=("writers", "readers"),
        title="A version is gone",
        reason="Manifests and clients name the version in apiVersion.",
        example="v1alpha1 is in the old CRD only.",
        server="It answers requests for the version with 404.",
        remedy="Serve it for another release with deprecated: true, so that clients are warned.",
    ),
    Rule(
        id="version-removed-managedfields",
        level="breaking",
        hurts=STORED,
        title="A version is gone that objects name in their managedFields",
        reason="Server-side apply must read the fields of each manager in that manager's version. "
        "It is found only where objects are looked at.",
        example="v1beta1 is gone; an object's managedFields have apiVersion example.com/v1beta1.",
        server="It accepts the CRD, reads and updates; every server-side apply of the object is "
        "answered with 500.",
        remedy="Before the version goes, let each manager write the object in a version that "
        "stays.",
    ),
    Rule(
        id="version-unserved",
        level="breaking",
        hurts=("writers", "readers"),
        title="A version is no longer served",
        reason="Manifests and clients name the version in apiVersion.",
        example="served: true becomes false for v1beta1.",
        server="It answers requests for the version with 404; other versions work.",
        remedy="Serve it for another release with deprecated: true, so that clients are warned.",
    ),
    Rule(
        id="version-added",
        level="additive",
        hurts=NOBODY,
        title="A version is new",
        reason="Clients may use it.",
        example="v2 is in the new CRD only.",
        server="It serves objects in the version too.",
        remedy="There is nothing to do.",
    ),
    Rule(
        id="version-served",
        level="additive",
        hurts=NOBODY,
        title="A version is served that was not",
        reason="Clients may use it.",
        example="served: false becomes true for v2.",
        server="It serves objects in the version too.",
        remedy="There is nothing to do.",
    ),
    Rule(
        id="version-deprecated",
        level="additive",
        hurts=WRITERS,
        title="A version is deprecated",
        reason="It announces that a later release stops to serve the version: that one will break.",
        example="deprecated: true for v1beta1.",
        server="It serves the version, and sends a warning with each answer.",
        remedy="Move manifests and clients to the version that the warning names.",
    ),
    Rule(
        id="deprecation-changed",
        level="cosmetic",
        hurts=NOBODY,
        title="Clients are warned in other words, or no longer",
        reason="Only the text of a warning changes.",
        example="deprecationWarning: use v1 becomes use v2.",
        server="It sends the new text.",
        remedy="There is nothing to do.",
    ),
    Rule(
        id="storage-version-changed",
        level="risky",
        hurts=STORED,
        title="Objects are stored as another version",
        reason="What is stored stays in the old version until someone writes it, so the old "
        "version cannot go before all objects are migrated.",
        example="storage: true moves from v1beta1 to v1.",
        server="It accepts the CRD, and names both versions in status.storedVersions.",
        remedy="Write every object once after the change, then take the old version out of "
        "status.storedVersions.",
    ),
    Rule(
        id="storage-none-conversion-schema-differs",
        level="breaking",
        hurts=STORED,
        title="Versions differ, and nothing converts between them",
        reason="With the strategy None only apiVersion is replaced. What the other version does "
        "not have is dropped, for good with the next write.",
        example="v1 has spec.size, v2 has spec.replicas, conversion.strategy is None.",
        server="It accepts the CRD, and reads an object at the other version without the fields.",
        remedy="Give both versions the same fields, or convert with a webhook.",
    ),
    Rule(
        id="schema-added",
        level="breaking",
        hurts=ALL,
        title="A version has a schema that had none",
        reason="What was stored unchecked is checked now, and fields without a schema are dropped.",
        example="A CRD in v1beta1 without validation becomes one in v1 with a schema.",
        server="It prunes what it reads, and refuses to create what the schema does not allow.",
        remedy="Begin with a schema that keeps unknown fields, "
        "x-kubernetes-preserve-unknown-fields: true.",
    ),
    Rule(
        id="schema-removed",
        level="blocked",
        hurts=ALL,
        title="A version has no schema any more",
        reason="Each version needs a schema in apiextensions.k8s.io/v1.",
        example="versions[name=v1].schema is not in the new CRD.",
        server="It refuses the CRD with 422: schemas are required.",
        remedy="Write a schema; type: object with x-kubernetes-preserve-unknown-fields: true "
        "allows everything.",
    ),
    Rule(
        id="crd-invalid",
        level="blocked",
        hurts=ALL,
        title="A CRD is not valid",
        reason="Its name is that of its plural and its group, a domain; names, short names, "
        "categories and versions are DNS labels, kinds may have capitals; the scope is Cluster or "
        "Namespaced; each version has a name of its own, and exactly one stores objects; a field "
        "has a type of the API; a default fits its schema; a pattern is one of Go's (RE2); the "
        "keys of a list of type map are in each item; a validation rule is CEL, and asks for "
        "oldSelf only where the old value is known.",
        example="spec.size: {type: integer} gains default: large.",
        server="It refuses the CRD with 422 (400 for a value of the wrong type), and names the "
        "part.",
        remedy="Correct the part that the message names.",
    ),
    Rule(
        id="schema-not-structural",
        level="blocked",
        hurts=ALL,
        title="A schema is not structural any more",
        reason="The API server must know the type of each field, to prune and to convert.",
        example="spec.size has no type.",
        server="It refuses the CRD with 422, unless the CRD that it has is not structural either.",
        remedy="Give every field a type, and keep types, defaults and descriptions out of allOf, "
        "anyOf, oneOf and not.",
    ),
)

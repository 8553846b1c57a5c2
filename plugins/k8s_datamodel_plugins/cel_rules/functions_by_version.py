"""The functions of Kubernetes' CEL, by the version that brought them.

The source is k8s.io/apiserver, pkg/cel/environment/base.go. A server evaluates a stored rule with
all functions that it knows; so a rule is modelled from the version that knows its functions.
"""

from __future__ import annotations

from collections.abc import Container

from k8s_datamodel_plugins.cel_rules.expressions import Call, Name

TWO_VARIABLES = (1, 32)

_ALWAYS = """
_==_ _!=_ _<_ _<=_ _>_ _>=_ _+_ _-_ _*_ _/_ _%_ _&&_ _||_ _?_:_ _[_] !_ -_ @in
@not_strictly_false
size matches contains startsWith endsWith bool bytes double duration dyn int string timestamp type
uint getDate getDayOfMonth getDayOfWeek getDayOfYear getFullYear getHours getMilliseconds
getMinutes getMonth getSeconds
charAt indexOf join lastIndexOf lowerAscii replace split substring trim upperAscii
find findAll isSorted max min sum
isURL url getEscapedPath getHost getHostname getPort getQuery getScheme
"""
_SINCE = {
    (1, 28): """
_?._ _[?_] hasValue optional.none optional.of optional.ofNonZeroValue or orValue value
add asApproximateFloat asInteger compareTo isGreaterThan isInteger isLessThan isQuantity quantity
sign sub
""",
    (1, 29): "format strings.quote sets.contains sets.equivalent sets.intersects",
    (1, 30): """
cidr containsCIDR containsIP family ip ip.isCanonical isCIDR isGlobalUnicast isIP
isLinkLocalMulticast isLinkLocalUnicast isLoopback isUnspecified masked prefixLength
""",
    (1, 31): """
format.byte format.date format.datetime format.dns1035Label format.dns1035LabelPrefix
format.dns1123Label format.dns1123LabelPrefix format.dns1123Subdomain
format.dns1123SubdomainPrefix format.labelValue format.named format.qualifiedName format.uri
format.uuid validate
""",
    TWO_VARIABLES: "cel.@mapInsert",
    (1, 33): "isSemver major minor patch semver",
    (1, 34): "@sortByAssociatedKeys distinct first flatten last lists.range reverse slice sort",
}
SINCE = dict.fromkeys(_ALWAYS.split(), (1, 0)) | {
    name: version for version, names in _SINCE.items() for name in names.split()
}
_NAMESPACES = frozenset(name.split(".")[0] for name in SINCE if "." in name)


def qualified(call: Call, variables: Container[str]) -> str:
    """The function's name, with its namespace if the target is one and no variable."""
    target = call.target
    if isinstance(target, Name) and target.name in _NAMESPACES and target.name not in variables:
        return f"{target.name}.{call.function}"
    return call.function


def lacking(name: str, kubernetes: tuple[int, int]) -> str:
    """Why a version of Kubernetes has no function of this name; empty if it has it."""
    since = SINCE.get(name)
    if since is None:
        return f"the function {name}"
    if since > kubernetes:
        return f"the function {name} before Kubernetes {since[0]}.{since[1]}"
    return ""

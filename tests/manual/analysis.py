"""The manual's blocks that look into stored specs, and its two scripts."""

from __future__ import annotations

import json
import re
from typing import Any

from manual.case import Case
from manual.viewing import is_production
from manual.world import CERT_MANAGER, DEVELOPMENT_HOLDS, PRODUCTION_HOLDS, SECURITY, Place, Ran


def stream(text: str) -> list[Any]:
    """The JSON values that stand one after another in a text, as jq prints them."""
    decoder, found, rest = json.JSONDecoder(), [], text.strip()
    while rest:
        value, end = decoder.raw_decode(rest)
        found.append(value)
        rest = rest[end:].lstrip()
    return found


_SHOWN = """
printf '%s\\n' "$SNAPSHOT_COUNT" "$LATEST_TIME"
printf '%s\\n' "$LATEST_SNAPSHOT" > latest.json
"""


def _with_its_variables(place: Place, text: str) -> Ran:
    """The block only sets variables: after it, in the same shell, they are printed."""
    return place.bash(text + _SHOWN)


def _monitored(place: Place, ran: Ran) -> None:
    newest = place.listed()[-1]
    assert newest["id"] == 3
    assert ran.out == f"3\n{newest['timestamp']}\n"
    assert place.json("latest.json") == newest


def _with_one_in_march(place: Place, text: str) -> Ran:
    place.rows("UPDATE kdm_snapshots SET timestamp = '2024-03-15 10:30:15' WHERE id = 2")
    return place.bash(text)


def _compliance(place: Place, _: Ran) -> None:
    assert [row["id"] for row in place.json("march-compliance-report.json")] == [2]
    found = stream((place.work / "security-operators.json").read_text())
    assert [(row["name"], row["managed_crds"]) for row in found] == [
        ("guardhouse-operator", SECURITY)
    ]


def _specs(place: Place, ran: Ran) -> None:
    is_production(place.json("full-snapshot.json"))
    crd, *rest = stream(ran.out)
    assert (crd["kind"], crd["metadata"]["name"]) == ("CustomResourceDefinition", CERT_MANAGER)
    half = len(rest) // 2
    containers = {row["name"]: row["spec"] for row in rest[:half]}
    contexts = {row["name"]: row["security_context"] for row in rest[half:]}
    assert set(containers) == set(contexts) == PRODUCTION_HOLDS.operators
    assert all(container["image"] for container in containers.values())
    assert contexts["guardhouse-operator"] == {"privileged": True}
    assert contexts["cert-manager"] == {"runAsNonRoot": True}


def _drift(place: Place, ran: Ran) -> None:
    for name, version in (("op1.json", "v1.12.0"), ("op2.json", "v1.13.0")):
        containers = place.json(name)["spec"]["template"]["spec"]["containers"]
        assert containers[0]["image"].endswith(f":{version}")
    assert re.search(r'^> .*controller:v1\.13\.0"', ran.out, re.M)
    assert re.search(r'^> +"maxLength": 64', ran.out, re.M)
    schemas = [place.json(name)["openAPIV3Schema"] for name in ("crd1.json", "crd2.json")]
    assert schemas[0] != schemas[1]


def _security(place: Place, ran: Ran) -> None:
    """Privileged in each of three snapshots, then the CSVs' rights, then who is on the network."""
    found = stream(ran.out)
    assert [row.get("name") for row in found[:3]] == ["guardhouse-operator"] * 3
    permissions = {row["name"]: row["permissions"] for row in found[3:-1]}
    assert len(permissions) == PRODUCTION_HOLDS.csvs
    rules = permissions["guardhouse-operator.v0.3.0"][0]["rules"]
    assert rules[0]["apiGroups"] == ["guardhouse.example"]
    assert found[-1]["name"] == "guardhouse-operator"
    assert found[-1]["spec"]["spec"]["template"]["spec"]["hostNetwork"] is True


def _resources(_: Place, ran: Ran) -> None:
    first, *totals = re.split(r"^Snapshot (\d) \((.*)\):$", ran.out, flags=re.M)
    found = stream(first)
    by_name = {row["name"]: row["resources"] for row in found if isinstance(row, dict)}
    unlimited = {row for row in found if isinstance(row, str)}
    assert set(by_name) == PRODUCTION_HOLDS.operators
    assert by_name["cert-manager"]["limits"] == {"memory": "256Mi"}
    assert unlimited == {name for name, each in by_name.items() if not each.get("limits")}
    assert totals[0::3] == ["1", "2", "3"]
    assert all(re.fullmatch(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d", at) for at in totals[1::3])
    assert all(json.loads(total)["cpu"] == "100m" for total in totals[2::3])


def _two_ways(place: Place, text: str) -> Ran:
    """As a script without its argument, and once more for the second snapshot."""
    ran = place.script("analyze-operator-images.sh", text)
    second = place.script("analyze-operator-images.sh", text, "2")
    (place.work / "second").write_text(second.out)
    return ran


def _images(place: Place, ran: Ran) -> None:
    told, second = ran.out.splitlines(), (place.work / "second").read_text().splitlines()
    assert told[0] == "Analyzing operator images in snapshot 3"
    assert second[0] == "Analyzing operator images in snapshot 2"
    assert len(told) - 1 == len(PRODUCTION_HOLDS.operators)
    assert len(second) - 1 == len(DEVELOPMENT_HOLDS.operators)
    image = "registry.signing.example/cert-manager/controller:v1.1{}.0"
    line = (
        "Operator: cert-manager (ns: cert-manager) - Registry: registry.signing.example - Image: {}"
    )
    assert line.format(image.format(2)) in told
    assert line.format(image.format(3)) in second


def _on_an_export(place: Place, text: str) -> Ran:
    place.ok("database", "export", "1", "--file", "snapshot-1.json")
    return place.script("analyze-crd-schemas.py", text, "snapshot-1.json")


def _complexity(_: Place, ran: Ran) -> None:
    title, line, *rows = ran.out.splitlines()
    assert title == "CRD Schema Complexity Analysis:"
    assert set(line) == {"="}
    counted = {name: int(count.split()[0]) for name, count in (row.split(": ") for row in rows)}
    assert set(counted) == set(PRODUCTION_HOLDS.crds)
    assert counted[CERT_MANAGER] == 6
    assert list(counted.values()) == sorted(counted.values(), reverse=True)


CASES = {
    "Monitoring and Alerting: bash 1": Case(
        _monitored,
        _with_its_variables,
        cause="it only sets variables: the same shell prints them afterwards",
    ),
    "Compliance and Auditing: bash 1": Case(
        _compliance,
        _with_one_in_march,
        cause="it asks for March 2024: one snapshot is given a time in it",
    ),
    "Querying Resource Specifications: bash 1": Case(_specs),
    "Configuration Drift Analysis: bash 1": Case(
        _drift, fails=((1, "diff op1.json op2.json"), (1, "diff crd1.json crd2.json"))
    ),
    "Security Analysis: bash 1": Case(_security),
    "Resource Requirements Analysis: bash 1": Case(_resources),
    "Custom Analysis Scripts: bash 1": Case(_images, _two_ways),
    "Custom Analysis Scripts: python 1": Case(_complexity, _on_an_export),
}

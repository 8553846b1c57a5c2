"""How a check is written: at most 60 lines, the worst first; hostile texts are data."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
import yaml
from jsonschema import Draft202012Validator
from markdown_it import MarkdownIt

from k8s_datamodel.api import Finding, Severity
from k8s_datamodel_plugins.checks.checked import Checked, CheckedCrd
from k8s_datamodel_plugins.checks.crd_places import Places
from k8s_datamodel_plugins.checks.reports.check_github import check_github
from k8s_datamodel_plugins.checks.reports.check_lines import check_lines
from k8s_datamodel_plugins.checks.reports.check_markdown import check_markdown
from k8s_datamodel_plugins.checks.reports.check_sarif import check_sarif
from k8s_datamodel_plugins.checks.reports.sentences import verdict
from k8s_datamodel_plugins.grading import RULES
from support.made_checks import NARROWER, Checking, crd

NOWHERE = Places("")


def finding(level: Severity, path: str | None = "spec.a", **more: Any) -> Finding:
    said = {"rule": "type-changed", "message": f"It is {level}.", "version": "v1", **more}
    return Finding(level=level, path=path, **said)


def checked(*crds: Sequence[Finding], lacks: Sequence[str] = (), **more: Any) -> Checked:
    made = [CheckedCrd(f"c{n}.example.com", "changed", found) for n, found in enumerate(crds)]
    return Checked({}, {}, made, lacks, **more)


def lines(result: Checked, **options: Any) -> list[str]:
    return "".join(check_lines(result, **{"everything": False, **options})).splitlines()


def markdown(result: Checked, *, everything: bool = False) -> list[str]:
    return "".join(check_markdown(result, everything=everything)).splitlines()


VERDICTS = {
    "blocked": "Blocked: the API server would refuse c0.example.com.",
    "breaking": "Breaking: what is stored, who writes or who reads would be hurt by "
    "c0.example.com.",
    "risky": "Risky: somebody may be surprised by c0.example.com.",
    "unclassified": "Not classified: no rule knows what changed in c0.example.com.",
    "additive": "Compatible: more than before is allowed in c0.example.com.",
    "cosmetic": "Compatible: only words changed in c0.example.com.",
}


@pytest.mark.parametrize("level", VERDICTS)
def test_the_verdict_is_one_sentence(level: Severity) -> None:
    result = checked([finding("cosmetic"), finding(level)], [])
    assert verdict(result) == VERDICTS[level]
    assert lines(result)[0] == verdict(result)
    name = "c0.example.com"
    assert markdown(result)[0] == f"**{verdict(result).replace(name, f'`{name}`')}**"


def test_the_verdict_counts_and_says_what_is_not_known() -> None:
    several = checked([finding("risky")], [finding("risky")], [finding("cosmetic")])
    assert verdict(several) == "Risky: somebody may be surprised by 2 of 3 CRDs."
    assert verdict(checked([], [])) == "Compatible: nothing that counts changed in 2 CRDs."
    missing = checked([], lacks=["new: a.yaml could not be read"])
    assert verdict(missing).startswith("Incomplete: not everything could be read or judged.")
    assert lines(missing)[1:] == ["Not known: new: a.yaml could not be read"]


def test_the_worst_comes_first() -> None:
    found = checked(
        [finding("cosmetic", "spec.z"), finding("risky")],
        [],
        [finding("additive"), finding("blocked", None, version=None), finding("breaking", "")],
    )
    assert lines(found)[1:] == [
        "",
        "c2.example.com (changed)",
        "  blocked   It is blocked. [type-changed]",
        "  breaking  v1: It is breaking. [type-changed]",
        "  additive  v1 spec.a: It is additive. [type-changed]",
        "",
        "c0.example.com (changed)",
        "  risky     v1 spec.a: It is risky. [type-changed]",
        "  cosmetic  v1 spec.z: It is cosmetic. [type-changed]",
    ]
    assert "\x1b[31mblocked \x1b[0m" in "\n".join(lines(found, color=True))


def many(level: Severity, number: int) -> list[Finding]:
    return [finding(level, f"spec.f{at}", message=f"It is {at}.") for at in range(number)]


LARGE = {
    "more of the worst than fit": [many("breaking", 100)] * 3,
    "many CRDs": [many("risky", 1)] * 300,
    "what is milder is folded": [[*many("breaking", 3), *many("additive", 400)]] * 9,
    "much that could not be read": [many("breaking", 70)],
}


@pytest.mark.parametrize("name", LARGE)
def test_a_release_has_at_most_sixty_lines_and_says_what_is_folded(name: str) -> None:
    lacks = [f"a file {n}" for n in range(90)] if name.startswith("much") else []
    found = checked(*LARGE[name], lacks=lacks)
    shown = lines(found)
    assert 15 < len(shown) <= 60
    assert "--all shows them" in shown[-1]
    total = sum(len(each.findings) for each in found.crds)
    folded = sum(int(each.replace(",", "")) for each in re.findall(r"([\d,]+) \w+", shown[-1])[:-1])
    told = sum(each.startswith("  ") for each in shown)
    assert told + min(folded, total) >= total
    if name.startswith("what"):
        assert told == 27
    everything = lines(found, everything=True)
    assert sum(each.startswith("  ") for each in everything) == total
    assert sum("Not known" in each for each in everything) == len(lacks)


@pytest.mark.parametrize("name", LARGE)
def test_a_comment_is_short_before_what_is_folded_and_a_forge_takes_it(name: str) -> None:
    lacks = [f"a file {n}" for n in range(90)] if name.startswith("much") else []
    found = checked(*LARGE[name], lacks=lacks)
    text = "\n".join(markdown(found))
    assert len(text) < 65_000
    open_part, folded = text.split("<details>")
    assert len(open_part.splitlines()) <= 54
    assert folded.startswith("<summary>")
    assert folded.rstrip().endswith("</details>")
    total = sum(len(each.findings) for each in found.crds)
    assert "\n".join(markdown(found, everything=True)).count("(`type-changed`)") == total


def test_a_comment_that_is_too_long_says_how_much_it_leaves_out() -> None:
    found = checked(*[many("additive", 900)] * 4)
    text = "\n".join(markdown(found))
    assert len(text) < 65_000
    assert re.search(r"and [\d,]+ more lines, which `-o markdown --all` has", text)


def same(rule: str, *paths: str, level: Severity = "risky", **more: Any) -> list[Finding]:
    return [finding(level, path, rule=rule, message="It says this.", **more) for path in paths]


SAME = [
    ("one", same("a", "spec.x"), ["v1 spec.x"]),
    (
        "a type in two places",
        same("a", "spec.p.x", "spec.q[*].x"),
        ["v1 spec.p.x (and 1 more place)"],
    ),
    ("other fields", same("a", "spec.x", "spec.y"), ["v1 spec.x", "v1 spec.y"]),
    (
        "other rules",
        [*same("a", "spec.p.x"), *same("b", "spec.q.x")],
        ["v1 spec.p.x", "v1 spec.q.x"],
    ),
    (
        "other values",
        [*same("a", "spec.p.x", old=1), *same("a", "spec.q.x", old=True)],
        ["v1 spec.p.x", "v1 spec.q.x"],
    ),
    (
        "other levels",
        [*same("a", "spec.p.x", level="breaking"), *same("a", "spec.q.x")],
        ["v1 spec.p.x", "v1 spec.q.x"],
    ),
    (
        "other versions",
        [*same("a", "spec.x"), *same("a", "spec.x", version="v2")],
        ["v1 spec.x (and 1 more place)"],
    ),
    (
        "other objects",
        [*same("a", "spec.p.x", objects=1), *same("a", "spec.q.x", objects=2)],
        ["v1 spec.p.x", "v1 spec.q.x"],
    ),
    (
        "no field",
        [finding("risky", None, version=each) for each in (None, "v1", "v2")],
        ["", "v1", "v2"],
    ),
]


@pytest.mark.parametrize(("found", "places"), [each[1:] for each in SAME], ids=[e[0] for e in SAME])
def test_the_same_in_several_places_is_a_line(found: list[Finding], places: list[str]) -> None:
    result = checked(found)
    told = [each.split(maxsplit=1)[1] for each in lines(result) if each.startswith("  ")]
    assert [each.partition(": It")[0] for each in told] == [each or told[0] for each in places]
    every = [each for each in lines(result, everything=True) if each.startswith("  ")]
    assert len(every) == len(found)
    assert ("--all shows each place" in lines(result)) == (len(found) > len(places))
    noted = [each for each in markdown(result) if each.startswith("- ")]
    assert len(noted) == len(places)
    annotated = list(check_github(result, NOWHERE, "risky", everything=False))
    assert len(annotated) == len(places) + 1
    assert len(check_sarif(result, NOWHERE, "risky")["runs"][0]["results"]) == len(found)


def test_fields_of_any_name_share_a_line_where_there_is_no_room_for_each() -> None:
    found = same("a", *(f"spec.f{n}" for n in range(90)))
    mild = same("b", *(f"spec.g{n}" for n in range(3)), level="cosmetic")
    shown = lines(checked([*found, *mild], many("breaking", 5)))
    assert [each.split(": ")[0] for each in shown if "this" in each] == [
        "  risky     v1 spec.f0 (and 89 more places)",
        "  cosmetic  v1 spec.g0 (and 2 more places)",
    ]
    assert sum("breaking  v1" in each for each in shown) == 5


HOSTILE = [
    "a\n::error::b",
    "a\r\n::set-output name=x::y",
    "`x` ``y``",
    "<script>alert(1)</script></details>",
    "\x1b[31mred\x07\u202e",
    "a,b:c%0A%",
    "![x](http://x)",
    "| a | b |",
    "\ud800",
]


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_texts_are_data(text: str) -> None:
    said = finding("breaking", text, message=text, version=text, rule=text)
    found = Checked({}, {}, [CheckedCrd(text, "changed", [said])], [text])
    for shown in (*lines(found), *markdown(found)):
        assert shown.isprintable()
    assert len(lines(found)) == 5
    annotations = list(check_github(found, NOWHERE, "breaking", everything=True))
    assert len(annotations) == 3
    for each in annotations:
        assert each.count("\n") == 1
        assert re.fullmatch(r"::(error|warning|notice)( [a-z]+=[^,:\n\r]*)*::[^\n\r]*\n", each)
    document = check_sarif(found, NOWHERE, "breaking")
    assert json.loads(json.dumps(document)) == document
    tokens = MarkdownIt("commonmark").parse("\n".join(markdown(found)))
    inline = [child for token in tokens for child in token.children or ()]
    assert {each.type for each in inline} <= {
        *("text", "code_inline", "strong_open", "strong_close", "softbreak"),
    }
    assert [each for each in tokens if each.type == "html_block"] == []


def test_annotations_are_loud_where_they_make_the_check_fail() -> None:
    levels: tuple[Severity, ...] = ("cosmetic", "unclassified", "blocked", "risky", "breaking")
    found = checked([finding(each, None) for each in levels])
    said = list(check_github(found, NOWHERE, "breaking", everything=False))
    assert [each[: each.index(" ")] for each in said] == [
        *("::error", "::error", "::warning", "::warning", "::error"),
    ]
    assert said[-1].startswith("::error title=k8s-datamodel check::Blocked: ")
    loud = list(check_github(found, NOWHERE, "cosmetic", everything=True))
    assert all(each.startswith("::error ") for each in loud)
    fine = list(check_github(checked([]), NOWHERE, "breaking", everything=False))
    assert [each[:8] for each in fine] == ["::notice"]
    lacking = list(check_github(checked([], lacks=["x"]), NOWHERE, "breaking", everything=False))
    assert [each.partition(" ")[0] for each in lacking] == ["::warning::Not", "::warning"]


# What of SARIF 2.1.0 we write, as its schema has it: what must be there, and what may be.
_TEXT = {"type": "object", "required": ["text"], "properties": {"text": {"type": "string"}}}
_HELP = {**_TEXT, "properties": {**_TEXT["properties"], "markdown": {"type": "string"}}}
_BAG = {"type": "object", "properties": {"tags": {"type": "array", "uniqueItems": True}}}
_LEVEL = {"enum": ["none", "note", "warning", "error"]}


def closed(required: Sequence[str] = (), **properties: Any) -> dict[str, Any]:
    return {
        "type": "object",
        "required": list(required),
        "properties": {**properties, "properties": _BAG},
        "additionalProperties": False,
    }


def items(schema: dict[str, Any]) -> dict[str, Any]:
    return {"type": "array", "items": schema}


SARIF = closed(
    ["version", "runs"],
    **{"$schema": {"type": "string", "format": "uri"}},
    version={"const": "2.1.0"},
    runs=items(
        closed(
            ["tool"],
            columnKind={"enum": ["utf16CodeUnits", "unicodeCodePoints"]},
            tool=closed(
                ["driver"],
                driver=closed(
                    ["name"],
                    name={"type": "string"},
                    version={"type": "string"},
                    rules={
                        "uniqueItems": True,
                        **items(
                            closed(
                                ["id"],
                                id={"type": "string"},
                                shortDescription=_TEXT,
                                fullDescription=_TEXT,
                                help=_HELP,
                                defaultConfiguration=closed(level=_LEVEL),
                            )
                        ),
                    },
                ),
            ),
            invocations=items(
                closed(
                    ["executionSuccessful"],
                    executionSuccessful={"type": "boolean"},
                    toolExecutionNotifications=items(
                        closed(["message"], level=_LEVEL, message=_TEXT)
                    ),
                )
            ),
            results=items(
                closed(
                    ["message"],
                    ruleId={"type": "string"},
                    ruleIndex={"type": "integer", "minimum": -1},
                    level=_LEVEL,
                    message=_TEXT,
                    partialFingerprints={
                        "type": "object",
                        "additionalProperties": {"type": "string"},
                    },
                    locations=items(
                        closed(
                            logicalLocations=items(closed(fullyQualifiedName={"type": "string"})),
                            physicalLocation=closed(
                                artifactLocation=closed(
                                    uri={"type": "string", "format": "uri-reference"},
                                    uriBaseId={"type": "string"},
                                ),
                                region=closed(startLine={"type": "integer", "minimum": 1}),
                            ),
                        )
                    ),
                )
            ),
        )
    ),
)


def test_sarif_has_all_rules_with_help_and_a_result_for_each_finding() -> None:
    found = checked([finding("breaking"), finding("cosmetic", None)], lacks=["a file"])
    document = check_sarif(found, NOWHERE, "breaking")
    Draft202012Validator(SARIF).validate(document)
    [run] = document["runs"]
    rules = run["tool"]["driver"]["rules"]
    assert [each["id"] for each in rules] == list(RULES)
    assert all(each["help"]["text"] and each["help"]["markdown"] for each in rules)
    assert [each["level"] for each in run["results"]] == ["error", "note"]
    for each in run["results"]:
        assert rules[each["ruleIndex"]]["id"] == each["ruleId"]
    names = [each["locations"][0]["logicalLocations"][0] for each in run["results"]]
    assert names[0] == {"fullyQualifiedName": "c0.example.com/v1/spec.a"}
    prints = {each["partialFingerprints"]["finding/v1"] for each in run["results"]}
    assert len(prints) == 2
    assert run["invocations"][0]["executionSuccessful"] is False
    assert check_sarif(checked([finding("risky")]), NOWHERE, "risky")["runs"][0]["results"][0][
        "level"
    ] == ("error")


PLACED = """# CRDs
apiVersion: v1
kind: List
items:
- apiVersion: apiextensions.k8s.io/v1
  kind: CustomResourceDefinition
  metadata:
    name: widgets.example.com
  spec:
    versions:
    - name: v1
      schema:
        openAPIV3Schema:
          properties:
            spec:
              properties:
                ports:
                  type: array
                  items:
                    properties:
                      "a.b/c": {type: string}
                tags:
                  additionalProperties:
                    maxLength: 3
    - name: v2
      schema: {openAPIV3Schema: {type: object}}
"""


@pytest.mark.parametrize(
    ("version", "path", "line"),
    [
        (None, None, 8),
        ("v1", None, 11),
        ("v1 -> v2", None, 25),
        ("v1", "", 14),
        ("v1", "spec", 15),
        ("v1", 'spec.ports[*]["a.b/c"]', 21),
        ("v1", "spec.ports[*].gone", 19),
        ("v1", "spec.tags.*", 23),
        ("v1", "spec.gone.deep", 15),
        ("v3", "spec", 5),
        ("v2", "spec", 26),
    ],
)
def test_findings_stand_where_their_field_stands(
    checking: Checking, version: str | None, path: str | None, line: int
) -> None:
    checking.put("crds/b.yaml", "a: [", "")
    checking.put("crds/c.yaml", PLACED)
    (checking.folder / "crds" / "d.yaml").write_bytes(b"\xff CustomResourceDefinition")
    found = Places("crds").of("widgets.example.com", finding("risky", path, version=version))
    assert found is not None
    assert (found.path, found.line, found.uri) == ("crds/c.yaml", line, "crds/c.yaml")
    assert Places("crds").of("gadgets.example.com", finding("risky")) is None
    assert Places("").of("widgets.example.com", finding("risky")) is None  # stdin is no folder
    for word, uri in (("crds", "crds"), ("", "stdin"), ("latest", "latest")):
        [result] = check_sarif(checked([finding("risky")]), Places(word), "risky")["runs"][0][
            "results"
        ]
        artifact = result["locations"][0]["physicalLocation"]["artifactLocation"]
        assert artifact == {"uri": uri, "uriBaseId": "%SRCROOT%"}
    assert Places("gone").of("widgets.example.com", finding("risky")) is None


def test_formats_of_pull_requests_through_the_command(checking: Checking, tmp_path: Path) -> None:
    checking.put("old/a.yaml", crd())
    checking.put("new/a b.yaml", crd(mode=NARROWER))
    said = checking.compat("-o", "github").lines
    assert re.fullmatch(r"::error file=new/a b.yaml,line=\d+,title=widgets.*::v1 spec.mode: .*",
                        said[0])  # fmt: skip
    assert checking.compat("--file", "a.md").code == 1
    assert (tmp_path / "a.md").read_text().startswith("**Breaking: ")
    assert checking.compat("--file", "a.sarif").out == ""
    document = json.loads((tmp_path / "a.sarif").read_text())
    Draft202012Validator(SARIF).validate(document)
    [result] = document["runs"][0]["results"]
    physical = result["locations"][0]["physicalLocation"]
    assert physical["artifactLocation"] == {"uri": "new/a%20b.yaml", "uriBaseId": "%SRCROOT%"}
    [row] = checking.compat("-o", "csv").lines[1:]
    assert row.startswith("widgets.example.com,changed,breaking,enum-value-removed,v1,spec.mode,")
    assert checking.compat("-o", "name").lines == ["crd/widgets.example.com"]
    assert checking.compat("-o", "jsonpath={.level}").out.strip() == "breaking"
    assert checking.compat("--file", "a.pdf").code == 2


def test_rules_are_listed_and_explained(checking: Checking) -> None:
    listed = checking.run("rules", "list", "-o", "json").json
    assert [each["id"] for each in listed] == list(RULES)
    told = checking.run("rules", "explain", "type-changed")
    assert told.code == 0
    for part in ("Why it matters", "Example", "What the API server does", "How to get out"):
        assert f"\n{part}\n  " in told.out
    assert checking.run("rules", "explain", "type-changed", "-o", "yaml").code == 0
    explained = yaml.safe_load(checking.run("rules", "explain", "type-changed", "-o", "yaml").out)
    assert explained["id"] == "type-changed"
    missed = checking.run("rules", "explain", "type-change")
    assert (missed.code, missed.out) == (2, "")
    assert "there is no rule type-change; perhaps type-changed is meant" in missed.err
    assert "check rules list has all" in checking.run("rules", "explain", "x" * 30).err

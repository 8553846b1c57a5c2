"""New values in the text of a kubeconfig: all else stays byte for byte, or nothing is changed."""

from __future__ import annotations

import pytest
import yaml

from k8s_datamodel_plugins.sources.server.oidc.kubeconfig_edits import UnsureError, replaced

NEW = {"id-token": "new.id.token", "refresh-token": "new-refresh"}

BLOCK = """\
# my clusters: keep this comment
apiVersion: v1
kind: Config
current-context:   alpha   # the one
users:
- name: other
  user: {token: abc}
- name: me
  user:
    auth-provider:
      config:
        client-id: c
        # issued by the portal
        id-token: OLDID      # short-lived
        idp-issuer-url: 'https://issuer.example/realm'
        refresh-token: OLDREFRESH
      name: oidc
"""
FLOW = (
    "# keep\nusers:\n"
    "- {name: me, user: {auth-provider: {name: oidc, config: {client-id: c, "
    "id-token: 'OLDID', idp-issuer-url: \"x\", refresh-token: OLDREFRESH}}}}\n"
    "- {name: other, user: {token: OLDREFRESH}}\n"
)
JSON = (
    '{"kind": "Config", "users": [{"name": "me", "user": {"auth-provider": {"name": "oidc", '
    '"config": {"id-token": "OLDID", "refresh-token": "OLDREFRESH"}}}}]}'
)


def with_values(text: str, identity: str, refresh: str) -> str:
    head, _, tail = text.partition("OLDID")
    middle, _, end = tail.partition("OLDREFRESH")
    return head + identity + middle + refresh + end


PLAIN = ("new.id.token", "new-refresh")
SAME_FORM: dict[str, tuple[str, tuple[str, str]]] = {
    "block": (BLOCK, PLAIN),
    "flow": (FLOW, PLAIN),
    "JSON": (JSON, PLAIN),
    "CRLF": (BLOCK.replace("\n", "\r\n"), PLAIN),
    "a byte order mark": ("\ufeff" + BLOCK, PLAIN),
    "other scripts": (BLOCK.replace("my clusters", "mein Büro ☕🚀 — 集群"), PLAIN),
    "no line end at the end": (BLOCK.rstrip(), PLAIN),
    "double quotes": (BLOCK.replace("OLDID", '"OLDID"'), PLAIN),
    "single quotes": (BLOCK.replace("OLDREFRESH", "'OLDREFRESH'"), PLAIN),
    "a second document": (BLOCK + "---\nkind: Other\n", PLAIN),
    "a second user": (BLOCK + "- name: last\n  user: {token: OLDID}\n", PLAIN),
    "anchors elsewhere": (
        BLOCK.replace("{token: abc}", "&x {token: abc}") + "preferences: *x\n",
        PLAIN,
    ),
}


@pytest.mark.parametrize("case", SAME_FORM)
def test_two_values_are_replaced_and_nothing_else(case: str) -> None:
    text, written = SAME_FORM[case]
    assert replaced(text.encode(), "me", NEW).decode() == with_values(text, *written)


# What has to be quoted, for a plain value, one in single quotes, and one in double quotes.
@pytest.mark.parametrize(
    "value", ["1234", "true", "1e5", "a: b", "a #b", "-", "it's", 'a"b', "a,b"]
)
@pytest.mark.parametrize("quotes", ["", "'", '"'])
@pytest.mark.parametrize("form", [BLOCK, FLOW.replace("'OLDID'", "OLDID")], ids=["block", "flow"])
def test_any_value_is_the_same_when_it_is_read(value: str, quotes: str, form: str) -> None:
    text = form.replace("OLDID", f"{quotes}OLDID{quotes}")
    changed = replaced(text.encode(), "me", {"id-token": value})
    users = yaml.safe_load(changed)["users"]
    (me,) = [each["user"] for each in users if each["name"] == "me"]
    assert me["auth-provider"]["config"]["id-token"] == value
    assert changed.decode().partition("refresh-token")[2] == text.partition("refresh-token")[2]


WITHOUT = {
    "block": (
        BLOCK.replace("        id-token: OLDID      # short-lived\n", ""),
        "        client-id: c\n",
        "        id-token: new.id.token\n        client-id: c\n",
    ),
    "CRLF": (
        BLOCK.replace("        id-token: OLDID      # short-lived\n", "").replace("\n", "\r\n"),
        "        client-id: c\r\n",
        "        id-token: new.id.token\r\n        client-id: c\r\n",
    ),
    "flow": (
        FLOW.replace("id-token: 'OLDID', ", ""),
        "{client-id: c,",
        "{id-token: new.id.token, client-id: c,",
    ),
    "JSON": (
        JSON.replace('"id-token": "OLDID", ', ""),
        '{"refresh-token"',
        '{"id-token": "new.id.token", "refresh-token"',
    ),
}


@pytest.mark.parametrize("case", WITHOUT)
def test_a_key_that_is_not_there_yet_is_added(case: str) -> None:
    text, before, after = WITHOUT[case]
    assert text.count(before) == 1
    changed = replaced(text.encode(), "me", NEW).decode()
    assert changed == text.replace(before, after).replace("OLDREFRESH", "new-refresh", 1)


UNSURE = {
    "an anchor at the value": BLOCK.replace("OLDID", "&token OLDID"),
    "an alias as the value": BLOCK.replace("{token: abc}", "{token: &t abc}").replace(
        "OLDID", "*t"
    ),
    "a tag at the value": BLOCK.replace("OLDID", "!!str OLDID"),
    "a block scalar": BLOCK.replace("OLDID      # short-lived", ">-\n          OLDID"),
    "a config that is shared": BLOCK.replace("config:\n", "config: &shared\n")
    + "- name: twin\n  user: {auth-provider: {name: oidc, config: *shared}}\n",
    "an alias of itself": BLOCK + "preferences: &self {me: *self}\n",
    "no such user": BLOCK.replace("name: me", "name: you"),
    "no YAML": BLOCK + "\t- x: [",
    "no text": "\udcff",
    "an empty file": "",
}


@pytest.mark.parametrize("case", UNSURE)
def test_what_is_not_sure_is_not_changed(case: str) -> None:
    with pytest.raises(UnsureError) as caught:
        replaced(UNSURE[case].encode(errors="surrogateescape"), "me", NEW)
    assert "OLD" not in str(caught.value)

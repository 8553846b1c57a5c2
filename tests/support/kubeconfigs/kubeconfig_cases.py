"""Kubeconfigs, and whether kubectl can work with each: the next one is one line.

A case is made of the pieces of ``Case``. In all of its text stand for what is known later:

| written | is |
|---|---|
| ``<URL>``, ``<HOSTPORT>`` | the server, with and without ``https://`` |
| ``<HTTP>`` | a plain HTTP proxy to it that needs no credentials |
| ``<CA>``, ``<CERT>``, ``<KEY>`` | files: its authority, an administrator's certificate and key |
| ``<CA64>``, ``<CERT64>``, ``<KEY64>`` | the same in base64 |
| ``<OTHER>`` | the key of somebody else |
| ``<DIR>`` | the folder of the case |

Every secret of a case has ``SECRET`` in it, or is the administrator's token ``admin-token``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

CLUSTER = "server: '<URL>', certificate-authority: '<CA>'"
TOKEN = "token: admin-token"
CONTEXT = "cluster: alpha, user: me"
CERTIFICATE = "client-certificate: '<CERT>', client-key: '<KEY>'"

_JWT = "eyJhbGciOiJub25lIn0.eyJzdWIiOiJTRUNSRVQiLCJleHAiOjQxMDAwMDAwMDB9.U0VDUkVU"


@dataclass(frozen=True)
class Case:
    """A kubeconfig and its surroundings.

    Attributes:
        works: whether kubectl can list with it.
        user, cluster, context: the fields of its one user, cluster and context, in YAML.
        text: the whole file, in place of those; bytes are taken as they are.
        encoding: of the file.
        files: others beside it; those that end in ``.sh`` are programs.
        env: variables; ``KUBECONFIG`` is the file otherwise.
    """

    works: bool
    user: str = TOKEN
    cluster: str = CLUSTER
    context: str = CONTEXT
    text: str | bytes = ""
    encoding: str = "utf-8"
    files: Mapping[str, str] = field(default_factory=dict)
    env: Mapping[str, str] = field(default_factory=dict)

    @property
    def content(self) -> str | bytes:
        """The kubeconfig."""
        return self.text or config(self.user, self.cluster, self.context)


def config(user: str = TOKEN, cluster: str = CLUSTER, context: str = CONTEXT) -> str:
    """A kubeconfig of one context."""
    return f"""\
apiVersion: v1
kind: Config
current-context: alpha
clusters:
- name: alpha
  cluster: {{{cluster}}}
users:
- name: me
  user: {{{user}}}
contexts:
- name: alpha
  context: {{{context}}}
"""


def user(works: bool, fields: str, **files: str) -> Case:
    """A user with these fields, and the files that they name (``_`` is the dot of a suffix)."""
    return Case(works, user=fields, files={k.replace("_", "."): v for k, v in files.items()})


def cluster(works: bool, fields: str, **options: Any) -> Case:
    """A cluster with these fields."""
    return Case(works, cluster=fields, **options)


def text(works: bool, content: str | bytes, **options: Any) -> Case:
    """A whole file."""
    return Case(works, text=content, **options)


def several(works: bool, paths: str, first: str | bytes, **files: str) -> Case:
    """The file and others beside it, in the order in which ``KUBECONFIG`` names them."""
    where = ":".join(f"<DIR>/{path}" if path else "" for path in paths.split(":"))
    return Case(works, text=first, files=files, env={"KUBECONFIG": where})


def plugin(works: bool, says: str, fields: str = "", version: str = "v1", also: str = "") -> Case:
    """A credential plugin that runs a script.

    Args:
        works: whether kubectl can work with it.
        says: the script.
        fields: of ``exec``, beside the command; they begin with a comma.
        version: of ``client.authentication.k8s.io``.
        also: fields of the user beside ``exec``; they begin with a comma.
    """
    mode = "" if "interactiveMode" in fields or version != "v1" else ", interactiveMode: Never"
    kind = f"apiVersion: client.authentication.k8s.io/{version}"
    files = {"plugin.sh": f"#!/bin/sh\n{says}\n"}
    return Case(
        works, user=f"exec: {{{kind}, command: ./plugin.sh{mode}{fields}}}{also}", files=files
    )


def answer(status: str, version: str = "v1", kind: str = "ExecCredential") -> str:
    """A script that prints a credential with this status."""
    group = f"client.authentication.k8s.io/{version}"
    return f"""cat <<'END'
{{"apiVersion": "{group}", "kind": "{kind}"{status and ', "status": '}{status}}}
END"""


_GOOD = '{"token": "admin-token"}'
_CERTIFICATES = """\
json() { awk '{printf "%s\\\\n", $0}' "$1"; }
echo "{\\"apiVersion\\": \\"client.authentication.k8s.io/v1\\", \\"kind\\": \\"ExecCredential\\","
echo "\\"status\\": {"
"""


def _certificates(*fields: str) -> str:
    """A script that prints these files in a credential."""
    lines = [f'printf \'"{name}": "%s"\' "$(json \'{path}\')"' for name, path in _pairs(fields)]
    return _CERTIFICATES + "\nprintf ', '\n".join(lines) + "\necho '}}'"


def _pairs(fields: tuple[str, ...]) -> list[tuple[str, str]]:
    paths = {"clientCertificateData": "<CERT>", "clientKeyData": "<KEY>"}
    return [(name, paths[name]) for name in fields]


def oidc(works: bool, fields: str, also: str = "") -> Case:
    """A user of the auth-provider ``oidc`` with these fields of its ``config``."""
    return Case(works, user=f"auth-provider: {{name: oidc, config: {{{fields}}}}}{also}")


_ISSUER = "client-id: c, idp-issuer-url: 'http://127.0.0.1:9/realm'"
_PATHS = "current-context: alpha\nclusters: [{name: alpha, cluster: {%s}}]\n"
_NO_USER = _PATHS % CLUSTER + "contexts: [{name: alpha, context: {cluster: alpha, user: me}}]\n"

CASES: dict[str, Case] = {
    # Tokens.
    "a token": user(True, TOKEN),
    "a token that ends a line": user(False, r'token: "admin-token-SECRET\n"'),
    "a good token that ends a line": user(False, r'token: "admin-token\n"'),
    "a token with spaces before": user(False, "token: '  admin-token'"),
    "a token with spaces behind": user(True, "token: 'admin-token  '"),
    "a token with a control character": user(False, r'token: "SECRET\a"'),
    "a token that is no ASCII": user(False, "token: SECRET-ťökén"),
    "a token that is a number": user(False, "token: 31415926"),
    "a token that is true": user(False, "token: yes"),
    "a token that looks like a time": user(False, "token: 2026-11-26"),
    "a token that looks like an hour": user(False, "token: 12:30:45"),
    "a token that is a list": user(False, "token: [SECRET]"),
    "a wrong token": user(False, "token: SECRET"),
    "a token that is null": user(False, "token: null"),
    "a token that is empty": user(False, "token: ''"),
    # Token files.
    "a token file": user(True, "tokenFile: t", t="admin-token"),
    "a token file with a line's end": user(True, "tokenFile: t", t="admin-token\n"),
    "a token file from Windows": user(True, "tokenFile: t", t="admin-token\r\n"),
    "a token file with blanks": user(True, "tokenFile: t", t="\n\n \tadmin-token \n\n"),
    "a token file with two tokens": user(False, "tokenFile: t", t="admin-token\nSECRET\n"),
    "a token file before a token": user(True, "tokenFile: t, token: SECRET", t="admin-token"),
    "a wrong token file before a token": user(False, f"tokenFile: t, {TOKEN}", t="SECRET"),
    "a token for a token file not there": user(True, f"tokenFile: t, {TOKEN}"),
    "a token for an empty token file": user(True, f"tokenFile: t, {TOKEN}", t=" \n"),
    "a token for a folder": user(True, f"tokenFile: '<DIR>', {TOKEN}"),
    "a token file that is not there": user(False, "tokenFile: t"),
    "a token file that is empty": user(False, "tokenFile: t", t=""),
    "a token file of blanks": user(False, "tokenFile: t", t=" \n"),
    "a token file that is a folder": user(False, "tokenFile: '<DIR>'"),
    "a token file with a mark": user(False, "tokenFile: t", t="\ufeffadmin-token"),
    "a token file that is null": user(True, f"tokenFile: null, {TOKEN}"),
    # Certificates.
    "a certificate": user(True, CERTIFICATE),
    "a certificate inside": user(
        True, "client-certificate-data: <CERT64>, client-key-data: <KEY64>"
    ),
    "half a certificate inside": user(
        True, "client-certificate: '<CERT>', client-key-data: <KEY64>"
    ),
    "a certificate beside empty data": user(
        True, f"{CERTIFICATE}, client-certificate-data: '', client-key-data: null, token: null"
    ),
    "a certificate and a wrong token": user(True, f"{CERTIFICATE}, token: SECRET"),
    "a certificate and a password": user(True, f"{CERTIFICATE}, username: u, password: SECRET"),
    "a certificate without key": user(False, "client-certificate: '<CERT>'"),
    "a certificate with another's key": user(
        False, "client-certificate: '<CERT>', client-key: '<OTHER>'"
    ),
    "a certificate twice": user(False, f"{CERTIFICATE}, client-certificate-data: <CERT64>"),
    "a key twice": user(False, f"{CERTIFICATE}, client-key-data: <KEY64>"),
    "a certificate that is not there": user(
        False, f"client-certificate: no.crt, client-key: '<KEY>', {TOKEN}"
    ),
    "a key without certificate": user(True, f"client-key: '<KEY>', {TOKEN}"),
    "a certificate that is none": user(
        False, f"client-certificate-data: AAAA, client-key-data: <KEY64>, {TOKEN}"
    ),
    "a certificate that is no base64": user(
        False, f"client-certificate-data: 'SECRET!', client-key-data: <KEY64>, {TOKEN}"
    ),
    "a null in place of a certificate": user(True, f"{TOKEN}, client-certificate-data: null"),
    "a null key": user(
        False,
        "token: null, client-certificate-data: AAAA, client-key-data: null,"
        " password: SECRET, username: u",
    ),
    # Passwords.
    "a password": user(False, "username: u, password: SECRET"),
    "a password and a token": user(False, f"username: u, password: SECRET, {TOKEN}"),
    "a password and a token file": user(
        False, "username: u, password: SECRET, tokenFile: t", t="admin-token"
    ),
    "a name without password": user(False, "username: u"),
    "a name and a token": user(False, f"username: u, {TOKEN}"),
    "a password without name": user(False, "password: SECRET"),
    "a password that is a number": user(False, "username: u, password: 31415926"),
    # No credentials.
    "no user": Case(False, context="cluster: alpha"),
    "a user that is not there": Case(False, context="cluster: alpha, user: other"),
    "an empty user": user(False, ""),
    "a user that is null": text(
        False, config().replace("user: {token: admin-token}", "user: null")
    ),
    "only extensions": user(False, "extensions: [{name: e, extension: {a: SECRET}}]"),
    # Impersonation.
    "as another who may": user(True, f"{TOKEN}, as: x, as-groups: ['system:masters']"),
    "as another who may not": user(False, f"{TOKEN}, as: x"),
    "as a group alone": user(False, f"{TOKEN}, as-groups: ['system:masters']"),
    "as with a uid and more": user(
        True,
        f"{TOKEN}, as: x, as-uid: '1', as-groups: ['system:masters'],"
        " as-user-extra: {'example.org/why%': [audit, more]}",
    ),
    "as a uid alone": user(False, f"{TOKEN}, as-uid: '1'"),
    "as with groups that are null": user(True, f"{TOKEN}, as-groups: null, as: ''"),
    "as a name that is no ASCII": user(True, f"{TOKEN}, as: jürgen, as-groups: [system:masters]"),
    # Credential plugins.
    "a plugin": plugin(True, answer(_GOOD)),
    "a plugin of before": plugin(True, answer(_GOOD, "v1beta1"), version="v1beta1"),
    "a plugin of long ago": plugin(False, answer(_GOOD, "v1alpha1"), version="v1alpha1"),
    "a plugin of the future": plugin(False, answer(_GOOD, "v9"), version="v9"),
    "a plugin without a mode": plugin(False, answer(_GOOD), ", interactiveMode: ''"),
    "a plugin with a strange mode": plugin(False, answer(_GOOD), ", interactiveMode: Perhaps"),
    "a plugin that wants a terminal": plugin(False, answer(_GOOD), ", interactiveMode: Always"),
    "a plugin that takes a terminal": plugin(True, answer(_GOOD), ", interactiveMode: IfAvailable"),
    "a plugin with arguments": plugin(
        True, f'[ "$1 $2" = "a b" ] && {answer(_GOOD)}', ", args: [a, b]"
    ),
    "a plugin with an argument that is a number": plugin(False, answer(_GOOD), ", args: [1]"),
    "a plugin with variables": plugin(
        True,
        f'[ "$A$B" = SECRET ] && {answer(_GOOD)}',
        ", env: [{name: A, value: SECRET}, {name: B, value: null}]",
    ),
    "a plugin with a variable without name": plugin(
        False, answer(_GOOD), ", env: [{value: SECRET}]"
    ),
    "a plugin with a variable without value": plugin(True, answer(_GOOD), ", env: [{name: A}]"),
    "a plugin that is told what it is for": plugin(
        True, f'case "$KUBERNETES_EXEC_INFO" in *ExecCredential*) {answer(_GOOD)}\nesac'
    ),
    "a plugin that complains and goes on": plugin(True, f"echo SECRET >&2\n{answer(_GOOD)}"),
    "a plugin with a certificate": plugin(
        True, _certificates("clientCertificateData", "clientKeyData")
    ),
    "a plugin with half a certificate": plugin(False, _certificates("clientCertificateData")),
    "a plugin with only a key": plugin(False, _certificates("clientKeyData")),
    "a plugin with a certificate that is none": plugin(
        False, answer('{"clientCertificateData": "SECRET", "clientKeyData": "SECRET"}')
    ),
    "a plugin with a token long over": plugin(
        True, answer('{"token": "admin-token", "expirationTimestamp": "2020-01-01T00:00:00Z"}')
    ),
    "a plugin with a strange time": plugin(
        False, answer('{"token": "admin-token", "expirationTimestamp": "SECRET"}')
    ),
    "a plugin with more in its status": plugin(True, answer('{"token": "admin-token", "x": 1}')),
    "a plugin with an empty token": plugin(False, answer('{"token": ""}')),
    "a plugin with a null token": plugin(False, answer('{"token": null}')),
    "a plugin with a number": plugin(False, answer('{"token": 31415926}')),
    "a plugin with a token and a line's end": plugin(False, answer('{"token": "SECRET\\n"}')),
    "a plugin with a null status": plugin(False, answer("null")),
    "a plugin with an empty status": plugin(False, answer("{}")),
    "a plugin without status": plugin(False, answer("")),
    "a plugin whose status is a list": plugin(False, answer('["SECRET"]')),
    "a plugin of another version": plugin(False, answer(_GOOD, "v1beta1")),
    "a plugin of another kind": plugin(False, answer(_GOOD, kind="Secret")),
    "a plugin that prints YAML": plugin(
        True,
        "echo 'apiVersion: client.authentication.k8s.io/v1'\n"
        "echo 'kind: ExecCredential'\necho 'status: {token: admin-token}'",
    ),
    "a plugin that says nothing": plugin(False, "true"),
    "a plugin that says what is no JSON": plugin(False, "echo SECRET"),
    "a plugin that says a number": plugin(False, "echo 5"),
    "a plugin that says what is no text": plugin(False, r"printf '\377\376SECRET'"),
    "a plugin that fails": plugin(False, "echo password=SECRET-hunter2 >&2; exit 3"),
    "a plugin that fails after its answer": plugin(False, f"{answer(_GOOD)}\nexit 1"),
    "a plugin that is killed": plugin(False, "kill -9 $$"),
    "a plugin that nobody may run": user(
        False,
        "exec: {apiVersion: client.authentication.k8s.io/v1, command: ./p, interactiveMode: Never}",
        p="#!/bin/sh\n",
    ),
    "a plugin that is not there": user(
        False,
        "exec: {apiVersion: client.authentication.k8s.io/v1, command: no-such-plugin-here,"
        " installHint: get it, interactiveMode: Never}",
    ),
    "a plugin without command": user(
        False, "exec: {apiVersion: client.authentication.k8s.io/v1, interactiveMode: Never}"
    ),
    "a plugin without version": user(False, "exec: {command: ./p, interactiveMode: Never}"),
    "a plugin that is empty": user(False, "exec: {}"),
    "a plugin that is null": user(True, f"exec: null, {TOKEN}"),
    "a plugin beside a token": plugin(True, "exit 1", also=f", {TOKEN}"),
    "a plugin beside a certificate": plugin(True, "exit 1", also=f", {CERTIFICATE}"),
    "a plugin beside a password": plugin(
        False, answer(_GOOD), also=", username: u, password: SECRET"
    ),
    "a plugin beside a provider": plugin(
        False, answer(_GOOD), also=", auth-provider: {name: oidc}"
    ),
    "a plugin on the path": Case(
        True,
        user="exec: {apiVersion: client.authentication.k8s.io/v1, command: plugin.sh,"
        " interactiveMode: Never}",
        files={"plugin.sh": f"#!/bin/sh\n{answer(_GOOD)}\n"},
        env={"PATH": "<DIR>:/usr/bin:/bin"},
    ),
    # Providers of before.
    "azure": user(False, "auth-provider: {name: azure, config: {access-token: SECRET}}"),
    "azure beside a token": user(False, f"auth-provider: {{name: azure}}, {TOKEN}"),
    "gcp": user(False, "auth-provider: {name: gcp, config: {access-token: admin-token}}"),
    "a provider nobody knows": user(False, "auth-provider: {name: x, config: {a: SECRET}}"),
    "a provider without name": user(False, "auth-provider: {}"),
    "a provider that is null": user(True, f"auth-provider: null, {TOKEN}"),
    "an id-token that is none": oidc(False, f"{_ISSUER}, id-token: admin-token"),
    "an id-token of another issuer": oidc(False, f"{_ISSUER}, id-token: {_JWT}"),
    "an id-token without issuer": oidc(False, f"client-id: c, id-token: {_JWT}"),
    "an id-token without client": oidc(False, f"idp-issuer-url: 'http://x', id-token: {_JWT}"),
    "a provider with no tokens": oidc(False, _ISSUER),
    "a provider with a number": oidc(False, f"{_ISSUER}, expires-in: 31415926", f", {TOKEN}"),
    "a provider beside a token": oidc(True, _ISSUER, f", {TOKEN}"),
    "a provider beside a password": oidc(False, _ISSUER, ", username: u, password: SECRET"),
    "half a provider beside a token": oidc(False, "client-id: c", f", {TOKEN}"),
    # Servers.
    "an authority inside": cluster(
        True, "server: '<URL>', certificate-authority-data: <CA64>, certificate-authority: ''"
    ),
    "an authority twice": cluster(False, f"{CLUSTER}, certificate-authority-data: <CA64>"),
    "an authority that is not there": cluster(
        False, "server: '<URL>', certificate-authority: no.crt"
    ),
    "an authority that is none": cluster(
        False, "server: '<URL>', certificate-authority-data: AAAA"
    ),
    "no authority": cluster(False, "server: '<URL>'"),
    "no verification": cluster(True, "server: '<URL>', insecure-skip-tls-verify: true"),
    "no verification with an authority": cluster(
        False, f"{CLUSTER}, insecure-skip-tls-verify: true"
    ),
    "verification, said so": cluster(True, f"{CLUSTER}, insecure-skip-tls-verify: false"),
    "verification in quotes": cluster(False, f"{CLUSTER}, insecure-skip-tls-verify: 'false'"),
    "the server's right name": cluster(True, f"{CLUSTER}, tls-server-name: localhost"),
    "the server's wrong name": cluster(False, f"{CLUSTER}, tls-server-name: elsewhere.example"),
    "a server with a slash": cluster(True, "server: '<URL>/', certificate-authority: '<CA>'"),
    "a server with two slashes": cluster(True, "server: '<URL>//', certificate-authority: '<CA>'"),
    "a server in capitals": cluster(
        True, "server: 'HTTPS://<HOSTPORT>', certificate-authority: '<CA>'"
    ),
    "a server without scheme": cluster(
        False, "server: '<HOSTPORT>', certificate-authority: '<CA>'"
    ),
    "a server by HTTP": cluster(False, "server: 'http://<HOSTPORT>'"),
    "a server by FTP": cluster(False, "server: 'ftp://<HOSTPORT>'"),
    "a server that is null": cluster(False, "server: null"),
    "a server that is a number": cluster(False, "server: 5"),
    "a server with blanks": cluster(False, "server: ' <URL>', certificate-authority: '<CA>'"),
    "a server with a password": cluster(
        False, "server: 'https://u:SECRET@<HOSTPORT>', certificate-authority: '<CA>'"
    ),
    "a server with a password and a certificate": cluster(
        True,
        "server: 'https://u:SECRET@<HOSTPORT>', certificate-authority: '<CA>'",
        user=CERTIFICATE,
    ),
    "a server with a strange port": cluster(
        False, "server: 'https://u:SECRET@127.0.0.1:99999', certificate-authority: '<CA>'"
    ),
    "a server with a password, not there": cluster(
        False, "server: 'https://u:SECRET@no-such-host.invalid:1', certificate-authority: '<CA>'"
    ),
    "a server with a query": cluster(True, "server: '<URL>/?a=b#c', certificate-authority: '<CA>'"),
    "a proxy without credentials": cluster(True, "server: '<HTTP>'", user=""),
    "a proxy without scheme": cluster(True, "server: '<HTTPHOST>'", user=""),
    "a proxy and credentials that are wrong": cluster(
        True,
        "server: '<HTTP>'",
        user="exec: {apiVersion: client.authentication.k8s.io/v1,"
        " command: no-such-plugin, interactiveMode: Never}, token: SECRET",
    ),
    "a proxy and a provider nobody knows": cluster(
        True, "server: '<HTTP>'", user="auth-provider: {name: x}"
    ),
    "what is null in a cluster": cluster(
        True, f"{CLUSTER}, certificate-authority-data: null, proxy-url: '', tls-server-name: null"
    ),
    "a cluster that is not there": Case(False, context="cluster: other, user: me"),
    "a context without cluster": Case(False, context="user: me"),
    # Text.
    "JSON": text(
        True,
        '{"kind": "Config", "apiVersion": "v1", "current-context": "alpha", "users":'
        ' [{"name": "me", "user": {"token": "admin-token"}}], "clusters": [{"name": "alpha",'
        ' "cluster": {"server": "<URL>", "certificate-authority": "<CA>"}}],'
        ' "contexts": [{"name": "alpha", "context": {"cluster": "alpha", "user": "me"}}]}',
    ),
    "JSON with tabs": text(
        True,
        '{\n\t"kind": "Config",\n\t"apiVersion": "v1",\n\t"preferences": {},\n'
        '\t"current-context": "alpha",\n\t"users": [\n\t\t{"name": "me", "user": {\n'
        '\t\t\t"token": "admin-token"}}],\n\t"clusters": [{"name": "alpha", "cluster": {\n'
        '\t\t\t"server": "<URL>",\n\t\t\t"certificate-authority": "<CA>"}}],\n'
        '\t"contexts": [{"name": "alpha", "context": {"cluster": "alpha",\t"user": "me"}}]}\n',
    ),
    "a flow of YAML with tabs": text(
        True,
        "{\n\tcurrent-context: alpha,\n\tusers: [{name: me, user: {token: admin-token}}],\n"
        "\tclusters: [{name: alpha, cluster: {" + CLUSTER + "}}],\n"
        "\tcontexts: [{name: alpha, context: {cluster: alpha, user: me}}],\n}\n",
    ),
    "a mark": text(True, "\ufeff" + config()),
    "lines from Windows": text(True, config().replace("\n", "\r\n")),
    "a mark and lines from Windows": text(True, "\ufeff" + config().replace("\n", "\r\n")),
    "UTF-16, little": text(True, "\ufeff" + config(), encoding="utf-16-le"),
    "UTF-16, big": text(True, "\ufeff" + config(), encoding="utf-16-be"),
    "Latin-1": text(False, config(user="token: SECRET-é").encode("latin-1")),
    "a control character": text(False, config(user="token: SECRET\x01")),
    "a document's start": text(True, "# ours\n---\n" + config()),
    "two documents": text(True, config() + "---\nusers: SECRET\n"),
    "no kind": text(True, config().replace("kind: Config\n", "").replace("apiVersion: v1\n", "")),
    "another kind": text(False, config().replace("kind: Config", "kind: Secret")),
    "another version": text(False, config().replace("apiVersion: v1", "apiVersion: v2")),
    "unknown fields": text(
        True, config(user=f"{TOKEN}, colour: SECRET, provider: [1]") + "later: {a: 1}\n"
    ),
    "a key twice in the text": text(True, config(user=f"token: SECRET, {TOKEN}")),
    "a section twice": text(True, "users: 5\n" + config()),
    "anchors": text(
        True,
        config(user="<<: *creds").replace("kind: Config", f"kind: Config\nx: &creds {{{TOKEN}}}"),
    ),
    "names that are numbers": text(
        False, config().replace("name: alpha", "name: 1").replace("cluster: alpha", "cluster: 1")
    ),
    "names that are true": text(
        False, config().replace("name: me", "name: y").replace("user: me", "user: y")
    ),
    "a current context that is a number": text(
        False, config().replace("current-context: alpha", "current-context: 7")
    ),
    "no current context": text(False, config().replace("current-context: alpha\n", "")),
    "an empty current context": text(
        False, config().replace("current-context: alpha\n", "current-context: ''\n")
    ),
    "another current context": text(
        False, config().replace("current-context: alpha", "current-context: other")
    ),
    "names with strange characters": text(
        True,
        config()
        .replace("alpha", '"ä/b c:@☃"')
        .replace("me\n", "'user:SECRETLESS'\n")
        .replace("user: me", "user: 'user:SECRETLESS'"),
    ),
    "two users of one name": text(
        False, config().replace("contexts:", "- name: me\n  user: {token: SECRET}\ncontexts:")
    ),
    "two contexts of one name": text(
        False, config() + "- name: alpha\n  context: {cluster: x, user: y}\n"
    ),
    "another user who is wrong": text(
        False, config().replace("contexts:", "- name: x\n  user: {token: 31415926}\ncontexts:")
    ),
    "another cluster without server": text(
        True, config().replace("users:", "- name: x\n  cluster: {}\nusers:")
    ),
    "sections that are null": text(True, config() + "extensions: null\npreferences: null\n"),
    "users that are a mapping": text(
        False, config().replace("- name: me\n  user:", "  name: me\n  user:")
    ),
    "an entry without name": text(
        True, config().replace("contexts:", "- user: {token: SECRET}\ncontexts:")
    ),
    "an entry that is null": text(True, config().replace("contexts:", "- null\ncontexts:")),
    "an empty file": text(False, b" \n"),
    "a list": text(False, "- SECRET\n"),
    "words": text(False, "just SECRET words\n"),
    "a quote that never ends": text(False, config(user="token: 'SECRET")),
    "an alias of nothing": text(False, config(user="token: *SECRET")),
    "a tag of ours": text(True, config(user="token: !ours admin-token")),
    "aliases of aliases": text(
        False,
        "a0: &a0 [SECRET]\n"
        + "".join(f"a{n + 1}: &a{n + 1} [{', '.join([f'*a{n}'] * 10)}]\n" for n in range(9))
        + config(),
    ),
    "numbers nobody needs": text(
        True, "a: [0b_, 0x, 0o8, 1_, 99999999999999999999999999]\n" + config()
    ),
    "an infinite number": text(False, "a: -.inf\n" + config()),
    "a number too large": text(True, "a: 1e999\n" + config()),
    "a few aliases": text(True, "a: &a [x]\nb: [*a, *a, *a]\n" + config()),
    "an anchor that holds itself": text(False, "a: &a [*a]\n" + config()),
    "a tag of nobody": text(False, config(user="token: !SECRET x")),
    "a token in binary": text(True, config(user="token: !!binary YWRtaW4tdG9rZW4=")),
    "a token over two lines": text(
        False,
        config(user="token: |\n      admin-token\n").replace(
            "{token: |\n      admin-token\n}", "\n    token: |\n      admin-token"
        ),
    ),
    "a token over two lines, cut": text(
        True, config().replace("{token: admin-token}", "\n    token: >-\n      admin-token")
    ),
    "a namespace": Case(True, context=f"{CONTEXT}, namespace: default"),
    "a namespace that is a number": Case(False, context=f"{CONTEXT}, namespace: 5"),
    # Several files.
    "a user in a second file": several(
        True, "config:second", _NO_USER, second="users: [{name: me, user: {token: admin-token}}]"
    ),
    "a user's token file beside a second file": several(
        True,
        "config:u/second",
        _NO_USER,
        **{"u/second": "users: [{name: me, user: {tokenFile: t}}]", "u/t": "admin-token"},
    ),
    "a user's certificate beside a second file": several(
        True,
        "config:u/second",
        _NO_USER,
        **{
            "u/second": "users: [{name: me, user: {client-certificate: me.crt, client-key: k}}]",
            "u/me.crt": "<CERTPEM>",
            "u/k": "<KEYPEM>",
        },
    ),
    "a user's plugin beside a second file": several(
        True,
        "config:u/second",
        _NO_USER,
        **{
            "u/second": "users: [{name: me, user: {exec: {command: ./plugin.sh,"
            " apiVersion: client.authentication.k8s.io/v1, interactiveMode: Never}}}]",
            "u/plugin.sh": f"#!/bin/sh\n{answer(_GOOD)}\n",
        },
    ),
    "an authority beside a second file": several(
        True,
        "config:c/second",
        config()
        .replace("cluster: {server: '<URL>', certificate-authority: '<CA>'}", "")
        .replace("clusters:\n- name: alpha\n", ""),
        **{
            "c/second": "clusters: [{name: alpha, cluster: {server: '<URL>',"
            " certificate-authority: ca.crt}}]",
            "c/ca.crt": "<CAPEM>",
        },
    ),
    "a user in two files": several(
        True, "config:second", config(), second="users: [{name: me, user: {token: SECRET}}]"
    ),
    "a user in two files, wrong first": several(
        False, "second:config", config(), second="users: [{name: me, user: {token: SECRET}}]"
    ),
    "a user in two files, of other fields": several(
        True,
        "config:second",
        config(),
        second="users: [{name: me, user: {username: u, password: SECRET}}]",
    ),
    "a current context in two files": several(
        True, "config:second", config(), second="current-context: other"
    ),
    "a wrong current context first": several(
        False, "second:config", config(), second="current-context: other"
    ),
    "an empty file before": several(True, "empty:config", config(), empty=""),
    "a file of blanks before": several(True, "empty:config", config(), empty="\n"),
    "a file of remarks before": several(True, "empty:config", config(), empty="# nothing\n"),
    "a file that is not there before": several(True, "no:config", config()),
    "nothing between": several(True, ":config:", config()),
    "a file twice": several(True, "config:config", config()),
    "a folder before": several(False, "folder:config", config(), **{"folder/file": ""}),
    "a broken file behind": several(False, "config:broken", config(), broken="users: [SECRET"),
    "a list behind": several(False, "config:broken", config(), broken="- SECRET"),
    "no file at all": several(False, "no:none", config()),
    "a path through a file": several(False, "config/x:config", config()),
    "only colons": several(False, "::", config(), **{"home/.kube/config": config()}),
    "the file at home": Case(True, files={"home/.kube/config": config()}, env={"KUBECONFIG": ""}),
    "a tilde": Case(False, files={"home/conf": config()}, env={"KUBECONFIG": "~/conf"}),
    "a null device": Case(False, env={"KUBECONFIG": "/dev/null"}),
}

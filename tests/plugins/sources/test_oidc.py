"""Users of OpenID Connect against a real API server: as kubectl, or one clear line."""

from __future__ import annotations

import base64
import os
import shutil
import stat
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any, Protocol

import pytest
import yaml

from cluster.client import Client
from cluster.kubeconfig import vary
from cluster.server import Cluster
from cluster.tools import kubectl
from support import command
from support.command import Done
from support.servers.authorities import Authority, make_authority
from support.servers.issuer import DISCOVERY, EXPIRED, Issuer, Manners, jwt

SECRET = "client-secret-value"


@pytest.fixture(scope="module")
def good(cluster: Cluster, admin: Client) -> str:
    """A token with a time of expiry that the API server accepts, as its own issuer gave it."""
    role = {"apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": "cluster-admin"}
    admin.apply(
        [
            {
                "apiVersion": "v1",
                "kind": "ServiceAccount",
                "metadata": {"name": "somebody", "namespace": "oidc"},
            },
            {
                "apiVersion": "rbac.authorization.k8s.io/v1",
                "kind": "ClusterRoleBinding",
                "metadata": {"name": "oidc"},
                "roleRef": role,
                "subjects": [{"kind": "ServiceAccount", "name": "somebody", "namespace": "oidc"}],
            },
        ]
    )
    return admin.service_account_token("oidc", "somebody")


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    made = make_authority(tmp_path_factory.mktemp("authority"), key_identifiers=False)
    made.sign("issuer")
    made.sign("other-name", "DNS:issuer.example")
    return made


def certificate(authority: Authority, name: str = "issuer") -> tuple[Path, Path]:
    return authority.folder / f"{name}.crt", authority.folder / f"{name}.key"


class MakeIssuer(Protocol):
    """Starts an issuer that the fixture stops."""

    def __call__(self, name: str = ..., **manners: Any) -> Issuer: ...


@pytest.fixture
def issue(authority: Authority, good: str) -> Iterator[MakeIssuer]:
    with ExitStack() as stack:

        def start(name: str = "issuer", **manners: Any) -> Issuer:
            how = Manners(**{"id_token": good, "secret": SECRET, **manners})
            return stack.enter_context(Issuer(certificate(authority, name), how))

        yield start


def config_of(issuer: Issuer, authority: Authority, **more: str | None) -> dict[str, str]:
    """An ``auth-provider``'s config; a key that is None is left out."""
    config: dict[str, str | None] = {
        "client-id": "me",
        "client-secret": issuer.manners.secret,
        "id-token": EXPIRED,
        "idp-issuer-url": issuer.url,
        "idp-certificate-authority": str(authority.certificate),
        "refresh-token": "r0",
        **{key.replace("_", "-"): value for key, value in more.items()},
    }
    return {key: value for key, value in config.items() if value is not None}


def kubeconfig(cluster: Cluster, path: Path, config: dict[str, str]) -> Path:
    provider = {"name": "oidc", "config": config}
    return vary(cluster.kubeconfig, path, user={"auth-provider": provider})


def kept(path: Path, number: int = 0) -> dict[str, str]:
    """The config of a user, as it stands in the file."""
    user = yaml.safe_load(path.read_text())["users"][number]["user"]
    config: dict[str, str] = user["auth-provider"]["config"]
    return config


def count(path: Path, *arguments: str) -> Done:
    done = command.run("--kubeconfig", path, "crd", "count", *arguments)
    assert "Traceback" not in done.err
    for secret in (SECRET, "r0", EXPIRED, "fault of k8s-datamodel"):
        assert secret not in done.err
    return done


# How an issuer behaves, what is different in the config, and what is said; nothing if it works.
Case = tuple[dict[str, Any], dict[str, Any], str]
CASES: dict[str, Case] = {
    "it rotates refresh tokens": ({}, {}, ""),
    "it does not": ({"rotates": False}, {}, ""),
    "a public client": ({"secret": None}, {}, ""),
    "a public client, named in the body": ({"secret": None, "named_in_body": True}, {}, ""),
    "a client that is named in the body": ({"named_in_body": True}, {}, ""),
    "no id-token yet": ({}, {"id_token": None}, ""),
    "an empty id-token": ({}, {"id_token": ""}, ""),
    "an id-token without an end": ({}, {"id_token": jwt(sub="x")}, ""),
    "a slash at the end of the issuer": ({}, {"slash": "/"}, ""),
    "discovery is elsewhere": (
        {"discovery": (302, {"Location": f"{DISCOVERY}/moved"}, "")},
        {},
        "",
    ),
    "the session has ended": (
        {"error": (400, {"error": "invalid_grant", "error_description": "Session not active"})},
        {},
        "invalid_grant",
    ),
    "it repeats what it was given": (
        {"error": (400, {"error": "invalid_grant", "error_description": f"r0 of {SECRET} ended"})},
        {},
        "... of ... ended",
    ),
    "a spent refresh token": ({"live": set()}, {}, "log in again"),
    "a wrong client secret": ({}, {"client_secret": "wrong"}, "invalid_client"),
    "it is out of order": ({"error": (503, {})}, {}, "HTTP 503"),
    "its answer has no id-token": ({"id_token": None}, {}, "gives no id-token"),
    "its id-token is no JWT": ({"id_token": "no-jwt"}, {}, "not a JWT"),
    "its id-token has no signature": (
        {"id_token": jwt(sub="x").rpartition(".")[0]},
        {},
        "not a JWT",
    ),
    "its id-token says a list": ({"id_token": "e30.W10.c2ln"}, {}, "not a JWT"),
    "its id-token is not base64url": ({"id_token": "e30.e!30.c2ln"}, {}, "not a JWT"),
    "no refresh token": ({}, {"refresh_token": None}, "no refresh-token"),
    "discovery fails": ({"discovery": (500, {}, "x")}, {}, "HTTP 500"),
    "discovery is a page": ({"discovery": (200, {}, "<html>")}, {}, "JSON"),
    "discovery names no endpoint": ({"discovery": (200, {}, "{}")}, {}, "token_endpoint"),
    "discovery names an endpoint that is no URL": (
        {"discovery": (200, {}, '{"token_endpoint": "https://[x"}')},
        {},
        "is not a URL",
    ),
    "discovery names an endpoint at no port": (
        {"discovery": (200, {}, '{"token_endpoint": "https://localhost:x/"}')},
        {},
        "is not a URL",
    ),
    "discovery is at what is no URL": (
        {"discovery": (302, {"Location": "https://[x"}, "")},
        {},
        "is not a URL",
    ),
    "the issuer is no URL": ({}, {"idp_issuer_url": "https://[x"}, "is not a URL"),
    "the issuer is at no port": ({}, {"idp_issuer_url": "https://localhost:x"}, "is not a URL"),
    "discovery goes round in a circle": (
        {"discovery": (302, {"Location": DISCOVERY}, "")},
        {},
        "HTTP 302",
    ),
    "nobody is there": ({}, {"idp_issuer_url": "https://127.0.0.1:9"}, "connection refused"),
    "its authority is not trusted": (
        {},
        {"idp_certificate_authority": None},
        "not signed by a trusted authority",
    ),
    "its certificate is for another name": ({"name": "other-name"}, {}, "for another name"),
    "its authority is no file": ({}, {"idp_certificate_authority": "/no/file"}, "/no/file"),
}


@pytest.mark.parametrize("case", CASES)
def test_it_works_as_with_kubectl_or_is_one_line(
    cluster: Cluster, authority: Authority, issue: MakeIssuer, tmp_path: Path, case: str
) -> None:
    manners, different, words = CASES[case]
    for mine in (True, False):
        issuer = issue(**{**manners, "live": set(manners.get("live", {"r0"}))})
        config = config_of(issuer, authority, **different)
        config["idp-issuer-url"] += config.pop("slash", "")
        path = kubeconfig(cluster, tmp_path / f"config-{mine}", config)
        if mine:
            done = count(path)
            assert done.code == (1 if words else 0), done.err
            assert done.err.count("\n") == (1 if words else 0), done.err
            assert words in done.err
        elif words:
            with pytest.raises(AssertionError):
                kubectl(path, "get", "namespaces")
        else:
            assert "kube-system" in kubectl(path, "get", "namespaces")
        if not words:
            assert kept(path)["id-token"] == issuer.manners.id_token
            assert kept(path)["refresh-token"] == ("r0-1" if issuer.manners.rotates else "r0")


def test_a_valid_token_asks_nobody(
    cluster: Cluster, authority: Authority, issue: MakeIssuer, tmp_path: Path, good: str
) -> None:
    issuer = issue()
    path = kubeconfig(cluster, tmp_path / "config", config_of(issuer, authority, id_token=good))
    before = path.read_bytes()
    assert count(path).code == 0
    assert issuer.asked == []
    assert path.read_bytes() == before


def test_the_authority_may_stand_in_the_kubeconfig(
    cluster: Cluster, authority: Authority, issue: MakeIssuer, tmp_path: Path
) -> None:
    data = base64.b64encode(authority.certificate.read_bytes()).decode()
    different = {"idp_certificate_authority": "/no/file", "idp_certificate_authority_data": data}
    path = kubeconfig(cluster, tmp_path / "config", config_of(issue(), authority, **different))
    assert count(path).code == 0


def test_nothing_is_asked_of_an_issuer_that_is_not_verified(
    cluster: Cluster, authority: Authority, issue: MakeIssuer, tmp_path: Path
) -> None:
    issuer = issue()
    untrusted = config_of(issuer, authority, idp_certificate_authority=None)
    plain = {**untrusted, "idp-issuer-url": issuer.url.replace("https:", "http:")}
    for config, words in ((untrusted, "TLS"), (plain, "not https")):
        assert words in count(kubeconfig(cluster, tmp_path / "config", config)).err
    elsewhere = '{"token_endpoint": "http://127.0.0.1:9/token"}'
    lured = config_of(issue(discovery=(200, {}, elsewhere)), authority)
    assert "not https" in count(kubeconfig(cluster, tmp_path / "lured", lured)).err
    assert issuer.asked == []


def test_an_issuer_whose_answers_do_not_end_is_left(
    cluster: Cluster, authority: Authority, issue: MakeIssuer, tmp_path: Path
) -> None:
    path = kubeconfig(cluster, tmp_path / "config", config_of(issue(endless=True), authority))
    assert "larger than" in count(path).err


def three_users(
    cluster: Cluster,
    authority: Authority,
    issuer: Issuer,
    path: Path,
    contexts: Sequence[str] = "ABC",
) -> Path:
    """A kubeconfig as people have them, with comments, for the users A, B and C."""
    alpha = f"server: '{cluster.url}', certificate-authority: '{cluster.folder / 'ca.crt'}'"
    lines = [
        "# my clusters: keep this comment",
        "apiVersion: v1",
        "kind: Config",
        "current-context:   cA",
        "clusters:",
        f"- {{name: alpha, cluster: {{{alpha}}}}}",
        "contexts:",
        *(
            f"- {{name: c{each}, context: {{cluster: alpha, user: u{each[0]}}}}}"
            for each in contexts
        ),
        "users: # from the portal",
    ]
    for each in "ABC":
        config = config_of(issuer, authority, refresh_token=f"r{each}0")
        inner = ", ".join(f"{key}: '{value}'" for key, value in config.items())
        lines.append(
            f"- {{name: u{each}, user: {{auth-provider: {{name: oidc, config: {{{inner}}}}}}}}}"
        )
    path.write_text("\n".join(lines) + "\n")
    path.chmod(0o640)
    return path


USERS = {"rA0", "rB0", "rC0"}


@pytest.mark.parametrize("linked", [False, True], ids=["file", "link"])
def test_three_users_of_one_run_keep_three_tokens(
    cluster: Cluster,
    authority: Authority,
    issue: MakeIssuer,
    tmp_path: Path,
    good: str,
    linked: bool,
) -> None:
    issuer = issue(live=set(USERS))
    file = three_users(cluster, authority, issuer, tmp_path / "config")
    path = file
    if linked:
        path = tmp_path / "links" / "link"
        path.parent.mkdir()
        path.symlink_to("../config")
    before = file.read_text()
    done = count(path, "--all-contexts")
    assert (done.code, done.err) == (0, "")
    assert {kept(file, number)["refresh-token"] for number in range(3)} == issuer.manners.live
    expected = before.replace(EXPIRED, good)
    for user in "ABC":
        expected = expected.replace(f"r{user}0'", f"r{user}0-1'")
    assert file.read_text() == expected
    assert stat.S_IMODE(file.stat().st_mode) == 0o640
    assert path.is_symlink() == linked
    assert {each.name for each in tmp_path.iterdir()} == {"config", *(["links"] if linked else [])}
    assert count(path, "--all-contexts").code == 0
    assert len(issuer.refreshed) == 3  # the second run had valid tokens
    assert "kube-system" in kubectl(path, "--context", "cB", "get", "namespaces")


def test_a_user_of_many_contexts_is_refreshed_once(
    cluster: Cluster, authority: Authority, issue: MakeIssuer, tmp_path: Path
) -> None:
    issuer = issue(live=set(USERS))
    contexts = [f"A{number}" for number in range(8)]
    path = three_users(cluster, authority, issuer, tmp_path / "config", contexts)
    assert count(path, "--all-contexts", "--parallel", "8").code == 0
    assert issuer.refreshed == ["rA0"]


def _read_only(path: Path) -> None:
    path.chmod(0o400)


def _locked(path: Path) -> None:
    path.with_name(f"{path.name}.lock").touch()


def _anchored(path: Path) -> None:
    path.write_text(path.read_text().replace("refresh-token: r0", "refresh-token: &mine r0"))


# Why the new tokens cannot be kept, and what is said of it.
NOT_KEPT: dict[str, tuple[Callable[[Path], None], str]] = {
    "read-only": (_read_only, "is read-only"),
    "locked": (_locked, "config.lock exists"),
    "an anchor": (_anchored, "cannot be changed without a doubt"),
}


@pytest.mark.parametrize("case", NOT_KEPT)
def test_what_cannot_be_kept_is_said_and_nothing_is_written(
    cluster: Cluster, authority: Authority, issue: MakeIssuer, tmp_path: Path, case: str
) -> None:
    spoil, words = NOT_KEPT[case]
    path = kubeconfig(cluster, tmp_path / "config", config_of(issue(), authority))
    spoil(path)
    before = path.read_bytes(), sorted(tmp_path.iterdir())
    done = count(path)
    assert done.code == 0
    assert done.err.count("\n") == 1
    assert words in done.err
    assert "not kept" in done.err
    assert (path.read_bytes(), sorted(tmp_path.iterdir())) == before


def test_tokens_that_another_program_refreshed_are_used(
    cluster: Cluster, authority: Authority, issue: MakeIssuer, tmp_path: Path
) -> None:
    """kubectl spends the refresh token of a file that we have read already."""
    from k8s_datamodel_plugins.sources.server import locations
    from support.live_source import CONFIGMAPS, live, read

    issuer = issue()
    path = kubeconfig(cluster, tmp_path / "config", config_of(issuer, authority))
    stale = tmp_path / "stale"
    shutil.copy(path, stale)
    assert "kube-system" in kubectl(path, "get", "namespaces")
    fresh = path.read_text()
    original = locations.choose

    def meanwhile(*arguments: Any) -> Any:
        chosen = original(*arguments)
        stale.write_text(fresh)
        os.utime(stale)
        return chosen

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(locations, "choose", meanwhile)
        with live(stale) as source:
            assert read(source, CONFIGMAPS, "kube-system")[1].status == "complete"
    assert issuer.refreshed == ["r0"]
    assert stale.read_text() == fresh

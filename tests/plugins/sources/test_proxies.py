"""Which proxy is taken: by our rules, and by Go's own, for the same environments."""

from __future__ import annotations

import base64
import subprocess
from pathlib import Path

import pytest

from cluster.tools import go
from k8s_datamodel.api import SourceError
from k8s_datamodel_plugins.sources.server.wire.proxies import choose

GO_PROGRAM = Path(__file__).parent / "proxy_of_go.go"

P, Q = "http://proxy.example:3128", "http://other.example:8080"
HTTPS = {"HTTPS_PROXY": P}


def but(no_proxy: str) -> dict[str, str]:
    return {**HTTPS, "NO_PROXY": no_proxy}


# The server, the environment, and the proxy that is taken; None is a direct connection.
TABLE: list[tuple[str, dict[str, str], str | None]] = [
    ("https://api.example", {}, None),
    ("https://api.example", HTTPS, P),
    ("https://api.example", {"https_proxy": P}, P),
    ("https://api.example", {"HTTPS_PROXY": P, "https_proxy": Q}, P),
    ("https://api.example", {"HTTPS_PROXY": "", "https_proxy": Q}, Q),
    ("https://api.example", {"HTTP_PROXY": P}, None),
    ("http://api.example", {"HTTP_PROXY": P}, P),
    ("http://api.example", {"http_proxy": P}, P),
    ("http://api.example", HTTPS, None),
    ("https://api.example", {"ALL_PROXY": P}, None),
    ("https://api.example", {"all_proxy": P}, None),
    ("https://api.example", {"HTTPS_PROXY": "proxy.example:3128"}, P),
    ("https://api.example", {"HTTPS_PROXY": "proxy.example"}, "http://proxy.example"),
    ("https://api.example", {"HTTPS_PROXY": "10.0.0.1:3128"}, "http://10.0.0.1:3128"),
    ("https://api.example", {"HTTPS_PROXY": "https://proxy.example"}, "https://proxy.example"),
    ("https://api.example", {"HTTPS_PROXY": "http://[fd00::1]:3128"}, "http://[fd00::1]:3128"),
    # Nothing to this machine.
    ("https://localhost:6443", HTTPS, None),
    ("https://127.0.0.1:6443", HTTPS, None),
    ("https://127.1.2.3", HTTPS, None),
    ("https://[::1]:6443", HTTPS, None),
    ("https://[::ffff:127.0.0.1]:6443", HTTPS, None),
    ("http://localhost", {"HTTP_PROXY": P}, None),
    ("https://localhost.example", HTTPS, P),
    ("https://0.0.0.0", HTTPS, P),
    ("https://128.0.0.1", HTTPS, P),
    # NO_PROXY: all, names and what is below them.
    ("https://api.example", but("*"), None),
    ("https://api.example", but("other.example, *"), None),
    ("https://api.example", but("api.example"), None),
    ("https://api.example", but("API.Example"), None),
    ("https://API.EXAMPLE", but("api.example"), None),
    ("https://api.example", but("example"), None),
    ("https://a.b.example", but("example"), None),
    ("https://myexample", but("example"), P),
    ("https://api.example", but(".example"), None),
    ("https://example", but(".example"), P),
    ("https://api.example", but("*.example"), None),
    ("https://example", but("*.example"), P),
    ("https://api.example", but("*api.example"), P),
    ("https://api.example", but("pi.example"), P),
    ("https://api.example", but("other.example,api.example"), None),
    ("https://api.example", but(" other.example , api.example "), None),
    ("https://api.example", but("other.example;api.example"), P),
    ("https://api.example", but(",,"), P),
    ("https://api.example", {**HTTPS, "no_proxy": "api.example"}, None),
    ("https://api.example", {**HTTPS, "NO_PROXY": "x", "no_proxy": "api.example"}, P),
    ("https://bücher.example", but("xn--bcher-kva.example"), None),
    ("https://bücher.example", but("bücher.example"), None),
    # NO_PROXY: ports.
    ("https://api.example", but("api.example:443"), None),
    ("https://api.example:6443", but("api.example:6443"), None),
    ("https://api.example:6443", but("api.example:443"), P),
    ("https://api.example:6443", but("api.example:"), None),
    ("https://api.example:6443", but(".example:6443"), None),
    ("https://api.example", but(":443"), P),
    ("https://10.0.0.1:6443", but("10.0.0.1:6443"), None),
    ("https://10.0.0.1:6443", but("10.0.0.1:443"), P),
    ("https://[fd00::1]:6443", but("[fd00::1]:6443"), None),
    ("https://[fd00::1]:6443", but("[fd00::1]:443"), P),
    # NO_PROXY: addresses and networks.
    ("https://10.0.0.1", but("10.0.0.1"), None),
    ("https://10.0.0.11", but("10.0.0.1"), P),
    ("https://10.0.0.1", but("10.0.0.0/8"), None),
    ("https://10.9.9.9", but("10.1.2.3/8"), None),
    ("https://11.0.0.1", but("10.0.0.0/8"), P),
    ("https://10.0.0.1", but("10.0.0.0/255.0.0.0"), P),
    ("https://10.0.0.1", but("10.0.0.0/33"), P),
    ("https://10.0.0.1", but("10."), P),
    ("https://10.0.0.1", but("0.0.1"), P),
    ("https://[fd00::1]", but("fd00::1"), None),
    ("https://[fd00::1]", but("FD00:0::1"), None),
    ("https://[fd00::1]", but("[fd00::1]"), P),
    ("https://[fd00::1]", but("fd00::/8"), None),
    ("https://[::ffff:10.0.0.1]", but("10.0.0.0/8"), None),
    ("https://10.0.0.1.example", but("10.0.0.0/8"), P),
]


@pytest.mark.parametrize(("server", "environ", "proxy"), TABLE)
def test_an_environment_chooses(server: str, environ: dict[str, str], proxy: str | None) -> None:
    chosen = choose(server, None, environ)
    assert (chosen.url if chosen else None) == proxy


@pytest.fixture(scope="session")
def proxy_of_go(tmp_path_factory: pytest.TempPathFactory) -> Path:
    program = tmp_path_factory.mktemp("go") / "proxy-of-go"
    subprocess.run([go(), "build", "-o", program, GO_PROGRAM], check=True)
    return program


def test_go_chooses_the_same(proxy_of_go: Path) -> None:
    for server, environ, proxy in TABLE:
        done = subprocess.run([proxy_of_go, server], env=environ, capture_output=True, check=True)
        assert done.stdout.decode().strip() == (proxy or ""), (server, environ)


@pytest.mark.parametrize("server", ["https://127.0.0.1:6443", "https://api.example"])
@pytest.mark.parametrize("no_proxy", ["", "*", "127.0.0.1"])
def test_the_kubeconfigs_proxy_is_always_taken(server: str, no_proxy: str) -> None:
    chosen = choose(server, P, {"HTTPS_PROXY": Q, "NO_PROXY": no_proxy})
    assert chosen is not None
    assert chosen.url == P


@pytest.mark.parametrize(
    ("url", "shown", "credentials"),
    [
        ("http://user:p%40ss@proxy.example:3128", P, "user:p@ss"),
        ("http://user@proxy.example:3128", P, "user:"),
        ("http://:pass@proxy.example:3128", P, ":pass"),
        ("http://us%E2%82%ACr:%E2%98%83@proxy.example:3128", P, "us\N{EURO SIGN}r:\N{SNOWMAN}"),
        (P, P, ""),
    ],
)
def test_credentials_are_kept_apart(url: str, shown: str, credentials: str) -> None:
    encoded = base64.b64encode(credentials.encode()).decode()
    headers = {"proxy-authorization": f"Basic {encoded}"} if credentials else {}
    for chosen in (choose("https://a", url, {}), choose("https://a", None, {"HTTPS_PROXY": url})):
        assert chosen is not None
        assert (chosen.url, chosen.headers) == (shown, headers)
        assert not credentials or encoded not in repr(chosen)


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("socks5://user:very-secret@proxy.example:1080", "SOCKS"),
        ("socks5h://very-secret@proxy.example", "SOCKS"),
        ("SOCKS5://proxy.example:1080", "SOCKS"),
        ("ftp://user:very-secret@proxy.example", "no HTTP proxy"),
    ],
)
def test_a_proxy_that_we_do_not_speak_is_said(url: str, words: str) -> None:
    for proxy_url, environ in ((url, {}), (None, {"HTTPS_PROXY": url})):
        with pytest.raises(SourceError, match=words) as caught:
            choose("https://api.example", proxy_url, environ)
        assert "http://HOST:PORT" in str(caught.value)
        assert "secret" not in str(caught.value)


@pytest.mark.parametrize("url", ["proxy.example:3128", "http://", "/a/path", "http://[fd00"])
def test_a_proxy_url_that_is_none_is_said(url: str) -> None:
    with pytest.raises(SourceError, match="proxy-url"):
        choose("https://api.example", url, {})


@pytest.mark.parametrize("url", ["http://proxy:port", "http://[fd00", "[fd00", "http://:3128"])
def test_a_variable_that_is_no_url_is_said_where_it_matters(url: str) -> None:
    with pytest.raises(SourceError, match="HTTPS_PROXY"):
        choose("https://api.example", None, {"HTTPS_PROXY": url})
    assert choose("https://127.0.0.1", None, {"HTTPS_PROXY": url}) is None

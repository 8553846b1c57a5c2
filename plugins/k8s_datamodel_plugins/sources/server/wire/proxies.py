"""Choose the proxy for a server as kubectl does, by the rules of Go's net/http.

The rules: golang.org/x/net/http/httpproxy for the environment, and clientcmd of client-go for a
kubeconfig's ``proxy-url``.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import TypeAlias
from urllib.parse import SplitResult, unquote, urlsplit

from k8s_datamodel.api import SourceError
from k8s_datamodel_plugins.sources.server.contexts.headers import basic

_Address: TypeAlias = "IPv4Address | IPv6Address"

_PORTS = {"http": 80, "https": 443}
_SOCKS = ("socks5", "socks5h", "socks4", "socks4a", "socks")


@dataclass(frozen=True, slots=True)
class Proxy:
    """The address of a proxy, without credentials, and headers for it, with its password."""

    url: str
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)


def choose(
    server: str, proxy_url: str | None, environ: Mapping[str, str] = os.environ
) -> Proxy | None:
    """The proxy for a server's URL; None for a direct connection.

    A kubeconfig's ``proxy-url`` is always used. Otherwise ``HTTPS_PROXY`` or ``HTTP_PROXY`` counts,
    by the server's scheme (the lower-case names where those are empty), unless the server is on
    this machine or ``NO_PROXY`` names it. ``ALL_PROXY`` does not count. Raises SourceError if the
    kind of the proxy is not supported.
    """
    if proxy_url:
        return _usable(_parts(proxy_url), "proxy-url")
    scheme = urlsplit(server).scheme.upper()
    if scheme not in ("HTTP", "HTTPS"):
        return None
    name, value = _variable(f"{scheme}_PROXY", environ)
    if not value or not _needed(server, _variable("NO_PROXY", environ)[1]):
        return None
    return _usable(_of_environment(value), name)


def _variable(name: str, environ: Mapping[str, str]) -> tuple[str, str]:
    """The first of the two spellings that is set, and its value."""
    for spelling in (name, name.lower()):
        if value := environ.get(spelling, ""):
            return spelling, value
    return name, ""


def _of_environment(value: str) -> SplitResult | None:
    """The proxy of a variable, where ``host:port`` means http; None if it is not a URL."""
    parts = _parts(value)
    return parts if parts is None or (parts.scheme and parts.netloc) else _parts(f"http://{value}")


def _parts(url: str) -> SplitResult | None:
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError:
        return None
    return parts


def _usable(parts: SplitResult | None, origin: str) -> Proxy:
    if parts is None or not (parts.scheme and parts.hostname):
        raise SourceError(f"{origin} is no URL of a proxy: say http://HOST:PORT")
    host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    where = host if parts.port is None else f"{host}:{parts.port}"
    if parts.scheme in _SOCKS:
        raise SourceError(
            f"{origin} names {parts.scheme}://{where}, and SOCKS proxies are not supported: name "
            "an HTTP proxy (http://HOST:PORT), or run `kubectl proxy` and make the server its URL"
        )
    if parts.scheme not in _PORTS:
        raise SourceError(
            f"{origin} names {parts.scheme}://{where}, which is no HTTP proxy: say http://HOST:PORT"
        )
    user, password = unquote(parts.username or ""), unquote(parts.password or "")
    given = parts.username is not None
    # Not by urllib3, which only supports Latin-1.
    headers = {"proxy-authorization": basic(user, password)} if given else {}
    return Proxy(f"{parts.scheme}://{where}", headers)


def _needed(server: str, no_proxy: str) -> bool:
    """Whether the environment's proxy applies to a server."""
    parts = urlsplit(server)
    host = _ascii(parts.hostname or "")
    port = str(parts.port or _PORTS[parts.scheme])
    address = _address(host)
    if host == "localhost" or (address is not None and address.is_loopback):
        return False
    rules = (rule.strip().lower() for rule in no_proxy.split(","))
    return not any(_excludes(rule, host, port, address) for rule in rules)


def _excludes(rule: str, host: str, port: str, address: _Address | None) -> bool:
    """Whether an entry of ``NO_PROXY`` matches a host."""
    if rule == "*":
        return True
    if network := _network(rule):
        return address is not None and address in network
    name, only_port = _host_and_port(rule)
    if not name or (only_port and only_port != port):
        return False
    if (excluded := _address(name)) is not None:
        return excluded == address
    return address is None and _covers(name, host)


def _covers(name: str, host: str) -> bool:
    """Whether a name matches; with a leading dot it only matches subdomains."""
    name = _ascii(name[1:] if name.startswith("*.") else name)
    return host.endswith(name if name.startswith(".") else f".{name}") or host == name


def _host_and_port(rule: str) -> tuple[str, str]:
    """As Go's net.SplitHostPort; other forms are all host."""
    if rule.startswith("["):
        host, closed, port = rule[1:].partition("]:")
        return (host, port) if closed else (rule, "")
    if rule.count(":") == 1:
        host, _, port = rule.partition(":")
        return host, port
    return rule, ""


def _network(rule: str) -> IPv4Network | IPv6Network | None:
    address, slash, bits = rule.partition("/")
    if not (slash and bits.isdigit()):
        return None
    try:
        return ip_network(f"{address}/{bits}", strict=False)
    except ValueError:
        return None


def _address(text: str) -> _Address | None:
    try:
        address = ip_address(text)
    except ValueError:
        return None
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    return mapped or address


def _ascii(name: str) -> str:
    if name.isascii():
        return name
    try:
        return name.encode("idna").decode()
    except UnicodeError:
        return name

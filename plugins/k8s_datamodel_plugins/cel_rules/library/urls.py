"""`url` and what asks it; URLs are read as Go's net/url reads them."""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass
from urllib.parse import unquote_plus

from k8s_datamodel_plugins.cel_rules.library.made_values import URL, Made, made, told

_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*", re.ASCII)
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_PORT = re.compile(r"(?::[0-9]*)?", re.ASCII)
_ESCAPE = re.compile(r"%(?:[0-9A-Fa-f]{2})?", re.ASCII)
_USER = re.compile(r"[A-Za-z0-9\-._:~!$&'()*+,;=%@]*", re.ASCII)
_BAD_HOST = re.compile(r"[^A-Za-z0-9\-_.~!$&'()*+,;=:\[\]<>\"%\x80-\U0010ffff]")
_PATH = re.compile(rb"[A-Za-z0-9\-_.~$&+,/:;=@]")
_VALID_PATH = re.compile(r"[A-Za-z0-9\-_.~$&+,/:;=@!'()*\[\]%]*", re.ASCII)
_UNESCAPED_IN_HOST = 0x80


@dataclass(frozen=True)
class Url:
    """The parts of a URL that rules ask for."""

    scheme: str = ""
    host: str = ""
    path: str = ""
    query: str = ""


def parsed_url(text: str, *, fragment: bool = False) -> Url:
    """A URL with a scheme, or a path from the root.

    Args:
        text: The URL.
        fragment: Whether `#` begins a fragment; as a request's URL it does not.

    Raises:
        ValueError: it is no such URL.
    """
    if _CONTROL.search(text):
        raise ValueError("net/url: invalid control character in URL")
    if not text:
        raise ValueError("empty url")
    if fragment:
        text, _, after = text.partition("#")
        _unescaped(after)
    if text == "*":
        return Url(path="*")
    scheme, rest = _split_scheme(text)
    if rest.endswith("?") and rest.count("?") == 1:
        rest, query = rest[:-1], ""
    else:
        rest, _, query = rest.partition("?")
    if not rest.startswith("/"):
        if scheme:
            return Url(scheme=scheme, query=query)
        raise ValueError("invalid URI for request")
    host = ""
    if rest.startswith("//") and (scheme or (fragment and not rest.startswith("///"))):
        authority, slash, path = rest[2:].partition("/")
        host, rest = _host(scheme, authority), slash + path
    _unescaped(rest)
    return Url(scheme, host, rest, query)


def _split_scheme(text: str) -> tuple[str, str]:
    before, colon, rest = text.partition(":")
    if colon and not before:
        raise ValueError("missing protocol scheme")
    if colon and _SCHEME.fullmatch(before):
        return before.lower(), rest
    if colon and re.match(r"[0-9+.-]", before) and re.fullmatch(r"[A-Za-z0-9+.-]*", before):
        raise ValueError("first path segment in URL cannot contain colon")
    return "", text


def _host(scheme: str, authority: str) -> str:
    user, at, host = authority.rpartition("@")
    if at:
        if not _USER.fullmatch(user):
            raise ValueError("net/url: invalid userinfo")
        _unescaped(user)
    bracket = host.rfind("[")
    if bracket > 0:
        raise ValueError("invalid IP-literal")
    if bracket == 0:
        return _literal_host(host)
    if ":" in host:
        strict = scheme in {"http", "https"}
        port = host[host.index(":") if strict else host.rindex(":") :]
        _check_port(port)
    return _unescaped_host(host)


def _literal_host(host: str) -> str:
    inside, bracket, port = host[1:].rpartition("]")
    if not bracket:
        raise ValueError("missing ']' in host")
    _check_port(port)
    name, zone_mark, zone = inside.partition("%25")
    literal = _unescaped_host(name) + (f"%{_unescaped(zone)}" if zone_mark else "")
    try:
        address = ipaddress.ip_address(literal)
    except ValueError:
        raise ValueError("invalid host") from None
    if isinstance(address, ipaddress.IPv4Address):
        raise ValueError("invalid IP-literal")
    return f"[{literal}]{port}"


def _check_port(port: str) -> None:
    if not _PORT.fullmatch(port):
        raise ValueError(f"invalid port {port!r} after host")


def _unescaped_host(host: str) -> str:
    for found in _ESCAPE.finditer(host):
        if len(found[0]) > 1 and int(found[0][1:], 16) < _UNESCAPED_IN_HOST and found[0] != "%25":
            raise ValueError(f"invalid URL escape {found[0]!r}")
    bad = _BAD_HOST.search(host)
    if bad:
        raise ValueError(f"invalid character {bad[0]!r} in host name")
    return _unescaped(host)


def _unescaped(text: str) -> str:
    for found in _ESCAPE.finditer(text):
        if len(found[0]) == 1:
            raise ValueError(f"invalid URL escape {text[found.start() : found.start() + 3]!r}")
    return _bytes_unescaped(text).decode(errors="replace")


def _bytes_unescaped(text: str) -> bytes:
    return re.sub(rb"%([0-9A-Fa-f]{2})", lambda found: bytes([int(found[1], 16)]), text.encode())


def is_url(text: str) -> bool:
    """`isURL(text)`."""
    try:
        parsed_url(text)
    except ValueError:
        return False
    return True


def url(text: str) -> Made:
    """`url(text)`."""
    parsed_url(text)
    parsed_url(text, fragment=True)
    return made(URL, text)


def _url(value: Made) -> Url:
    return parsed_url(told(value, URL), fragment=True)


def get_scheme(value: Made) -> str:
    """`url.getScheme()`."""
    return _url(value).scheme


def get_host(value: Made) -> str:
    """`url.getHost()`: with the port."""
    return _url(value).host


def get_hostname(value: Made) -> str:
    """`url.getHostname()`: without port and brackets."""
    return _split_port(_url(value).host)[0]


def get_port(value: Made) -> str:
    """`url.getPort()`."""
    return _split_port(_url(value).host)[1]


def _split_port(host: str) -> tuple[str, str]:
    name, colon, port = host.rpartition(":")
    if not colon or not _PORT.fullmatch(f":{port}"):
        name, port = host, ""
    if name.startswith("[") and name.endswith("]"):
        name = name[1:-1]
    return name, port


def get_escaped_path(value: Made) -> str:
    """`url.getEscapedPath()`: as it is written if that is a valid escaping."""
    path = _url(value).path
    if path == "*" or _VALID_PATH.fullmatch(path):
        return path
    raw = _bytes_unescaped(path)
    return "".join(chr(byte) if _PATH.fullmatch(bytes([byte])) else f"%{byte:02X}" for byte in raw)


def get_query(value: Made) -> dict[str, list[str]]:
    """`url.getQuery()`: the values of each key; a broken pair is left out."""
    result: dict[str, list[str]] = {}
    for pair in _url(value).query.split("&"):
        key, _, one = pair.partition("=")
        broken = any(len(found) == 1 for found in _ESCAPE.findall(pair))
        if pair and ";" not in pair and not broken:
            result.setdefault(unquote_plus(key), []).append(unquote_plus(one))
    return result

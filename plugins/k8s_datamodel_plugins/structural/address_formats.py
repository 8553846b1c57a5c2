"""Formats of addresses as Go's standard library reads them: IP, CIDR, MAC, URI, email.

Each function says True, False, or None where the answer depends on the server's Go or is not
modelled. Sources: kube-openapi ``strfmt``, ``k8s.io/utils/net``, Go's net, net/url, net/mail.
"""

from __future__ import annotations

import ipaddress
import re

_DIGITS = re.compile(r"[0-9]+")
_HEX = re.compile(r"[0-9A-Fa-f]+")
_LARGEST_OCTET, _LARGEST_GROUP, _GROUPS, _OCTETS = 0xFF, 0xFFFF, 8, 4
_MAC = re.compile(
    r"(?:[0-9a-f]{2}([:-])(?:[0-9a-f]{2}\1)*[0-9a-f]{2}|[0-9a-f]{4}(?:\.[0-9a-f]{4})*)\Z",
    re.IGNORECASE | re.ASCII,
)
_MAC_DIGITS = (12, 16, 40)

_CONTROL = re.compile("[\x00-\x1f\x7f]")
_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*):")
_LOOSE_PERCENT = re.compile(r"%(?![0-9A-Fa-f]{2})")
_USER = re.compile(r"[A-Za-z0-9._:~!$&'()*+,;=%@-]*\Z")
_HOST = re.compile(r"(?:[A-Za-z0-9._~!$&'()*+,;=:\[\]<>\"-]|[^\x00-\x7f]|%25|%[89A-Fa-f].)*\Z")
_PORT = re.compile(r"(?::[0-9]*)?\Z")
_ATOM = re.compile(r"[^()<>\[\]:;@\\,\"\x00-\x20\x7f]+")


def is_ipv4(text: str) -> bool:
    """An address with a dot; leading zeros pass, and so does an IPv4 address within an IPv6 one."""
    return "." in text and _sloppy_ip(text)


def is_ipv6(text: str) -> bool:
    """An address with a colon and without a zone."""
    if ":" not in text or "%" in text or not text.isascii():
        return False
    try:
        ipaddress.IPv6Address(text)
    except ValueError:
        return False
    return True


def is_cidr(text: str) -> bool:
    """An address, a slash and a prefix; leading zeros pass."""
    address, slash, prefix = text.partition("/")
    if not slash or not _DIGITS.fullmatch(prefix) or len(prefix.lstrip("0")) > len("128"):
        return False
    bits = 32 if _sloppy_ipv4(address) else 128 if _sloppy_ipv6(address) else -1
    return int(prefix) <= bits


def _sloppy_ip(text: str) -> bool:
    first = next((char for char in text if char in ".:"), "")
    return _sloppy_ipv4(text) if first == "." else first == ":" and _sloppy_ipv6(text)


def _sloppy_ipv4(text: str) -> bool:
    octets = text.split(".")
    return len(octets) == _OCTETS and all(
        _DIGITS.fullmatch(octet) and int(octet) <= _LARGEST_OCTET for octet in octets
    )


def _sloppy_ipv6(text: str) -> bool:
    head, gap, tail = text.partition("::")
    groups = (head.split(":") if head else []) + (tail.split(":") if tail else [])
    if gap and ("::" in tail or tail.startswith(":")):
        return False
    count = len(groups)
    if groups and "." in groups[-1] and (tail or not gap):
        if not _sloppy_ipv4(groups.pop()):
            return False
        count += 1
    good = all(_HEX.fullmatch(group) and int(group, 16) <= _LARGEST_GROUP for group in groups)
    return good and (count < _GROUPS if gap else count == _GROUPS)


def is_mac(text: str) -> bool | None:
    """A hardware address of 6, 8 or 20 bytes; without separators newer Go reads it, too."""
    digits = re.sub(r"[:.-]", "", text)
    if len(digits) not in _MAC_DIGITS:
        return False
    if digits == text:
        return None if _HEX.fullmatch(text) else False
    return _MAC.match(text) is not None


def is_request_uri(text: str) -> bool | None:
    """An absolute URI, or an absolute path."""
    if text == "*":
        return True
    if not text or text.startswith(":") or _CONTROL.search(text):
        return False
    found = _SCHEME.match(text)
    rest = text[found.end() :] if found else text
    rest = rest.partition("?")[0]
    if not rest.startswith("/"):
        return found is not None
    if not found or not rest.startswith("//"):
        return not _LOOSE_PERCENT.search(rest)
    authority, _, path = rest[2:].partition("/")
    good = not _LOOSE_PERCENT.search(path)
    return _is_authority(found[1].lower(), authority) if good else False


def _is_authority(scheme: str, authority: str) -> bool | None:
    user, _, host = authority.rpartition("@")
    if not _USER.match(user) or _LOOSE_PERCENT.search(user):
        return False
    if "[" in host:
        return _is_literal_host(host)
    name, colon, port = host.rpartition(":")
    good_port = not colon or _PORT.match(f":{port}")
    if _LOOSE_PERCENT.search(host) or not _HOST.match(host) or not good_port:
        return False
    if ":" in name:  # newer Go refuses it for the web, older reads the last colon
        return None if scheme in ("http", "https") else True
    return True


def _is_literal_host(host: str) -> bool | None:
    if host.rindex("[") > 0 or "]" not in host:
        return False
    inside, _, port = host[1:].rpartition("]")
    if not _PORT.match(port):
        return False
    return True if is_ipv6(inside) else None  # zones, and what older Go let pass


def is_email(text: str) -> bool | None:
    """``name@host``, perhaps in ``<>`` after a name; quotes and comments are not modelled."""
    if any(char in text for char in '"(:;\\['):
        return None
    if "<" in text:
        name, _, rest = text.partition("<")
        address, closed, after = rest.partition(">")
        if not closed or after.strip(" \t") or any(char in name for char in "<>@,"):
            return False
        return None if "=?" in name else _is_address(address)
    return _is_address(text.rstrip(" \t"))


def _is_address(text: str) -> bool:
    local, at, domain = text.lstrip(" \t").partition("@")
    return bool(at) and _is_dot_atom(local) and _is_dot_atom(domain.lstrip(" \t"))


def _is_dot_atom(text: str) -> bool:
    dots = text.startswith(".") or text.endswith(".") or ".." in text
    return not dots and _ATOM.fullmatch(text) is not None

"""`ip`, `cidr` and what asks them; addresses are read as Go's net/netip reads them."""

from __future__ import annotations

import ipaddress
from collections.abc import Callable
from typing import TypeVar

from k8s_datamodel_plugins.cel_rules.library.made_values import (
    CIDR,
    IP,
    Made,
    WrongKindError,
    made,
    told,
)

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
_Parsed = TypeVar("_Parsed")
_V4 = 4
_V4_LINK_LOCAL_MULTICAST = ipaddress.IPv4Network("224.0.0.0/24")
_V4_BROADCAST = ipaddress.IPv4Address("255.255.255.255")
_GROUP_AND_SCOPE, _LINK_LOCAL = 0xFF0F, 0xFF02


def parsed_ip(text: str) -> Address:
    """An address without zone that is no IPv4 in IPv6; raises ValueError."""
    if not text.isascii() or "%" in text:
        raise ValueError(f"IP Address {text!r} parse error during conversion from string")
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        raise ValueError(f"IP Address {text!r} parse error during conversion from string") from None
    if isinstance(address, ipaddress.IPv6Address) and address.ipv4_mapped is not None:
        raise ValueError(f"IPv4-mapped IPv6 address {text!r} is not allowed")
    return address


def parsed_cidr(text: str) -> tuple[Address, int]:
    """An address and the length of its prefix; raises ValueError."""
    address_text, slash, bits = text.rpartition("/")
    plain = bits.isascii() and bits.isdigit() and (bits == "0" or not bits.startswith("0"))
    if not slash or not plain:
        raise ValueError(f"network address parse error during conversion from string: {text!r}")
    address = parsed_ip(address_text)
    if int(bits) > address.max_prefixlen:
        raise ValueError(f"network address parse error during conversion from string: {text!r}")
    return address, int(bits)


def is_ip(text: str) -> bool:
    """`isIP(text)`."""
    return _holds(parsed_ip, text)


def is_cidr(text: str) -> bool:
    """`isCIDR(text)`."""
    return _holds(parsed_cidr, text)


def _holds(parse: Callable[[str], object], text: str) -> bool:
    try:
        parse(text)
    except ValueError:
        return False
    return True


def ip(text: str) -> Made:
    """`ip(text)`."""
    return made(IP, str(parsed_ip(text)))


def cidr(text: str) -> Made:
    """`cidr(text)`; the bits behind the prefix stay."""
    address, bits = parsed_cidr(text)
    return made(CIDR, f"{address}/{bits}")


def ip_is_canonical(text: str) -> bool:
    """`ip.isCanonical(text)`."""
    return str(parsed_ip(text)) == text


def family(value: Made) -> int:
    """`ip.family()`."""
    return _address(value).version


def is_unspecified(value: Made) -> bool:
    """`ip.isUnspecified()`."""
    return _address(value).is_unspecified


def is_loopback(value: Made) -> bool:
    """`ip.isLoopback()`."""
    return _address(value).is_loopback


def is_link_local_multicast(value: Made) -> bool:
    """`ip.isLinkLocalMulticast()`."""
    address = _address(value)
    if isinstance(address, ipaddress.IPv4Address):
        return address in _V4_LINK_LOCAL_MULTICAST
    return int(address) >> 112 & _GROUP_AND_SCOPE == _LINK_LOCAL


def is_link_local_unicast(value: Made) -> bool:
    """`ip.isLinkLocalUnicast()`."""
    return _address(value).is_link_local


def is_global_unicast(value: Made) -> bool:
    """`ip.isGlobalUnicast()`: private addresses are, too."""
    address = _address(value)
    return not (
        address == _V4_BROADCAST
        or address.is_unspecified
        or address.is_loopback
        or address.is_multicast
        or address.is_link_local
    )


def contains_ip(network: Made, address: str | Made) -> bool:
    """`cidr.containsIP(address)`, of a text or an address."""
    found = _or_wrong(parsed_ip, address) if isinstance(address, str) else _address(address)
    mine, bits = _prefix(network)
    return mine.version == found.version and _masked(mine, bits) == _masked(found, bits)


def contains_cidr(network: Made, other: str | Made) -> bool:
    """`cidr.containsCIDR(other)`, of a text or a network."""
    if isinstance(other, str):
        theirs, length = _or_wrong(parsed_cidr, other)
    else:
        theirs, length = _prefix(other)
    mine, bits = _prefix(network)
    return (
        mine.version == theirs.version
        and bits <= length
        and _masked(mine, bits) == _masked(theirs, bits)
    )


def _or_wrong(parse: Callable[[str], _Parsed], text: str) -> _Parsed:
    try:
        return parse(text)
    except ValueError:
        raise WrongKindError from None


def cidr_ip(network: Made) -> Made:
    """`cidr.ip()`: the address as it was written."""
    return made(IP, str(_prefix(network)[0]))


def masked(network: Made) -> Made:
    """`cidr.masked()`."""
    address, bits = _prefix(network)
    kind = ipaddress.IPv4Address if address.version == _V4 else ipaddress.IPv6Address
    start = _masked(address, bits) << (address.max_prefixlen - bits)
    return made(CIDR, f"{kind(start)}/{bits}")


def prefix_length(network: Made) -> int:
    """`cidr.prefixLength()`."""
    return _prefix(network)[1]


def _address(value: Made) -> Address:
    return ipaddress.ip_address(told(value, IP))


def _prefix(value: Made) -> tuple[Address, int]:
    return parsed_cidr(told(value, CIDR))


def _masked(address: Address, bits: int) -> int:
    return int(address) >> (address.max_prefixlen - bits)

"""Set up TLS as kubectl does: a chain to a trusted certificate, the right name, and no more."""

from __future__ import annotations

import errno
import os
import re
import ssl
from collections.abc import Iterable
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

from k8s_datamodel.api import SourceError

# Validity of RFC 5280, 4.1: a sequence of two times, the second is notAfter. UTCTime (0x17) has
# two digits for the year, GeneralizedTime (0x18) four.
_VALIDITY = re.compile(
    rb"\x30[\x1e-\x22](?:\x17\x0d\d{12}Z|\x18\x0f\d{14}Z)(?:\x17\x0d(\d{12})Z|\x18\x0f(\d{14})Z)"
)
_FIRST = re.compile(r"-----BEGIN CERTIFICATE-----.+?-----END CERTIFICATE-----", re.DOTALL)
_LAST_SHORT_YEAR = 50


class _Socket(ssl.SSLSocket):
    """Closed where the peer reset the connection before TLS began: ``ssl`` leaves it open."""

    def getpeername(self) -> Any:
        try:
            return super().getpeername()
        except OSError as error:
            self.close()
            reset = errno.ECONNRESET  # ssl goes on with a socket that is not connected
            raise ConnectionResetError(reset, os.strerror(reset)) from error


class _Context(ssl.SSLContext):
    """Offers HTTP/1.1 only, which is what we speak: a fork of urllib3 may offer more."""

    sslsocket_class = _Socket

    def set_alpn_protocols(self, alpn_protocols: Iterable[str]) -> None:
        super().set_alpn_protocols(["http/1.1"])


def ssl_context(
    *, verify: bool = True, authority: str | None = None, authority_data: str | None = None
) -> ssl.SSLContext:
    """The TLS context for a server; without an authority the system's are trusted.

    Raises SourceError if the trusted authorities contain no certificate.
    """
    made = _Context(ssl.PROTOCOL_TLS_CLIENT)
    made.minimum_version = ssl.TLSVersion.TLSv1_2
    # Python 3.13 and later require key identifiers of an authority, as RFC 5280 does. Authorities
    # of older clusters have none, and neither Go nor Python 3.12 require them.
    made.verify_flags &= ~ssl.VERIFY_X509_STRICT
    # As in Go, any trusted certificate ends a chain, even one that another certificate signed.
    made.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN
    if not verify:
        made.check_hostname = False
        made.verify_mode = ssl.CERT_NONE
    elif authority or authority_data:
        _trust(made, authority, authority_data)
    else:
        made.load_default_certs()
    return made


def _trust(made: ssl.SSLContext, authority: str | None, data: str | None) -> None:
    try:
        made.load_verify_locations(cafile=authority or None, cadata=data or None)
    except (OSError, ValueError) as error:
        where = authority or "in the kubeconfig's data"
        raise SourceError(
            f"the certificate authority {where} cannot be used: {_reason(error)}"
        ) from None


def show(made: ssl.SSLContext, certificate: str, key: str | None) -> None:
    """Make a context present a client's certificate; the key may be in the certificate's file.

    Raises SourceError if they are unusable, do not belong together, or need a password.
    """
    try:
        # Without a password OpenSSL would ask for one on the terminal.
        made.load_cert_chain(certificate, key, password=lambda: "")
    except (OSError, ValueError) as error:
        raise SourceError(f"the client certificate cannot be used: {_reason(error)}") from None


def _reason(error: OSError | ValueError) -> str:
    if isinstance(error, ssl.SSLError):
        words = (error.reason or "").replace("_", " ").lower()
        return words or "it is not a PEM file, or its key needs a password"
    if isinstance(error, OSError) and error.strerror:
        named = f"{error.filename}: " if error.filename else ""
        return f"{named}{error.strerror.lower()}"
    return "it is not a PEM file"


def expiry(path: str) -> str | None:
    """When the first certificate of a PEM file expired; None if valid or unreadable.

    An API server answers 401 to an expired client certificate without saying why.
    """
    try:
        pem = _FIRST.search(Path(path).read_text())
        validity = _VALIDITY.search(ssl.PEM_cert_to_DER_cert(pem[0])) if pem else None
    except (OSError, ValueError):
        return None
    if validity is None:
        return None
    text = (validity[2] or _with_century(validity[1])).decode()
    end = datetime.strptime(text, "%Y%m%d%H%M%S").replace(tzinfo=timezone.utc)
    return f"{end:%Y-%m-%d %H:%M:%S} UTC" if end < datetime.now(timezone.utc) else None


def _with_century(digits: bytes) -> bytes:
    return (b"20" if int(digits[:2]) < _LAST_SHORT_YEAR else b"19") + digits

"""Set up TLS as kubectl does: a chain to a trusted certificate, the right name, and no more."""

from __future__ import annotations

import ssl

from k8s_datamodel.api import SourceError


def context(
    *, verify: bool = True, authority: str | None = None, authority_data: str | None = None
) -> ssl.SSLContext:
    """The TLS context for a server; without an authority the system's are trusted.

    Raises SourceError if the trusted authorities contain no certificate.
    """
    made = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
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

"""What others wrote is shown and kept without its credentials, and still can be read."""

from __future__ import annotations

import random
import string

import pytest

from k8s_datamodel.redaction.messages import without_credentials

_RANDOM = random.Random("messages")
SECRET = "".join(_RANDOM.choices(string.ascii_letters + string.digits, k=24)) + "9zQ"

MESSAGES = {
    "URL": f"cannot reach https://shop:{SECRET}@proxy.example:3128/x: timeout",
    "URL in a file's place": f"postgresql:/shop:{SECRET}@db.example/shop: there is no folder",
    "URL without a host": f"postgresql:///shop:{SECRET}@db.example/shop: there is no folder",
    "query": f"Get https://acme.example/api?access_token={SECRET}&limit=1: EOF",
    "header": f'invalid header "Authorization: Bearer {SECRET}"',
    "JSON": f'{{"kind":"ExecCredential","status":{{"token":"{SECRET}"}}}}',
    "repr": f"Unauthorized: {{'client_secret': '{SECRET}', 'grant_type': 'x'}}",
    "assignment": f"exit status 1: API_TOKEN={SECRET} helper --login",
    "flag": f"exec: helper --token {SECRET} failed",
    "line": f"denied\ntoken: {SECRET}\nbye",
    "GitHub": f"remote: bad credential ghp_{SECRET}{SECRET}",
    "JWT": f"oidc: cannot verify eyJ{SECRET}.eyJ{SECRET}.{SECRET}",
}
HARMLESS = [
    "",
    "Unauthorized",
    'secrets is forbidden: User "system:serviceaccount:a:token-reader" cannot list resource',
    "the server could not find the requested resource",
    "oidc: verify token: oidc: token is expired (Token Expiry: 2026-01-02 03:04:05 +0000 UTC)",
    "conversion webhook for acme.io/v1, Kind=Shop failed: Post https://shop.acme.svc:443/convert",
    "tls: failed to verify certificate: x509: certificate signed by unknown authority",
    "file:/C:/charts/shop@1.2/values.yaml: cannot be read",
    "oci:/images:v1@sha256:" + "0a" * 32 + ": cannot be read",
    "the provided continue parameter is too old to display a consistent list result",
]


@pytest.mark.parametrize("place", MESSAGES)
def test_a_credential_is_replaced_and_the_rest_stays(place: str) -> None:
    text = MESSAGES[place]
    done = without_credentials(text)
    assert SECRET not in done
    before, after = done.split("[redacted]", 1)
    assert text.startswith(before)
    assert text.endswith(after.rsplit("[redacted]", 1)[-1])
    assert without_credentials(done) == done


@pytest.mark.parametrize("text", HARMLESS)
def test_a_message_without_credentials_is_what_it_was(text: str) -> None:
    assert without_credentials(text) == text

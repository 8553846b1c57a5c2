"""Turn texts of a kubeconfig into HTTP headers."""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator, Mapping
from typing import Any

from k8s_datamodel_plugins.sources.server.contexts.kubeconfig_fields import FieldError

# Of golang.org/x/net/http/httpguts, ValidHeaderFieldValue.
_NOT_ALLOWED = re.compile(r"[\x00-\x08\x0a-\x1f\x7f]")
# RFC 9110, 5.6.2: characters of a name; others are escaped, as in headerKeyEscape of client-go.
_NO_NAME = re.compile(rb"[^!#$&'*+.^_`|~0-9A-Za-z-]")


def value(text: str, what: str) -> str:
    """A text as a header's value, in the characters that ``http.client`` sends as bytes.

    Raises FieldError, which names the field, for a character that is invalid in a header.
    """
    if _NOT_ALLOWED.search(text):
        raise FieldError(f"its {what} contains a newline or a control character")
    return text.encode(errors="surrogateescape").decode("latin-1")


def bearer(token: str, what: str) -> str:
    """``Authorization`` for a token. Raises FieldError for a token that no server can read."""
    if token[:1] in (" ", "\t"):
        raise FieldError(f"its {what} begins with a blank, so no server would read it")
    return f"Bearer {value(token, what)}"


def basic(username: str, password: str) -> str:
    """``Authorization`` for a name and a password."""
    return "Basic " + base64.b64encode(f"{username}:{password}".encode()).decode()


def impersonation(user: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Headers that make the server act as another user. Raises FieldError as ``value`` does."""
    for key, name in (("as", "User"), ("as-uid", "Uid")):
        if key in user:
            yield f"Impersonate-{name}", value(user[key], key)
    for group in user.get("as-groups", ()):
        yield "Impersonate-Group", value(group, "as-groups")
    for key, texts in user.get("as-user-extra", {}).items():
        name = f"Impersonate-Extra-{_escaped(key)}"
        yield from ((name, value(text, "as-user-extra")) for text in texts)


def _escaped(key: str) -> str:
    return _NO_NAME.sub(lambda found: b"%%%02X" % ord(found[0]), key.encode()).decode()

"""What stands in the document itself: styles, scripts, data; the policy allows only these.

Sources: https://www.w3.org/TR/CSP3/ for the policy, and the HTML standard for what may stand in a
``script`` or ``style`` element (https://html.spec.whatwg.org/multipage/scripting.html#restrictions-for-contents-of-script-elements).
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup

# Either would end the element, or change how its end is found.
_ENDS = re.compile("</(?:script|style)|<!--|<script", re.IGNORECASE)
_IN_DATA = {ord("<"): "\\u003c", ord(">"): "\\u003e", ord("&"): "\\u0026"}


@dataclass(frozen=True, slots=True)
class Inlined:
    """What stands in a document.

    Attributes:
        policy: the Content-Security-Policy. It allows these styles and scripts by their digests,
            images only where the document itself holds them, and nothing else.
        styles: the texts of the style sheets.
        scripts: the texts of the scripts.
    """

    policy: str
    styles: tuple[Markup, ...]
    scripts: tuple[Markup, ...]


def inlined(styles: Sequence[str], scripts: Sequence[str]) -> Inlined:
    """Styles and scripts to stand in one document, in their order.

    Raises:
        ValueError: a text has what ends its element.
    """
    styles, scripts = [*map(_text, styles)], [*map(_text, scripts)]
    policy = (
        "default-src 'none'",
        f"style-src {_digests(styles)}",
        f"script-src {_digests(scripts)}",
        "img-src data:",
        "base-uri 'none'",
        "form-action 'none'",
    )
    return Inlined("; ".join(policy), tuple(map(Markup, styles)), tuple(map(Markup, scripts)))


def data_block(name: str, value: Any) -> Markup:
    """A ``script`` element with JSON, which no browser runs: data of a script of the document.

    Args:
        name: the id of the element, plain ASCII.
        value: what ``json.dumps`` takes.

    Raises:
        ValueError: it has a number that JSON lacks, such as NaN.
    """
    # Text beyond ASCII is escaped by the encoder, so also U+2028 and what UTF-8 lacks.
    text = json.dumps(value, separators=(",", ":"), allow_nan=False).translate(_IN_DATA)
    opening = Markup('<script type="application/json" id="{}">').format(name)
    return opening + Markup(text) + Markup("</script>")  # noqa: S704 - it has no <, > or &


def _text(source: str) -> str:
    """The text of an element, as a browser takes its digest: lines end with line feeds."""
    text = source.replace("\r\n", "\n")
    if found := _ENDS.search(text):
        raise ValueError(f"no style or script in a document may hold {found[0]!r}")
    return text


def _digests(texts: Sequence[str]) -> str:
    digests = (base64.b64encode(hashlib.sha256(text.encode()).digest()) for text in texts)
    return " ".join(f"'sha256-{digest.decode()}'" for digest in digests) or "'none'"

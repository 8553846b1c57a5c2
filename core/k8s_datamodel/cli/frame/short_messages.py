"""The texts of messages: without credentials, and without names that fill the screen."""

from __future__ import annotations

import re
from collections.abc import Sequence

from k8s_datamodel.redaction.messages import without_credentials

LONGEST = 300
"""Letters of a word in a message, such as a path; the system has names of 255."""

_END = 100
_LONG = re.compile(rf"\S{{{LONGEST + 1},}}")
_QUOTED = re.compile(r"""(['"`(]{0,2})(.+?)(['"`):;,.]{0,3})""")
"""A name, and what stands around it in a sentence and is no letter of it."""


def message(text: str, typed: Sequence[str] = ()) -> str:
    """A text for stderr: what is long in it is shortened in the middle.

    ``typed`` are the words of the command line, which may have spaces.
    """
    clean = without_credentials(text)
    for word in typed:
        value = word.partition("=")[2]
        for each in (word, value, word.strip(), value.strip()):
            if len(each) > LONGEST:
                clean = clean.replace(each, _shortened(each))
    return _LONG.sub(lambda found: _shortened_within(found[0]), clean)


def _shortened_within(text: str) -> str:
    """A text without blanks in which a name stands, perhaps between quotes."""
    found = _QUOTED.fullmatch(text)
    before, name, after = found.groups() if found else ("", text, "")
    return f"{before}{_shortened(name)}{after}" if len(name) > LONGEST else text


def _shortened(word: str) -> str:
    return f"{word[:_END]}... ({len(word):,} letters) ...{word[-_END:]}"

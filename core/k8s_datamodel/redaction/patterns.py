"""How credentials look in a text. Groups: ``before`` stays, ``literal`` or ``quoted`` goes.

Every run is bounded and begins where no run can be under way, so that the time that a hostile text
takes grows with its length only.
"""

from __future__ import annotations

import re

PRIVATE_KEY = re.compile(
    r"-----BEGIN (?:[A-Z0-9]+ )*PRIVATE KEY(?: BLOCK)?-----"
    r"(?:(?:(?!-----BEGIN).)*?-----END (?:[A-Z0-9]+ )*PRIVATE KEY(?: BLOCK)?-----"
    r"|[A-Za-z0-9+/=\s\\]{24,})",
    re.DOTALL,
)
ENCODED_PEM = re.compile(r"LS0tLS1CRUdJTi[A-Za-z0-9+/]+={0,2}")
KNOWN = re.compile(
    r"""
      (?<![A-Za-z0-9])(?:AKIA|ASIA)[A-Z0-9]{16}(?![A-Za-z0-9])                # AWS
    | (?<![A-Za-z0-9_-])(?:
        gh[pousr]_[A-Za-z0-9]{30,} | github_pat_\w{20,} | glpat-[\w-]{18,}    # GitHub, GitLab
      | xox[abeoprs]-[\w-]{10,} | [sr]k_live_[A-Za-z0-9]{16,}                 # Slack, Stripe
      | AIza[\w-]{35} | ya29\.[\w-]{20,} | hvs\.[\w-]{20,}                    # Google, Vault
      | npm_[A-Za-z0-9]{36} | dckr_pat_[\w-]{20,} | glsa_\w{20,}              # npm, Docker, Grafana
      | SG\.[\w-]{16,}\.[\w-]{16,} | sk-(?=[\w-]*[0-9])(?=[\w-]*[A-Z])[\w-]{20,}
      | eyJ[\w-]{8,}\.eyJ[\w-]{8,}\.[\w-]+                                    # JWT (RFC 7519)
      )
    | \$2[abxy]\$[0-9]{2}\$[./A-Za-z0-9]{53} | \{SHA\}[A-Za-z0-9+/]{27}=      # password hashes
    | \$apr1\$[^\s$]+\$[./A-Za-z0-9]{22}
    """,
    re.VERBOSE,
)
_SCHEME = r"(?<![A-Za-z0-9+.-])[A-Za-z][A-Za-z0-9+.-]{0,40}://"
# What stands between the first colon and the last at sign before the host (RFC 3986, 3.2.1);
# also with the slashes that should have been escaped, unless it is a port and a path.
USERINFO = re.compile(
    rf"""(?P<before>{_SCHEME}[^\s:/?\#@"'<>\\]{{0,256}}:)"""
    r"""(?P<literal>[^\s/?#"'<>\\]{1,1024}|(?![0-9]{1,5}[/?#])[^\s"'<>\\]{1,256}?)(?=@)"""
)
LONE_USER = re.compile(rf"(?P<before>{_SCHEME})(?P<literal>[\w-]{{20,256}})(?=@)")
DSN = re.compile(
    r"(?P<before>(?<![\w.-])[\w.-]{1,100}:|jdbc:oracle:thin:[^/\s]{1,100}/)"
    r"(?P<literal>[^\s:@/\"']{1,256})(?=@(?:tcp|unix)\(|@(?://)?[\w.-]{1,200}:[0-9])"
)
HOOK = re.compile(
    r"(?P<before>hooks\.slack\.com/services/|discord(?:app)?\.com/api/webhooks/)"
    r"(?P<literal>[\w/-]{16,256})"
)
HEADER = re.compile(
    r"""(?P<before>(?P<header>authorization["']?\s{0,9}[:=]\s{0,9}["']?)?"""
    r"""\b(?P<scheme>bearer|basic|token|apikey)\s{1,9})(?P<literal>[A-Za-z0-9._~+/=-]{8,})""",
    re.IGNORECASE,
)
USER_FLAG = re.compile(
    r"""(?P<before>(?<!\S)(?:-u|--user)[ =]?["']?[^\s:"'=]{1,100}:)(?P<literal>[^\s"'@/]+)"""
)
_NAME = r"(?<![\w.-])(?P<name>[\w.-]{1,100})"
_QUOTED = r"""(?P<quote>\\{0,4}["'])(?P<quoted>(?:(?!(?P=quote))[^\n])+)(?P=quote)"""
EQUALS = re.compile(
    rf"""(?P<before>{_NAME}[ \t]*:?=(?!=)[ \t]*)(?:{_QUOTED}|"""
    r"""(?P<literal>[^\s;&"'`]+?)(?=,[\w.-]{1,100}=|[,)}\]|]{0,3}(?:[\s;&"'`]|\Z)))"""
)
_PLAIN = r"""(?P<literal>[^\s"'|>&*{\[#]\S*)"""
COLON = re.compile(
    r"""(?P<before>^[ \t-]{0,200}["']?(?P<name>[\w./-]{1,200})["']?[ \t]*:[ \t]+)"""
    rf"""(?:{_QUOTED}|{_PLAIN})(?=[ \t\r]*(?:\#.*)?$)""",
    re.MULTILINE,
)
FLOW = re.compile(
    r"""(?P<before>[{,][ \t]*["']?(?P<name>[\w.-]{1,100})["']?[ \t]*:[ \t]+)"""
    rf"""(?:{_QUOTED}|(?P<literal>[^\s"'{{\[,}}]{{1,1024}}))(?=[ \t]*[,}}])"""
)
JSON_PAIR = re.compile(
    r"""(?P<before>(?P<quote>(?<!\\)\\{0,8}["'])(?P<name>[\w./-]{1,200})(?P=quote)\s{0,9}:\s{0,9}"""
    r"""(?P=quote))(?P<literal>(?:(?!(?P=quote))[^\n])+)(?=(?P=quote))"""
)
FLAG = re.compile(
    rf"(?P<before>(?<!\S)--?(?P<name>[A-Za-z][\w.-]{{0,100}})[ \t]+)(?:{_QUOTED}|"
    r"""(?P<literal>[^\s"'-]\S*))"""
)
NAME_VALUE = re.compile(
    r"""(?P<before>\bname:[ \t]*["']?(?P<name>[\w./-]{1,200})["']?[ \t\r]*\n[ \t]*value:[ \t]*)"""
    rf"(?:{_QUOTED}|{_PLAIN})"
)
ARGUMENT = re.compile(r"(?P<before>\A--?(?P<name>[A-Za-z][\w.-]*)=)(?P<literal>.+)", re.DOTALL)
# SQL, and servers that know no assignment.
DIRECTIVE = re.compile(
    r"(?P<before>\b(?:identified by|password)\s{1,9}'|^[ \t]{0,40}(?:requirepass|masterauth)[ \t]+)"
    r"(?P<literal>[^\s']+)",
    re.IGNORECASE | re.MULTILINE,
)
PAIRS = (EQUALS, COLON, FLOW, JSON_PAIR, FLAG, NAME_VALUE)
CODE = re.compile(r"\$[({\w]|[\w.]+\(")

"""Patterns of credentials in a text. Group ``before`` stays; ``literal`` or ``quoted`` goes.

Each repetition is bounded and starts where no other can be running, so the time grows only with the
length of the text, also of a hostile one.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

PRIVATE_KEY = re.compile(
    r"-----BEGIN (?:[A-Z0-9]+ )*PRIVATE KEY(?: BLOCK)?-----"
    r"(?:(?:(?!-----BEGIN).)*?-----END (?:[A-Z0-9]+ )*PRIVATE KEY(?: BLOCK)?-----"
    r"|[A-Za-z0-9+/=\s\\]{24,})",
    re.DOTALL,
)
PUTTY_KEY = re.compile(
    r"(?P<before>\bPrivate-Lines: ?[0-9]{1,4}\s{1,9})(?P<literal>[A-Za-z0-9+/=\s]{16,}(?=\s|\\|\Z))"
)
ENCODED_PEM = re.compile(r"LS0tLS1CRUdJTi[A-Za-z0-9+/]+={0,2}")
ENCODED = re.compile(r"(?<![\w+/=.-])[A-Za-z0-9+/_-]{24,}={0,2}(?![\w+/.-])")
ESCAPE = re.compile("%(?:3[ad]|22|26|40)", re.IGNORECASE)
ESCAPED = re.compile(r"[^\s\"'<>&;]+")
# What is between the first colon and the last at sign before the host (RFC 3986, 3.2.1);
# also with the slashes that should have been escaped, unless it is a port and a path.
_SCHEME = r"(?<![A-Za-z0-9+.-])[A-Za-z][A-Za-z0-9+.-]{0,40}://"
USERINFO = re.compile(
    rf"""(?P<before>{_SCHEME}[^\s:/?\#@"'<>\\]{{0,256}}:)"""
    r"""(?P<literal>[^\s/?#"'<>\\]{1,1024}|(?![0-9]{1,5}[/?#])[^\s"'<>\\]{1,256}?)(?=@)"""
)
# A path merges two slashes into one, so a URL used as a path has lost one.
ONE_SLASH = re.compile(
    r"(?P<before>(?<![A-Za-z0-9+.-])[A-Za-z][A-Za-z0-9+.-]{1,40}:(?:/|///)[^\s:/?#@\"'<>\\]{0,256}:)"
    r"(?P<literal>[^\s:/?#@\"'<>\\]{1,1024})(?=@(?!sha[0-9]{1,3}:))"
)
LONE_USER = re.compile(rf"(?P<before>{_SCHEME})(?P<literal>[\w-]{{8,256}})(?=@|:[\w-]{{0,64}}@)")
NO_SCHEME = re.compile(
    r"(?<![\w./:@%+$-])(?P<before>(?P<user>[A-Za-z0-9][\w.-]{0,63}):)"
    r"(?P<literal>[^\s:/@\"'<>,;(){}\[\]$%]{4,256})"
    r"(?=@(?!sha[0-9]{1,3}:)[A-Za-z0-9][\w.-]{0,200}(?:[:/\s\"',;]|\Z))"
)
# What may stand in the place of its user, as in mailto:me@example.org.
SCHEMES = frozenset(
    {"mailto", "sip", "sips", "xmpp", "acct", "npm", "pkg", "go", "jsr", "git", "file", "image"}
)
DSN = re.compile(
    r"(?P<before>(?<![\w.-])[\w.-]{1,100}:|jdbc:oracle:thin:[^/\s]{1,100}/)"
    r"(?P<literal>[^\s:@/\"']{1,256})(?=@(?:tcp|unix)\(|@(?!sha)(?://)?[\w.-]{1,200}:[0-9])"
)
HOOK = re.compile(
    r"(?P<before>hooks\.slack\.com/(?:services|workflows|triggers)/"
    r"|discord(?:app)?\.com/api/webhooks/|\.webhook\.office\.com/webhookb2/)"
    r"(?P<literal>[\w/@-]{16,300})"
)
HEADER = re.compile(
    r"""(?P<before>(?P<header>authorization["']?\s{0,9}[:=]\s{0,9}["']?)?"""
    r"""\b(?P<scheme>bearer|basic|token|apikey)\s{1,9})(?P<literal>[A-Za-z0-9._~+/=-]{8,})""",
    re.IGNORECASE,
)
COOKIE = re.compile(
    r"""(?P<before>(?:cookie["']?\s{0,9}[:=]|(?<!\S)-b)\s{0,9}["']?|;\s{0,9})"""
    r"""(?P<name>[\w.-]{1,100})=(?P<literal>[^\s;"'=]{8,4096})(?=[\s;"']|\Z)""",
    re.IGNORECASE,
)
USER_FLAG = re.compile(
    r"""(?P<before>(?<!\S)(?:-u|--user)[ =]?["']?[^\s:"'=]{1,100}:)(?P<literal>[^\s"'@/]+)"""
)
ARGUMENT = re.compile(r"(?P<before>\A--?(?P<name>[A-Za-z][\w.-]*)=)(?P<literal>.+)", re.DOTALL)
# SQL, servers, files and programs without assignments.
SQL = re.compile(
    r"(?P<before>\b(?:identified by|password)\s{1,9}')(?P<literal>[^\s']+)", re.IGNORECASE
)
SERVER = re.compile(
    r"(?P<before>(?:^|(?<=[\s\"']))(?:requirepass|masterauth|r[ow]community6?)[ \t]{1,9})"
    r"(?P<literal>[^\s'\"]+)"
)
NETRC = re.compile(
    r"(?P<before>\b(?:login|account)\s{1,9}\S{1,200}\s{1,9}password\s{1,9})(?P<literal>\S+)"
)
PGPASS = re.compile(
    r"(?P<before>(?:^|(?<=[\s\"']))(?:[\w-]{1,63}\.[\w.-]{1,190}|localhost|\*):(?:[0-9]{2,5}|\*)"
    r":(?:[A-Za-z_][^:\s]{0,100}|\*):(?:[A-Za-z_][^:\s]{0,100}|\*):)(?P<literal>[^\s\"']+)",
    re.MULTILINE,
)
PROGRAM = re.compile(
    r"(?P<before>\bmc (?:alias set|config host add) \S{1,100} \S{1,200} \S{1,100} "
    r"|(?<!\S)-pass(?:in|out)? pass:)(?P<literal>[^\s'\"]+)"
)
CODE = re.compile(r"\$[({\w]|[\w.]+\(")
# Programs that take a password after -p, -a or -w.
LOGIN = re.compile(
    r"\b(?:redis-cli|valkey-cli|keydb-cli|mysql\w*|mariadb[\w-]*|sshpass|ldap\w+|mongo\w*|sqlcmd"
    r"|cqlsh|rabbitmqadmin|mosquitto_[ps]ub|login)\b[^|;&\n]*\Z"
)
ATTACHED = re.compile(
    r"(?P<before>(?<![^\s\"'])-p[\"']?)(?P<literal>[^\s\"'=:/,]{6,256})(?=[\s\"']|\Z)"
)


@dataclass(frozen=True, slots=True)
class Pair:
    """One way to write a name and its value.

    Attributes:
        name: finds the name, up to where the value begins.
        value: what the value is there.
        needs: what a text must have, one of them at least: a look before the search.
        line: a line of its own, so that it may as well be a sentence.
        words: surely part of a sentence.
    """

    name: re.Pattern[str]
    value: re.Pattern[str]
    needs: tuple[str, ...]
    line: bool = False
    words: bool = False


_NAME = r"(?<![\w.-])(?P<name>[\w.-]{1,100})"
_OPEN = r"(?P<quote>\\{0,4}[\"'])"
_QUOTED = rf"{_OPEN}(?P<quoted>(?:(?!(?P=quote))[^\n])+)(?P=quote)"
_TEMPLATE = r"<[^<>\n]{1,100}>|\[[^\[\]\n]{1,100}\]|\{\{[^{}\n]{1,200}\}\}"
_PLAIN = rf"""(?P<literal>{_TEMPLATE}|[^\s"'|>&*{{\[#]\S*)"""
_YAML_KEY = r"""^[ \t-]{0,200}["']?(?P<name>[\w./-]{1,200})["']?[ \t]*:"""
_YAML_VALUE = re.compile(rf"(?:{_QUOTED}|{_PLAIN})(?=[ \t\r]*(?:\#.*)?$)", re.MULTILINE)
_SPELLED_NAME = r"(?:name|key|property|field|param(?:eter)?|variable|option|path)"
_SPELLED_VALUE = r"(?:value|default(?:_?value)?|string|content|literal)s?"

EQUALS = Pair(
    re.compile(rf"{_NAME}[\"'\]]{{0,2}}[ \t]*:?=>?(?!=)[ \t]*(?:\[[ \t]{{0,9}}(?=[\"']))?"),
    re.compile(
        rf"{_QUOTED}|(?P<literal>{_TEMPLATE}|[^\s;&\"'`]+?)"
        r"(?=,[\w.-]{1,100}=|[,)}\]|]{0,3}(?:[\s;&\"'`\\]|\Z))"
    ),
    ("=",),
)
COLON = Pair(re.compile(rf"{_YAML_KEY}[ \t]+", re.MULTILINE), _YAML_VALUE, (": ", ":\t"), line=True)
BLOCK = Pair(
    re.compile(rf"{_YAML_KEY}[ \t]+[|>][+-]?[ \t\r]*\n", re.MULTILINE),
    re.compile(r"[ \t]{1,200}(?P<literal>\S+)(?=[ \t\r]*$)", re.MULTILINE),
    (": |", ": >"),
)
LISTED = Pair(
    re.compile(rf"{_YAML_KEY}[ \t\r]*\n[ \t]{{0,200}}-[ \t]+", re.MULTILINE),
    _YAML_VALUE,
    (":\n", ":\r"),
)
SAID = Pair(
    re.compile(
        r"""\b(?P<name>passw(?:or)?d|passphrase|token|secret|key)[ \t]{1,9}"""
        r"""(?:(?:is|was)[ \t]{1,9})?["'`]?""",
        re.IGNORECASE,
    ),
    re.compile(r"""(?P<literal>[^\s"'`,;()]{1,1024}?)(?=\.?(?:[\s"'`,;()]|\Z))"""),
    ("assw", "ASSW", "ssphrase", "oken", "ecret", "key ", "Key "),
    words=True,
)
FLOW = Pair(
    re.compile(r"""[{,][ \t]*["']?(?P<name>[\w.-]{1,100})["']?[ \t]*:[ \t]+"""),
    re.compile(rf"(?:{_QUOTED}|(?P<literal>[^\s\"'{{\[,}}]{{1,1024}}))(?=[ \t]*[,}}])"),
    ("{", ","),
)
JSON = Pair(
    re.compile(r"""(?P<end>(?<!\\)\\{0,8}["'])(?P<name>[\w./-]{1,200})(?P=end)\s{0,9}:\s{0,9}"""),
    re.compile(
        r"(?P<quote>\\{0,8}[\"'])(?P<quoted>(?:(?!(?P=quote))(?:\\.|[^\n\\]))+)(?P=quote)"
        r"|(?P<number>[0-9]{4,40})(?=[\s,}\]])"
    ),
    ('":', "':", '" :', "' :"),
)
FLAG = Pair(
    re.compile(r"""(?<![^\s"'`(])(?P<name>--?[A-Za-z][\w.-]{0,100})[ \t]+"""),
    re.compile(rf"{_QUOTED}|(?P<literal>[^\s\"'`\\-][^\s\"'`\\]*)"),
    ("-",),
)
HEADERS = Pair(
    re.compile(
        r"""(?:-H|--header|\w_header)[ =]?["']?(?P<name>[\w-]{1,100})(?::|[ \t])[ \t]{0,9}["']?"""
    ),
    re.compile(r"""(?P<literal>[^\s"']+)(?=["'\s]|\Z)"""),
    ("-H", "header"),
)
NAME_VALUE = Pair(
    re.compile(
        rf"""\b{_SPELLED_NAME}\\{{0,8}}["']?[ \t]{{0,9}}[:=][ \t]{{0,9}}\\{{0,8}}["']?"""
        r"""(?P<name>[\w./-]{1,200})\\{0,8}["']?[ \t\r]{0,9}(?:,\s{0,9}|\n[ \t]*|[ \t])"""
        rf"""\\{{0,8}}["']?{_SPELLED_VALUE}\\{{0,8}}["']?[ \t]{{0,9}}[:=][ \t]{{0,9}}""",
        re.IGNORECASE,
    ),
    re.compile(rf"{_QUOTED}|{_PLAIN}"),
    ("value", "Value", "VALUE", "default", "Default", "string", "content"),
)
ELEMENT = Pair(
    re.compile(r"<(?P<name>[A-Za-z_][\w:.-]{0,100})(?:\s[^<>]{0,300})?>\s{0,9}"),
    re.compile(
        r"(?:<!\[CDATA\[)?(?P<literal>[^<>\s\]]+(?:[ \t][^<>\s\]]+){0,9})(?=(?:\]\]>)?\s{0,99}</)"
    ),
    ("</",),
)
ENTRY = Pair(
    re.compile(
        r"""\s(?:name|key|property)=["'](?P<name>[\w./:-]{1,200})["'][^<>]{0,200}>\s{0,9}"""
        r"""(?:<value>\s{0,9})?"""
    ),
    re.compile(r"(?P<literal>[^<>\s]+)(?=\s{0,99}</)"),
    ("</",),
)
DOCKERFILE = Pair(
    re.compile(
        r"(?:^|(?<=\\n))[ \t]{0,40}(?:ENV|ARG)[ \t]+(?P<name>\w{1,100})[ \t]+", re.MULTILINE
    ),
    re.compile(r"(?P<literal>[^\s\"\\]+)"),
    ("ENV", "ARG"),
)
PAIRS = (
    EQUALS,
    COLON,
    BLOCK,
    LISTED,
    FLOW,
    JSON,
    FLAG,
    HEADERS,
    NAME_VALUE,
    ELEMENT,
    ENTRY,
    DOCKERFILE,
    SAID,
)

"""Rules and values, a row each: functions, types and traps of Kubernetes' CEL.

A row is a schema, a rule, a value, and the old value on an update. What the API server says of each
is in `tests/data/cel/table.json`; `test_cel_rules_live.py` asks it anew.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

NOTHING = object()  # no old value: the object is created
TEXT = {"type": "string", "maxLength": 60}
TEXTS = {"type": "array", "maxItems": 9, "items": TEXT}
INT = {"type": "integer"}
INTS = {"type": "array", "maxItems": 9, "items": INT}
NUMBER = {"type": "number"}
NUMBERS = {"type": "array", "maxItems": 9, "items": NUMBER}
FLAG = {"type": "boolean"}
TIME = {"type": "string", "format": "date-time"}
DATE = {"type": "string", "format": "date"}
DURATION = {"type": "string", "format": "duration"}
BYTES = {"type": "string", "format": "byte", "maxLength": 60}
EITHER = {"x-kubernetes-int-or-string": True, "maxLength": 20}


def fields(**properties: Any) -> dict[str, Any]:
    """The schema of an object; a double underscore in a name stands for a dash."""
    named = {name.replace("__", "-"): one for name, one in properties.items()}
    return {"type": "object", "properties": named}


def a_map(values: Any) -> dict[str, Any]:
    return {"type": "object", "maxProperties": 9, "additionalProperties": values}


def a_list(items: Any) -> dict[str, Any]:
    return {"type": "array", "maxItems": 9, "items": items}


def a_set(items: Any) -> dict[str, Any]:
    return {**a_list(items), "x-kubernetes-list-type": "set"}


ENTRY = {**fields(n=TEXT, v=INT, t=TIME), "required": ["n"]}
KEYED = {
    **a_list(ENTRY),
    "x-kubernetes-list-type": "map",
    "x-kubernetes-list-map-keys": ["n"],
}
PAIR = fields(a=a_set(TEXT), b=a_set(TEXT))
MAPS = fields(a=KEYED, b=KEYED)


@dataclass(frozen=True)
class Row:
    """One rule at `spec.rN`, and one value there."""

    schema: dict[str, Any]
    rule: dict[str, Any]
    value: Any
    old: Any = NOTHING

    @property
    def full_schema(self) -> dict[str, Any]:
        return {**self.schema, "x-kubernetes-validations": [self.rule]}


def rows() -> list[Row]:
    """All rows, in an order that stays: their answers are kept by it."""
    return [*_texts(), *_others(), *_updates()]


def _rule(rule: str | dict[str, Any]) -> dict[str, Any]:
    return {"rule": rule} if isinstance(rule, str) else rule


def _texts() -> Iterator[Row]:
    for rule, values in ON_TEXTS:
        for value in values:
            yield Row(TEXT, _rule(rule), value)


def _others() -> Iterator[Row]:
    for schema, rule, values in ON_OTHERS:
        for value in values:
            yield Row(schema, _rule(rule), value)


def _updates() -> Iterator[Row]:
    for schema, rule, pairs in [*ON_UPDATES, *STORED_BAD]:
        for old, value in pairs:
            yield Row(schema, _rule(rule), value, old)


ADDRESSES = [
    *(
        "1.2.3.4",
        "01.2.3.4",
        "1.2.3",
        "1.2.3.4.5",
        "1.2.3.256",
        "0.0.0.0",
        "127.0.0.1",
        "::1",
        "::",
    ),
    *("2001:db8::1", "2001:DB8:0:0::1", "::ffff:1.2.3.4", "::1.2.3.4", "fe80::1", "fe80::1%eth0"),
    *("ff02::1", "ff05::2", "224.0.0.1", "224.0.1.1", "169.254.1.1", "10.1.2.3", ""),
    *("255.255.255.255", "1:2:3:4:5:6:7:8:9", "1::2::3", " 1.2.3.4", "a", "2001:db8:0:1:0:0:0:1"),
]
NETWORKS = [
    *("10.0.0.0/8", "10.1.2.3/8", "10.0.0.0/08", "10.0.0.0/33", "10.0.0.0", "10.0.0.0/255.0.0.0"),
    *("2001:db8::/32", "::ffff:1.2.3.0/120", "fe80::%eth0/64", "10.0.0.0/", "/8", "10.0.0.0/-1"),
    *("10.128.0.0/9", "0.0.0.0/0", "::/0", "10.0.0.0/+8"),
]
URLS = [
    *("https://a.b", "https://a.b:80/c/d?e=f&e=g#h", "/path", "path", "", "http://", "mailto:a@b"),
    *("https://u:p@host/x", "https://[::1]:80/", "https://[::1", "https://a b/", "http://a/b c"),
    *("https://a/%zz", "https://a/%2f", "http://a:b/", "1http://a", ":a", "*", "//a/b", "a:b:c"),
    *(
        "http://a/?x=1;y=2&z=%zz&q=a+b",
        "HTTP://A/B",
        "http://a/\u00e4",
        "http://a?",
        "http://a%41/",
    ),
    *("http://1.2.3.4:8080/a[1]", "http://a:1:2/", "x://a:1:2/", "http://a/<b>", "https://a/b#%zz"),
]
QUANTITIES = [
    *(
        "1",
        "0",
        "-1",
        "+1",
        "1.5",
        "1000m",
        "1500m",
        "1k",
        "1Ki",
        "1.5Gi",
        "1e3",
        "1E3",
        "1E",
        "2E",
    ),
    *(
        "",
        "a",
        "1 ",
        " 1",
        "1ki",
        "1K",
        ".5",
        "5.",
        ".",
        "1n",
        "0.1n",
        "1u",
        "12345678901234567890",
    ),
    *(
        "9223372036854775807",
        "9223372036854775808",
        "1.0",
        "00",
        "0.0",
        "1e-3",
        "1e",
        "8Ei",
        "1.5m",
    ),
    *(
        "999999999999999999",
        "1000000000000000000000",
        "100Ei",
        "-1.5Ki",
        "1m",
        "100e9",
        "1e19",
        "0k",
    ),
]
VERSIONS = [
    *("1.2.3", "v1.2.3", "1.2", "1", "01.2.3", "1.2.3-alpha.1", "1.2.3-01", "1.2.3+b.1", "1.2.3-"),
    *("1.2.3-a..b", "1.2.3+", "1.2.3.4", "", "a.b.c", "1.2.3-a+b", "v1", "v01.02", "1.2-a"),
    *("18446744073709551616.0.0", "1.2.3-\u00e4", "1.2.3-a_b", " 1.2.3", "1.02.3-a.b"),
]
NAMES = [
    *(
        "a",
        "",
        "A",
        "a-b",
        "a-",
        "-a",
        "a.b",
        "a..b",
        "1a",
        "a_b",
        "x/y",
        "x/",
        "/y",
        "a/b/c",
        "a.b/c",
    ),
    *("a" * 59, "\u00e4", "a--", "--"),
]
FORMATTED = [
    *(
        "123e4567-e89b-12d3-a456-426614174000",
        "123E4567e89b12d3a456426614174000",
        "aGVsbG8=",
        "aGVsbG8",
    ),
    *("2021-01-01", "2021-02-30", "2021-1-1", "2021-01-01T00:00:00Z", "2021-01-01t25:00:00z", ""),
    *(
        "2021-01-01T00:00:00.5+01:00",
        "2021-01-01T00:00:00",
        "https://a/b",
        "a b",
        "====",
        "20210101",
    ),
]
WORDS = ["", "abc", "aXbXc", "\u00e4\u00f6\u00fc", "a,b,,c", "  a b ", "ABC", "xaab12", "a.b"]

ON_TEXTS: list[tuple[str | dict[str, Any], list[str]]] = [
    ("isIP(self)", ADDRESSES),
    ("ip(self).family() == 4", ADDRESSES),
    ("string(ip(self)) == self", ADDRESSES),
    ("ip.isCanonical(self)", ADDRESSES),
    ("ip(self).isUnspecified() || ip(self).isLoopback()", ADDRESSES),
    ("ip(self).isLinkLocalMulticast() || ip(self).isLinkLocalUnicast()", ADDRESSES),
    ("ip(self).isGlobalUnicast()", ADDRESSES),
    ("isCIDR(self)", NETWORKS),
    ("cidr(self).prefixLength() == 8 && cidr(self).ip().family() == 4", NETWORKS),
    ("string(cidr(self).masked()) == self", NETWORKS),
    ("cidr(self) == cidr(self).masked()", NETWORKS),
    ("cidr('10.0.0.0/8').containsCIDR(self) || cidr('::/1').containsCIDR(cidr(self))", NETWORKS),
    ("cidr('10.0.0.0/8').containsIP(self)", ADDRESSES),
    ("cidr('2001:db8::/32').containsIP(ip(self))", ADDRESSES),
    ("isURL(self)", URLS),
    ("url(self).getScheme() == 'https' && url(self).getHost() == 'a.b:80'", URLS),
    ("url(self).getHostname() in ['a.b', '::1', 'a'] && url(self).getPort() in ['', '80']", URLS),
    ("url(self).getEscapedPath() in ['', '/', '/%2f', '/c/d', '/b%20c', '/%C3%A4', '/B']", URLS),
    ("url(self).getQuery()['e'] == ['f', 'g']", URLS),
    ("'a b' in url(self).getQuery()['q']", URLS),
    ("isQuantity(self)", QUANTITIES),
    ("quantity(self).isInteger()", QUANTITIES),
    ("quantity(self).asInteger() >= 1", QUANTITIES),
    ("quantity(self).asApproximateFloat() > 1.2", QUANTITIES),
    ("sign(quantity(self)) == 1", QUANTITIES),
    ("quantity(self).isGreaterThan(quantity('1'))", QUANTITIES),
    ("quantity(self).isLessThan(quantity('1k'))", QUANTITIES),
    ("quantity(self).compareTo(quantity('1500m')) == 0", QUANTITIES),
    ("quantity(self).add(quantity('500m')) == quantity('2')", QUANTITIES),
    ("quantity(self).sub(1).add(2) == quantity('2')", QUANTITIES),
    ("quantity(self) == quantity('1')", QUANTITIES),
    ("isSemver(self)", VERSIONS),
    ("isSemver(self, true)", VERSIONS),
    (
        "semver(self).major() == 1 && semver(self).minor() == 2 && semver(self).patch() == 3",
        VERSIONS,
    ),
    ("semver(self, true).isLessThan(semver('1.2.3'))", VERSIONS),
    ("semver(self).compareTo(semver('1.2.3-alpha.2')) == -1", VERSIONS),
    ("semver(self).isGreaterThan(semver('1.2.3-5'))", VERSIONS),
    ("!format.dns1123Label().validate(self).hasValue()", NAMES),
    ("!format.dns1123LabelPrefix().validate(self).hasValue()", NAMES),
    ("!format.dns1123Subdomain().validate(self).hasValue()", NAMES),
    ("!format.dns1123SubdomainPrefix().validate(self).hasValue()", NAMES),
    ("!format.dns1035Label().validate(self).hasValue()", NAMES),
    ("!format.dns1035LabelPrefix().validate(self).hasValue()", NAMES),
    ("!format.qualifiedName().validate(self).hasValue()", NAMES),
    ("!format.labelValue().validate(self).hasValue()", NAMES),
    ("!format.uuid().validate(self).hasValue()", FORMATTED),
    ("!format.byte().validate(self).hasValue()", FORMATTED),
    ("!format.date().validate(self).hasValue()", FORMATTED),
    ("!format.datetime().validate(self).hasValue()", FORMATTED),
    ("!format.uri().validate(self).hasValue()", FORMATTED),
    ("format.named(self).hasValue()", ["uuid", "dns1123Label", "nothing", ""]),
    ("format.named('dns1123Label').value().validate(self).orValue(['x']).size() == 1", NAMES),
    ("self.find('a+b') == 'aab'", WORDS),
    ("self.find('(a+)(b)') == 'aab'", WORDS),
    ("self.findAll('[a-z]') == ['a', 'b', 'c']", WORDS),
    ("self.findAll('(?P<one>a)|[(b]') == ['a', 'a', 'b']", WORDS),
    ("self.findAll('[a-c]', 1) == ['a']", WORDS),
    ("self.findAll('x*').size() == 4", WORDS),
    ("self.findAll('a', 0).size() == 0", WORDS),
    ("self.findAll('a', -1).size() == 2", WORDS),
    ("self.matches('^[a-z]+$')", [*WORDS, "abc\n", "a\nb"]),
    ("self.matches('\\\\d')", ["1", "a", "\u0661"]),
    ("self.matches('(?i)^ABC\\\\z')", WORDS),
    ("self.matches(self)", ["a", "(", "[", "a{2}"]),
    ("self.size() == 3", WORDS),
    ("self.charAt(1) == 'b'", WORDS),
    ("self.indexOf('b') == 1 && self.lastIndexOf('c') == 2", WORDS),
    ("self.indexOf('c', 1) == 2", WORDS),
    ("self.lowerAscii() == 'abc' || self.upperAscii() == 'ABC'", [*WORDS, "\u00c4bc"]),
    ("self.replace('X', '-') == 'a-b-c' || self.replace('a', '', 1) == 'bc'", WORDS),
    ("self.split(',') == ['a', 'b', '', 'c'] || self.split('') == ['a', 'b', 'c']", WORDS),
    ("self.split('X', 2) == ['a', 'bXc']", WORDS),
    ("self.substring(1) == 'bc' || self.substring(0, 2) == 'aX'", WORDS),
    ("self.substring(1, 3) == 'bc' && self.substring(3) == ''", WORDS),
    ("self.substring(2, 1) == '' || self.substring(-1, 1) == 'a'", WORDS),
    ("self.charAt(2) == 'c' || self.charAt(3) == ''", WORDS),
    ("self.replace('', '-') == '-a-b-c-' || self.replace('b', 'x', -1) == 'axc'", WORDS),
    ("self.split(',', 0) == [] || self.split(',', -1).size() == 1", WORDS),
    ("self.indexOf('') == 0 && self.lastIndexOf('') == 3", WORDS),
    ("self.lastIndexOf('b', 1) == 1 || self.lastIndexOf('c', 5) == 2", WORDS),
    ("'%s|%d|%.2f|%x'.format([1.5, 2, 3.14159, 255]) == self", ["1.5|2|3.14|ff", "a"]),
    ("'%s %s'.format([[1, 'a'], {'b': true}]) == self", ["[1, a] {b: true}", "a"]),
    ("string(1.5) == self", ["1.5", "1.50"]),
    ("string(1e21) == self", ["1e+21", "1000000000000000000000"]),
    ("string(1e-7) == self", ["1e-07", "1e-7"]),
    ("string(100000.0) == self", ["100000", "100000.0"]),
    ("string(duration('1500ms')) == self", ["1.5s", "1.500s"]),
    ("self.trim() == 'a b'", WORDS),
    ("'%s-%d'.format([self, 2]) == 'abc-2'", WORDS),
    ("strings.quote(self) == '\"abc\"'", WORDS),
    ("self.startsWith('a') && self.endsWith('c') && self.contains('X')", WORDS),
    ("int(self) == 12", ["12", "a", "", "1.5", "99999999999999999999", "+12"]),
    ("double(self) == 1.5", ["1.5", "a", "1.50"]),
    ("duration(self) > duration('1m')", ["1h", "1s", "1d", "x", "90s", "1.5m"]),
    ("timestamp(self).getFullYear() == 2021", ["2021-01-01T00:00:00Z", "2021-01-01", "x"]),
    ("self < 'b'", ["a", "b", "c", "\u00e4"]),
    ("self + 'b' == 'ab'", ["a", "b"]),
    ("size(self) / size(self) == 1", ["", "a"]),
    ("[1, 2][size(self)] == 1", ["", "a", "abc"]),
    ("self == 'a' || 1 / size(self) == 1", ["a", "", "b"]),
    ("1 / size(self) == 1 || self == ''", ["a", "", "bb"]),
    ("self.size() < 9223372036854775807 + size(self)", ["a", ""]),
    ("{'a': 1}[self] == 1", ["a", "b"]),
    ("self in ['a', 'b']", ["a", "c"]),
    ("self in {'a': 1}", ["a", "c"]),
    ("type(self) == string", ["a"]),
    ("bool(self)", ["true", "false", "t", "x"]),
    ("string(bytes(self)) == self && bytes(self).size() == 2", ["\u00e4", "a"]),
    ("sets.contains(['a', 'b'], [self])", ["a", "c"]),
    ("sets.equivalent(self.split(','), ['b', 'a'])", ["a,b", "a", "b,a,a"]),
    ("sets.intersects(self.split(','), ['b', 'a'])", ["a,c", "c"]),
    ("self.split(',').distinct().size() == 2", ["a,b,a", "a,b,c"]),
    ("self.split(',').sort() == ['a', 'b']", ["b,a", "a,b,c"]),
    ("self.split(',').reverse()[0] == 'b'", ["a,b", "b,a"]),
    ("self.split(',').slice(1, 2) == ['b']", ["a,b,c", "a"]),
    ("self.split(',').first().value() == 'a'", ["a,b", "b"]),
    ("self.split(',').last().orValue('') == 'a'", ["a,b", "b,a"]),
    ("[self.split(',')].flatten() == ['a', 'b']", ["a,b", "b,a"]),
    ("lists.range(3) == [0, 1, 2] && self == 'a'", ["a", "b"]),
    ("self.split(',').sortBy(x, x.size())[0] == 'a'", ["bb,a", "bb,c"]),
    ("self.split(',').all(i, x, x == string(i))", ["0,1", "1,0"]),
    ("self.split(',').exists(i, x, i == 1 && x == 'b')", ["a,b", "b,a"]),
    ("self.split(',').existsOne(i, x, x == 'b')", ["a,b", "b,b"]),
    ("self.split(',').transformMap(i, x, x == 'b', x) == {1: 'b'}", ["a,b", "b,b"]),
    ("self.split(',').transformMapEntry(i, x, {x: i}) == {'a': 0, 'b': 1}", ["a,b", "b,a", "a,a"]),
    ("self.split(',').exists_one(x, x == 'a')", ["a,b", "a,a"]),
    ("self.split(',').map(x, x != 'a', x + '1') == ['b1']", ["a,b", "a,a"]),
    ("self.split(',').map(x, int(x)).isSorted()", ["1,2", "2,1", "10,9", "x"]),
    ("self.split(',').map(x, int(x)).sum() == 3", ["1,2", "2,2"]),
    ("self.split(',').map(x, int(x)).max() == 10", ["9,10", "2"]),
    ({"rule": "self == 'a'", "message": " must be a\t"}, ["b"]),
    ({"rule": "self == 'a'", "messageExpression": "'not a but ' + self"}, ["b", ""]),
    (
        {"rule": "self == 'a'", "messageExpression": "self", "message": "other"},
        ["", "b", "  ", "a b "],
    ),
    ({"rule": "self == 'a'", "messageExpression": "string(1 / size(self))"}, ["", "b"]),
    ({"rule": "self == 'a'", "reason": "FieldValueForbidden", "message": "no"}, ["b"]),
    ({"rule": "self == 'a'", "reason": "FieldValueRequired"}, ["b"]),
    ({"rule": "self == 'a'", "reason": "FieldValueDuplicate"}, ["b"]),
    ({"rule": "1 / size(self) == 1", "message": "said"}, ["", "a"]),
]
SUB = fields(a=TEXT, b__c=fields(namespace=TEXT), d=a_map(INT), n={**TEXT, "nullable": True})
OPEN = {**SUB, "x-kubernetes-preserve-unknown-fields": True}
ON_OTHERS: list[tuple[dict[str, Any], str | dict[str, Any], list[Any]]] = [
    (INT, "self > 2", [3, 2, -1, 9223372036854775807]),
    (INT, "self / 2 == 1 && self % 2 == 1", [3, 2, -3]),
    (INT, "self + 9223372036854775800 > 0", [1, 100]),
    (INT, "self < 2.5", [2, 3]),
    (INT, "double(self) == 2.0 && uint(self) == 2u", [2, 3, -1]),
    (INT, "-self == -2", [2, -2]),
    (NUMBER, "self > 1.5", [1, 2, 1.5, 1.6]),
    (NUMBER, "self / 2.0 == 0.5", [1, 2.0]),
    (NUMBER, "self == 1.0 && type(self) == double", [1, 1.0, 2]),
    (NUMBER, "int(self) == 1", [1.9, 2, 1e300]),
    (NUMBERS, "self.sum() == 3.0 && self.max() >= 2.0", [[1, 2], [1.5, 1.5], []]),
    (NUMBERS, "self.sum() == 0.0", [[], [1]]),
    (INTS, "self.sum() == 0", [[], [1]]),
    (INTS, "self.min() < self.max()", [[1, 2], [1], []]),
    (INTS, "self.isSorted()", [[], [1, 2, 2], [2, 1]]),
    (INTS, "self.indexOf(2) == 1", [[1, 2], [2]]),
    (INTS, "self[0] == 1", [[1], [2], []]),
    (INTS, "1 in self && size(self) < 3", [[1], [2], [1, 2, 3]]),
    (INTS, "self.exists(i, i > 1) && self.all(i, i > 0)", [[1, 2], [1], [], [0, 2]]),
    (INTS, "self + [3] == [1, 3]", [[1], [3]]),
    (INTS, "self.exists(i, 1 / i == 1)", [[1, 0], [0, 1], [0, 2], []]),
    (INTS, "self.all(i, 1 / i == 1)", [[1, 0], [0, 2], [0, 1], []]),
    (TEXTS, "self.join('-') == 'a-b' || self.join() == 'c'", [["a", "b"], ["c"], []]),
    (TEXTS, "self.transformList(i, x, i < 1, x + 'z') == ['az']", [["a", "b"], ["c"]]),
    (TEXTS, "self.min() == 'a'", [["b", "a"], ["b"], []]),
    (TEXTS, "self.indexOf('b') == 1 && self.lastIndexOf('b') == 2", [["a", "b", "b"], ["b"]]),
    (FLAG, "self", [True, False]),
    (FLAG, "!self || self", [True]),
    (EITHER, "type(self) == int ? self > 2 : self == 'a'", [3, 1, "a", "b"]),
    (EITHER, "self == 1 || self == '1'", [1, "1", 2]),
    (EITHER, "self > 1", [2, "a", 1]),
    (EITHER, "self.matches('a')", ["a", "b", 1]),
    (EITHER, "string(self) == '1'", [1, "1", 2]),
    (
        TIME,
        "self > timestamp('2020-01-01T00:00:00Z')",
        ["2021-01-01T00:00:00Z", "2019-12-31T23:59:59.999999999Z"],
    ),
    (
        TIME,
        "self.getFullYear() == 2020 && self.getHours('+01:00') == 1",
        ["2020-05-05T00:00:00Z", "2020-05-05T00:00:00+01:00", "2020-01-01T00:00:00.123456Z"],
    ),
    (
        TIME,
        "string(self) == '2020-05-05T00:00:00.12Z'",
        ["2020-05-05T00:00:00.120Z", "2020-05-05T01:00:00.12+01:00", "2020-05-05T00:00:00Z"],
    ),
    (
        TIME,
        "self - duration('1h') < timestamp('2020-01-01T00:00:00Z')",
        ["2020-01-01T00:30:00Z", "2020-01-01T01:30:00Z"],
    ),
    (TIME, "type(self) == google.protobuf.Timestamp", ["2020-01-01T00:30:00Z"]),
    (
        DATE,
        "self >= timestamp('2020-01-02T00:00:00Z') && self.getDayOfMonth() == 1",
        ["2020-01-02", "2020-01-01"],
    ),
    (
        DURATION,
        "self < duration('10m')",
        ["5m", "1h", "600s", "9m59.999999999s", "2 min", "3 days", "1.5h", "-1h", "0"],
    ),
    (
        DURATION,
        "self.getMinutes() == 90 && string(self) == '5400s'",
        ["1.5h", "90m", "90 min", "1m"],
    ),
    (BYTES, "self.size() == 5 && string(self) == 'hello'", ["aGVsbG8=", "YQ=="]),
    (BYTES, "self == b'hello'", ["aGVsbG8=", "YQ=="]),
    (SUB, "has(self.a) && self.a == 'x'", [{"a": "x"}, {"a": "y"}, {}]),
    (SUB, "self.a == 'x'", [{"a": "x"}, {}]),
    (SUB, "self.b__dash__c.__namespace__ == 'x'", [{"b-c": {"namespace": "x"}}, {"b-c": {}}, {}]),
    (SUB, "has(self.b__dash__c.__namespace__)", [{"b-c": {"namespace": "x"}}, {"b-c": {}}, {}]),
    (SUB, "has(self.n)", [{"n": None}, {"n": "a"}, {}]),
    (SUB, "has(self.n) && self.n != 'a'", [{"n": None}, {"n": "a"}, {"n": "b"}]),
    (SUB, "'k' in self.d && self.d['k'] == 1", [{"d": {"k": 1}}, {"d": {}}, {}, {"d": {"k": 2}}]),
    (SUB, "self.d.k == 1 && has(self.d.j)", [{"d": {"k": 1, "j": 1}}, {"d": {"k": 1}}]),
    (
        SUB,
        "self.d.all(k, k.startsWith('k') && self.d[k] > 0)",
        [{"d": {"k1": 1}}, {"d": {"j": 1}}, {"d": {"k": 0}}],
    ),
    (SUB, "self.d == {'a': 1, 'b': 2}", [{"d": {"b": 2, "a": 1}}, {"d": {"a": 1}}]),
    (SUB, "self.d.exists(k, v, v > 1 && k == 'b')", [{"d": {"b": 2}}, {"d": {"a": 2}}]),
    (SUB, "self.d.transformMap(k, v, v + 1) == {'a': 2}", [{"d": {"a": 1}}, {"d": {"a": 2}}]),
    (SUB, "self.?a.orValue('x') == 'x'", [{"a": "x"}, {"a": "y"}, {}]),
    (
        SUB,
        "self.?b__dash__c.?__namespace__.hasValue()",
        [{"b-c": {"namespace": "x"}}, {"b-c": {}}, {}],
    ),
    (SUB, "self.?d['k'].orValue(1) == 1", [{"d": {"k": 1}}, {"d": {}}, {}, {"d": {"k": 2}}]),
    (
        SUB,
        "self.d[?'k'].optMap(v, v + 1).orValue(2) == 2",
        [{"d": {"k": 1}}, {"d": {}}, {}, {"d": {"k": 2}}],
    ),
    (SUB, "[?self.?a, 'z'].size() == 2", [{"a": "x"}, {}]),
    (SUB, {"rule": "false", "fieldPath": ".a", "message": "m"}, [{"a": "x"}, {}]),
    (SUB, {"rule": "false", "fieldPath": ".b-c.namespace"}, [{}]),
    (SUB, {"rule": "false", "fieldPath": ".d['k.l']"}, [{}]),
    (SUB, {"rule": "self.a == 'x'", "fieldPath": ".a"}, [{}, {"a": "y"}]),
    (SUB, {"rule": "self.a == 'x'", "messageExpression": "'got ' + self.a + '\\n'"}, [{"a": "y"}]),
    (
        fields(l=a_list({**TEXT, "nullable": True})),
        "dyn(self.l[0]) == null",
        [{"l": [None]}, {"l": ["a"]}],
    ),
    (
        fields(m=a_map({**TEXT, "nullable": True})),
        "dyn(self.m['k']) == null",
        [{"m": {"k": None}}, {"m": {"k": "a"}}],
    ),
    (
        fields(m=a_map({**TEXT, "nullable": True})),
        "self.m.size() == 1 && has(self.m.k)",
        [{"m": {"k": None}}],
    ),
    (
        PAIR,
        "self.a == self.b",
        [{"a": ["x", "y"], "b": ["y", "x"]}, {"a": ["x"], "b": ["y"]}, {"a": [], "b": ["x"]}],
    ),
    (PAIR, "self.a != self.b", [{"a": ["x", "y"], "b": ["y", "x"]}, {"a": ["x"], "b": ["y"]}]),
    (PAIR, "self.a == ['x', 'y']", [{"a": ["y", "x"]}, {"a": ["x", "y"]}, {"a": ["x"]}]),
    (PAIR, "['x', 'y'] == self.a", [{"a": ["y", "x"]}, {"a": ["x", "y"]}]),
    (
        PAIR,
        "(self.a + self.b).size() == 2",
        [{"a": ["x"], "b": ["x", "y"]}, {"a": ["x"], "b": ["z", "y"]}],
    ),
    (
        PAIR,
        "self.a + self.b == ['z', 'x']",
        [{"a": ["x"], "b": ["z"]}, {"a": ["x", "z"], "b": ["x"]}],
    ),
    (
        PAIR,
        "self.a.filter(x, x != 'q') == self.b.filter(x, x != 'q')",
        [{"a": ["x", "y"], "b": ["y", "x"]}, {"a": ["x", "q"], "b": ["x"]}],
    ),
    (PAIR, "self.a.all(x, x in self.b)", [{"a": ["x"], "b": ["y", "x"]}, {"a": ["z"], "b": []}]),
    (PAIR, "sets.contains(self.b, self.a)", [{"a": ["x"], "b": ["y", "x"]}, {"a": ["z"], "b": []}]),
    (
        a_list(fields(a=KEYED)),
        "self[0].a == self[1].a",
        [
            [{"a": [{"n": "x", "v": 1}, {"n": "y"}]}, {"a": [{"n": "y"}, {"n": "x", "v": 1}]}],
            [{"a": [{"n": "x", "v": 1}]}, {"a": [{"n": "x", "v": 2}]}],
        ],
    ),
    (
        a_list(fields(a=KEYED)),
        "self[0] != self[1]",
        [
            [{"a": [{"n": "x", "v": 1}, {"n": "y"}]}, {"a": [{"n": "y"}, {"n": "x", "v": 1}]}],
            [{"a": [{"n": "x", "v": 1}]}, {"a": [{"n": "x", "v": 2}]}],
        ],
    ),
    (
        a_list(fields(a=KEYED)),
        "(self[0].a + self[1].a).map(e, e.v) == [2, 3]",
        [
            [{"a": [{"n": "x", "v": 1}, {"n": "y", "v": 3}]}, {"a": [{"n": "x", "v": 2}]}],
            [{"a": [{"n": "x", "v": 2}]}, {"a": [{"n": "y", "v": 3}]}],
            [{"a": [{"n": "x", "v": 3}]}, {"a": [{"n": "y", "v": 2}]}],
        ],
    ),
    (
        MAPS,
        "self.a.all(e, e.t < timestamp('2020-01-01T00:00:00Z'))",
        [
            {"a": [{"n": "x", "t": "2019-01-01T00:00:00Z"}]},
            {"a": [{"n": "x", "t": "2021-01-01T00:00:00Z"}]},
            {"a": [{"n": "x"}]},
        ],
    ),
    (
        MAPS,
        "self.a.filter(e, has(e.t)).map(e, e.t).all(t, t.getFullYear() == 2021)",
        [
            {"a": [{"n": "x", "t": "2019-01-01T00:00:00Z"}]},
            {"a": [{"n": "x", "t": "2021-01-01T00:00:00Z"}, {"n": "y"}]},
        ],
    ),
    (
        a_list(ENTRY),
        "self[0] == self[1]",
        [
            [{"n": "x", "v": 1}, {"n": "x", "v": 1}],
            [{"n": "x", "v": 1}, {"n": "x"}],
            [{"n": "x", "t": "2020-01-01T00:00:00Z"}, {"n": "x", "t": "2020-01-01T01:00:00+01:00"}],
        ],
    ),
    (
        fields(a=TIME, b=TIME),
        "self.?a.orValue(self.b) < self.b",
        [
            {"a": "2020-01-01T00:00:00Z", "b": "2020-01-02T00:00:00Z"},
            {"b": "2020-01-02T00:00:00Z"},
        ],
    ),
    (
        fields(a=a_list(TIME)),
        "self.a[0] < self.a[1] && self.a.all(t, t.getFullYear() == 2020)",
        [
            {"a": ["2020-01-01T00:00:00Z", "2020-01-02T00:00:00Z"]},
            {"a": ["2020-01-01T00:00:00Z", "2020-01-01T00:00:00Z"]},
            {"a": ["2020-01-01T00:00:00Z", "2021-01-01T00:00:00Z"]},
        ],
    ),
    (
        fields(a=a_map(DURATION)),
        "self.a.k > duration('1s') && self.a.all(k, self.a[k] > duration('0s'))",
        [
            {"a": {"k": "2s"}},
            {"a": {"k": "500ms"}},
            {"a": {"k": "2s", "j": "-1s"}},
        ],
    ),
    (
        a_list(SUB),
        "self[0] == self[1]",
        [
            [{"a": "x", "n": None}, {"a": "x"}],
            [{"a": "x", "n": None}, {"a": "x", "n": None}],
            [{"a": "x"}, {"a": "x"}],
            [{"d": {"a": 1, "b": 2}}, {"d": {"b": 2, "a": 1}}],
            [{"a": "x"}, {"b-c": {}}],
            [{"n": None}, {"n": "x"}],
            [{"n": "x"}, {"n": None}],
            [{"n": None}, {"a": "x"}],
        ],
    ),
    (
        a_list(OPEN),
        "self[0] == self[1]",
        [
            [{"q": 1}, {"q": 1}],
            [{"q": 1}, {"q": 2}],
            [{"q": 1}, {"r": 1}],
            [{"q": 1}, {}],
            [{"q": 1}, {"q": 1.5}],
            [{"q": [1, 2]}, {"q": [2, 1]}],
        ],
    ),
    (
        a_list(fields(a=TEXT)),
        "self.all(x, !has(x.a) || x.a != 'q')",
        [[{"a": "q"}], [{"a": "r"}], []],
    ),
    (
        a_list(fields(a=INT)),
        "self.map(x, x.a).sum() == 3",
        [[{"a": 1}, {"a": 2}], [{"a": 1}], [{}]],
    ),
    (
        a_list(fields(a=INT)),
        "self.all(x, self.exists_one(y, y.a == x.a))",
        [[{"a": 1}, {"a": 2}], [{"a": 1}, {"a": 1}]],
    ),
    (
        fields(
            e={
                "type": "object",
                "x-kubernetes-embedded-resource": True,
                "x-kubernetes-preserve-unknown-fields": True,
            }
        ),
        "self.e.kind == 'K' && self.e.metadata.name == 'n'",
        [
            {"e": {"apiVersion": "v1", "kind": "K", "metadata": {"name": "n"}}},
            {"e": {"apiVersion": "v1", "kind": "K", "metadata": {}}},
        ],
    ),
]
ITEM_RULED = {
    **KEYED,
    "items": {**ENTRY, "x-kubernetes-validations": [{"rule": "self.v >= oldSelf.v"}]},
}
ATOMIC_RULED = a_list({**ENTRY, "x-kubernetes-validations": [{"rule": "self.v >= oldSelf.v"}]})
ITEM_PLAIN = {**KEYED, "items": {**ENTRY, "x-kubernetes-validations": [{"rule": "self.v > 5"}]}}
ATOMIC_PLAIN = a_list({**ENTRY, "x-kubernetes-validations": [{"rule": "self.v > 5"}]})
SET_PLAIN = a_set({**TEXT, "x-kubernetes-validations": [{"rule": "self != 'bad'"}]})
ON_UPDATES: list[tuple[dict[str, Any], str | dict[str, Any], list[tuple[Any, Any]]]] = [
    (TEXT, "self == oldSelf", [("a", "a"), ("a", "b"), (NOTHING, "b")]),
    (INT, "self >= oldSelf", [(1, 2), (2, 1), (NOTHING, 1)]),
    (NUMBER, "self >= oldSelf", [(1, 1.5), (2.5, 1)]),
    (SUB, "!has(oldSelf.a) || has(self.a)", [({"a": "x"}, {"a": "y"}), ({"a": "x"}, {}), ({}, {})]),
    (
        PAIR,
        "self.a == oldSelf.a",
        [({"a": ["x", "y"]}, {"a": ["y", "x"]}), ({"a": ["x"]}, {"a": ["y"]})],
    ),
    (
        MAPS,
        "self.a == oldSelf.a",
        [
            ({"a": [{"n": "x"}, {"n": "y"}]}, {"a": [{"n": "y"}, {"n": "x"}]}),
            ({"a": [{"n": "x", "v": 1}]}, {"a": [{"n": "x", "v": 2}]}),
            (
                {"a": [{"n": "x", "t": "2020-01-01T00:00:00Z"}]},
                {"a": [{"n": "x", "t": "2020-01-01T01:00:00+01:00"}]},
            ),
        ],
    ),
    (
        PAIR,
        "oldSelf.a.all(x, x in self.a)",
        [({"a": ["x"]}, {"a": ["y", "x"]}), ({"a": ["x"]}, {"a": []})],
    ),
    (
        TIME,
        "self >= oldSelf",
        [
            ("2020-01-01T00:00:00Z", "2020-01-01T00:00:00.5Z"),
            ("2020-01-02T00:00:00Z", "2020-01-01T00:00:00Z"),
        ],
    ),
    (
        {**TEXT},
        {
            "rule": "oldSelf.hasValue() ? self == oldSelf.value() : self == 'a'",
            "optionalOldSelf": True,
        },
        [("a", "a"), ("a", "b"), (NOTHING, "a"), (NOTHING, "b")],
    ),
    (
        {**SUB},
        {
            "rule": "oldSelf.?a.hasValue() == self.?a.hasValue() && oldSelf.?a.orValue('x') == 'x'",
            "optionalOldSelf": True,
        },
        [({"a": "x"}, {}), ({"a": "y"}, {}), (NOTHING, {"a": "y"}), (NOTHING, {})],
    ),
    (
        {**TIME},
        {
            "rule": "self >= oldSelf.orValue(timestamp('2020-01-01T00:00:00Z'))",
            "optionalOldSelf": True,
        },
        [("2021-01-01T00:00:00Z", "2020-06-01T00:00:00Z"), (NOTHING, "2019-01-01T00:00:00Z")],
    ),
    (
        {**INT},
        {"rule": "oldSelf.optMap(o, self > o).orValue(true)", "optionalOldSelf": True},
        [(1, 2), (2, 1), (NOTHING, 1)],
    ),
    (
        ITEM_RULED,
        "true",
        [
            ([{"n": "x", "v": 2}], [{"n": "x", "v": 1}]),
            ([{"n": "x", "v": 2}], [{"n": "y", "v": 1}]),
            ([{"n": "x", "v": 2}, {"n": "y", "v": 5}], [{"n": "y", "v": 6}, {"n": "x", "v": 1}]),
        ],
    ),
    (
        a_map({**INT, "x-kubernetes-validations": [{"rule": "self >= oldSelf"}]}),
        "true",
        [
            ({"a": 2}, {"a": 1}),
            ({"a": 2}, {"b": 1}),
            ({"a": 2}, {"a": 3}),
        ],
    ),
]
STORED_BAD: list[tuple[dict[str, Any], str | dict[str, Any], list[tuple[Any, Any]]]] = [
    (TEXT, "self != 'bad'", [("bad", "bad"), ("bad", "good"), ("good", "bad")]),
    (
        SUB,
        "self.?a.orValue('') != 'bad'",
        [
            ({"a": "bad"}, {"a": "bad"}),
            ({"a": "bad"}, {"a": "bad", "d": {"k": 1}}),
            ({"a": "bad", "d": {"k": 1, "j": 2}}, {"a": "bad", "d": {"j": 2, "k": 1}}),
        ],
    ),
    (
        ITEM_PLAIN,
        "true",
        [
            ([{"n": "x", "v": 1}], [{"n": "x", "v": 1}, {"n": "y", "v": 9}]),
            ([{"n": "x", "v": 1}, {"n": "y", "v": 9}], [{"n": "y", "v": 9}, {"n": "x", "v": 1}]),
            ([{"n": "x", "v": 1}], [{"n": "x", "v": 2}]),
        ],
    ),
    (
        ATOMIC_PLAIN,
        "true",
        [
            ([{"n": "x", "v": 1}], [{"n": "x", "v": 1}]),
            ([{"n": "x", "v": 1}], [{"n": "x", "v": 1}, {"n": "y", "v": 9}]),
        ],
    ),
    (
        SET_PLAIN,
        "true",
        [(["bad"], ["bad"]), (["bad"], ["bad", "x"]), (["bad", "x"], ["x", "bad"])],
    ),
    (
        KEYED,
        "self.all(e, e.v > 5)",
        [
            ([{"n": "x", "v": 1}, {"n": "y", "v": 2}], [{"n": "y", "v": 2}, {"n": "x", "v": 1}]),
            ([{"n": "x", "v": 1}], [{"n": "x", "v": 1}, {"n": "z", "v": 7}]),
        ],
    ),
    (SUB, "self.a != 'bad' || 1 / 0 == 1", [({"a": "bad"}, {"a": "bad"})]),
    (
        {**SUB, "x-kubernetes-preserve-unknown-fields": True},
        "self.?a.orValue('') != 'bad'",
        [
            ({"a": "bad", "q": 1}, {"a": "bad", "q": 1}),
        ],
    ),
]
"""Updates of objects that were stored before the rule was there."""

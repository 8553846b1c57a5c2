"""What a word that names a moment may mean, and the times in it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from k8s_datamodel.base.errors import UsageError
from k8s_datamodel.naming.moment_names import (
    At,
    Latest,
    Live,
    Location,
    Number,
    Within,
    readings,
    snapshot_word,
)
from k8s_datamodel.naming.moment_times import time_of

NOW = "2026-11-10 12:30:00"
SUFFIXES = (".yaml", ".gz")
ARN = "arn:aws:eks:eu-west-1:123:cluster/prod"


@pytest.mark.parametrize(
    ("word", "meant"),
    [
        ("12", [Number("12")]),
        ("latest", [Latest()]),
        ("latest~2", [Latest("2")]),
        ("@2026-11-01", [At("2026-11-01")]),
        ("@2026-11-01 08:00", [At("2026-11-01 08:00")]),
        ("@3 days ago", [At("3 days ago")]),
        ("@yesterday", [At("yesterday")]),
        ("live", [Live()]),
        ("live:prod", [Live("prod")]),
        (f"live:{ARN}:latest", [Live(f"{ARN}:latest")]),
        ("prod:latest~1", [Within("prod", "latest~1")]),
        ("prod:@2026-11-01 08:00", [Within("prod", "@2026-11-01 08:00")]),
        ("prod:@2026-11-01 08:00:30+02:00", [Within("prod", "@2026-11-01 08:00:30+02:00")]),
        ("admin@prod:8443:latest", [Within("admin@prod:8443", "latest")]),
        (f"{ARN}:latest", [Within(ARN, "latest"), Location(f"{ARN}:latest")]),
        ("other.db:3", [Within("other.db", "3")]),
        ("2026-11-01:3", [Within("2026-11-01", "3")]),
        ("./dump", [Location("./dump")]),
        (".", [Location(".")]),
        ("dump.tar.gz", [Location("dump.tar.gz")]),
        ("CRDS.YAML", [Location("CRDS.YAML")]),
        ("folder/latest", [Location("folder/latest")]),
        ("", []),
        ("newest", []),
        ("latest~", []),
        ("latest~-1", []),
        (":latest", []),
        ("live:", []),
        ("@soon", []),
        ("dump.zip", []),
        ("@2026-11-01T8:00", []),
        ("prod:@2026-11-01 8:00", []),
        ("prod:@2026-11-01T08:00:00+02:00", [Within("prod", "@2026-11-01T08:00:00+02:00")]),
        ("admin@1prod:8443:7", [Within("admin@1prod:8443", "7")]),
        ("C:\\x.db:latest", [Within("C:\\x.db", "latest")]),
    ],
)
def test_what_a_word_may_mean(word: str, meant: list[object]) -> None:
    assert readings(word, SUFFIXES) == meant


MOMENTS = st.sampled_from(["7", "latest", "latest~3", "@2026-11-01", "@2026-11-01 08:00"])


@given(st.text(st.sampled_from("ab:/@.-_7"), min_size=1), MOMENTS)
def test_a_prefix_is_whole_whatever_it_holds(prefix: str, moment: str) -> None:
    if snapshot_word(f"{prefix}:{moment}") or "@7" in f":{prefix}":
        return
    assert readings(f"{prefix}:{moment}")[0] == Within(prefix, moment)


@pytest.mark.parametrize(
    ("text", "time"),
    [
        ("2026-11-01", "2026-11-01 23:59:59"),
        ("2026-11-01 08:00", "2026-11-01 08:00:00"),
        ("2026-11-01T08:00:07Z", "2026-11-01 08:00:07"),
        ("2026-11-01 08:00+02:00", "2026-11-01 06:00:00"),
        ("2026-11-01 08:00 -0130", "2026-11-01 09:30:00"),
        ("2026-11-01+02:00", "2026-11-01 21:59:59"),
        ("3 days ago", "2026-11-07 12:30:00"),
        ("90 min ago", "2026-11-10 11:00:00"),
        ("yesterday", "2026-11-09 23:59:59"),
        ("today", "2026-11-10 23:59:59"),
    ],
)
def test_times_are_utc_and_a_day_means_its_end(text: str, time: str) -> None:
    assert time_of(text, NOW) == time


@pytest.mark.parametrize(
    "text",
    [
        *("", "soon", "2026-13-01", "2026-11-01 25:00", "2026-11-01 08:00+99:00", "many ago"),
        *("31.12.2026", "3 fortnights ago", "999999999 years ago", "2026-11-01T8:00", " today"),
    ],
)
def test_what_is_no_time_is_refused(text: str) -> None:
    with pytest.raises(UsageError, match=r"no time .* use for example 2026-11-01"):
        time_of(text, NOW)

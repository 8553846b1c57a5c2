"""Archives and compressed files: read by content, never extracted, and no bomb goes off."""

from __future__ import annotations

import bz2
import contextlib
import gzip
import io
import lzma
import sys
import tarfile
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path

import pytest

from k8s_datamodel.api import SourceError
from k8s_datamodel_plugins.sources.dump import bounds
from k8s_datamodel_plugins.sources.dump.files import streams
from support.opened import CRDS, Opened, configmap, write

COMPRESSORS: dict[str, Callable[[bytes], bytes]] = {
    "plain": bytes,
    "gzip": gzip.compress,
    "xz": lzma.compress,
    "bzip2": bz2.compress,
    "two xz streams": lambda data: lzma.compress(data[:700]) + lzma.compress(data[700:]),
    "two gzip members": lambda data: gzip.compress(data[:700]) + gzip.compress(data[700:]),
}
FORMATS = {"ustar": tarfile.USTAR_FORMAT, "gnu": tarfile.GNU_FORMAT, "pax": tarfile.PAX_FORMAT}


def tarred(files: dict[str, str | bytes], form: int = tarfile.PAX_FORMAT, mtime: int = 0) -> bytes:
    target = io.BytesIO()
    with tarfile.open(fileobj=target, mode="w", format=form) as archive:
        for name, content in files.items():
            data = content.encode() if isinstance(content, str) else content
            header = tarfile.TarInfo(name)
            header.size, header.mtime = len(data), mtime
            archive.addfile(header, io.BytesIO(data))
    return target.getvalue()


def zipped(files: dict[str, str | bytes]) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return target.getvalue()


TWO: dict[str, str | bytes] = {"b/x.yaml": configmap("two"), "a.yaml": configmap("one")}


@pytest.mark.parametrize("compressor", COMPRESSORS)
@pytest.mark.parametrize("form", FORMATS)
def test_a_tar_is_read_whatever_it_is_called(tmp_path: Path, compressor: str, form: str) -> None:
    path = tmp_path / "called-nothing"
    path.write_bytes(COMPRESSORS[compressor](tarred(TWO, FORMATS[form])))
    opened = Opened(path)
    assert opened.names() == ["one", "two"]
    assert opened.outcome().requests == 2
    assert opened.info.context == "called-nothing"


@pytest.mark.parametrize("compressor", COMPRESSORS)
def test_a_tar_is_read_from_a_pipe(monkeypatch: pytest.MonkeyPatch, compressor: str) -> None:
    class Dripping(io.BytesIO):
        def read(self, size: int | None = -1, /) -> bytes:
            return super().read(min(size or 1, 7) if size and size > 0 else size)

    content = Dripping(COMPRESSORS[compressor](tarred(TWO)))
    monkeypatch.setattr(sys, "stdin", type("Stdin", (), {"buffer": content}))
    assert Opened("-").names() == ["one", "two"]


@pytest.mark.parametrize("compressor", list(COMPRESSORS)[1:4])
def test_a_compressed_manifest_is_read_alone_and_in_a_folder(
    tmp_path: Path, compressor: str
) -> None:
    suffix = {"gzip": "gz", "xz": "xz", "bzip2": "bz2"}[compressor]
    packed = COMPRESSORS[compressor](configmap("one").encode())
    write(tmp_path, {f"x.yaml.{suffix}": packed, f"audit.log.{suffix}": packed})
    assert Opened(tmp_path / f"x.yaml.{suffix}").names() == ["one"]
    opened = Opened(tmp_path)
    assert opened.names() == ["one"]
    assert opened.entries("unrecognised").keys() == {f"audit.log.{suffix}"}


def test_a_zip_is_read(tmp_path: Path) -> None:
    (tmp_path / "x").write_bytes(zipped(TWO))
    assert Opened(tmp_path / "x").names() == ["one", "two"]


def test_archives_inside_are_named_not_opened(tmp_path: Path) -> None:
    inner = tarred({"y.yaml": configmap("other-cluster")})
    files = {"x.yaml": configmap("one"), "a.tar": inner, "b.tgz": gzip.compress(inner)}
    files |= {"c.zip": zipped({"z.yaml": configmap("three")})}
    opened = Opened(write(tmp_path, {**files}))
    assert opened.names() == ["one"]
    reason = opened.entries("skipped")["a.tar and 2 more"]
    assert "name it as --source" in reason
    for name in ("x.yaml",):
        (tmp_path / name).unlink()
    with pytest.raises(SourceError, match=r"3 files looked at; an archive inside .* not opened"):
        Opened(tmp_path)


def test_names_that_climb_and_links_stay_names(tmp_path: Path) -> None:
    target = io.BytesIO()
    with tarfile.open(fileobj=target, mode="w") as archive:
        for name in ("../../evil.yaml", "/etc/evil.yaml"):
            data = configmap(name.strip("./").replace("/", "-")).encode()
            header = tarfile.TarInfo(name)
            header.size = len(data)
            archive.addfile(header, io.BytesIO(data))
        for name, kind in (("link.yaml", tarfile.SYMTYPE), ("hard.yaml", tarfile.LNKTYPE)):
            header = tarfile.TarInfo(name)
            header.type, header.linkname = kind, "/etc/passwd"
            archive.addfile(header)
        header = tarfile.TarInfo("device")
        header.type = tarfile.CHRTYPE
        archive.addfile(header)
    home = tmp_path / "deep" / "er"
    home.mkdir(parents=True)
    (home / "x.tar").write_bytes(target.getvalue())
    before = sorted(tmp_path.rglob("*"))
    opened = Opened(home / "x.tar")
    assert opened.names() == ["etc-evil.yaml", "evil.yaml"]
    assert opened.entries("skipped") == {
        "link.yaml and 1 more": "a link is not followed",
        "device": "neither a file nor a folder",
    }
    assert sorted(tmp_path.rglob("*")) == before


def test_long_names_are_kept_whole(tmp_path: Path) -> None:
    name = "n" * 90 + "/" + "m" * 150 + "/ä" * 40 + ".yaml"
    for form in (tarfile.GNU_FORMAT, tarfile.PAX_FORMAT):
        (tmp_path / "x.tar").write_bytes(tarred({"a.yaml": configmap("a"), name: "x: {"}, form))
        assert Opened(tmp_path / "x.tar").entries("failed").keys() == {name}


@pytest.mark.parametrize("compressor", ["plain", "gzip", "xz", "bzip2"])
def test_an_archive_that_is_cut_off_is_told(tmp_path: Path, compressor: str) -> None:
    files = {f"{n}.yaml": configmap(f"n{n}", k="x" * 3000) for n in range(20)}
    whole = COMPRESSORS[compressor](tarred({**files}))
    path = tmp_path / "x.tar"
    for share in (0.5, 0.7, 0.8):
        path.write_bytes(whole[: int(len(whole) * share)])
        failed, names = outcome_of(path)
        assert failed
        assert len(names) < 20


def outcome_of(path: Path) -> tuple[bool, list[str]]:
    """Whether something of it could not be read, and what could."""
    try:
        opened = Opened(path)
    except SourceError as refused:
        return "not readable" in str(refused), []
    return opened.incomplete and "x.tar" in opened.entries("failed"), opened.names()


def test_an_archive_without_its_end_mark_is_told(tmp_path: Path) -> None:
    files = {f"{n}.yaml": configmap(f"n{n}") for n in range(3)}
    whole = tarred({**files})
    (tmp_path / "x.tar").write_bytes(whole[: 2 * 1024])
    opened = Opened(tmp_path / "x.tar")
    assert opened.names() == ["n0", "n1"]
    assert "without its end mark" in opened.entries("failed")["x.tar"]


def test_a_damaged_header_is_no_end(tmp_path: Path) -> None:
    whole = bytearray(tarred({f"{n}.yaml": configmap(f"n{n}") for n in range(3)}))
    whole[1024 + 10] ^= 0xFF
    (tmp_path / "x.tar").write_bytes(whole)
    opened = Opened(tmp_path / "x.tar")
    assert opened.names() == ["n0"]
    reason = opened.entries("failed")["x.tar"]
    assert reason == "the archive is broken after 1 files: a header is damaged"


@pytest.mark.parametrize("compressor", ["gzip", "xz", "bzip2"])
def test_a_bomb_is_stopped(
    tmp_path: Path, compressor: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(streams, "MAX_FILE_BYTES", 1_000_000)
    files = {"a.yaml": configmap("good"), "zeros.log": bytes(20_000_000), "b.yaml": configmap("b")}
    (tmp_path / "x.tar").write_bytes(COMPRESSORS[compressor](tarred({**files})))
    opened = Opened(tmp_path / "x.tar")
    assert opened.names() == ["good"]
    assert "expands to more than 250 times" in opened.entries("failed")["x.tar"]


def test_a_bomb_of_one_file_is_stopped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(streams, "MAX_FILE_BYTES", 1_000_000)
    text = b"a: b\n" + b"x: |\n" + b"  xxxxxxxxxxxxxxxxxxx\n" * 1_000_000
    (tmp_path / "x.yaml.gz").write_bytes(gzip.compress(text))
    (tmp_path / "a.yaml").write_text(configmap("good"))
    opened = Opened(tmp_path)
    assert opened.names() == ["good"]
    assert opened.entries("failed") == {"x.yaml.gz": "larger than 0 MiB"}


def test_a_file_beyond_the_limit_is_not_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(streams, "MAX_FILE_BYTES", 1_000_000)
    write(tmp_path, {"a.yaml": configmap("good"), "x.yaml": b"# " + b"x" * 1_000_000})
    opened = Opened(tmp_path)
    assert opened.names() == ["good"]
    assert opened.entries("failed") == {"x.yaml": "larger than 0 MiB"}


def test_a_zip_bomb_is_stopped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(streams, "MAX_FILE_BYTES", 1_000_000)
    parts = {f"{n:03}.yaml": b"# " + b"0" * 900_000 for n in range(20)}
    files = {"000.yaml": configmap("good"), **parts, "999.yaml": configmap("bad")}
    (tmp_path / "x.zip").write_bytes(zipped({**files, "000.yaml": configmap("good")}))
    opened = Opened(tmp_path / "x.zip")
    assert opened.names() == ["good"]
    assert "expands to more than 250 times" in opened.entries("failed")["999.yaml"]


def test_a_header_of_any_size_is_refused(tmp_path: Path) -> None:
    header = tarfile.TarInfo("PaxHeader")
    header.type, header.size = tarfile.XHDTYPE, bounds.MAX_HEADER_BYTES + 1
    good = tarred({"a.yaml": configmap("good")})[:1024]
    evil = header.tobuf(tarfile.USTAR_FORMAT) + bytes(bounds.MAX_HEADER_BYTES + 1024)
    (tmp_path / "x.tar").write_bytes(good + evil)
    opened = Opened(tmp_path / "x.tar")
    assert "a header is larger" in opened.entries("failed")["x.tar"]


def test_thousands_of_headers_in_a_row_are_no_recursion(tmp_path: Path) -> None:
    header = tarfile.TarInfo("PaxHeader")
    header.type, header.size = tarfile.XHDTYPE, 0
    many = header.tobuf(tarfile.USTAR_FORMAT) * 5000
    (tmp_path / "x.tar").write_bytes(many + tarred({"a.yaml": configmap("good")}))
    assert Opened(tmp_path / "x.tar").names() == ["good"]


def test_an_xz_that_asks_for_much_memory_is_refused(tmp_path: Path) -> None:
    filters = [{"id": lzma.FILTER_LZMA2, "preset": 0, "dict_size": 1 << 30}]
    packed = lzma.compress(configmap("one").encode(), filters=filters)
    write(tmp_path, {"a.yaml": configmap("good"), "x.yaml.xz": packed})
    opened = Opened(tmp_path)
    assert "emory" in opened.entries("failed")["x.yaml.xz"]


def test_zstandard_is_refused_with_what_to_do(tmp_path: Path) -> None:
    (tmp_path / "x.tar.zst").write_bytes(b"\x28\xb5\x2f\xfd" + bytes(100))
    with pytest.raises(SourceError, match="Zstandard is not supported: decompress it first"):
        Opened(tmp_path / "x.tar.zst")


@pytest.mark.parametrize("damage", range(40))
def test_a_damaged_archive_never_ends_the_run(tmp_path: Path, damage: int) -> None:
    files = {f"{n}.yaml": configmap(f"n{n}") for n in range(5)}
    forms = (tarred({**files}), gzip.compress(tarred({**files})), zipped({**files}))
    data = bytearray(forms[damage % 3])
    place = zlib.crc32(str(damage).encode()) % len(data)
    data[place] ^= 0x55
    (tmp_path / "x").write_bytes(data)
    with contextlib.suppress(SourceError):
        Opened(tmp_path / "x")


def test_the_files_times_of_an_archive_date_a_dump_only(tmp_path: Path) -> None:
    namespace = "apiVersion: v1\nkind: Namespace\nmetadata: {name: kube-system, uid: abc}\n"
    (tmp_path / "x.tar").write_bytes(tarred({"a.yaml": configmap("a")}, mtime=1_700_000_000))
    assert Opened(tmp_path / "x.tar").info.source_timestamp is None
    (tmp_path / "y.tar").write_bytes(tarred({"a.yaml": namespace}, mtime=1_700_000_000))
    assert Opened(tmp_path / "y.tar", CRDS).info.source_timestamp == "2023-11-14 22:13:20"
    (tmp_path / "z.tar").write_bytes(tarred({"a.yaml": namespace}))
    assert Opened(tmp_path / "z.tar", CRDS).info.source_timestamp is None


def many(number: int) -> dict[str, str | bytes]:
    """Files that do not compress away, so that a cut falls between them."""
    salt = [zlib.crc32(str(n).encode()) for n in range(400)]
    return {
        f"{n:02}.yaml": configmap(f"n{n:02}", k=" ".join(str(each * (n + 3)) for each in salt))
        for n in range(number)
    }


TGZ = gzip.compress(tarred(many(9)))
ENDLESS = tarred(many(9)).rstrip(b"\0")
BROKEN: dict[str, tuple[bytes, int, str]] = {
    "a small tgz, cut": (TGZ[:-200], 8, "ends early"),
    "a tgz, cut in the middle": (TGZ[: len(TGZ) // 2], 3, "ends early"),
    "a tgz without the last byte of its checksum": (TGZ[:-1], 9, "ends early"),
    "a tgz with a line behind it": (TGZ + b"<!-- proxied -->\n", 9, "behind its end"),
    "a tgz with a damaged second part": (TGZ + gzip.compress(b"x")[:6], 9, "ends early"),
    "a txz, cut": (lzma.compress(tarred(many(9)))[:-3000], 6, "ends early"),
    "a txz with something behind it": (lzma.compress(tarred(many(9))) + b"junk", 9, "behind"),
    "a tar.bz2 with something behind it": (bz2.compress(tarred(many(9))) + b"junk", 9, "behind"),
    "a tar without end blocks": (ENDLESS + bytes(-len(ENDLESS) % 512), 9, "end mark"),
    "a tar with something behind it": (tarred(many(9)) + b"x" * 700, 9, "behind its end"),
}
"""Archives of nine files: bytes, how many can be read at least, and what is said."""


@pytest.mark.parametrize("case", BROKEN)
def test_what_can_be_read_of_a_broken_archive_is_kept(tmp_path: Path, case: str) -> None:
    data, least, words = BROKEN[case]
    (tmp_path / "x.tar").write_bytes(data)
    opened = Opened(tmp_path / "x.tar")
    assert opened.names() == [f"n{n:02}" for n in range(len(opened.names()))]
    assert len(opened.names()) >= least
    assert opened.incomplete
    assert words in opened.entries("failed")["x.tar"]


JOINED = {
    "tars": tarred(TWO) + tarred(many(1)),
    "tgzs": gzip.compress(tarred(TWO)) + gzip.compress(tarred(many(1))),
    "a tgz of tars": gzip.compress(tarred(TWO) + tarred(many(1))),
    "txzs": lzma.compress(tarred(TWO)) + lzma.compress(tarred(many(1))),
    "tgzs with padding": gzip.compress(tarred(TWO)) + bytes(512) + gzip.compress(tarred(many(1))),
}
"""Archives that stand one behind the other."""


@pytest.mark.parametrize("case", JOINED)
def test_archives_one_behind_the_other_are_read_to_the_last(tmp_path: Path, case: str) -> None:
    (tmp_path / "x.tar").write_bytes(JOINED[case])
    opened = Opened(tmp_path / "x.tar")
    assert opened.names() == ["n00", "one", "two"]
    assert not opened.incomplete


CUT = b"---\n".join(str(text).encode() for text in many(9).values())
FILES: dict[str, tuple[bytes, int, str]] = {
    "gzip, cut": (gzip.compress(CUT)[:-4000], 4, "ends early"),
    "gzip, something behind": (gzip.compress(CUT) + b"junk", 8, "behind its end"),
    "xz, cut": (lzma.compress(CUT)[:-4000], 4, "ends early"),
    "bzip2, something behind": (bz2.compress(CUT) + b"junk", 8, "behind its end"),
}


@pytest.mark.parametrize("case", FILES)
def test_what_can_be_read_of_a_broken_file_is_kept(tmp_path: Path, case: str) -> None:
    """But not its last document: cut at the end of a line, it would still read as a whole."""
    data, least, words = FILES[case]
    (tmp_path / "x.yaml.gz").write_bytes(data)
    opened = Opened(tmp_path / "x.yaml.gz")
    assert 9 > len(opened.names()) >= least
    assert all(item["data"]["k"].count(" ") == 399 for item in opened.objects())
    assert opened.incomplete
    assert words in opened.entries("failed")["x.yaml.gz"]

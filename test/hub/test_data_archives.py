"""Archives that do not open, and those that mean harm. No hub is needed for it."""

import bz2
import gzip
import io
import lzma
import stat
import subprocess
import sys
import tarfile
import warnings
import zipfile

import data_archives
import pytest
from data_volume import FILES, tar_of, zip_of

A = tar_of(30_000, "a")


def run(volume, rows, before=""):
    code, report = volume.run(volume.order({"alps": rows}), before)
    problems = report["sets"][0]["problems"]
    return code, problems[0] if problems else None


def header(size, kind=b"0"):
    """Of a tar; a negative size is written in its binary way."""
    block = bytearray(tarfile.TarInfo("a").tobuf(tarfile.USTAR_FORMAT))
    block[124:136], block[156:157] = tarfile.itn(size, 12, tarfile.GNU_FORMAT), kind
    block[148:156] = b" " * 8
    block[148:156] = b"%06o\0 " % sum(block)
    return bytes(block)


def gzip_tar(kind):
    """A few megabytes, with a header that says to be 512."""
    out = io.BytesIO()
    with gzip.open(out, "wb", 1) as packed:
        packed.write(header(512 << 20, kind))
        for _ in range(512):
            packed.write(bytes(1 << 20))
        packed.write(header(0))
    return out.getvalue()


def away(archive):
    """A zip whose central directory says to begin before the file does."""
    end = archive.index(b"PK\5\6")
    return archive[: end + 16] + (1 << 30).to_bytes(4, "little") + archive[end + 20 :]


DAMAGED = {
    "back.tar": header(0) + header(-512) + bytes(1024),
    "back.pax.tar": header(-512, b"x") + bytes(1024),
    "away.zip": away(zip_of({"a": b"b" * 99})),
    "far.tar": header((1 << 88) - 1) + bytes(1024),
    "a.tar": b"no tar at all" * 99,
    "a.tar.gz": b"\x1f\x8b" + b"x" * 500,
    "a.zip": zip_of({"a": b"b" * 99})[:-30],
    "b.zip": zip_of({"a": bytes(range(256))}).replace(bytes(range(100, 120)), b"\0" * 20),
    "a.nc": b"<html>busy</html>",
    "a.hdf": b"CDF\x01 but no hdf",
    "a.parquet": b"PAR1 and no end",
    "b.tar": tar_of(99_000)[:50_000],
}


@pytest.mark.parametrize("name", DAMAGED)
def test_archives_that_do_not_open(volume, name):
    served = volume.serve(name, DAMAGED[name])
    code, problem = run(volume, [volume.row(name, served.body)])
    assert code == 1
    assert "what it sends is damaged" in problem["cause"]
    assert volume.content() == set()
    assert volume.seen() is None


@pytest.mark.parametrize("kind", [b"x", b"g", b"L"])
def test_headers_of_a_bomb_take_no_memory(tmp_path, kind):
    """The filler's job has a gigabyte for all its files."""
    (tmp_path / "a").write_bytes(gzip_tar(kind))
    code = (
        "import resource, sys; from pathlib import Path; sys.path.insert(0, sys.argv[1])\n"
        "import data_archives; resource.setrlimit(resource.RLIMIT_AS, (400 << 20, 400 << 20))\n"
        "try: data_archives.check_opens(Path(sys.argv[2]), 'a.tar.gz')\n"
        "except data_archives.Unsound: print('refused')"
    )
    command = [sys.executable, "-c", code, str(FILES), str(tmp_path / "a")]
    said = subprocess.run(command, check=True, capture_output=True, text=True, timeout=60).stdout
    assert said == "refused\n"


def test_tars_of_all_kinds_open(tmp_path):
    for name, packed in (
        ("a.tar", A),
        ("a.tar.gz", gzip.compress(A)),
        ("a.tar.bz2", bz2.compress(A)),
        ("a.tar.xz", lzma.compress(A)),
    ):
        (tmp_path / name).write_bytes(packed)
        data_archives.check_opens(tmp_path / name, name)


def test_a_damaged_file_of_one_mirror_is_had_from_the_next(volume):
    served = volume.serve("bad.tar", b"x" * len(A))
    volume.serve("a.tar", A)
    urls = [f"{volume.server.url}/{name}" for name in ("bad.tar", "a.tar")]
    assert run(volume, [volume.row("a.tar", served.body, urls=urls)]) == (0, None)
    assert volume.seen() == {"download_cache/data.example.org/a.tar": A}


def test_files_that_are_what_their_names_say(volume):
    good = {
        "a.nc": b"CDF\x01rest",
        "b.nc": b"\x89HDF\r\n\x1a\nrest",
        "a.parquet": b"PAR1....PAR1",
        "a.csv": b"a,b",
    }
    rows = [(volume.serve(name, body), volume.row(name, body))[1] for name, body in good.items()]
    assert run(volume, rows) == (0, None)


def rgi(volume, body):
    volume.serve("rgi.zip", body)
    return volume.order({"alps": [volume.row("rgi.zip", body, unpack="RGIV62")]})


def odd(name="a", mode=0, body=b"x"):
    out = io.BytesIO()
    with warnings.catch_warnings(), zipfile.ZipFile(out, "w") as archive:
        warnings.simplefilter("ignore")  # names that are there twice
        archive.writestr("good.txt", b"good")
        info = zipfile.ZipInfo(name)
        info.external_attr = mode << 16
        archive.writestr(info, body)
    return out.getvalue()


def lying():
    """Says one byte, holds a megabyte."""
    body = bytearray(zip_of({"a": bytes(1_000_000)}))
    for mark, at in ((b"PK\1\2", 24), (b"PK\3\4", 22)):
        place = body.index(mark) + at
        body[place : place + 4] = (1).to_bytes(4, "little")
    return bytes(body)


BOMB = zip_of({f"{i}": bytes(40 << 20) for i in range(3)})
HARMFUL = {
    "out": odd("../out"),
    "absolute": odd("/tmp/out"),
    "backslash": odd("..\\out"),
    "link": odd("link", stat.S_IFLNK | 0o777, b"/etc/passwd"),
    "device": odd("null", stat.S_IFCHR | 0o666),
    "away inside": zip_of({"in.zip": away(odd())}),
    "inside": zip_of({"in.zip": odd("../../out")}),
    "twice": odd("good.txt"),
    "below a file": odd("good.txt/more"),
    "bomb": BOMB,
    "bomb inside": zip_of({"in.zip": BOMB}),
    "lying": lying(),
}


@pytest.mark.parametrize("how", HARMFUL)
def test_archives_that_mean_harm(volume, how):
    before = "data_archives.ALLOWANCE = 1 << 20"
    code, report = volume.run(rgi(volume, HARMFUL[how]), before)
    problem = report["sets"][0]["problems"][0]
    assert code == 1
    assert problem["path"] == "data.example.org/rgi.zip"
    assert volume.seen() is None
    assert [path for path in volume.data.parent.rglob("*") if "out" in path.name] == []
    assert not list((volume.oggm / "unpacked").iterdir())
    size = sum(path.stat().st_size for path in volume.oggm.rglob("*") if path.is_file())
    assert size < 1 << 20

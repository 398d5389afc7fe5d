"""Sets that change, damage that is found and mended, archives that mean harm."""

import json
import os

import pytest
from data_volume import lock_of, tar_of, view_of, zip_of

BODIES = {name: tar_of(20_000 + 11_000 * at, name) for at, name in enumerate("abcd")}


def rows(volume, names):
    return [
        (volume.serve(f"{n}.tar", BODIES[n]), volume.row(f"{n}.tar", BODIES[n]))[1] for n in names
    ]


def names_of(volume, view="all"):
    seen = volume.seen(view)
    return None if seen is None else "".join(path[-5] for path in seen)


def test_a_set_that_grows(volume):
    assert volume.run(volume.order({"alps": rows(volume, "ab")}, {"old": ["alps"]}))[0] == 0
    volume.server.log.clear()
    grown = {"alps": rows(volume, "abc")}
    order = volume.order(grown, {"new": ["alps"]}, keep=["old"], locks={"alps": "2"})
    code, report = volume.run(order)
    assert (code, report["views"]) == (0, sorted([view_of("old"), view_of("new")]))
    assert [row["path"] for row in volume.server.log] == ["/c.tar"]
    assert (names_of(volume, "old"), names_of(volume, "new")) == ("ab", "abc")


def test_a_set_that_shrinks(volume):
    assert volume.run(volume.order({"alps": rows(volume, "abc")}, {"old": ["alps"]}))[0] == 0
    shrunk = volume.order(
        {"alps": rows(volume, "a")}, {"new": ["alps"]}, keep=["old"], locks={"alps": "2"}
    )
    assert volume.run(shrunk)[0] == 0
    assert (names_of(volume, "old"), names_of(volume, "new")) == ("abc", "a")
    assert len(volume.content()) == 3
    assert [path.name for path in (volume.oggm / "sets/alps").iterdir()] == [f"{lock_of('2')}.json"]
    assert volume.run({**shrunk, "keep": []})[0] == 0
    assert (names_of(volume, "old"), names_of(volume, "new")) == (None, "a")
    assert len(volume.content()) == 1


def test_sets_that_overlap(volume):
    sets = {"alps": rows(volume, "ab"), "more": rows(volume, "bc")}
    assert volume.run(volume.order(sets, {"one": ["alps"], "both": ["alps", "more"]}))[0] == 0
    assert (names_of(volume, "one"), names_of(volume, "both")) == ("ab", "abc")
    assert volume.server.sent("/b.tar") == len(BODIES["b"])
    assert len(volume.content()) == 3
    place = "download_cache/data.example.org/b.tar"
    one, both = (volume.oggm / "views" / view_of(v) / place for v in ("one", "both"))
    assert one.samefile(both)
    volume.server.log.clear()
    assert volume.run(volume.order({"more": sets["more"]}, {"x": ["more"]}))[0] == 0
    assert names_of(volume, "x") == "bc"
    assert len(volume.content()) == 2
    assert volume.server.log == []


def test_one_file_under_two_names_is_fetched_once(volume):
    pair = [volume.row("a.tar", BODIES["a"], path=f"host{i}/a.tar") for i in (1, 2)]
    rows(volume, "a")
    assert volume.run(volume.order({"alps": pair}))[0] == 0
    assert volume.server.sent() == len(BODIES["a"])
    assert names_of(volume) == "aa"


def test_nothing_is_wanted_any_more(volume):
    assert volume.run(volume.order({"alps": rows(volume, "ab")}))[0] == 0
    assert volume.run(volume.order({}, {}))[0] == 0
    left = [path.name for path in volume.oggm.rglob("*") if path.is_file()]
    assert sorted(left) == ["lock", "report.json"]


def content_of(volume, name):
    sizes = {path.stat().st_size: path for path in (volume.oggm / "files").iterdir()}
    return sizes[len(BODIES[name])]


def truncate(path):
    os.truncate(path, 100)


def flip(path):
    """As a disk does it: neither size nor time tells."""
    seen = path.stat()
    with open(path, "r+b") as out:
        out.seek(700)
        byte = out.read(1)
        out.seek(700)
        out.write(bytes([byte[0] ^ 1]))
    os.utime(path, ns=(seen.st_atime_ns, seen.st_mtime_ns))


def grow(path):
    with open(path, "ab") as out:
        out.write(b"more")


@pytest.mark.parametrize("harm", [truncate, flip, grow])
def test_damage_is_found_and_mended(volume, harm):
    order = volume.order({"alps": rows(volume, "ab")})
    assert volume.run(order)[0] == 0
    harm(content_of(volume, "a"))
    assert volume.seen()["download_cache/data.example.org/a.tar"] != BODIES["a"]
    volume.server.log.clear()
    code, report = volume.run({**order, "mode": "verify"})
    [row] = report["sets"]
    assert (code, row["state"], row["problems"], row["repaired"]) == (0, "ready", [], 1)
    assert [row["path"] for row in volume.server.log] == ["/a.tar"]
    assert volume.run(order)[1]["sets"][0]["repaired"] == 0
    assert list(volume.seen().values()) == [BODIES["a"], BODIES["b"]]


def test_wrong_data_is_not_shown_even_if_it_cannot_be_had_again(volume):
    order = volume.order({"alps": rows(volume, "ab")})
    assert volume.run(order)[0] == 0
    flip(content_of(volume, "a"))
    volume.server.files.pop("/a.tar")
    for mode in ("verify", "fill", "plan"):
        code, report = volume.run({**order, "mode": mode})
        assert (code, report["sets"][0]["state"]) == (1, "damaged")
        assert report["sets"][0]["repaired"] == 0
        assert report["sets"][0]["problems"][0]["path"] == "data.example.org/a.tar"
        assert names_of(volume) == "b"
    rows(volume, "a")
    assert volume.run(order)[0] == 0
    assert names_of(volume) == "ab"


def test_wrong_data_is_not_shown_by_a_view_that_is_only_kept(volume):
    assert volume.run(volume.order({"alps": rows(volume, "abc")}, {"old": ["alps"]}))[0] == 0
    flip(content_of(volume, "b"))
    volume.server.log.clear()
    order = volume.order(
        {"alps": rows(volume, "a")}, {"new": ["alps"]}, ["old"], "verify", {"alps": "2"}
    )
    assert volume.run(order)[0] == 0
    assert (names_of(volume, "old"), names_of(volume, "new")) == ("ac", "a")
    assert volume.server.log == []


def test_plan_reads_no_content(volume):
    order = volume.order({"alps": rows(volume, "ab")})
    assert volume.run(order)[0] == 0
    for path in (volume.oggm / "files").iterdir():
        os.utime(path)
    count = """
import data_store
def none(*_): raise AssertionError("read")
data_store.hash_file = data_views.hash_file = data_archives.hash_file = none
"""
    assert volume.run({**order, "mode": "plan"}, count)[0] == 0
    assert volume.run(order)[0] == 0


def test_content_that_is_gone_is_had_back_from_a_view(volume):
    order = volume.order({"alps": rows(volume, "ab")})
    assert volume.run(order)[0] == 0
    content_of(volume, "a").unlink()
    volume.server.log.clear()
    assert volume.run(order)[0] == 0
    assert volume.server.log == []
    assert len(volume.content()) == 2


def test_what_a_view_lacks_is_put_back(volume):
    order = volume.order({"alps": rows(volume, "ab")})
    assert volume.run(order)[0] == 0
    (volume.oggm / "views" / view_of("all") / "download_cache/data.example.org/a.tar").unlink()
    volume.server.log.clear()
    assert volume.run(order)[0] == 0
    assert volume.server.log == []
    assert names_of(volume) == "ab"


def test_missing_content_and_view_are_fetched_anew(volume):
    order = volume.order({"alps": rows(volume, "ab")})
    assert volume.run(order)[0] == 0
    content_of(volume, "a").unlink()
    (volume.oggm / "views" / view_of("all") / "download_cache/data.example.org/a.tar").unlink()
    volume.server.log.clear()
    assert volume.run({**order, "mode": "verify"})[0] == 0
    assert [row["path"] for row in volume.server.log] == ["/a.tar"]
    assert names_of(volume) == "ab"


@pytest.mark.parametrize(
    "text", ["", "{", "[]", '{"schema_version":1,"files":{"x":1}}', '{"schema_version":1}', None]
)
def test_a_damaged_manifest_is_made_anew(volume, text):
    order = volume.order({"alps": rows(volume, "ab")})
    assert volume.run(order)[0] == 0
    path = volume.oggm / "sets/alps" / f"{lock_of('alps')}.json"
    before = json.loads(path.read_text())
    path.unlink() if text is None else path.write_text(text)
    volume.server.log.clear()
    assert volume.run(order)[0] == 0
    assert volume.server.log == []
    assert json.loads(path.read_text()) == before


@pytest.mark.parametrize("text", ["", "[]", '{"schema_version":1,"files":{"../x":"y"}}'])
def test_a_view_whose_record_is_damaged_is_made_anew(volume, text):
    order = volume.order({"alps": rows(volume, "ab")})
    assert volume.run(order)[0] == 0
    (volume.oggm / "views" / view_of("all") / "view.json").write_text(text)
    volume.server.log.clear()
    assert volume.run(order)[0] == 0
    assert volume.server.log == []
    assert names_of(volume) == "ab"
    assert volume.leftovers() == []


RGI = {"00_rgi62_manifest.txt": b"all", "sub/a.shp": b"shape" * 20}


def rgi(volume, body=None):
    body = body or zip_of(RGI)
    volume.serve("rgi.zip", body)
    return volume.order({"alps": [volume.row("rgi.zip", body, unpack="RGIV62")]})


@pytest.mark.parametrize("harm", ["flip", "missing", "record"])
def test_an_unpacked_tree_is_mended(volume, harm):
    order = rgi(volume)
    assert volume.run(order)[0] == 0
    tree = next((volume.oggm / "unpacked").iterdir())
    if harm == "record":
        (tree / "record.json").write_text("{")
    elif harm == "missing":
        (tree / "tree/sub/a.shp").unlink()
    else:
        (tree / "tree/sub/a.shp").write_bytes(b"sHape" * 20)
    volume.server.log.clear()
    assert volume.run({**order, "mode": "verify"})[0] == 0
    assert volume.server.log == []
    assert volume.seen()["rgi/RGIV62/sub/a.shp"] == b"shape" * 20
    assert volume.leftovers() == []
    names = sorted(path.name for path in (volume.oggm / "unpacked").iterdir())
    assert names == [tree.name]


def test_an_archive_that_is_gone_with_its_tree(volume):
    order = rgi(volume)
    assert volume.run(order)[0] == 0
    next((volume.oggm / "unpacked").glob("*/tree/sub/a.shp")).write_bytes(b"")
    truncate(next((volume.oggm / "files").iterdir()))
    volume.server.files.clear()
    code, report = volume.run({**order, "mode": "verify"})
    assert (code, report["sets"][0]["state"], volume.seen()) == (1, "damaged", {})
    rgi(volume)
    assert volume.run(order)[0] == 0
    assert volume.seen()["rgi/RGIV62/sub/a.shp"] == b"shape" * 20

"""The filler of input data, on a folder and a server of its own. No hub is needed for it."""

import gzip
import json
import os
import stat

import pytest
from data_order import BadOrder, read_order
from data_volume import lock_of, tar_of, view_of, zip_of

A, B, C = tar_of(120_000, "a"), tar_of(70_000, "b"), tar_of(30_000, "c")
RGI = zip_of(
    {
        "00_rgi62_manifest.txt": b"all of it",
        "11_rgi62_CentralEurope.zip": zip_of({"11_rgi62_CentralEurope.shp": b"shape" * 99}),
    }
)


def sets_of(volume, **bodies):
    """Each file under its name, served."""
    return [
        (volume.serve(f"{name}.tar", body), volume.row(f"{name}.tar", body))[1]
        for name, body in bodies.items()
    ]


def problem(report, number=0):
    return report["sets"][number]["problems"][0]


def test_a_set_is_filled_and_seen(volume):
    volume.serve("rgi62.zip", RGI)
    rows = [*sets_of(volume, a=A, b=B), volume.row("rgi62.zip", RGI, unpack="RGIV62")]
    code, report = volume.run(volume.order({"alps": rows}))
    total = len(A) + len(B) + len(RGI)
    assert code == 0
    assert report["sets"] == [
        {
            "set": "alps",
            "state": "ready",
            "files": 3,
            "files_done": 3,
            "bytes": total,
            "bytes_done": total,
            "repaired": 0,
            "problems": [],
        }
    ]
    assert report["views"] == [view_of("all")]
    assert 0 < report["room"]["free"] <= report["room"]["total"]
    assert volume.seen() == {
        "download_cache/data.example.org/a.tar": A,
        "download_cache/data.example.org/b.tar": B,
        "download_cache/data.example.org/rgi62.zip": RGI,
        "rgi/RGIV62/00_rgi62_manifest.txt": b"all of it",
        "rgi/RGIV62/11_rgi62_CentralEurope/11_rgi62_CentralEurope.shp": b"shape" * 99,
    }
    assert volume.server.sent() == total
    assert volume.leftovers() == []
    assert json.loads((volume.oggm / "report.json").read_text()) == report
    assert not (volume.oggm / "lock.json").exists()


def test_others_may_read_and_nobody_may_write(volume):
    volume.serve("rgi62.zip", RGI)
    rows = [*sets_of(volume, a=A), volume.row("rgi62.zip", RGI, unpack="RGIV62")]
    old = os.umask(0o077)
    try:
        assert volume.run(volume.order({"alps": rows}))[0] == 0
    finally:
        os.umask(old)
    for path in (volume.oggm / "views").rglob("*"):
        mode = stat.S_IMODE(path.stat().st_mode)
        assert mode & 0o555 == (0o555 if path.is_dir() else 0o444), path
        assert path.is_dir() or path.name == "view.json" or mode == 0o444


def test_a_second_run_asks_nobody(volume):
    order = volume.order({"alps": sets_of(volume, a=A, b=B)})
    assert volume.run(order)[0] == 0
    volume.server.log.clear()
    assert volume.run(order)[0] == 0
    assert volume.server.log == []


def test_progress_is_told(volume):
    volume.serve("a.tar", A, pause=0.02)
    code, _ = volume.run(volume.order({"alps": [volume.row("a.tar", A)]}))
    told = [line for line in volume.lines if line["event"] == "progress"]
    assert code == 0
    assert len(told) > 2
    assert set(told[0]) == {"event", "set", "files_done", "files", "bytes_done", "bytes"}
    assert [line["bytes_done"] for line in told] == sorted(line["bytes_done"] for line in told)
    assert 0 < told[0]["bytes_done"] < told[0]["bytes"] == len(A)


def test_plan_reads_and_asks_nobody(volume):
    rows = sets_of(volume, a=A, b=B)
    order = volume.order({"alps": rows})
    plan = volume.order({"alps": rows}, mode="plan")
    code, report = volume.run(plan)
    assert (code, report["sets"][0]["state"], report["views"]) == (1, "missing", [])
    assert list(volume.data.iterdir()) == []
    volume.server.files.pop("/b.tar")
    assert volume.run(order)[0] == 1
    volume.server.log.clear()
    code, report = volume.run(plan)
    assert (code, report["sets"][0]["state"]) == (1, "filling")
    assert (report["sets"][0]["files_done"], report["sets"][0]["bytes_done"]) == (1, len(A))
    sets_of(volume, b=B)
    assert volume.run(order)[0] == 0
    assert volume.run(plan)[0] == 0
    victim = next(path for path in (volume.oggm / "files").iterdir())
    os.truncate(victim, 5)
    before = sorted(path for path in volume.oggm.rglob("*"))
    code, report = volume.run(plan)
    assert (code, report["sets"][0]["state"]) == (1, "damaged")
    assert problem(report)["cure"] == "`glaciocloud data verify` fetches it anew."
    assert sorted(path for path in volume.oggm.rglob("*")) == before


def test_a_set_is_missing_from_a_view_until_it_is_whole(volume):
    rows = sets_of(volume, a=A, b=B)
    volume.server.files.pop("/b.tar")
    code, report = volume.run(volume.order({"alps": rows, "tables": sets_of(volume, c=C)}))
    assert code == 1
    assert [row["state"] for row in report["sets"]] == ["filling", "ready"]
    assert problem(report)["path"] == "data.example.org/b.tar"
    assert "answers 404" in problem(report)["cause"]
    assert volume.seen() is None


def refused(volume, order):
    path = volume.data.parent / "order.json"
    path.write_text(json.dumps(order))
    with pytest.raises(BadOrder) as error:
        read_order(str(path))
    return str(error.value)


def test_no_order_changes_nothing(volume):
    code, said = volume.run({**volume.order({"alps": sets_of(volume, a=A)}), "force": True})
    assert (code, said["event"]) == (2, "error")
    assert "has to have the fields" in said["cause"]
    assert list(volume.data.iterdir()) == []


def test_a_fault_of_its_own_is_tried_again(volume):
    """Kubernetes does not try again after 1 and 2: those say something of the data."""
    fail = "def run(self): raise RuntimeError('by this test')\nglaciocloud_data.Fill.run = run"
    ran = volume.start(volume.order({"alps": sets_of(volume, a=A)}), fail)
    out, err = ran.communicate(timeout=60)
    assert ran.returncode == 70
    assert "RuntimeError: by this test" in f"{out}{err}"


def test_an_order_may_be_compressed(volume):
    path = volume.data.parent / "order.json.gz"
    whole = gzip.compress(json.dumps(volume.order({"alps": sets_of(volume, a=A)})).encode())
    path.write_bytes(whole)
    assert [one.name for one in read_order(str(path)).sets] == ["alps"]
    for broken in (whole[:30], whole[:-4], whole[:20] + b"xxxx" + whole[24:]):
        path.write_bytes(broken)
        with pytest.raises(BadOrder, match="cannot be read"):
            read_order(str(path))


BAD_PATHS = ["../x/a", "/x/a", "x//a", "x/./a", "x\\a/b", "x/a\0", "x", "x/\n", "x/" + "n" * 256]


@pytest.mark.parametrize("path", BAD_PATHS)
def test_paths_that_lead_elsewhere_are_no_order(volume, path):
    order = volume.order({"alps": [volume.row("a", b"1", path=path)]})
    assert "sets[0].files[0].path" in refused(volume, order)


def changed(order, **fields):
    return {**order, **fields}


WRONG = {
    "another version": lambda o: changed(o, schema_version=2),
    "an unknown field": lambda o: changed(o, force=True),
    "an unknown mode": lambda o: changed(o, mode="wipe"),
    "no number": lambda o: changed(o, parallel=True),
    "too many at once": lambda o: changed(o, parallel=99),
    "a set twice": lambda o: changed(o, sets=[*o["sets"], *o["sets"]]),
    "a view of nothing": lambda o: changed(o, views=[{"view": "0" * 40, "sets": ["x"]}]),
    "a view elsewhere": lambda o: changed(o, keep=["../" + "0" * 37]),
    "a file": lambda o: changed(o, sets=[{**o["sets"][0], "files": [{"path": "a/b"}]}]),
    "a set elsewhere": lambda o: changed(o, sets=[{**o["sets"][0], "set": "../x"}], views=[]),
}


@pytest.mark.parametrize("how", WRONG)
def test_what_is_no_order(volume, how):
    order = volume.order({"alps": sets_of(volume, a=A)})
    assert refused(volume, WRONG[how](order))


@pytest.mark.parametrize(
    "url", ["file:///etc/passwd", "ftp://x/y", "https://u:p@x/y", "https:///y", "x", "https://x/ü"]
)
def test_addresses_that_are_no_order(volume, url):
    order = volume.order({"alps": [volume.row("a", b"1", urls=[url])]})
    assert "sets[0].files[0].urls[0]" in refused(volume, order)


def test_places_that_exclude_each_other_are_no_order(volume):
    rows = [volume.row("a", b"1"), volume.row("a/b", b"1")]
    assert "a file and a folder" in refused(volume, volume.order({"alps": rows}))
    two = {"alps": [volume.row("a", b"1")], "more": [volume.row("a", b"22")]}
    assert "in two versions" in refused(volume, volume.order(two))
    assert volume.run(volume.order(two, views={}, mode="plan"))[0] == 1


def test_the_manifest_names_what_is_there(volume):
    assert volume.run(volume.order({"alps": sets_of(volume, a=A)}))[0] == 0
    path = volume.oggm / "sets/alps" / f"{lock_of('alps')}.json"
    row = json.loads(path.read_text())["files"]["data.example.org/a.tar"]
    content = volume.oggm / "files" / row["sha256"]
    assert (row["bytes"], row["mtime_ns"]) == (len(A), content.stat().st_mtime_ns)
    assert content.read_bytes() == A

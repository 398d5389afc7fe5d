"""One writer on a volume, and a volume that is full or has no hard links."""

import json
import os
import subprocess
import time
from contextlib import suppress

import pytest
from data_volume import Server, Volume, tar_of, zip_of

A, B = tar_of(300_000, "a"), tar_of(200_000, "b")


def started(volume, order, before=""):
    ran = volume.start(order, before)
    while not (volume.oggm / "lock.json").exists():
        assert ran.poll() is None, ran.communicate()
        time.sleep(0.01)
    return ran


# A volume of a cluster whose lock is known to one node only: two that think they are alone.
NO_LOCK = "data_writer.Writer.take_lock = lambda self: False"
ELSEWHERE = "data_writer.machine = lambda: 'another'"


@pytest.mark.parametrize("before", ["", NO_LOCK, f"{NO_LOCK}; {ELSEWHERE}"])
def test_two_writers(volume, before):
    volume.serve("a.tar", A, pause=0.1)
    order = volume.order({"alps": [volume.row("a.tar", A)]})
    first = started(volume, order)
    code, said = volume.run(order, before)
    assert (code, said["event"]) == (75, "error")
    assert first.poll() is None
    assert first.wait(60) == 0
    assert volume.server.sent() == len(A)


def test_a_dead_writer_on_this_machine_is_replaced_at_once(volume):
    volume.serve("a.tar", A, pause=0.1)
    order = volume.order({"alps": [volume.row("a.tar", A)]})
    first = started(volume, order)
    first.kill()
    first.wait()
    volume.server.files["/a.tar"].pause = 0
    begin = time.monotonic()
    assert volume.run(order, "data_writer.SILENCE = 30")[0] == 0
    assert time.monotonic() - begin < 15


@pytest.mark.parametrize("before", [ELSEWHERE, f"{NO_LOCK}; {ELSEWHERE}"])
def test_a_dead_writer_elsewhere_is_replaced_when_it_has_been_silent(volume, before):
    volume.serve("a.tar", A)
    order = volume.order({"alps": [volume.row("a.tar", A)]})
    volume.oggm.mkdir()
    old = {"owner": "x", "machine": "m", "time": 9e18}  # a clock in the future decides nothing
    (volume.oggm / "lock.json").write_text(json.dumps(old))
    begin = time.monotonic()
    assert volume.run(order, before)[0] == 0
    assert time.monotonic() - begin >= 1.0


def test_who_was_replaced_stops(volume):
    """A node that slept: another took over, and it notices with its next beat."""
    volume.serve("a.tar", A, pause=0.2)
    order = volume.order({"alps": [volume.row("a.tar", A)]})
    first = started(volume, order)
    (volume.oggm / "lock.json").write_text(json.dumps({"owner": "y", "machine": "m", "time": 1}))
    assert first.wait(10) == 75
    assert (volume.oggm / "lock.json").exists()


@pytest.fixture
def small(tmp_path):
    """A volume of one megabyte: a file system of its own, or nothing can be shown."""
    if os.getuid() != 0:
        pytest.skip("only root can mount")
    data = tmp_path / "small"
    data.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", str(data)]
    if subprocess.run(mount, capture_output=True).returncode != 0:
        pytest.skip("this machine lets nobody mount")
    server = Server()
    yield Volume(data, server)
    server.stop()
    subprocess.run(["umount", str(data)], check=True)


BIG = tar_of(900_000, "big")


def rows(volume, **bodies):
    return [
        (volume.serve(f"{name}.tar", body), volume.row(f"{name}.tar", body))[1]
        for name, body in bodies.items()
    ]


def test_too_little_room_is_told_before(small):
    sets = {"alps": rows(small, a=A, b=B, big=BIG), "few": rows(small, b=B)}
    code, report = small.run(small.order(sets, {"all": ["alps"], "few": ["few"]}))
    assert code == 1
    problem = report["sets"][0]["problems"][0]
    assert problem["path"] == ""
    assert "are to be fetched and 1.0 MB are free" in problem["cause"]
    assert "are missing" in problem["cause"]
    assert "Enlarge the volume" in problem["cure"]
    assert report["sets"][1]["state"] == "ready"
    assert small.seen("few") == {"download_cache/data.example.org/b.tar": B}
    assert small.server.sent() == len(B)


def test_what_nobody_uses_makes_room(small):
    first = small.order({"alps": rows(small, a=A, b=B)})
    assert small.run(first)[0] == 0
    second = small.order({"big": rows(small, big=BIG)}, {"big": ["big"]})
    code, report = small.run({**second, "keep": first["keep"]})
    assert (code, report["sets"][0]["state"]) == (0, "ready")
    assert small.seen() is None


def test_a_kept_view_makes_no_room(small):
    first = small.order({"alps": rows(small, a=A, b=B)})
    assert small.run(first)[0] == 0
    second = small.order({"big": rows(small, big=BIG)}, {"big": ["big"]}, keep=["all"])
    assert small.run(second)[0] == 1
    assert set(small.seen()) == {f"download_cache/data.example.org/{n}.tar" for n in "ab"}


def test_full_while_it_fills(small):
    """Somebody else's file takes the room after the check; then there is room again."""
    served = small.serve("big.tar", BIG)
    order = small.order({"alps": [small.row("big.tar", BIG)]})

    def thief(handler):
        (small.data / "thief").write_bytes(bytes(600_000))
        handler.answer(served, small.server.log[-1])

    served.answers = [thief]
    code, report = small.run(order)
    problem = report["sets"][0]["problems"][0]
    assert code == 1
    assert "The volume is full:" in problem["cause"]
    assert "are still to be fetched" in problem["cause"]
    (small.data / "thief").unlink()
    assert small.run(order)[0] == 0
    assert small.server.log[-1]["range"] is not None
    assert small.seen() == {"download_cache/data.example.org/big.tar": BIG}


def test_a_volume_that_is_full_to_the_last_byte_can_be_emptied(small):
    order = small.order({"alps": rows(small, a=A), "few": rows(small, b=B)})
    assert small.run(order)[0] == 0
    with open(small.data / "thief", "wb", buffering=0) as thief, suppress(OSError):
        while thief.write(bytes(4096)):
            pass
    assert os.statvfs(small.data).f_bavail == 0
    fewer = small.order({"few": rows(small, b=B)}, {"few": ["few"]})
    code, report = small.run(fewer)
    assert (code, report["room"]["free"] >= len(A)) == (0, True)
    assert small.seen("few") == {"download_cache/data.example.org/b.tar": B}


def test_too_little_room_for_unpacking(small):
    body = zip_of({"a_rgi62_manifest.txt": bytes(2_000_000)})
    small.serve("rgi.zip", body)
    code, report = small.run(small.order({"alps": [small.row("rgi.zip", body, unpack="RGIV62")]}))
    problem = report["sets"][0]["problems"][0]
    assert code == 1
    assert "Unpacking needs 2.0 MB" in problem["cause"]
    assert small.seen() is None


def test_a_volume_without_hard_links(volume):
    no_links = """
import errno
def link(*_, **__): raise OSError(errno.EPERM, "Operation not permitted")
os.link = link
"""
    code, said = volume.run(volume.order({"alps": rows(volume, a=A)}), no_links)
    assert (code, said["event"]) == (1, "error")
    assert "no hard links" in said["cause"]
    assert "NFS" in said["cure"]
    assert volume.server.log == []


def test_a_volume_that_nobody_may_write(volume):
    if os.getuid() != 0:
        pytest.skip("only root can become nobody")
    os.chmod(volume.data, 0o755)
    become = "os.setgroups([]); os.setgid(65534); os.setuid(65534)"
    for folder in volume.data.parents[:-1]:
        if not folder.stat().st_mode & 0o005:
            os.chmod(folder, folder.stat().st_mode | 0o055)
    code, said = volume.run(volume.order({"alps": rows(volume, a=A)}), become)
    assert (code, said["event"]) == (3, "error")
    assert "refuses: Permission denied" in said["cause"]

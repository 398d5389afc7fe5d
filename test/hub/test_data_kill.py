"""The filler killed with SIGKILL wherever it changes the volume: the next run goes on, and nothing
half done is ever seen.
"""

import itertools
import json
import os
import random
import signal
import time

import pytest
from data_volume import Server, Volume, tar_of, zip_of

BODIES = {name: tar_of(size, name) for name, size in (("a", 200_000), ("b", 90_000), ("c", 400))}
RGI = zip_of({f"{i}.txt": b"x" * 99 for i in range(4)} | {"in.zip": zip_of({"a.shp": b"shape"})})
# Kills before or after the n-th call of a function that changes what is on the volume.
KILL = """
import builtins, io, shutil
count = 0
def lethal(one):
    def call(*args, **named):
        global count
        count += 1
        if count == {number} and {before}:
            os.kill(os.getpid(), signal.SIGKILL)
        mine = count
        try:
            return one(*args, **named)
        finally:
            if mine == {number}:
                os.kill(os.getpid(), signal.SIGKILL)
    return call
for name in {names!r}.split():
    setattr(os, name, lethal(getattr(os, name)))
import atexit
atexit.register(lambda: print(count, file=sys.stderr))
"""
CLASSES = ["link", "replace rename", "fsync", "unlink remove", "mkdir rmdir", "chmod", "open"]


@pytest.fixture
def make(tmp_path):
    servers = []

    def volume(name="data", pause=0.0):
        (tmp_path / name / "data").mkdir(parents=True)
        server = Server()
        servers.append(server)
        one = Volume(tmp_path / name / "data", server)
        for path, body in BODIES.items():
            one.serve(f"{path}.tar", body, pause=pause)
        one.serve("rgi.zip", RGI)
        return one

    yield volume
    for server in servers:
        server.stop()


def order_of(volume):
    rows = [volume.row(f"{name}.tar", body) for name, body in BODIES.items()]
    rows.append(volume.row("rgi.zip", RGI, unpack="RGIV62"))
    more = [volume.row("a.tar", BODIES["a"])]
    return volume.order({"alps": rows, "more": more}, {"all": ["alps", "more"], "few": ["more"]})


SEEN = {f"download_cache/data.example.org/{name}.tar": body for name, body in BODIES.items()} | {
    "download_cache/data.example.org/rgi.zip": RGI,
    **{f"rgi/RGIV62/{i}.txt": b"x" * 99 for i in range(4)},
    "rgi/RGIV62/in/a.shp": b"shape",
}


def is_whole_or_absent(volume):
    assert volume.seen() in (None, SEEN)
    few = "download_cache/data.example.org/a.tar"
    assert volume.seen("few") in (None, {few: BODIES["a"]})


def calls(volume, names):
    """How many there are in a run that nobody kills."""
    before = KILL.format(names=names, number=0, before=False)
    ran = volume.start(order_of(volume), before)
    _, err = ran.communicate(timeout=60)
    assert ran.returncode == 0, err
    return int(err.splitlines()[-1])


@pytest.mark.parametrize("names", CLASSES)
def test_killed_at_every_kind_of_change(make, names):
    """At points from the first call to the last, each twice: before it and after it."""
    most = calls(make("count"), names)
    volume = make()
    order, rounds = order_of(volume), 0
    for number in sorted({1, 2, most // 2, most} - {0}):
        for before in (True, False):
            ran = volume.start(order, KILL.format(names=names, number=number, before=before))
            _, err = ran.communicate(timeout=60)
            assert ran.returncode in (-signal.SIGKILL, 0), err
            rounds += ran.returncode == -signal.SIGKILL
            is_whole_or_absent(volume)
    assert rounds >= 2
    code, report = volume.run(order)
    assert (code, report["sets"][0]["problems"]) == (0, [])
    assert volume.seen() == SEEN
    assert volume.leftovers() == []
    # What is proven is never sent again: at most a checkpoint of each of two files for each kill.
    total = sum(len(body) for body in BODIES.values()) + len(RGI)
    assert volume.server.sent() <= total + rounds * 2 * (50_000 + len(RGI))


@pytest.mark.parametrize("names", ["link", "replace", "unlink remove", "chmod"])
def test_what_is_proven_is_never_asked_for_again(make, names):
    """Killed after each single call of a kind; the note on the volume says what has to follow."""
    body = BODIES["a"]

    def order_of_one(volume):
        return volume.order({"alps": [volume.row("a.tar", body)]})

    asked = set()
    for number in itertools.count(1):
        volume = make(f"at{number}")
        order = order_of_one(volume)
        kill = KILL.format(names=names, number=number, before=False)
        ran = volume.start(order, f"data_writer.BEAT = 60\n{kill}")
        ran.communicate(timeout=60)
        if ran.returncode == 0:
            break  # there are no more such calls
        notes = [json.loads(one.read_text()) for one in volume.oggm.glob("partial/[0-9a-f]*.json")]
        whole = any(volume.oggm.glob("files/*")) or (notes and notes[0]["at"] == len(body))
        expected = [] if whole else [f"bytes={notes[0]['at']}-"] if notes else [None]
        volume.server.log.clear()
        assert volume.run(order)[0] == 0
        assert [row["range"] for row in volume.server.log] == expected
        assert volume.seen() == {"download_cache/data.example.org/a.tar": body}
        assert volume.leftovers() == []
        asked.add(str(expected))
    assert number > 1
    assert "[]" in asked


def test_killed_at_ten_random_moments(make):
    """Each run is killed while it downloads; the bytes in the server's log show that it goes on."""
    volume = make()
    body = tar_of(1_500_000, "large")
    volume.serve("large.tar", body, pause=0.03)
    order, seed = volume.order({"alps": [volume.row("large.tar", body)]}), random.Random(15)
    for _ in range(10):
        before = volume.server.sent()
        ran = volume.start(order)
        while volume.server.sent() == before and ran.poll() is None:
            time.sleep(0.01)
        time.sleep(seed.random() * 0.3)
        assert ran.poll() is None
        ran.kill()
        ran.communicate()
        assert volume.seen() is None
    volume.server.files["/large.tar"].pause = 0
    assert volume.run(order)[0] == 0
    assert volume.seen() == {"download_cache/data.example.org/large.tar": body}
    begins = [int((row["range"] or "bytes=0-")[6:-1]) for row in volume.server.log]
    assert begins == sorted(begins) and begins[-1] > 0
    # Lost with each kill: what came after the last checkpoint, and what was still on its way.
    assert volume.server.sent() <= len(body) + 10 * 80_000


def damage(volume):
    content = {path.stat().st_size: path for path in (volume.oggm / "files").iterdir()}
    victim = content[len(BODIES["a"])]
    with open(victim, "r+b") as out:
        out.seek(1000)
        out.write(b"flipped")
    tree = next((volume.oggm / "unpacked").glob("*/tree/in/a.shp"))
    tree.chmod(0o644)
    tree.write_bytes(b"sHape")


@pytest.mark.parametrize("names", CLASSES)
def test_killed_while_it_repairs_and_removes(make, names):
    """What was found damaged is missing from the view until it is whole again; never wrong."""
    volume = make()
    first = order_of(volume)
    assert volume.run(first)[0] == 0
    order = {**first, "mode": "verify", "views": first["views"][:1]}
    for number in (1, 3, 8, 21):
        damage(volume)
        ran = volume.start(order, KILL.format(names=names, number=number, before=False))
        ran.communicate(timeout=60)
        code, report = volume.run(order)
        assert (code, report["sets"][0]["state"]) == (0, "ready")
        assert volume.seen() == SEEN
        assert volume.seen("few") is None
        assert volume.leftovers() == []


@pytest.mark.skipif(os.getuid() != 0, reason="only root can become nobody")
@pytest.mark.parametrize("names", ["link", "chmod", "replace"])
def test_without_the_rights_of_root(make, names, tmp_path):
    """As in a hub, where jobs are nobody in particular and may not write what is read-only."""
    # What is imported late lies where nobody may read, if Python is root's own.
    become = "import encodings.idna, encodings.cp437; os.setgroups([]); os.setgid(65534); os.setuid(65534)"
    for folder in (tmp_path, *tmp_path.parents):
        folder.chmod(folder.stat().st_mode | 0o055)
        if folder.name == "tmp":
            break
    for number in (2, 3, 4, 5):
        volume = make(f"at{number}")
        os.chown(volume.data, 65534, 65534)
        kill = KILL.format(names=names, number=number, before=False)
        ran = volume.start(order_of(volume), f"{become}\n{kill}")
        ran.communicate(timeout=60)
        assert ran.returncode == -signal.SIGKILL
        code, report = volume.run(order_of(volume), become)
        assert (code, report["sets"][0]["problems"]) == (0, [])
        assert volume.seen() == SEEN


def test_what_a_crash_left_unproven_is_not_believed(make):
    """After a power cut a file may hold zeros where nobody proved it."""
    volume = make(pause=0.03)
    order = order_of(volume)
    ran = volume.start(order)
    while volume.server.sent("/a.tar") < 120_000:
        time.sleep(0.01)
    ran.kill()
    ran.communicate()
    parts = [one for one in (volume.oggm / "partial").iterdir() if one.suffix != ".json"]
    part = max(parts, key=lambda one: one.stat().st_size)
    with open(part, "r+b") as out:
        out.seek(60_000)
        out.write(bytes(1000))
    assert volume.run(order)[0] == 0
    assert volume.seen() == SEEN

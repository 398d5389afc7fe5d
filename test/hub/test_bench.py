"""What `glaciocloud bench` measures in its pod, on real folders: as they should be, read-only, full,
and where the kernel refuses locks.
"""

import ctypes
import json
import os
import struct
import subprocess
import sys

import pytest
from bench_rounds import merged
from real_hub import FILES

ENOLCK = 37


def volume(name, path, writable=True, room=None):
    return {"name": name, "path": str(path), "writable": writable, "room": room}


def bench(*volumes, readers=None, view=None, oggm=False, preexec=None):
    order = {
        "volumes": volumes,
        "readers": readers,
        "view": view and str(view),
        "oggm": oggm,
        "bytes": 8 << 20,
        "seconds": 5,
    }
    command = [sys.executable, "-B", str(FILES / "bench.py"), json.dumps(order)]
    ran = subprocess.run(command, capture_output=True, text=True, timeout=100, preexec_fn=preexec)
    assert ran.returncode == 0, ran.stderr
    lines = [json.loads(line) for line in ran.stdout.splitlines()]
    assert lines[-1] == {"measure": "end"}
    assert lines[0]["measure"] == "compute" and 0 < lines[0]["ms"] <= lines[0]["worst_ms"]
    return lines[1:-1]


def of(lines, measure, name):
    (found,) = [one for one in lines if one["measure"] == measure and one["volume"] == name]
    return found


@pytest.fixture
def data(tmp_path):
    """As a volume of input data: two views of one content, and a folder."""
    folder = tmp_path / "data"
    (folder / "view" / "deep").mkdir(parents=True)
    (folder / "view" / "deep" / "a.tar").write_bytes(os.urandom(3 << 20))
    (folder / "view" / "b.nc").write_bytes(b"b" * 1000)
    os.link(folder / "view" / "b.nc", folder / "view" / "same.nc")
    (folder / "view" / "empty").touch()
    return folder


def test_a_folder_that_can_be_written(tmp_path):
    lines = bench(volume("home", tmp_path))
    assert [one["measure"] for one in lines] == [
        "create",
        "stat",
        "fsync",
        "flock",
        "write",
        "read",
    ]
    for measure in ("create", "stat", "fsync"):
        found = of(lines, measure, "home")
        assert 0 < found["median_ms"] <= min(found["p95_ms"], found["worst_ms"]) < 5000
    assert of(lines, "flock", "home")["works"] is True
    for measure in ("write", "read"):
        found = of(lines, measure, "home")
        assert found["bytes"] == 8 << 20
        assert 0 < found["worst_mb_s"] <= found["mb_s"] and found["dd_mb_s"] > 0
    assert list(tmp_path.iterdir()) == []


def test_of_rounds_the_best_counts_and_the_worst_stands_beside_it():
    stat = {"measure": "stat", "volume": "home", "p95_ms": 9, "count": 1}
    read = {"measure": "read", "volume": "home", "bytes": 1}
    fault = {"measure": "fault", "volume": "home", "what": "write", "why": "it is full"}
    assert merged(
        [
            {**stat, "median_ms": 2},
            {**read, "mb_s": 10, "dd_mb_s": None},
            fault,
            {"measure": "flock", "volume": "home", "works": True, "why": ""},
            {"measure": "readers", "readers": 2, "mb_s": 5},
            {**stat, "median_ms": 1, "p95_ms": 3},
            {**read, "mb_s": 30, "dd_mb_s": 20},
            {**fault, "what": "read"},
            fault,
            {"measure": "flock", "volume": "home", "works": False, "why": "no locks"},
            {"measure": "readers", "readers": 2, "mb_s": 4},
            {"measure": "readers", "readers": 4, "mb_s": 7},
            {"measure": "compute", "ms": 9},
            {"measure": "compute", "ms": 8},
        ]
    ) == [
        {**stat, "median_ms": 1, "p95_ms": 3, "worst_ms": 2},
        {**read, "mb_s": 30, "dd_mb_s": 20, "worst_mb_s": 10},
        fault,
        {"measure": "flock", "volume": "home", "works": False, "why": "no locks"},
        {"measure": "readers", "readers": 2, "mb_s": 5, "worst_mb_s": 4},
        {**fault, "what": "read"},
        {"measure": "readers", "readers": 4, "mb_s": 7, "worst_mb_s": 7},
        {"measure": "compute", "ms": 8, "worst_ms": 9},
    ]


def test_no_more_is_written_than_there_is_room(tmp_path):
    lines = bench(volume("scratch", tmp_path, room=12 << 20))
    assert of(lines, "write", "scratch")["bytes"] == 3 << 20


def test_data_is_read_and_nothing_is_written_there(data):
    before = sorted(data.rglob("*"))
    lines = bench(volume("data", data, writable=False), readers="data", view=data / "view")
    assert of(lines, "stat", "data")["count"] == 3
    assert of(lines, "read", "data")["bytes"] == (3 << 20) + 1000
    assert [one["readers"] for one in lines if one["measure"] == "readers"] == [1, 2, 4, 8]
    assert all(one["mb_s"] > 0 for one in lines if one["measure"] == "readers")
    assert not [one for one in lines if one["measure"] in ("create", "fsync", "write", "fault")]
    assert sorted(data.rglob("*")) == before


def test_data_that_is_not_there_yet(tmp_path):
    lines = bench(volume("data", tmp_path, writable=False), readers="data", view=tmp_path / "no")
    assert lines == [
        {"measure": "fault", "volume": "data", "what": "read", "why": "nothing is there yet"}
    ]


@pytest.fixture
def mounted(tmp_path):
    """A small file system of its own, with options."""
    if os.getuid() != 0:
        pytest.skip("only root can mount")
    made = []

    def mount(options):
        folder = tmp_path / f"mounted-{len(made)}"
        folder.mkdir()
        command = ["mount", "-t", "tmpfs", "-o", options, "tmpfs", str(folder)]
        if subprocess.run(command, capture_output=True).returncode != 0:
            pytest.skip("this machine lets nobody mount")
        made.append(folder)
        return folder

    yield mount
    for folder in made:
        subprocess.run(["umount", str(folder)], check=True)


def test_a_read_only_one_is_told_and_the_next_one_is_measured(mounted, tmp_path):
    folder = mounted("size=1m,ro")
    (tmp_path / "home").mkdir()
    lines = bench(volume("scratch", folder), volume("home", tmp_path / "home"))
    assert lines[0] == {
        "measure": "fault",
        "volume": "scratch",
        "what": "all",
        "why": "it can only be read",
    }
    assert of(lines, "read", "home")["mb_s"] > 0


def test_a_full_one_is_told_and_left_as_it_was(mounted):
    folder = mounted("size=1m")
    (folder / "mine").write_bytes(bytes((1 << 20) - 4096))
    lines = bench(volume("home", folder))
    assert {one["measure"] for one in lines} == {"create", "stat", "flock", "fault"}
    faults = [one for one in lines if one["measure"] == "fault"]
    assert [one["what"] for one in faults] == ["names", "throughput"]
    assert {one["why"] for one in faults} == {"it is full"}
    assert [one.name for one in folder.iterdir()] == ["mine"]


def refuse_flock():
    """As the kernel answers on a volume without locks: a filter of system calls, seccomp(2)."""
    number = {"x86_64": 73, "aarch64": 32}[os.uname().machine]
    steps = [
        (0x20, 0, 0, 0),  # load the number of the call
        (0x15, 0, 1, number),  # is it flock?
        (0x06, 0, 0, 0x00050000 | ENOLCK),  # then fail with this error
        (0x06, 0, 0, 0x7FFF0000),  # else let it be
    ]
    code = b"".join(struct.pack("HBBI", *step) for step in steps)
    kept = ctypes.create_string_buffer(code, len(code))
    program = struct.pack("HxxxxxxP", len(steps), ctypes.addressof(kept))
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.prctl(38, 1, 0, 0, 0) != 0 or libc.prctl(22, 2, program, 0, 0) != 0:
        raise OSError(ctypes.get_errno(), "no filter of system calls")


def test_one_without_locks(tmp_path):
    lines = bench(volume("home", tmp_path), preexec=refuse_flock)
    found = of(lines, "flock", "home")
    assert (found["works"], found["why"]) == (False, "it has no locks")
    assert of(lines, "read", "home")["mb_s"] > 0


def test_without_oggm_the_volumes_are_measured_all_the_same(tmp_path):
    lines = bench(volume("home", tmp_path), oggm=True)
    fault = lines[-1]
    assert (fault["measure"], fault["what"]) == ("fault", "oggm")
    assert "No module named 'oggm'" in fault["why"]
    assert of(lines, "read", "home")["mb_s"] > 0
    assert list(tmp_path.iterdir()) == []

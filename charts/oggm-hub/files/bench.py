"""Measures the volumes of a hub from inside a pod like its users' servers, with nothing but Python.

    python bench.py ORDER

    ORDER: {"volumes": [{"name", "path", "writable", "room": bytes or null}],
            "readers": name of a volume or null, "view": folder or null, "oggm": bool,
            "bytes": most for one file, "seconds": most for one reading or writing}

One JSON line for each figure on stdout, {"measure": "end"} as the last: the best of some rounds, in
which volumes take turns, and the worst beside it. What cannot be
measured is a line too, {"measure": "fault", "volume", "what", "why"}, and the others go on. What it
writes lies in one folder of each volume and goes again.
"""

import errno
import fcntl
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from contextlib import suppress
from pathlib import Path

from bench_io import BLOCK, READERS, mb, parts_of, read_rates, together_rate, write_rates
from bench_rounds import ROUNDS, merged

NAMES = 200  # files whose names are made, synced and looked up
SYNCED = 40
FOLDER = "glaciocloud-bench-"
OGGM_SECONDS = 420


SAID = []


def say(measure, **more):
    SAID.append({"measure": measure, **more})


def tell(line):
    print(json.dumps(line), flush=True)


def why_not(error):
    """Of an error of the system: what it means to whoever reads the report."""
    known = {
        errno.EROFS: "it can only be read",
        errno.EACCES: "this user may not write here",
        errno.EPERM: "this user may not write here",
        errno.ENOSPC: "it is full",
        errno.EDQUOT: "it is full",
        errno.ENOLCK: "it has no locks",
        errno.EOPNOTSUPP: "it has no locks",
        errno.ENOSYS: "it has no locks",
    }
    return known.get(error.errno) or os.strerror(error.errno or 0)


def spread(seconds):
    """Median and 95th percentile, in milliseconds."""
    ordered = sorted(seconds)
    at = [ordered[len(ordered) // 2], ordered[min(len(ordered) - 1, len(ordered) * 95 // 100)]]
    median, p95 = (round(one * 1000, 4) for one in at)
    return {"median_ms": median, "p95_ms": p95, "count": len(ordered)}


def timed(work, *args):
    begin = time.perf_counter()
    work(*args)
    return time.perf_counter() - begin


def make(path):
    os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))


def write_synced(path):
    with open(path, "wb", buffering=0) as file:
        file.write(bytes(4096))
        os.fsync(file.fileno())


def compute():
    """Milliseconds for the same work each time: how fast, or how busy, the node itself is."""
    say("compute", ms=round(min(timed(sum, range(1_000_000)) for _ in range(5)) * 1000, 2))


def names(volume, folder):
    """Latencies of what OGGM does most: files made and looked up."""
    paths = [folder / f"{number}.nc" for number in range(NAMES)]
    made = [timed(make, path) for path in paths]
    say("create", volume=volume, **spread(made))
    say("stat", volume=volume, **spread([timed(os.stat, path) for path in paths]))
    say("fsync", volume=volume, **spread([timed(write_synced, path) for path in paths[:SYNCED]]))


def flock(volume, path):
    """Two who open a file: with locks the second one waits, without them there is an error or none
    waits."""
    works, why = False, ""
    with open(path, "rb+" if os.access(path, os.W_OK) else "rb") as one, open(path, "rb") as other:
        try:
            fcntl.flock(one, fcntl.LOCK_EX | fcntl.LOCK_NB)
            try:
                fcntl.flock(other, fcntl.LOCK_EX | fcntl.LOCK_NB)
                why = "two hold the same lock"
            except BlockingIOError:
                works = True
        except OSError as error:
            why = why_not(error)
    say("flock", volume=volume, works=works, why=why)


def throughput(volume, folder, order, room):
    known = os.statvfs(folder)
    free = known.f_bavail * known.f_frsize
    most = min(order["bytes"], free // 4, (room or free) // 4) // BLOCK * BLOCK
    if most == 0:
        raise OSError(errno.ENOSPC, "no room to measure in")
    done, ours, other = write_rates(folder, most, order["seconds"])
    say("write", volume=volume, mb_s=mb(ours), dd_mb_s=mb(other), bytes=done)
    read(volume, [(folder / "big", 0, done)], order)


def read(volume, parts, order):
    done, ours, other = read_rates(parts, order["seconds"])
    say("read", volume=volume, mb_s=mb(ours), dd_mb_s=mb(other), bytes=done)


def readers(parts, order):
    for count in READERS:
        say("readers", readers=count, mb_s=mb(together_rate(parts, count, order["seconds"])))


def writable(volume, order):
    name = volume["name"]
    folder = Path(tempfile.mkdtemp(prefix=FOLDER, dir=volume["path"]))
    try:
        each(
            name,
            (("names", lambda: names(name, folder)),
             ("flock", lambda: flock(name, first_file(folder))),
             ("throughput", lambda: throughput(name, folder, order, volume.get("room")))),
        )  # fmt: skip
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def first_file(folder):
    path = folder / "0.nc"
    path.touch()
    return path


def each(volume, steps):
    """One that fails keeps no other from being measured."""
    for what, step in steps:
        try:
            step()
        except OSError as error:
            say("fault", volume=volume, what=what, why=why_not(error))


def files_below(folder, most):
    """Some files of a volume that others have filled, each content once."""
    seen, found = set(), []
    for parent, folders, inside in os.walk(folder):
        folders.sort()
        for name in sorted(inside):
            path = Path(parent) / name
            known = path.lstat()
            if path.is_symlink() or known.st_ino in seen:
                continue
            seen.add(known.st_ino)
            found.append((path, known.st_size))
            if len(found) == most:
                return found
    return found


def read_only(volume, order):
    name = volume["name"]
    begin = Path(order.get("view") or volume["path"])
    files = files_below(begin, NAMES) if begin.is_dir() else []
    if not files:
        return say("fault", volume=name, what="read", why="nothing is there yet")
    paths = [path for path, _ in files]
    steps = [
        (
            "stat",
            lambda: say("stat", volume=name, **spread([timed(os.stat, one) for one in paths])),
        ),
        ("flock", lambda: flock(name, paths[0])),
    ]
    parts = parts_of(files, order["bytes"])
    if parts:
        steps.append(("read", lambda: read(name, parts, order)))
        if order.get("readers") == name:
            steps.append(("readers", lambda: readers(parts, order)))
    each(name, steps)


def oggm(order):
    """OGGM in a process of its own: what goes wrong in it ends nothing else."""
    folders = {}
    for volume in order["volumes"]:
        if volume["writable"]:
            with suppress(OSError):
                folders[volume["name"]] = tempfile.mkdtemp(prefix=FOLDER, dir=volume["path"])
    script = Path(__file__).with_name("bench_oggm.py")
    asked = json.dumps({"folders": folders, "view": order.get("view")})
    try:
        ran = subprocess.run(
            [sys.executable, "-B", str(script), asked],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            timeout=OGGM_SECONDS,
        )
        for line in ran.stdout.splitlines():
            if line.startswith('{"measure"'):
                SAID.append(json.loads(line))
        if ran.returncode != 0:
            last = (ran.stderr.strip().splitlines() or ["it said nothing"])[-1]
            say("fault", volume="", what="oggm", why=last[:300])
    except subprocess.TimeoutExpired:
        say("fault", volume="", what="oggm", why=f"it did not end in {OGGM_SECONDS} s")
    finally:
        for folder in folders.values():
            shutil.rmtree(folder, ignore_errors=True)


def main():
    order = json.loads(sys.argv[1])
    for _ in range(ROUNDS):
        for volume in order["volumes"]:
            compute()
            try:
                writable(volume, order) if volume["writable"] else read_only(volume, order)
            except OSError as error:
                say("fault", volume=volume["name"], what="all", why=why_not(error))
    if order.get("oggm"):
        oggm(order)
    for line in merged(SAID):
        tell(line)
    tell({"measure": "end"})


if __name__ == "__main__":
    main()

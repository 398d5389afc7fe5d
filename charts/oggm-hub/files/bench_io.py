"""How fast files are written and read, beside what dd says of the same. Part of `bench.py`."""

import multiprocessing
import os
import re
import subprocess
import time

BLOCK = 1 << 20
PIECE = 4 * BLOCK
READERS = (1, 2, 4, 8)


def forget(path):
    """What this machine keeps of a file in memory, so that it is read from the volume."""
    with open(path, "rb") as file:
        os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)


def dd(*args):
    """Bytes a second as dd itself says it; None where there is no dd."""
    try:
        ran = subprocess.run(
            ["dd", *args],
            capture_output=True,
            text=True,
            timeout=120,
            env={**os.environ, "LC_ALL": "C"},
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    said = re.search(r"(\d+) bytes.*copied, ([\d.e+-]+) s", ran.stderr)
    if ran.returncode != 0 or said is None or float(said[2]) == 0:
        return None
    return int(said[1]) / float(said[2])


def mb(rate):
    return None if rate is None else round(rate / 1e6, 2)


def write_for(path, most, seconds):
    """Bytes written and synced, and how long that took."""
    block, done, begin = os.urandom(BLOCK), 0, time.perf_counter()
    with open(path, "wb", buffering=0) as file:
        while done < most and time.perf_counter() - begin < seconds:
            done += file.write(block)
        os.fsync(file.fileno())
    return done, time.perf_counter() - begin


def read_for(parts, seconds):
    """Bytes read of some parts of files, `(path, offset, length)`; into one place, as dd does."""
    place = memoryview(bytearray(BLOCK))
    done, end = 0, time.perf_counter() + seconds
    for path, offset, length in parts:
        with open(path, "rb", buffering=0) as file:
            file.seek(offset)
            while length > 0 and time.perf_counter() < end:
                got = file.readinto(place[: min(BLOCK, length)])
                if not got:
                    break
                length -= got
                done += got
    return done


def rate(parts, seconds):
    """Bytes, and bytes a second, from the volume and not from memory."""
    for path in {path for path, _, _ in parts}:
        forget(path)
    begin = time.perf_counter()
    done = read_for(parts, seconds)
    return done, done / (time.perf_counter() - begin)


def read_rates(parts, seconds):
    """Bytes, our own rate and that of dd."""
    done, ours = rate(parts, seconds)
    path, _, length = max(parts, key=lambda part: part[2])
    forget(path)
    count = -(-min(length, done or length) // BLOCK)
    return done, ours, dd(f"if={path}", "of=/dev/null", "bs=1M", f"count={count}")


def write_rates(folder, most, seconds):
    """The same of writing; the file `big` stays."""
    done, took = write_for(folder / "big", most, seconds)
    count = done // BLOCK
    other = dd("if=/dev/zero", f"of={folder / 'dd'}", "bs=1M", f"count={count}", "conv=fsync")
    (folder / "dd").unlink(missing_ok=True)
    return done, done / took, other


def parts_of(files, most):
    """The largest files, as far as they are wanted."""
    parts = []
    for path, size in sorted(files, key=lambda one: -one[1]):
        length = min(size, most)
        if length > 0:
            parts.append((path, 0, length))
            most -= length
    return parts


def reader(parts, seconds, together, total):
    together.wait()
    done = read_for(parts, seconds)
    with total.get_lock():
        total.value += done


def pieces_of(parts):
    return [
        (path, begin, min(PIECE, offset + length - begin))
        for path, offset, length in parts
        for begin in range(offset, offset + length, PIECE)
    ]


def together_rate(parts, count, seconds):
    """Bytes a second of so many who read at once, each its own share."""
    for path, _, _ in parts:
        forget(path)
    pieces, fork = pieces_of(parts), multiprocessing.get_context("fork")
    together, total = fork.Barrier(count + 1), fork.Value("q", 0)
    processes = [
        fork.Process(target=reader, args=(pieces[one::count], seconds, together, total))
        for one in range(count)
    ]
    for one in processes:
        one.start()
    together.wait(30)
    begin = time.perf_counter()
    for one in processes:
        one.join()
    return total.value / (time.perf_counter() - begin)

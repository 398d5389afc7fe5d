"""The volume of input data: content by its SHA-256, and for each set what it consists of.

files/<sha256>             content, never written twice
partial/<key>              in the making, with <key>.json: how far it is proven
sets/<set>/<lock>.json     path → bytes, sha256, mtime as seen
unpacked/<sha256>/tree     what an archive holds, beside record.json
views/<view>               what servers see (data_views.py)
"""

import errno
import hashlib
import json
import os
import shutil
import threading
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Literal

from data_order import DataSet, Wanted

CHUNK = 1 << 20
FULL = {errno.ENOSPC, errno.EDQUOT}
NO_LINKS = {errno.EMLINK, errno.ENOTSUP, errno.ENOSYS, errno.EXDEV}
DISK = {errno.EROFS, errno.EIO, errno.EACCES, errno.EPERM, errno.ESTALE} | FULL | NO_LINKS
Proof = Literal["size", "time", "bytes"]
Condition = Literal["whole", "missing", "damaged"]


class Trouble(Exception):
    """What stands in the report. `outside`: the network or the volume, and it may pass by itself."""

    def __init__(self, cause: str, cure: str, outside: bool = False) -> None:
        super().__init__(cause)
        self.cause, self.cure, self.outside = cause, cure, outside


@dataclass(frozen=True)
class Entry:
    bytes: int
    sha256: str
    mtime_ns: int


def gigabytes(size: int) -> str:
    for unit, factor in (("GB", 10**9), ("MB", 10**6), ("kB", 10**3)):
        if size >= factor:
            return f"{size / factor:.1f} {unit}"
    return f"{size} bytes"


def disk_trouble(error: OSError, lacks: int = 0) -> Trouble:
    if error.errno in FULL:
        return Trouble(
            "The volume is full"
            + (f": {gigabytes(lacks)} of this set are still to be fetched." if lacks else "."),
            "Enlarge it, or name fewer sets, regions or levels; what is there is kept.",
        )
    if error.errno in NO_LINKS:
        return Trouble(
            f"The volume makes no hard links ({error.strerror}).",
            "Data needs a class with a file system that does: NFS, CephFS, EFS, ext4 or xfs.",
        )
    return Trouble(
        f"The volume refuses: {error.strerror}.",
        "See that it is mounted for writing and belongs to the user of the job.",
        outside=True,
    )


def fsync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def write_whole(path: Path, data: object) -> None:
    """JSON that is there as a whole or not at all, a power cut included."""
    fresh = path.with_name(f".{path.name}.new")
    with open(fresh, "w", encoding="utf-8") as out:
        json.dump(data, out, sort_keys=True, separators=(",", ":"))
        out.flush()
        os.fsync(out.fileno())
    os.replace(fresh, path)
    fsync_folder(path.parent)


def read_json(path: Path) -> object:
    """None for what is missing or damaged: both are made anew."""
    try:
        return json.loads(path.read_bytes())
    except (OSError, ValueError):
        return None


def hash_file(path: Path, length: int | None = None) -> "hashlib._Hash":
    sha, left = hashlib.sha256(), length
    with open(path, "rb", buffering=0) as content:
        while left is None or left > 0:
            data = content.read(CHUNK if left is None else min(CHUNK, left))
            if not data:
                break
            sha.update(data)
            left = None if left is None else left - len(data)
    return sha


def is_sha(value: object) -> bool:
    return isinstance(value, str) and len(value) == 64 and not set(value) - set("0123456789abcdef")


def entries_of(data: object) -> dict[str, Entry]:
    files = (
        data.get("files") if isinstance(data, dict) and data.get("schema_version") == 1 else None
    )
    found = {}
    for path, row in (files if isinstance(files, dict) else {}).items():
        good = isinstance(row, dict) and set(row) == {"bytes", "sha256", "mtime_ns"}
        if good and is_sha(row["sha256"]) and type(row["bytes"]) is type(row["mtime_ns"]) is int:
            found[path] = Entry(**row)
    return found


class Store:
    def __init__(self, data: Path) -> None:
        self.root = data / "oggm"
        self.files, self.partial = self.root / "files", self.root / "partial"
        self.sets, self.unpacked = self.root / "sets", self.root / "unpacked"
        self.views = self.root / "views"
        self.guard = threading.Lock()
        self.known: dict[tuple[str, int], Entry] = {}
        for path in sorted(self.sets.glob("*/*.json")):
            for name, entry in entries_of(read_json(path)).items():
                self.known[name, entry.bytes] = entry

    def make(self) -> None:
        for folder in (self.files, self.partial, self.sets, self.unpacked, self.views):
            folder.mkdir(parents=True, exist_ok=True)
        self.try_links()

    def try_links(self) -> None:
        one, two = self.partial / ".one", self.partial / ".two"
        try:
            one.touch()
            two.unlink(missing_ok=True)
            try:
                os.link(one, two)
            except OSError as error:
                if error.errno in FULL:
                    raise
                raise OSError(errno.ENOTSUP, error.strerror) from None
        finally:
            for path in (one, two):
                path.unlink(missing_ok=True)

    def content(self, sha256: str) -> Path:
        return self.files / sha256

    def room(self) -> dict[str, int]:
        there = self.root if self.root.exists() else self.root.parent
        found = os.statvfs(there)
        return {"free": found.f_bavail * found.f_frsize, "total": found.f_blocks * found.f_frsize}

    def condition(self, entry: Entry, by: Proof) -> Condition:
        """By its time: read only where that is another one than was seen."""
        path = self.content(entry.sha256)
        try:
            seen = path.lstat()
            if seen.st_size != entry.bytes:
                return "damaged"
            if by == "size" or (by == "time" and seen.st_mtime_ns == entry.mtime_ns):
                return "whole"
            return "whole" if hash_file(path).hexdigest() == entry.sha256 else "damaged"
        except FileNotFoundError:
            return "missing"
        except OSError as error:
            if error.errno == errno.EIO:
                return "damaged"
            raise

    def place(self, path: Path, sha256: str) -> Entry:
        """A finished file becomes content. It keeps its first name until a manifest has it: who
        is killed between finds it finished.
        """
        target = self.content(sha256)
        os.chmod(path, 0o444)
        try:
            os.link(path, target)
        except FileExistsError:
            if not target.samefile(path):
                fresh = self.partial / f".{sha256}"
                fresh.unlink(missing_ok=True)
                os.link(path, fresh)
                os.replace(fresh, target)
        fsync_folder(self.files)
        seen = target.lstat()
        return Entry(seen.st_size, sha256, seen.st_mtime_ns)

    def reseen(self, entry: Entry) -> Entry:
        return Entry(entry.bytes, entry.sha256, self.content(entry.sha256).lstat().st_mtime_ns)

    def remember(self, path: str, entry: Entry) -> None:
        with self.guard:
            self.known[path, entry.bytes] = entry

    def entry(self, file: Wanted) -> Entry | None:
        return self.known.get((file.path, file.bytes))

    def write_manifest(self, one: DataSet) -> None:
        with self.guard:
            rows = {file.path: asdict(entry) for file in one.files if (entry := self.entry(file))}
            folder = self.sets / one.name
            folder.mkdir(exist_ok=True)
            write_whole(folder / f"{one.lock}.json", {"schema_version": 1, "files": rows})

    def remove_tree(self, path: Path) -> None:
        """Whole or gone: moved out of sight first, where the next run removes what is left."""
        hidden = self.partial / f"old-{path.name}"
        shutil.rmtree(hidden, ignore_errors=True)
        os.replace(path, hidden)
        shutil.rmtree(hidden)

"""Whether a file is what its name says, and the unpacking of RGI's zips."""

import bz2
import errno
import gzip
import hashlib
import lzma
import os
import shutil
import stat
import tarfile
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from typing import IO

from data_order import is_safe_path
from data_store import (
    CHUNK,
    Store,
    Trouble,
    fsync_folder,
    gigabytes,
    hash_file,
    read_json,
    write_whole,
)

# Shapefiles become 3 to 6 times as large; what goes far beyond is no data.
GROWTH = 30
ALLOWANCE = 64 << 20
MOST_ENTRIES = 100_000
HDF = b"\x89HDF\r\n\x1a\n"
UNREADABLE = (tarfile.TarError, zipfile.BadZipFile, zlib.error, lzma.LZMAError, EOFError)
UNREADABLE += (ValueError, NotImplementedError, RuntimeError, gzip.BadGzipFile, OverflowError)
UNREADABLE += (FileExistsError, NotADirectoryError)


class Unsound(Exception):
    pass


@contextmanager
def foreign() -> Iterator[None]:
    """Whatever an archive makes its reader say is the archive's fault, and nobody else's."""
    try:
        yield
    except UNREADABLE as error:
        raise Unsound(f"it does not open ({type(error).__name__})") from None
    except OSError as error:
        # Also a place that it names before its own beginning.
        if error.errno in (None, errno.EINVAL):
            raise Unsound(f"it does not open ({error})") from None
        raise


def limit(path: Path) -> int:
    return path.stat().st_size * GROWTH + ALLOWANCE


class Measured:
    """An archive's content, forwards: what its headers claim takes neither memory nor time."""

    def __init__(self, content: IO[bytes], most: int) -> None:
        self.content, self.left, self.at = content, most, 0

    def tell(self) -> int:
        return self.at

    def read(self, size: int) -> bytes:
        if not 0 <= size <= CHUNK:
            raise Unsound("a header in it is larger than any honest one")
        data = self.content.read(size)
        self.at, self.left = self.at + len(data), self.left - len(data)
        if self.left < 0:
            raise Unsound("it would unpack to far more than it can honestly hold")
        return data

    def seek(self, place: int) -> None:
        if place < self.at:
            raise Unsound("it leads back into itself")
        while self.at < place and self.read(min(CHUNK, place - self.at)):
            pass


def uncompressed(path: Path) -> IO[bytes]:
    with open(path, "rb") as content:
        head = content.read(6)
    for mark, opened in ((b"\x1f\x8b", gzip.open), (b"BZh", bz2.open), (b"\xfd7zXZ\0", lzma.open)):
        if head.startswith(mark):
            return opened(path)
    return open(path, "rb")


def check_tar(path: Path) -> None:
    most, total, count = limit(path), 0, 0
    with (
        uncompressed(path) as content,
        tarfile.open(fileobj=Measured(content, most), mode="r:") as tar,  # type: ignore[arg-type]
    ):
        while (member := tar.next()) is not None:
            tar.members.clear()
            count, total = count + 1, total + member.size
            if member.size < 0:
                raise Unsound("it leads back into itself")
            if total > most or count > 10 * MOST_ENTRIES:
                raise Unsound("it would unpack to far more than it can honestly hold")
        if not count:
            raise Unsound("it is empty")


def check_zip(path: Path) -> None:
    with zipfile.ZipFile(path) as archive:
        rows = archive.infolist()
        if len(rows) > MOST_ENTRIES or sum(row.file_size for row in rows) > limit(path):
            raise Unsound("it would unpack to far more than it can honestly hold")
        if not rows or archive.testzip() is not None:
            raise Unsound("it holds nothing, or what its checksums do not fit")


def check_gzip(path: Path) -> None:
    left = limit(path)
    with gzip.open(path) as content:
        while data := content.read(CHUNK):
            left -= len(data)
            if left < 0:
                raise Unsound("it would unpack to far more than it can honestly hold")


def begins(*marks: bytes) -> Callable[[Path], None]:
    def check(path: Path) -> None:
        with open(path, "rb") as content:
            head = content.read(8)
        if not head.startswith(marks):
            raise Unsound("it does not begin as such a file does")

    return check


def check_parquet(path: Path) -> None:
    with open(path, "rb") as content:
        head = content.read(4)
        content.seek(-4, os.SEEK_END)
        if head != b"PAR1" or content.read(4) != b"PAR1":
            raise Unsound("it does not begin and end as such a file does")


CHECKS: list[tuple[tuple[str, ...], Callable[[Path], None]]] = [
    ((".tar", ".tar.gz", ".tgz", ".tar.xz", ".tar.bz2"), check_tar),
    ((".gz",), check_gzip),
    ((".zip",), check_zip),
    ((".nc", ".nc4"), begins(b"CDF\x01", b"CDF\x02", b"CDF\x05", HDF)),
    ((".h5", ".hdf", ".hdf5"), begins(HDF)),
    ((".parquet",), check_parquet),
]


def check_opens(path: Path, name: str) -> None:
    """Raises Unsound. `name` decides: the file itself has another one while it is in the making."""
    for endings, check in CHECKS:
        if name.lower().endswith(endings):
            with foreign():
                check(path)
            return


class Tree:
    """A folder in the making: counts what is really written, whatever the archive claims."""

    def __init__(self, root: Path, most: int) -> None:
        self.root, self.left, self.rows = root, most, {}

    def write(self, name: str, content: IO[bytes]) -> Path:
        if not is_safe_path(name) or name in self.rows:
            raise Unsound("a name in it leads out of its folder or is there twice")
        target = self.root / name
        target.parent.mkdir(parents=True, exist_ok=True)
        sha, size = hashlib.sha256(), 0
        with open(target, "xb") as out:
            while data := content.read(CHUNK):
                self.left -= len(data)
                if self.left < 0:
                    raise Unsound("it unpacks to far more than it can honestly hold")
                out.write(data)
                sha.update(data)
                size += len(data)
            out.flush()
            os.fsync(out.fileno())
        target.chmod(0o444)
        self.rows[name] = [size, sha.hexdigest()]
        if len(self.rows) > MOST_ENTRIES:
            raise Unsound("it holds too many files")
        return target

    def unpack(self, path: Path, below: str = "") -> Iterator[str]:
        with zipfile.ZipFile(path) as archive:
            for row in archive.infolist():
                kind = stat.S_IFMT(row.external_attr >> 16)
                if kind not in (0, stat.S_IFREG, stat.S_IFDIR):
                    raise Unsound("it holds links or devices")
                name = f"{below}{row.filename.rstrip('/')}"
                if not is_safe_path(name):
                    raise Unsound("a name in it leads out of its folder")
                if not row.is_dir():
                    with archive.open(row) as content:
                        self.write(name, content)
                    yield name


def unpack_all(path: Path, tree: Tree) -> None:
    """As OGGM does it once: zips inside become folders of their name, and go."""
    for name in list(tree.unpack(path)):
        if name.endswith(".zip"):
            inner = tree.root / name
            for _ in tree.unpack(inner, f"{PurePosixPath(name).with_suffix('')}/"):
                pass
            inner.unlink()
            del tree.rows[name]


def unpack(store: Store, sha256: str) -> None:
    path = store.content(sha256)
    making = store.partial / f"unpack-{sha256}"
    shutil.rmtree(making, ignore_errors=True)
    free = store.room()["free"]
    try:
        with foreign(), zipfile.ZipFile(path) as archive:
            least = sum(row.file_size for row in archive.infolist())
        if least > limit(path):
            raise Unsound("it would unpack to far more than it can honestly hold")
        if least > free:
            raise Trouble(
                f"Unpacking needs {gigabytes(least)} and {gigabytes(free)} are free:"
                f" {gigabytes(least - free)} are missing.",
                "Enlarge the volume, or name fewer sets, regions or levels.",
            )
        tree = Tree(making / "tree", limit(path))
        tree.root.mkdir(parents=True)
        with foreign():
            unpack_all(path, tree)
        write_whole(making / "record.json", {"schema_version": 1, "files": tree.rows})
        for folder, _, _ in os.walk(making):
            fsync_folder(Path(folder))
        if (store.unpacked / sha256).exists():
            store.remove_tree(store.unpacked / sha256)
        os.replace(making, store.unpacked / sha256)
        fsync_folder(store.unpacked)
    finally:
        shutil.rmtree(making, ignore_errors=True)


def unpacked_files(store: Store, sha256: str) -> dict[str, tuple[int, str]] | None:
    data = read_json(store.unpacked / sha256 / "record.json")
    rows = data.get("files") if isinstance(data, dict) else None
    if not isinstance(rows, dict) or not rows:
        return None
    for name, row in rows.items():
        good = is_safe_path(name) and isinstance(row, list) and len(row) == 2
        if not (good and type(row[0]) is int and isinstance(row[1], str)):
            return None
    return {name: (row[0], row[1]) for name, row in rows.items()}


def is_unpacked(store: Store, sha256: str, deep: bool) -> bool:
    rows = unpacked_files(store, sha256)
    tree = store.unpacked / sha256 / "tree"
    try:
        return rows is not None and all(
            (tree / name).lstat().st_size == size
            and (not deep or hash_file(tree / name).hexdigest() == sha)
            for name, (size, sha) in rows.items()
        )
    except OSError:
        return False

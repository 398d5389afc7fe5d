"""What the filler of input data is asked for: the checked reader of its order."""

import gzip
import hashlib
import json
import re
import zlib
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

SET = re.compile(r"[a-z]([-.]?[a-z0-9]){0,62}")
LOCK = re.compile(r"[0-9a-f]{64}")
VIEW = re.compile(r"[0-9a-f]{40}")
UNPACK = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,62}")
GZIP = b"\x1f\x8b"
MODES = ("fill", "verify", "plan")
MOST_AT_ONCE = 8


class BadOrder(Exception):
    pass


@dataclass(frozen=True)
class Wanted:
    """A file of a set. `path` is OGGM's name of it below its download cache."""

    path: str
    urls: tuple[str, ...]
    bytes: int
    unpack: str | None

    @property
    def key(self) -> str:
        """Names the file while it is in the making."""
        return hashlib.sha256(json.dumps([self.urls, self.bytes]).encode()).hexdigest()


@dataclass(frozen=True)
class DataSet:
    name: str
    lock: str
    files: tuple[Wanted, ...]


@dataclass(frozen=True)
class View:
    digest: str
    sets: tuple[str, ...]


@dataclass(frozen=True)
class Order:
    mode: str
    sets: tuple[DataSet, ...]
    views: tuple[View, ...]
    keep: tuple[str, ...]
    parallel: int


def need(ok: object, where: str, text: str) -> None:
    if not ok:
        raise BadOrder(f"{where}: {text}")


def fields(value: object, where: str, names: set[str]) -> dict:
    need(isinstance(value, dict), where, "is no object")
    assert isinstance(value, dict)
    need(set(value) == names, where, f"has to have the fields {', '.join(sorted(names))}")
    return value


def items(value: object, where: str) -> list:
    need(isinstance(value, list), where, "is no list")
    assert isinstance(value, list)
    return value


def word(value: object, where: str, pattern: re.Pattern) -> str:
    need(isinstance(value, str) and pattern.fullmatch(value), where, "is not written as it has to")
    return str(value)


def whole(value: object, where: str, most: int) -> int:
    fits = type(value) is int and 1 <= value <= most
    need(fits, where, f"is no whole number from 1 to {most}")
    return value if isinstance(value, int) else 0


def is_safe_path(path: object) -> bool:
    """Relative, no way out, nothing that a file system or a log would read otherwise."""
    return (
        isinstance(path, str)
        and len(path.encode("utf-8", "replace")) <= 2048
        and not any(ord(one) < 32 or one in "\\\x7f" for one in path)
        and all(
            part not in ("", ".", "..") and len(part.encode("utf-8", "replace")) <= 255
            for part in path.split("/")
        )
    )


def url(value: object, where: str) -> str:
    need(isinstance(value, str) and re.fullmatch(r"[!-~]{1,2048}", value), where, "is no URL")
    try:
        parts = urlsplit(str(value))
        named = parts.scheme in ("https", "http") and parts.hostname and parts.port != 0
    except ValueError:
        named, parts = None, urlsplit("")
    need(named, where, "is no address of a web server")
    need("@" not in parts.netloc, where, "names a user: logs would show it")
    return str(value)


def wanted(value: object, where: str) -> Wanted:
    one = fields(value, where, {"path", "urls", "bytes", "unpack"})
    need(is_safe_path(one["path"]), f"{where}.path", "is no plain relative path")
    need("/" in one["path"], f"{where}.path", "has no host before its path")
    urls = [url(link, f"{where}.urls[{i}]") for i, link in enumerate(items(one["urls"], where))]
    need(urls, f"{where}.urls", "is empty")
    unpack = one["unpack"]
    if unpack is not None:
        unpack = word(unpack, f"{where}.unpack", UNPACK)
    return Wanted(one["path"], tuple(urls), whole(one["bytes"], f"{where}.bytes", 1 << 50), unpack)


def check_places(files: list[Wanted], where: str) -> None:
    """Files that are to lie in one folder: each path once, none below another."""
    seen: dict[str, Wanted] = {}
    trees: dict[str, str] = {}
    for one in files:
        before = seen.setdefault(one.path, one)
        same = (before.bytes, before.unpack) == (one.bytes, one.unpack)
        need(same, where, f"{one.path} is wanted in two versions")
        if one.unpack:
            other = trees.setdefault(one.unpack, one.path)
            need(other == one.path, where, f"two archives are to be unpacked as {one.unpack}")
    for path in seen:
        parts = path.split("/")
        for i in range(1, len(parts)):
            above = "/".join(parts[:i])
            need(above not in seen, where, f"{above} is a file and a folder")


def read_order(path: str) -> Order:
    try:
        raw = Path(path).read_bytes()
        data = json.loads(gzip.decompress(raw) if raw.startswith(GZIP) else raw)
    except (OSError, EOFError, ValueError, zlib.error) as error:
        raise BadOrder(f"{path} cannot be read: {error}") from None
    one = fields(data, "order", {"schema_version", "mode", "sets", "views", "keep", "parallel"})
    need(one["schema_version"] == 1, "schema_version", "is not 1: the filler is of another version")
    need(one["mode"] in MODES, "mode", f"is none of {', '.join(MODES)}")
    sets: dict[str, DataSet] = {}
    for i, value in enumerate(items(one["sets"], "sets")):
        where = f"sets[{i}]"
        row = fields(value, where, {"set", "lock", "files"})
        name = word(row["set"], f"{where}.set", SET)
        need(name not in sets, where, f"{name} is there twice")
        files = [
            wanted(file, f"{where}.files[{j}]")
            for j, file in enumerate(items(row["files"], f"{where}.files"))
        ]
        need(len({file.path for file in files}) == len(files), where, "names a path twice")
        check_places(files, where)
        sets[name] = DataSet(name, word(row["lock"], f"{where}.lock", LOCK), tuple(files))
    views = []
    for i, value in enumerate(items(one["views"], "views")):
        row = fields(value, f"views[{i}]", {"view", "sets"})
        names = items(row["sets"], f"views[{i}].sets")
        known = all(isinstance(name, str) and name in sets for name in names)
        need(known, f"views[{i}]", "names a set that is not in the order")
        check_places([file for name in names for file in sets[name].files], f"views[{i}]")
        views.append(View(word(row["view"], f"views[{i}].view", VIEW), tuple(names)))
    need(len({view.digest for view in views}) == len(views), "views", "are there twice")
    keep = [word(view, f"keep[{i}]", VIEW) for i, view in enumerate(items(one["keep"], "keep"))]
    parallel = whole(one["parallel"], "parallel", MOST_AT_ONCE)
    return Order(one["mode"], tuple(sets.values()), tuple(views), tuple(keep), parallel)

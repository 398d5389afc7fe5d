"""One file from the web onto the volume: resumed where its server proves that it is the same one,
begun anew otherwise, never put together from two.
"""

import hashlib
import os
import random
import re
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import data_web
from data_archives import Unsound, check_opens
from data_order import Wanted
from data_store import CHUNK, Entry, Store, Trouble, gigabytes, hash_file, read_json, write_whole
from data_web import Changed, Later, Never, ask, host_of, read

PER_HOST = 2
LEAST_RATE = 1000  # bytes a second, looked at over data_web.PATIENCE
TRIES = 6  # without progress
PAUSE = 2.0
LONGEST_PAUSE = 300.0
PROGRESS = 1 << 20
CHECKPOINT = 16 << 20
SILENT_FILES = 3


def validator_of(headers: Any) -> str | None:
    """What proves later that the file is still the same: a strong tag, or its date."""
    for name, pattern in (("ETag", r'"[ -~]{0,500}"'), ("Last-Modified", r"[ -~]{1,99}")):
        if re.fullmatch(pattern, headers.get(name, "")):
            return headers[name]
    return None


class Part:
    """A file in the making. Its note says from where it is and how far it is proven."""

    def __init__(self, store: Store, file: Wanted) -> None:
        self.path = store.partial / file.key
        self.note = store.partial / f"{file.key}.json"
        self.url, self.validator, self.at = "", None, 0
        self.sha = hashlib.sha256()
        self.proven = 0
        self.path.touch()
        self.path.chmod(0o644)
        self.out = open(self.path, "r+b", buffering=0)
        self.resume(file)

    def resume(self, file: Wanted) -> None:
        note = read_json(self.note)
        if not isinstance(note, dict) or note.get("url") not in file.urls:
            return
        at, size = note.get("at"), os.fstat(self.out.fileno()).st_size
        if type(at) is not int or not 0 < at <= min(size, file.bytes):
            return
        sha = hash_file(self.path, at)
        if sha.hexdigest() == note.get("sha256"):
            validator = note.get("validator")
            self.url, self.at, self.sha, self.proven = note["url"], at, sha, at
            self.validator = validator if isinstance(validator, str) else None
            self.out.truncate(at)
            self.out.seek(at)

    def begin(self, url: str, validator: str | None) -> None:
        self.note.unlink(missing_ok=True)
        self.out.truncate(0)
        self.out.seek(0)
        self.url, self.validator, self.at, self.proven = url, validator, 0, 0
        self.sha = hashlib.sha256()

    def write(self, data: bytes) -> None:
        view = memoryview(data)
        while view:
            view = view[self.out.write(view) :]
        self.sha.update(data)
        self.at += len(data)
        if self.at - self.proven >= CHECKPOINT:
            self.prove()

    def prove(self) -> None:
        os.fsync(self.out.fileno())
        digest = self.sha.hexdigest()
        row = {"url": self.url, "validator": self.validator, "at": self.at, "sha256": digest}
        write_whole(self.note, row)
        self.proven = self.at

    def remove(self) -> None:
        self.note.unlink(missing_ok=True)
        self.path.unlink(missing_ok=True)

    def close(self) -> None:
        self.out.close()


class Host:
    """Two connections, a pause that holds for both, and an end of patience."""

    def __init__(self) -> None:
        self.turns = threading.Semaphore(PER_HOST)
        self.not_before = 0.0
        self.silent = 0

    def pause(self, tries: int, after: float) -> None:
        longest = min(LONGEST_PAUSE, PAUSE * 2**tries)
        chosen = random.uniform(longest / 2, longest)
        wait = min(LONGEST_PAUSE, max(after, chosen))
        self.not_before = max(self.not_before, time.monotonic() + wait)

    def wait(self) -> None:
        while (left := self.not_before - time.monotonic()) > 0:
            time.sleep(left)


class Fetcher:
    def __init__(self, store: Store) -> None:
        self.store = store
        self.hosts: dict[str, Host] = {}
        self.guard = threading.Lock()

    def host(self, url: str) -> Host:
        with self.guard:
            return self.hosts.setdefault(host_of(url), Host())

    def fetch(self, file: Wanted, say: Callable[[int], None]) -> Entry:
        """`say` hears how much is there. The partial file stays: whoever writes the manifest
        removes it then.
        """
        if done := self.finished(file):
            return done
        part = Part(self.store, file)
        causes: list[str] = []
        outside = True
        try:
            first = [part.url] if part.url else []
            for url in dict.fromkeys([*first, *file.urls]):
                try:
                    return self.fetch_from(url, part, file, say)
                except Never as never:
                    causes.append(f"{host_of(url)}: {never}")
                    outside = outside and never.outside
        finally:
            part.close()
        raise Trouble(
            f"It cannot be had: {'; '.join(causes)}.",
            "The next run goes on where this one ended; a mirror may be named in the set."
            if outside
            else "See whether the file is still there under this name and size, then lock the"
            " set anew (`glaciocloud data lock`).",
            outside,
        )

    def finished(self, file: Wanted) -> Entry | None:
        """It was content already when the last run was killed; its bytes belong to views."""
        path = self.store.partial / file.key
        try:
            if path.stat().st_nlink == 1:
                return None
        except FileNotFoundError:
            return None
        sha = hash_file(path).hexdigest()
        content = self.store.content(sha)
        if path.stat().st_size == file.bytes and content.exists() and content.samefile(path):
            return self.store.place(path, sha)
        path.unlink()
        return None

    def fetch_from(self, url: str, part: Part, file: Wanted, say: Callable[[int], None]) -> Entry:
        resumed = part.at > 0 and part.url == url
        while True:
            if not (part.at == file.bytes and part.url == url):
                self.download(url, part, file, say)
            part.prove()
            try:
                check_opens(part.path, file.path)
            except Unsound as unsound:
                part.begin("", None)
                if not resumed:
                    raise Never(f"what it sends is damaged: {unsound}") from None
                resumed = False
                continue
            return self.store.place(part.path, part.sha.hexdigest())

    def download(self, url: str, part: Part, file: Wanted, say: Callable[[int], None]) -> None:
        host, tries, best = self.host(url), 0, part.at
        while True:
            try:
                if host.silent >= SILENT_FILES:
                    raise Never("it has not answered for some files in a row", outside=True)
                with self.turn(host):
                    self.attempt(url, part, file, say)
                host.silent = 0
                return
            except Later as later:
                # What the server has sent so far is proven for the next run as well.
                if part.at > part.proven:
                    part.prove()
                far = part.at >= best + min(PROGRESS, max(1, file.bytes // 4))
                tries, best = (0, part.at) if far else (tries + 1, best)
                if tries >= TRIES:
                    host.silent += 1
                    raise Never(f"{later} ({TRIES} times)", outside=True) from None
                host.pause(tries, later.after)

    @contextmanager
    def turn(self, host: Host) -> Iterator[None]:
        with host.turns:
            host.wait()
            yield

    def attempt(self, url: str, part: Part, file: Wanted, say: Callable[[int], None]) -> None:
        headers = {"User-Agent": "glaciocloud-data/1", "Accept-Encoding": "identity"}
        if part.at and part.url == url and part.validator:
            headers |= {"Range": f"bytes={part.at}-", "If-Range": part.validator}
        try:
            with ask(url, headers) as response:
                self.take(response, url, part, file, say)
        except Changed:
            part.begin("", None)
            raise
        if part.at < file.bytes:
            raise Later(f"it ends after {gigabytes(part.at)} of {gigabytes(file.bytes)}")

    def take(
        self, response: Any, url: str, part: Part, file: Wanted, say: Callable[[int], None]
    ) -> None:
        if response.headers.get("Content-Encoding", "identity") != "identity":
            raise Never("it sends the file packed in another way")
        self.check_version(response, url, part, file)
        length = response.headers.get("Content-Length")
        if length is not None and length != str(file.bytes - part.at):
            if not re.fullmatch(r"[0-9]{1,20}", length):
                raise Never("it gives no number as the length of the file")
            raise Never(f"the file has {length} bytes now, and the lock says {file.bytes}")
        began, at_begin = time.monotonic(), part.at
        while data := read(response, CHUNK):
            if part.at + len(data) > file.bytes:
                part.begin("", None)
                raise Never(f"the file is larger than the lock says ({file.bytes} bytes)")
            part.write(data)
            say(part.at)
            passed = time.monotonic() - began
            if passed > data_web.PATIENCE:
                if (part.at - at_begin) / passed < LEAST_RATE:
                    raise Later("it is too slow")
                began, at_begin = time.monotonic(), part.at

    def check_version(self, response: Any, url: str, part: Part, file: Wanted) -> None:
        """Only a part of the very file that was begun goes on; the rest begins anew."""
        validator = validator_of(response.headers)
        if response.status == 206:
            span = re.fullmatch(
                r"bytes (\d+)-(\d+)/(\d+)", response.headers.get("Content-Range", "")
            )
            fits = span and [int(one) for one in span.groups()] == [
                part.at,
                file.bytes - 1,
                file.bytes,
            ]
            if (
                not fits
                or part.url != url
                or part.validator is None
                or validator not in (None, part.validator)
            ):
                part.begin(url, None)
                raise Later("it has another version of the file now")
        elif response.status == 200:
            part.begin(url, validator)
        else:
            raise Never(f"it answers {response.status}")

"""One writer on the volume: a lock of the file system and, because volumes of several nodes may
not have it or keep it to one node, a heartbeat beside it.
"""

import errno
import fcntl
import os
import secrets
import socket
import threading
import time
from pathlib import Path

from data_store import FULL, read_json, write_whole

BEAT = 10.0
SILENCE = 60.0
ANOTHER_WRITER = 75
NO_LOCKS = {errno.ENOLCK, errno.ENOTSUP, errno.ENOSYS, errno.EINVAL}


class AnotherWriter(Exception):
    pass


def machine() -> str:
    """The running kernel: on one, the lock alone decides."""
    try:
        return Path("/proc/sys/kernel/random/boot_id").read_text().strip()
    except OSError:
        return socket.gethostname()


class Writer:
    def __init__(self, root: Path) -> None:
        self.lock, self.heart = root / "lock", root / "lock.json"
        self.owner = f"{socket.gethostname()}-{os.getpid()}-{secrets.token_hex(4)}"
        self.told = False
        self.ended = threading.Event()
        self.heartbeat = threading.Thread(target=self.keep_beating, daemon=True)
        self.handle = -1

    def __enter__(self) -> "Writer":
        self.handle = os.open(self.lock, os.O_RDWR | os.O_CREAT, 0o644)
        locked = self.take_lock()
        before = read_json(self.heart)
        near = isinstance(before, dict) and before.get("machine") == machine()
        if before is not None and not (locked and near):
            self.watch(before)
        try:
            self.beat()
        except OSError as error:
            # Where even this has no room the lock is enough: what nobody uses has to go.
            if not locked or error.errno not in FULL:
                raise
        if not locked:
            time.sleep(min(2.0, BEAT / 2))  # two that began at once: the last to write stays
            self.look()
        self.heartbeat.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.ended.set()
        self.heartbeat.join()
        self.heart.unlink(missing_ok=True)
        os.close(self.handle)

    def take_lock(self) -> bool:
        try:
            fcntl.flock(self.handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return True
        except BlockingIOError:
            raise AnotherWriter("Another job writes to this volume.") from None
        except OSError as error:
            if error.errno in NO_LOCKS:
                return False
            raise

    def watch(self, before: object) -> None:
        """Compares no clocks: who does not move for a while is dead."""
        until = time.monotonic() + SILENCE
        while time.monotonic() < until:
            time.sleep(min(1.0, BEAT / 2))
            now = read_json(self.heart)
            if now is None and not self.heart.exists():
                return
            if now != before:
                raise AnotherWriter("Another job writes to this volume.")

    def beat(self) -> None:
        write_whole(self.heart, {"owner": self.owner, "machine": machine(), "time": time.time_ns()})
        self.told = True

    def look(self) -> None:
        found = read_json(self.heart)
        if not isinstance(found, dict) or found.get("owner") != self.owner:
            raise AnotherWriter("Another job has taken this volume over.")

    def keep_beating(self) -> None:
        while not self.ended.wait(BEAT):
            try:
                if self.told:
                    self.look()
                if not self.ended.is_set():
                    self.beat()
            except AnotherWriter:
                if not self.ended.is_set():
                    os._exit(ANOTHER_WRITER)
            except OSError:
                pass  # a full or slow volume: the next beat tells

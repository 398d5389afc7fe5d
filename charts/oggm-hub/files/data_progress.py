"""How far the filling of a set is, as lines on stdout."""

import json
import threading
import time

from data_order import DataSet, Wanted

OFTEN = 2.0


def say(line: dict) -> None:
    print(json.dumps(line, ensure_ascii=False), flush=True)


class Progress:
    def __init__(self, one: DataSet) -> None:
        self.one, self.guard = one, threading.Lock()
        self.done: dict[str, int] = {}
        self.parts: dict[str, int] = {}
        self.next = time.monotonic() + OFTEN

    def part(self, key: str, size: int) -> None:
        with self.guard:
            self.parts[key] = size
            self.tell()

    def whole(self, file: Wanted) -> None:
        with self.guard:
            self.parts.pop(file.key, None)
            self.done[file.path] = file.bytes
            self.tell()

    def tell(self) -> None:
        if time.monotonic() < self.next:
            return
        self.next = time.monotonic() + OFTEN
        say(
            {
                "event": "progress",
                "set": self.one.name,
                "files_done": len(self.done),
                "files": len(self.one.files),
                "bytes_done": sum(self.done.values()) + sum(self.parts.values()),
                "bytes": sum(file.bytes for file in self.one.files),
            }
        )

"""Fills the volume of input data from its servers, checks it, and removes what nobody uses:
`python3 glaciocloud_data.py ORDER.json.gz` in the hub's image, the volume at /data.

    {"schema_version": 1, "mode": "fill" | "verify" | "plan",
     "sets": [{"set": "alps", "lock": "<64 hex>", "files": [
       {"path": "<host>/<path>", "urls": ["https://…"], "bytes": 123, "unpack": null | "RGIV62"}]}],
     "views": [{"view": "<40 hex>", "sets": ["alps"]}], "keep": ["<40 hex>"], "parallel": 2}

`verify` reads every byte again; `plan` reads sizes only, asks no server and writes nothing. It may
be killed at any point: the next run goes on, and nothing half done is ever seen in a view. JSON
lines on stdout; the last one, also in oggm/report.json, says how things are. Exit: 0 all is ready,
1 something is not (a full volume too), 2 the order is no order, 3 the network or the volume failed,
70 a fault of its own, 75 another job writes. After 1 and 2 nobody tries again before something
changes.
"""

import os
import sys
import threading
import time
import traceback
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

from data_archives import Unsound, is_unpacked, unpack
from data_download import Fetcher
from data_order import BadOrder, DataSet, Order, Wanted, read_order
from data_progress import OFTEN, Progress, say
from data_store import DISK, Proof, Store, Trouble, disk_trouble, gigabytes, write_whole
from data_views import Views
from data_writer import ANOTHER_WRITER, AnotherWriter, Writer

LEAST_ROOM = 1 << 20
OWN_FAULT = 70
DATA = Path(os.environ.get("GLACIOCLOUD_DATA", "/data"))


class Fill:
    def __init__(self, order: Order, store: Store) -> None:
        self.order, self.store = order, store
        self.views = Views(store)
        self.fetcher = Fetcher(store)
        self.troubles: dict[str, dict[str, Trouble]] = {one.name: {} for one in order.sets}
        self.read: set[str] = set()
        self.lost: set[str] = set()
        self.written = 0.0
        self.placed: list[str] = []
        self.guard = threading.Lock()

    def run(self) -> None:
        if self.store.room()["free"] < LEAST_ROOM:
            self.sweep()
        for one in self.order.sets:
            try:
                self.fill(one)
            except OSError as error:
                if error.errno not in DISK:
                    raise
                self.troubles[one.name][""] = disk_trouble(error, self.lacks(one))
            except Trouble as trouble:
                self.troubles[one.name][""] = trouble
        sets = {one.name: one for one in self.order.sets}
        ready = {one.name for one in self.order.sets if self.state(one)["state"] == "ready"}
        for view in self.order.views:
            if set(view.sets) <= ready:
                self.views.build(view, self.views.wanted(view, sets))
        if self.order.mode == "verify":
            self.views.check_kept(self.read)
        self.views.mend()
        self.sweep()
        self.views.sweep_manifests(self.order)

    def fill(self, one: DataSet) -> None:
        progress = Progress(one)
        missing: dict[str, list[Wanted]] = {}
        for file in one.files:
            if self.have(file):
                progress.whole(file)
            else:
                missing.setdefault(file.key, []).append(file)
        self.store.write_manifest(one)
        self.check_room(one)
        with ThreadPoolExecutor(self.order.parallel) as pool:
            jobs = [pool.submit(self.get, one, files, progress) for files in missing.values()]
            try:
                for job in jobs:
                    job.result()
            finally:
                pool.shutdown(wait=True, cancel_futures=True)
                self.settle(one)
        for file in one.files:
            if file.unpack and self.is_there(file):
                self.unpack(one, file)

    def have(self, file: Wanted) -> bool:
        """What is damaged is taken away at once; `verify` reads all of it."""
        entry = self.store.entry(file)
        fresh = entry is not None and entry.sha256 not in self.read
        by: Proof = "bytes" if self.order.mode == "verify" and fresh else "time"
        condition = self.store.condition(entry, by) if entry else "missing"
        if entry and condition == "damaged":
            self.views.withdraw(entry.sha256)
        if condition != "whole":
            if entry:
                self.lost.add(file.path)
            entry = self.views.recover(file.path, file.bytes)
            if entry is None:
                return False
        assert entry
        self.read.add(entry.sha256)
        self.store.remember(file.path, self.store.reseen(entry))
        return True

    def get(self, one: DataSet, files: list[Wanted], progress: Progress) -> None:
        file = files[0]
        try:
            entry = self.fetcher.fetch(file, lambda size: progress.part(file.key, size))
        except Trouble as trouble:
            for same in files:
                self.troubles[one.name][same.path] = trouble
            return
        self.read.add(entry.sha256)
        for same in files:
            self.store.remember(same.path, entry)
            progress.whole(same)
        with self.guard:
            self.placed.append(file.key)
            if time.monotonic() >= self.written + OFTEN:
                self.settle(one)

    def settle(self, one: DataSet) -> None:
        """The manifest first: until it has a file, its partial name says that it is finished."""
        self.store.write_manifest(one)
        for key in self.placed:
            for name in (f"{key}.json", key):
                (self.store.partial / name).unlink(missing_ok=True)
        self.placed.clear()
        self.written = time.monotonic()

    def unpack(self, one: DataSet, file: Wanted) -> None:
        entry = self.store.entry(file)
        assert entry
        if is_unpacked(self.store, entry.sha256, self.order.mode == "verify"):
            return
        self.views.withdraw_tree(entry.sha256)
        try:
            unpack(self.store, entry.sha256)
        except Unsound as unsound:
            self.troubles[one.name][file.path] = Trouble(
                f"It cannot be unpacked: {unsound}.",
                "Take it out of the set, and tell who offers it.",
            )

    def lacks(self, one: DataSet) -> int:
        """Bytes that are still to be fetched."""
        need = 0
        for file in {file.key: file for file in one.files if not self.is_there(file)}.values():
            part = self.store.partial / file.key
            need += file.bytes - (min(part.stat().st_size, file.bytes) if part.exists() else 0)
        return need

    def check_room(self, one: DataSet) -> None:
        if self.lacks(one) > self.store.room()["free"]:
            self.sweep()  # what nobody uses any more may be all that is in the way
        need, free = self.lacks(one), self.store.room()["free"]
        if need > free:
            raise Trouble(
                f"{gigabytes(need)} are to be fetched and {gigabytes(free)} are free:"
                f" {gigabytes(need - free)} are missing.",
                "Enlarge the volume, or name fewer sets, regions or levels.",
            )

    def sweep(self) -> None:
        unfinished = {
            file.key for one in self.order.sets for file in one.files if not self.is_there(file)
        }
        self.views.sweep(self.order, unfinished)

    def is_there(self, file: Wanted) -> bool:
        entry = self.store.entry(file)
        return entry is not None and self.store.condition(entry, "size") == "whole"

    def is_ready(self, file: Wanted) -> bool:
        entry = self.store.entry(file)
        if entry is None or not self.is_there(file):
            return False
        return not file.unpack or is_unpacked(self.store, entry.sha256, deep=False)

    def state(self, one: DataSet) -> dict:
        ready = [file for file in one.files if self.is_ready(file)]
        lost = [file for file in one.files if self.store.entry(file) and not self.is_there(file)]
        state = "filling" if ready else "missing"
        if lost:
            state = "damaged"
        elif len(ready) == len(one.files):
            state = "ready"
        problems = [
            {"path": path, "cause": trouble.cause, "cure": trouble.cure}
            for path, trouble in sorted(self.troubles[one.name].items())
        ]
        named = {row["path"] for row in problems}
        problems += [
            {
                "path": file.path,
                "cause": "It is missing or damaged on the volume.",
                "cure": "`glaciocloud data verify` fetches it anew.",
            }
            for file in lost
            if file.path not in named
        ]
        return {
            "set": one.name,
            "state": state,
            "files": len(one.files),
            "files_done": len(ready),
            "bytes": sum(file.bytes for file in one.files),
            "bytes_done": sum(file.bytes for file in ready),
            "repaired": sum(file.path in self.lost for file in ready),
            "problems": problems,
        }

    def report(self) -> dict:
        return {
            "event": "report",
            "schema_version": 1,
            "sets": [self.state(one) for one in self.order.sets],
            "room": self.store.room(),
            "views": self.views.present(),
        }

    def code(self, report: dict) -> int:
        if any(one.outside for rows in self.troubles.values() for one in rows.values()):
            return 3
        return 0 if all(row["state"] == "ready" for row in report["sets"]) else 1


def write(order: Order) -> int:
    root = DATA / "oggm"
    root.mkdir(exist_ok=True)
    with Writer(root):
        store = Store(DATA)
        store.make()
        fill = Fill(order, store)
        fill.run()
        report = fill.report()
        with suppress(OSError):  # a full volume: the line on stdout says it
            write_whole(root / "report.json", report)
        say(report)
        return fill.code(report)


def main() -> int:
    os.umask(0o022)
    try:
        order = read_order(sys.argv[1])
        if order.mode == "plan":
            fill = Fill(order, Store(DATA))
            report = fill.report()
            say(report)
            return fill.code(report)
        return write(order)
    except BadOrder as error:
        say({"event": "error", "cause": str(error), "cure": "The order is made by glaciocloud."})
        return 2
    except AnotherWriter as error:
        say({"event": "error", "cause": str(error), "cure": "Wait until it has ended."})
        return ANOTHER_WRITER
    except Exception as error:
        if not isinstance(error, OSError) or error.errno not in DISK:
            traceback.print_exc()
            return OWN_FAULT
        trouble = disk_trouble(error)
        say({"event": "error", "cause": trouble.cause, "cure": trouble.cure})
        return 3 if trouble.outside else 1


if __name__ == "__main__":
    sys.exit(main())

"""What servers see of the volume: one folder for each list of sets, made of hard links.

A view appears by renaming a finished folder: it is whole or absent. Its record says what belongs
into it, so that what was damaged is taken out, and put back when it has been fetched anew.
"""

import os
import shutil
from dataclasses import dataclass
from pathlib import Path

from data_archives import is_unpacked, unpacked_files
from data_order import VIEW, DataSet, Order, View, is_safe_path
from data_store import Entry, Store, fsync_folder, hash_file, is_sha, read_json, write_whole

RECORD = "view.json"


@dataclass(frozen=True)
class Record:
    """`files`: path → content. `trees`: name below rgi/ → archive."""

    files: dict[str, str]
    trees: dict[str, str]


def as_record(data: object) -> Record | None:
    if not isinstance(data, dict) or data.get("schema_version") != 1:
        return None
    files, trees = data.get("files"), data.get("trees")
    for rows in (files, trees):
        if not isinstance(rows, dict) or not all(
            is_safe_path(path) and is_sha(sha) for path, sha in rows.items()
        ):
            return None
    assert isinstance(files, dict) and isinstance(trees, dict)
    return Record(files, trees)


class Views:
    def __init__(self, store: Store) -> None:
        self.store = store
        self.records: dict[str, Record | None] = {}
        if store.views.is_dir():
            for path in sorted(store.views.iterdir()):
                if VIEW.fullmatch(path.name):
                    self.records[path.name] = as_record(read_json(path / RECORD))

    def links(self, digest: str, record: Record) -> dict[Path, Path]:
        """Place in the view → what has to lie there."""
        root, links = self.store.views / digest, {}
        for path, sha in record.files.items():
            links[root / "download_cache" / path] = self.store.content(sha)
        for name, sha in record.trees.items():
            tree = self.store.unpacked / sha / "tree"
            for inner in unpacked_files(self.store, sha) or {}:
                links[root / "rgi" / name / inner] = tree / inner
        return links

    def wanted(self, view: View, sets: dict[str, DataSet]) -> Record:
        """Of sets that are ready."""
        files, trees = {}, {}
        for name in view.sets:
            for file in sets[name].files:
                entry = self.store.entry(file)
                assert entry
                files[file.path] = entry.sha256
                if file.unpack:
                    trees[file.unpack] = entry.sha256
        return Record(files, trees)

    def build(self, view: View, record: Record) -> None:
        if self.records.get(view.digest) == record:
            return
        place = self.store.views / view.digest
        making = self.store.views / f".new-{view.digest}"
        shutil.rmtree(making, ignore_errors=True)
        for folder in ("download_cache", "rgi"):
            (making / folder).mkdir(parents=True)
        for target, source in self.links(making.name, record).items():
            target.parent.mkdir(parents=True, exist_ok=True)
            os.link(source, target)
        row = {"schema_version": 1, "files": record.files, "trees": record.trees}
        write_whole(making / RECORD, row)
        for folder, _, _ in os.walk(making):
            fsync_folder(Path(folder))
        if place.exists():
            # Its record is damaged: open files of servers stay open.
            self.store.remove_tree(place)
        os.replace(making, place)
        fsync_folder(self.store.views)
        self.records[view.digest] = record

    def mend(self) -> None:
        """Views that are there get back what they lack."""
        for digest, record in self.records.items():
            if record is None:
                continue
            for target, source in self.links(digest, record).items():
                # What is known to be damaged is gone from here already (withdraw).
                if source.exists() and not (target.exists() and target.samefile(source)):
                    target.parent.mkdir(parents=True, exist_ok=True)
                    fresh = self.store.views / f".link-{digest}"
                    fresh.unlink(missing_ok=True)
                    os.link(source, fresh)
                    os.replace(fresh, target)

    def withdraw(self, sha256: str) -> None:
        """At once, before it is fetched anew: a miss is better than wrong data."""
        for digest, record in self.records.items():
            for path, sha in record.files.items() if record else ():
                if sha == sha256:
                    (self.store.views / digest / "download_cache" / path).unlink(missing_ok=True)
        self.store.content(sha256).unlink(missing_ok=True)

    def withdraw_tree(self, sha256: str) -> None:
        for digest, record in self.records.items():
            for name, sha in record.trees.items() if record else ():
                tree = self.store.views / digest / "rgi" / name
                if sha == sha256 and tree.exists():
                    self.store.remove_tree(tree)
        if (self.store.unpacked / sha256).exists():
            self.store.remove_tree(self.store.unpacked / sha256)

    def check_kept(self, read: set[str]) -> None:
        """What only kept views hold cannot be fetched anew, but wrong data is not shown."""
        records = [record for record in self.records.values() if record]
        for sha in {sha for record in records for sha in record.files.values()} - read:
            path = self.store.content(sha)
            if path.exists() and hash_file(path).hexdigest() != sha:
                self.withdraw(sha)
        for sha in {sha for record in records for sha in record.trees.values()} - read:
            if not is_unpacked(self.store, sha, deep=True):
                self.withdraw_tree(sha)

    def recover(self, path: str, size: int) -> Entry | None:
        """A file that a view still holds though its content or the manifest is gone."""
        for digest, record in self.records.items():
            sha = record.files.get(path) if record else None
            for place in (
                (self.store.content(sha), self.store.views / digest / "download_cache" / path)
                if sha
                else ()
            ):
                if place.is_file() and place.lstat().st_size == size:
                    if hash_file(place).hexdigest() == sha:
                        return self.store.place(place, sha)
        return None

    def present(self) -> list[str]:
        return sorted(digest for digest, record in self.records.items() if record)

    def sweep(self, order: Order, unfinished: set[str]) -> None:
        """Removes what no wanted set, no wanted view and no kept view holds. `unfinished`: keys
        of files in the making.
        """
        store = self.store
        stay = {view.digest for view in order.views} | set(order.keep)
        for path in list(store.views.iterdir()):
            if path.name not in stay:
                if path.is_dir():
                    store.remove_tree(path)
                else:
                    path.unlink()
                self.records.pop(path.name, None)
        used, trees = set(), set()
        for one in order.sets:
            for file in one.files:
                if entry := store.entry(file):
                    used.add(entry.sha256)
                    trees |= {entry.sha256} if file.unpack else set()
        for record in self.records.values():
            used |= set(record.files.values()) if record else set()
            trees |= set(record.trees.values()) if record else set()
        for path in list(store.files.iterdir()):
            if path.name not in used:
                path.unlink()
        for path in list(store.unpacked.iterdir()):
            if path.name not in trees:
                store.remove_tree(path)
        for path in list(store.partial.iterdir()):
            if path.name.removesuffix(".json") not in unfinished:
                if path.is_dir():
                    shutil.rmtree(path)
                else:
                    path.unlink()

    def sweep_manifests(self, order: Order) -> None:
        stay = {(one.name, f"{one.lock}.json") for one in order.sets}
        for folder in list(self.store.sets.iterdir()):
            for path in list(folder.iterdir()):
                if (folder.name, path.name) not in stay:
                    path.unlink()
            if not any(folder.iterdir()):
                folder.rmdir()

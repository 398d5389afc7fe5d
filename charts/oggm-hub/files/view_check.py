"""One file of each set of input data, read as a user's kernel reads it. GLACIOCLOUD_DATA_CHECK says
which:

    {"view": "/data/oggm/views/<40 hex>",
     "files": [{"set": "alps", "path": "<host>/<path>", "bytes": 123}]}

A view appears as a whole, so one that is not there is still being filled. A file that is not in it
was found damaged, and is fetched anew: a user's own download takes its place. Neither is a fault.
The last line of output is {"ok": true, "detail": "alps read; …"}.
"""

import json
import os

EDGE = 1 << 20


class Unsound(Exception):
    pass


def read(view, path, size):
    """Whether it is there; its size and both its ends have to be readable."""
    try:
        with open(os.path.join(view, "download_cache", path), "rb") as file:
            found = os.fstat(file.fileno()).st_size
            if found != size:
                raise Unsound(f"{path} has {found} bytes, and its lock says {size}")
            for begin in (0, max(0, size - EDGE)):
                file.seek(begin)
                if len(file.read(EDGE)) != min(EDGE, size):
                    raise Unsound(f"{path} ends before its {size} bytes")
    except FileNotFoundError:
        return False
    except OSError as error:
        raise Unsound(f"{path} cannot be read: {os.strerror(error.errno)}") from None
    return True


def is_there(view):
    """Whether the view is; the volume has to be."""
    volume = os.path.dirname(os.path.dirname(view))
    try:
        os.listdir(volume)
        try:
            os.listdir(view)
        except FileNotFoundError:
            return False
    except OSError as error:
        raise Unsound(f"{volume} cannot be read: {os.strerror(error.errno)}") from None
    return True


def check(view, files):
    try:
        there = is_there(view)
    except Unsound as unsound:
        return False, f"{unsound}; look at the volume of the claim oggm-data"
    said = []
    for one in files:
        name = one["set"]
        try:
            if not there:
                said.append(f"{name}: still being filled")
            elif read(view, one["path"], one["bytes"]):
                said.append(f"{name}: {one['bytes']} bytes read")
            else:
                said.append(f"{name}: {one['path']} is missing until it is fetched anew")
        except Unsound as unsound:
            return False, (
                f"data set {name}: {unsound}; `glaciocloud data verify {name}` finds what is damaged"
                " and fetches it anew"
            )
    return True, "; ".join(said)


def main():
    ok, detail = check(**json.loads(os.environ["GLACIOCLOUD_DATA_CHECK"]))
    print(json.dumps({"ok": ok, "detail": detail}, ensure_ascii=False))


main()

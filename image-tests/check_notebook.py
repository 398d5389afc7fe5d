"""Runs NOTEBOOK, a notebook's text, from its first cell to its last. What its cells tagged `compare` say must be what
is saved in it: the same words, and the same numbers within `glaciocloud: {tolerance: 1e-6}` of its metadata."""

import copy
import json
import math
import re

TOLERANCE = 1e-6
NUMBER = re.compile(r"[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?")


def said(cell):
    for output in cell.get("outputs", []):
        if output["output_type"] == "stream" and output["name"] == "stdout":
            yield output["text"]
        elif "data" in output:
            yield output["data"].get("text/plain", "")


def difference(before, after, tolerance):
    wanted, found = "".join(said(before)), "".join(said(after))
    if NUMBER.sub("#", wanted) != NUMBER.sub("#", found):
        return f"{wanted.strip()[:60]!r} has become {found.strip()[:60]!r}"
    for one, other in zip(NUMBER.findall(wanted), NUMBER.findall(found), strict=True):
        if not math.isclose(float(one), float(other), rel_tol=tolerance):
            return f"{one} has become {other}"
    return None


def run(text):
    try:
        import nbformat
        from nbclient import NotebookClient
    except ImportError as error:
        return {"ok": False, "detail": f"the image cannot run notebooks: {error}"}
    saved = nbformat.reads(text, as_version=4)
    fresh = copy.deepcopy(saved)
    try:
        NotebookClient(fresh, timeout=540).execute()
    except Exception as error:
        words = [line for line in str(error).splitlines() if line.strip()]
        return {"ok": False, "detail": words[-1] if words else type(error).__name__}
    tolerance = saved.metadata.get("glaciocloud", {}).get("tolerance", TOLERANCE)
    compared = 0
    for number, (before, after) in enumerate(zip(saved.cells, fresh.cells, strict=True), start=1):
        if "compare" not in before.metadata.get("tags", []):
            continue
        compared += 1
        fault = difference(before, after, tolerance)
        if fault:
            return {"ok": False, "detail": f"cell {number}: {fault}"}
    return {"ok": True, "detail": f"{len(saved.cells)} cells ran, {compared} compared"}


print(json.dumps(run(NOTEBOOK)))  # noqa: F821

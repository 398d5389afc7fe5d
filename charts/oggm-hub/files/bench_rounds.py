"""Figures of several rounds as one of each. Part of `bench.py`.

What else a node does makes a round slower, and nothing faster: the best counts, and the worst says
how far rounds lie apart.
"""

ROUNDS = 3


def merged(lines):
    """Lines in the order in which their figure was first taken."""
    groups = {}
    for line in lines:
        key = tuple(line.get(name) for name in ("measure", "volume", "readers", "what", "why"))
        groups.setdefault(key if line["measure"] == "fault" else key[:3], []).append(line)
    return [one_of(group) for group in groups.values()]


def one_of(group):
    measure = group[0]["measure"]
    if measure in ("stat", "create", "fsync"):
        best = min(group, key=lambda line: line["median_ms"])
        return {**best, "worst_ms": max(line["median_ms"] for line in group)}
    if measure == "compute":
        said = [line["ms"] for line in group]
        return {**group[0], "ms": min(said), "worst_ms": max(said)}
    if measure in ("read", "write", "readers"):
        best = max(group, key=lambda line: line["mb_s"])
        worst = min(line["mb_s"] for line in group)
        if measure == "readers":
            return {**best, "worst_mb_s": worst}
        said = [line["dd_mb_s"] for line in group if line["dd_mb_s"] is not None]
        return {**best, "dd_mb_s": max(said, default=None), "worst_mb_s": worst}
    if measure == "flock":
        return next((line for line in group if not line["works"]), group[0])
    return group[0]

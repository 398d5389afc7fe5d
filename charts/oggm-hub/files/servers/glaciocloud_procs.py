"""Processes as Linux shows them in /proc. Runs in servers of people, in whatever Python an image has."""

from __future__ import annotations

import os
from typing import NamedTuple

TICKS = os.sysconf("SC_CLK_TCK")
DEAD = "ZXx"


class Process(NamedTuple):
    pid: int
    parent: int
    session: int
    # Ticks of the machine's clock at its start: a number that is used again has others.
    start: int
    # Processor time in seconds, with that of children that have ended.
    cpu: float


def read(pid: int) -> Process | None:
    """A process that lives, or None. Source: proc_pid_stat(5)."""
    try:
        with open(f"/proc/{pid}/stat", "rb") as file:
            text = file.read().decode("utf-8", "replace")
    except (OSError, ValueError):
        return None
    # The name may hold anything, brackets and spaces too.
    fields = text[text.rindex(")") + 2 :].split()
    if fields[0] in DEAD:
        return None
    cpu = sum(int(field) for field in fields[11:15]) / TICKS
    return Process(pid, int(fields[1]), int(fields[3]), int(fields[19]), cpu)


def everything() -> list[Process]:
    found = (read(int(name)) for name in os.listdir("/proc") if name.isdigit())
    return [one for one in found if one is not None]


def below(processes: list[Process], roots: set[int]) -> list[Process]:
    """These processes with all that they have started, as far as parents still live."""
    children: dict[int, list[Process]] = {}
    for one in processes:
        children.setdefault(one.parent, []).append(one)
    todo = [one for one in processes if one.pid in roots]
    seen: dict[int, Process] = {}
    while todo:
        one = todo.pop()
        if one.pid not in seen:
            seen[one.pid] = one
            todo.extend(children.get(one.pid, []))
    return list(seen.values())


def place() -> str:
    """This server and no other one: the machine since it was started, and the container's first process."""
    try:
        with open("/proc/sys/kernel/random/boot_id") as file:
            boot = file.read().strip()
    except OSError:
        boot = ""
    first = read(1)
    return f"{boot} {os.uname().nodename} {first.start if first else 0}"

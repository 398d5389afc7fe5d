"""What access.json says, entry by entry, and which name belongs to whom for good.

A mistake in an entry puts that entry out and nobody else: what was meant is not guessed, and the
rest of the file counts. A file that is no JSON, or has no people at all, raises ValueError: then
the last good content stays.

`access.names.json`, beside the hub's database, remembers the GitHub id of every name that was ever
let in, because a name leads to a home:

{"v": 1, "names": {"alice": "1001", "probe_0": "machine"}}
"""

import difflib
import json
import os
import re
from collections import Counter
from collections.abc import Callable
from datetime import datetime, timezone
from typing import Any

from traitlets.log import get_logger

Json = dict[str, Any]
ID = re.compile(r"[1-9][0-9]{0,18}")
NAME = re.compile(r"[a-z0-9][a-z0-9._-]{0,62}")
MOMENT = re.compile(
    r"\d{4}-\d\d-\d\d([T ]\d\d:\d\d(:\d\d(\.\d{1,6})?)?(Z|[+-]\d\d:\d\d)?)?", re.ASCII
)
DATE_LENGTH = len("2026-12-31")
DAY = 86400
FIELDS = ("name", "admin", "groups", "from", "until")
MACHINE = "machine"
# Groups of who leads a class, and of those whose servers its leads may open (glaciocloud_leads.py).
LEADS, LED = "leads:", "led:"
LONGEST_GROUP = 255  # JupyterHub's column
# For the person at the door; maintainers read the log, which may name other people.
MISTAKEN = (
    "Your entry in this hub's access list has a mistake. Its maintainers have to mend it; your files"
    " are kept."
)
MOVED = (
    "Your name on this hub belongs to another GitHub account. Its maintainers have to look at it;"
    " all files are kept."
)
UNKNOWN = (
    "The hub cannot remember to whom your name belongs, so it lets in nobody new. Its maintainers"
    " have to mend that."
)


def quoted(value: object) -> str:
    """Text from elsewhere for a log: one line, ASCII, and not endless."""
    text = ascii(value)
    return text if len(text) <= 120 else f"{text[:120]}..."


def one_line(text: str) -> str:
    """Text for people that goes into a log too: what moves a cursor or turns text is spelt out."""
    return "".join(sign if sign.isprintable() else ascii(sign)[1:-1] for sign in text)


class Pairs(dict[str, Any]):
    """A JSON object that knows which of its keys were given more than once."""

    twice: frozenset[str] = frozenset()


def pairs(found: list[tuple[str, Any]]) -> Pairs:
    made = Pairs(found)
    if len(made) < len(found):
        count = Counter(name for name, _ in found)
        made.twice = frozenset(name for name, times in count.items() if times > 1)
    return made


def whole_number(text: str) -> int | float:
    # Python refuses numbers of thousands of digits, and with them the whole file.
    return int(text) if len(text) < 20 else float(text)


def read_access(raw: bytes) -> Json:
    """`{"v": 1, "users": {"<id>": {name, groups?, admin?, from?, until?}},
    "machines": {"<name>": [group]}}` as `users` by id, `names`, `machines`, and `out`: those that
    do not count, each `{entry, kind, error, told}` by what it holds (an id, or a machine's name).
    """
    content = json.loads(raw, object_pairs_hook=pairs, parse_int=whole_number)
    if not isinstance(content, Pairs) or not isinstance(content.get("users"), Pairs):
        raise ValueError("there is no object `users` in it")
    version = content.get("v", 1)
    if type(version) is not int or version != 1:
        raise ValueError(f"it is of version {quoted(version)}, and this hub reads version 1")
    if "users" in content.twice:
        raise ValueError("`users` is there twice")
    listed: Json = {"users": {}, "names": {}, "machines": {}, "out": {}}
    for key in sorted(set(content) - {"v", "users", "machines"}):
        put_out(listed, key, quoted(key), f"{unknown(key, ('users', 'machines'))} Remove it.")
    read_machines(listed, content)
    read_people(listed, content["users"])
    return listed


def read_machines(listed: Json, content: Pairs) -> None:
    machines = content.get("machines", Pairs())
    if not isinstance(machines, Pairs) or "machines" in content.twice:
        put_out(listed, "machines", "machines", "It is no object, or there twice. Write it anew.")
        return
    for name, given in machines.items():
        try:
            if name in machines.twice:
                raise ValueError("The name is there twice. Remove one of them.")
            listed["machines"][checked_name(name)] = checked_groups(given)
        except ValueError as error:
            put_out(listed, name, f"machines.{quoted(name)}", str(error))


def read_own_machines(raw: bytes) -> Json:
    """`{"v": 1, "machines": {"<name>": [group]}}`, which deployments write beside access.json."""
    content = json.loads(raw, object_pairs_hook=pairs)
    if not isinstance(content, Pairs) or not isinstance(content.get("machines"), Pairs):
        raise ValueError("there is no object `machines` in it")
    own: Json = {"machines": {}, "out": {}}
    read_machines(own, content)
    return own


def with_machines(listed: Json, own: Json) -> Json:
    """People with the machines of the file of their own, which count in place of others."""
    result: Json = {part: dict(content) for part, content in listed.items()}
    result["machines"] = dict(own["machines"])
    result["out"].update(own["out"])
    for github_id, entry in listed["users"].items():
        if entry["name"] in own["machines"]:
            del result["users"][github_id], result["names"][entry["name"]]
            error = f"{entry['name']} is a machine. Give the person another name."
            put_out(result, github_id, f"users.{quoted(github_id)}", error)
    return result


def read_adopted(raw: bytes) -> Json:
    """`{"v": 1, "until": "<ISO time>", "names": {"<name>": "<since>"}, "claims": {"<name>": "<claim>"}}`,
    which the deployment writes that takes over a hub: whom that one knew, and where their homes are.
    """
    content = json.loads(raw, object_pairs_hook=pairs)
    if not isinstance(content, Pairs) or not isinstance(content.get("names"), Pairs):
        raise ValueError("there is no object `names` in it")
    until = instant("until", content.get("until"))
    if until is None:
        raise ValueError("there is no `until` in it")
    claims = content.get("claims", Pairs())
    if not isinstance(claims, Pairs) or not all(isinstance(one, str) for one in claims.values()):
        raise ValueError("`claims` are no names of claims")
    return {"until": until, "names": frozenset(content["names"]), "claims": dict(claims)}


def stays(name: str, listed: Json, adopted: Json | None, now: float) -> bool:
    """Whether somebody of a hub that was taken over goes on though nothing lets them in: until people's
    files let anybody in, or the time is over. Nobody can log in by it.
    """
    return (
        adopted is not None
        and not listed["users"]
        and not listed["out"]
        and now < adopted["until"]
        and name in adopted["names"]
    )


def read_people(listed: Json, users: Pairs) -> None:
    names = Counter(
        given["name"]
        for given in users.values()
        if isinstance(given, Pairs) and isinstance(given.get("name"), str)
    )
    for github_id, given in users.items():
        try:
            if github_id in users.twice:
                raise ValueError("The id is there twice. Remove one of them.")
            if not ID.fullmatch(github_id):
                raise ValueError("That is no id. Write GitHub's numeric id of the account.")
            entry = checked_person(given)
            if names[entry["name"]] > 1:
                raise ValueError(f"Others have the name {entry['name']} too. Give each its own.")
            if entry["name"] in listed["machines"]:
                raise ValueError(f"{entry['name']} is a machine. Give the person another name.")
        except ValueError as error:
            put_out(listed, github_id, f"users.{quoted(github_id)}", str(error))
        else:
            listed["users"][github_id] = listed["names"][entry["name"]] = entry


def put_out(
    listed: Json, key: str, entry: str, error: str, kind: str = "wrong", told: str = MISTAKEN
) -> None:
    listed["out"][key] = {"entry": entry, "kind": kind, "error": error, "told": told}


def unknown(key: str, known: tuple[str, ...]) -> str:
    near = difflib.get_close_matches(key, known, 1)
    return f"There is no field {quoted(key)}" + (f"; did you mean {near[0]}?" if near else ".")


def checked_person(given: Any) -> Json:
    if not isinstance(given, Pairs):
        raise ValueError(f"{quoted(given)} is no object. Write at least a name.")
    for key in given:
        if key not in FIELDS:
            raise ValueError(f"{unknown(key, FIELDS)} Known are {', '.join(FIELDS)}.")
        if key in given.twice:
            raise ValueError(f"`{key}` is there twice. Remove one of them.")
    admin = given.get("admin")
    if admin is not None and not isinstance(admin, bool):
        raise ValueError(f"admin: {quoted(admin)} is neither true nor false.")
    entry = {
        "name": checked_name(given.get("name")),
        "admin": admin is True,
        "groups": unled(given.get("groups"), is_admin=admin is True),
        "from": instant("from", given.get("from")),
        "until": instant("until", given.get("until"), last_day=True),
    }
    if None not in (entry["from"], entry["until"]) and entry["from"] >= entry["until"]:
        raise ValueError("until: it is over before it begins. Change from or until.")
    return entry


def unled(given: Any, *, is_admin: bool) -> list[str]:
    """Groups as they count: an administrator, or who leads a class, is led by nobody."""
    groups = checked_groups([] if given is None else given)
    if is_admin or any(group.startswith(LEADS) for group in groups):
        return [group for group in groups if not group.startswith(LED)]
    return groups


def checked_name(name: Any) -> str:
    if not isinstance(name, str) or not NAME.fullmatch(name):
        raise ValueError(
            f"name: {quoted(name)} is no name. Write small letters, digits, '-', '_' and '.', at"
            " most 63 of them, the first a letter or digit."
        )
    return name


def checked_groups(groups: Any) -> list[str]:
    if not isinstance(groups, list):
        raise ValueError(f'groups: {quoted(groups)} is no list. Write ["GROUP", ...].')
    for group in groups:
        if not isinstance(group, str) or not group.strip() or not group.isprintable():
            raise ValueError(f"groups: {quoted(group)} is no name of a group.")
        if len(group) > LONGEST_GROUP:
            raise ValueError(f"groups: {quoted(group)} is longer than {LONGEST_GROUP} characters.")
    return sorted(set(groups))


def instant(field: str, text: Any, *, last_day: bool = False) -> float | None:
    """Seconds of an ISO time. UTC unless it says otherwise; a date as the end counts until the day
    is over. None where nothing is said, which is null or no field at all.
    """
    if text is None:
        return None
    try:
        if not isinstance(text, str) or not MOMENT.fullmatch(text):
            raise ValueError(text)
        moment = datetime.fromisoformat(text)
        if moment.tzinfo is None:
            moment = moment.replace(tzinfo=timezone.utc)
        seconds = moment.timestamp()
        datetime.fromtimestamp(seconds, timezone.utc)  # people are told it in UTC
    except (ValueError, OverflowError):
        raise ValueError(
            f"{field}: {quoted(text)} is no time. Write 2026-12-31 or 2026-12-31T18:00:00Z, or"
            " leave the field out."
        ) from None
    return seconds + DAY if last_day and len(text) == DATE_LENGTH else seconds


class Names:
    """The memory of who has which name: written before a name counts, and never forgotten."""

    def __init__(self, path: str, last_good: str) -> None:
        self.path, self.last_good = path, last_good
        self.names: dict[str, str] = {}
        # Where the memory is damaged: by what this process saw, so that who is in can stay.
        self.seen: dict[str, str] = {}
        self.stat: object = None
        self.damaged: str | None = None
        self.unwritten: str | None = None
        self.fresh = True

    @property
    def error(self) -> str | None:
        return self.damaged or self.unwritten

    def read(self) -> bool:
        """Whether the memory was read again."""
        try:
            stat = os.stat(self.path)
            now: object = (stat.st_ino, stat.st_mtime_ns, stat.st_size)
        except OSError as error:
            now = repr(error)
        if now == self.stat:
            return False
        self.stat = now
        self.damaged = None
        try:
            with open(self.path, "rb") as file:
                self.names = remembered(file.read())
            self.seen = {}
        except FileNotFoundError:
            # The first start, or it was taken away under a running hub, which writes it again.
            self.names = self.of_last_good() if self.fresh else {**self.seen, **self.names}
            self.seen = {}
        except Exception as error:
            if self.fresh:
                self.seen = self.of_last_good()
            self.damaged = (
                f"{self.path} is damaged ({quoted(error)}): nobody new gets in, and it is not"
                " written. Put back a copy of it, or mend it by hand, or take it away: then the"
                " names are learnt anew from access.json."
            )
        self.fresh = False
        return True

    def of_last_good(self) -> dict[str, str]:
        """Who had which name before this hub remembered it."""
        try:
            with open(self.last_good, "rb") as file:
                return holders(read_access(file.read()))
        except Exception:
            return {}

    def keep(self, fresh: dict[str, str]) -> None:
        """Remembers new names, or says why it cannot."""
        if self.damaged:
            return
        names = {**self.names, **fresh}
        new = self.path + ".new"
        try:
            raw = json.dumps({"v": 1, "names": names}, indent=1, sort_keys=True).encode()
            with open(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
                file.write(raw)
                file.flush()
                os.fsync(file.fileno())
            os.replace(new, self.path)
            stat = os.stat(self.path)
        except OSError as error:
            self.unwritten = (
                f"{self.path} cannot be written ({quoted(error)}): nobody new gets in. Make room on"
                " the hub's volume."
            )
            return
        self.stat = (stat.st_ino, stat.st_mtime_ns, stat.st_size)
        self.names, self.seen, self.unwritten = names, {}, None

    def vouch(self, listed: Json) -> Json:
        """The same, but for names that have passed to somebody else: both are out."""
        known = {**self.seen, **self.names}
        now = holders(listed)
        moved = {name: known[name] for name, who in now.items() if known.get(name, who) != who}
        result = {part: dict(content) for part, content in listed.items()}
        for name, before in moved.items():
            self.put_both_out(result, name, before, now[name])
        fresh = {name: who for name, who in holders(result).items() if name not in self.names}
        if fresh or not os.path.exists(self.path):
            self.keep(fresh)
        if self.error:
            for name, who in holders(result).items():
                self.seen.setdefault(name, who)
                if name not in self.names and who != MACHINE:
                    result["users"][who] = {**result["users"][who], "refused": UNKNOWN}
                    result["names"][name] = result["users"][who]
        return result

    def put_both_out(self, result: Json, name: str, before: str, now: str) -> None:
        error = (
            f"The name {name} belongs to {whose(before)}, and has been given to {whose(now)}. Give"
            f" {whose(now)} another name. If it is the same person, remove the name from"
            f" {self.path}, and the home goes with it."
        )
        for who in (before, now):
            key = name if who == MACHINE else who
            entry = f"machines.{name}" if who == MACHINE else f"users.{who}"
            gone = result["users"].pop(who, None)
            if gone:
                result["names"].pop(gone["name"], None)
            put_out(result, key, entry, error, "moved", MOVED)
        result["machines"].pop(name, None)


def whose(holder: str) -> str:
    return "a machine" if holder == MACHINE else f"the GitHub id {holder}"


def holders(listed: Json) -> dict[str, str]:
    """Name → id of those who count, or "machine"."""
    return {
        **{name: MACHINE for name in listed["machines"]},
        **{entry["name"]: github_id for github_id, entry in listed["users"].items()},
    }


def remembered(raw: bytes) -> dict[str, str]:
    content = json.loads(raw, object_pairs_hook=pairs)
    if not isinstance(content, Pairs) or content.get("v") != 1 or content.twice:
        raise ValueError("it is not of version 1")
    names = content.get("names")
    if not isinstance(names, Pairs) or names.twice:
        raise ValueError("there is no object `names` in it, or a name is there twice")
    for name, who in names.items():
        if not isinstance(who, str) or not (who == MACHINE or ID.fullmatch(who)):
            raise ValueError(f"the name {quoted(name)} belongs to {quoted(who)}")
    return dict(names)


class Door:
    """Who may enter now: the file's entries, as far as the memory of names vouches for them."""

    def __init__(self, folder: str, last_good: str) -> None:
        self.names = Names(os.path.join(folder, "access.names.json"), last_good)
        self.listed: Json | None = None
        self.result: Json = {}
        self.said: list[str] = []

    def read(self, read_file: Callable[[], Json | None]) -> Json:
        # The memory first: what it starts from is the last good file, not this one.
        again = self.names.read()
        listed = read_file() or {"users": {}, "names": {}, "machines": {}, "out": {}}
        if again or listed != self.listed or self.names.unwritten:
            self.listed, self.result = listed, self.names.vouch(listed)
            self.say()
        return self.result

    def errors(self) -> list[str]:
        told = [f"{one['entry']}: {one['error']}" for one in self.result.get("out", {}).values()]
        return told + ([self.names.error] if self.names.error else [])

    def say(self) -> None:
        """Each once in the log, when it comes up."""
        now = self.errors()
        for error in now:
            if error not in self.said:
                get_logger().error("access.json, who is out: %s", error)
        self.said = now

"""What the hub's pages say to people: words for what the mounted files hold.

/etc/hub-profiles/pages.json   the hub's title, and where to ask, to read on and to try
/etc/hub-notices/notices.json  announcements, each with its time, and the spawn switch
/etc/hub-access/run.json       when people's files and teams were last compared with this hub
"""

import json
from datetime import datetime, timezone
from typing import Any

from glaciocloud_access import instant

Json = dict[str, Any]
PLAIN: Json = {"v": 1, "title": "JupyterHub", "ask": "", "renew": "", "help": "", "binder": ""}
QUIET: Json = {"v": 1, "notices": [], "spawning": {"open": True}}
# The worst first.
SEVERITIES = ("critical", "warning", "info")
# Days ahead: first a word, then a warning.
SOON, VERY_SOON = 14, 3
DAY = 86400
# Each night compares; so much more is none that is merely late.
STALE_SECONDS = 26 * 3600
UNITS = {"K": "KB", "M": "MB", "G": "GB", "T": "TB"}
REFUSED = {
    "never": "You have no access yet",
    "early": "Your access has not begun yet",
    "ended": "Your access has ended",
    "full": "The hub is full",
    "paused": "No new servers for now",
    "github": "GitHub does not answer",
    "other": "You cannot go on here",
}


def check_pages(raw: bytes) -> Json:
    """`{"v": 1, "title": text, "ask": address, "renew": address, "help": address, "binder": address}`;
    an address is empty where there is none. Earlier releases wrote no `renew`. With further host names, too:
    `"hosts": [name], "url": address`.
    """
    content: Json = {"renew": "", **json.loads(raw)}
    if not isinstance(content["title"], str):
        raise ValueError("title is no text")
    for name in ("ask", "renew", "help", "binder"):
        link = content[name]
        if not isinstance(link, str) or (link and not link.startswith(("https://", "http://"))):
            raise ValueError(f"{name} is no address")
    hosts = content.get("hosts", [])
    if not isinstance(hosts, list) or (hosts and not str(content["url"]).startswith("http")):
        raise ValueError("hosts are no list, or there is no address for them")
    return content


def check_notices(raw: bytes) -> Json:
    """`{"v": 1, "notices": [{severity, text, from, until}], "spawning": {open, admins, reason}}`; from
    and until are times or null. Where it is not open, `admins` says whether they may start servers
    all the same: they may where nothing is said.
    """
    content: Json = json.loads(raw)
    spawning = content["spawning"]
    for name in ("open", "admins"):
        if not isinstance(spawning.get(name, True), bool) or "open" not in spawning:
            raise ValueError(f"spawning.{name} is neither true nor false")
    if not isinstance(spawning.get("reason"), str | None):
        raise ValueError("spawning.reason is no text")
    return {**content, "notices": [checked_notice(one) for one in given_notices(content)]}


def given_notices(content: Json) -> list[Json]:
    """Those of the file. Earlier releases wrote one, `announcement`, without an end."""
    text = content.get("announcement")
    if not isinstance(text, str | None):
        raise ValueError("the announcement is no text")
    first = [{"severity": "info", "text": text}] if text else []
    return [*first, *content.get("notices", [])]


def checked_notice(notice: Json) -> Json:
    if notice["severity"] not in SEVERITIES or not isinstance(notice["text"], str):
        raise ValueError("a notice has no severity that is known, or no text")
    return {
        "severity": notice["severity"],
        "text": notice["text"],
        "from": instant("from", notice.get("from")),
        "until": instant("until", notice.get("until"), last_day=True),
    }


def check_run(raw: bytes) -> Json:
    """`{"v": 1, "at": time}`: the last run that compared, or one some hours before it."""
    at = instant("at", json.loads(raw)["at"])
    if at is None:
        raise ValueError("at is no time")
    return {"at": at}


def ends_soon(entry: Json | None, renew: str, now: float) -> list[Json]:
    """That access ends, 14 and 3 days ahead: a notice with the way to more time, or none."""
    until = (entry or {}).get("until")
    if until is None or until <= now:
        return []
    # The last day is the one of its last second.
    days = (until - 1) // DAY - now // DAY
    if days > SOON:
        return []
    text = f"Your access ends after {moment(until, last_day=True)}; your files are kept."
    severity = "warning" if days <= VERY_SOON else "info"
    link = {"text": "Ask for more time", "url": renew} if renew else None
    return [{"severity": severity, "text": text, "link": link}]


def not_compared(run: Json | None, now: float) -> list[Json]:
    """For administrators: that nobody has compared people's files with this hub for too long."""
    if run is None or now - run["at"] <= STALE_SECONDS:
        return []
    text = (
        f"The last run of `access apply` that this hub knows of was on {moment(run['at'])}: who was"
        " let in or taken out since is not known here. Look at the workflow `access`."
    )
    return [{"severity": "warning", "text": text}]


def by_severity(notices: list[Json]) -> list[Json]:
    """The worst first."""
    return sorted(notices, key=lambda notice: SEVERITIES.index(notice["severity"]))


def announced(notices: Json, now: float) -> list[Json]:
    """What is announced at a moment, the worst first."""
    shown = [
        notice
        for notice in notices["notices"]
        if (notice["from"] is None or notice["from"] <= now)
        and (notice["until"] is None or now < notice["until"])
    ]
    return by_severity(shown)


def paused_because(notices: Json, *, is_admin: bool) -> str | None:
    """Why this person may start no server now, or None."""
    spawning = notices["spawning"]
    if spawning["open"] or (is_admin and spawning.get("admins", True)):
        return None
    return str(spawning.get("reason") or "the hub is being worked on")


def moment(seconds: float, *, last_day: bool = False) -> str:
    """`1 March 2027`, or with its time where that is not midnight. The end of a day is that day."""
    is_midnight = int(seconds) % DAY == 0
    if is_midnight and last_day:
        seconds -= DAY  # 9999-12-31 ends in a year that Python does not have
    at = datetime.fromtimestamp(seconds, timezone.utc)
    return day(at) if is_midnight else f"{day(at)} at {at:%H:%M} UTC"


def day(at: datetime) -> str:
    return f"{at.day} {at:%B %Y}"


def lasts(entry: Json | None) -> str:
    """Until when access lasts; empty where it has no end."""
    until = (entry or {}).get("until")
    return "" if until is None else f"Your access lasts until {moment(until, last_day=True)}."


def leads(names: list[str]) -> str:
    """Who may open somebody's server, because of a class or as staff; empty where nobody may."""
    if not names:
        return ""
    *others, last = names
    who = f"{', '.join(others)} and {last}" if others else last
    verb = "lead your class or look" if others else "leads your class or looks"
    return f"{who} {verb} after it, and may open your server with all your files meanwhile."


def built(text: str) -> str:
    """`2026-11-21` as people read it."""
    return day(datetime.fromisoformat(text)) if text else ""


def about_image(image: Json) -> str:
    """`Python 3.13, built 21 November 2026`, as far as it is known."""
    date = built(image.get("built") or "")
    parts = [image.get("software") or "", f"built {date}" if date else ""]
    return ", ".join(part for part in parts if part)


def about_size(size: Json) -> str:
    """`2 cores, 4 GB memory, 1 GPU, may end at any time`."""
    cpu, memory = size["cpu"], size["memory"]
    cores = f"{cpu:g} core" if cpu == 1 else f"{cpu:g} cores"
    number, unit = (memory[:-1], UNITS[memory[-1]]) if memory[-1] in UNITS else (memory, "bytes")
    said = [cores, f"{number} {unit} memory"]
    if gpu := size.get("gpu"):
        said.append("1 GPU" if gpu["count"] == 1 else f"{gpu['count']} GPUs")
    if size.get("spot"):
        said.append("may end at any time")
    return ", ".join(said)


def refused(error: Any) -> Json | None:
    """What the page says of a refusal: `{kind, title, account}`; None for any other error."""
    told = getattr(error, "told", None)
    if not isinstance(told, dict):
        return None
    return {"account": "", **told, "title": REFUSED[told["kind"]]}


def room_because(active: int, limit: int) -> str | None:
    """Why no further server can start, or None where there is room; a limit of 0 is none."""
    if not limit or active < limit:
        return None
    seats = "The one server" if limit == 1 else f"All {limit} servers"
    verb = "is" if limit == 1 else "are"
    return f"{seats} of this hub {verb} in use. Try again in some minutes, when somebody has stopped theirs."

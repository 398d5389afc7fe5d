"""What the hub's pages say to people: words for what the mounted files hold.

/etc/hub-profiles/pages.json  the hub's title, and where to ask, to read on and to try
"""

import json
from datetime import datetime, timedelta, timezone
from typing import Any

Json = dict[str, Any]
PLAIN: Json = {"v": 1, "title": "JupyterHub", "ask": "", "help": "", "binder": ""}
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
    """`{"v": 1, "title": text, "ask": address, "help": address, "binder": address}`; an address is
    empty where there is none.
    """
    content: Json = json.loads(raw)
    if not isinstance(content["title"], str):
        raise ValueError("title is no text")
    for name in ("ask", "help", "binder"):
        link = content[name]
        if not isinstance(link, str) or (link and not link.startswith(("https://", "http://"))):
            raise ValueError(f"{name} is no address")
    return content


def moment(seconds: float, *, last_day: bool = False) -> str:
    """`1 March 2027`, or with its time where that is not midnight. The end of a day is that day."""
    at = datetime.fromtimestamp(seconds, timezone.utc)
    is_midnight = (at.hour, at.minute, at.second) == (0, 0, 0)
    if is_midnight and last_day:
        at -= timedelta(days=1)
    return day(at) if is_midnight else f"{day(at)} at {at:%H:%M} UTC"


def day(at: datetime) -> str:
    return f"{at.day} {at:%B %Y}"


def lasts(entry: Json | None) -> str:
    """Until when access lasts; empty where it has no end."""
    until = (entry or {}).get("until")
    return "" if until is None else f"Your access lasts until {moment(until, last_day=True)}."


def built(text: str) -> str:
    """`2026-11-21` as people read it."""
    return day(datetime.fromisoformat(text)) if text else ""


def about_image(image: Json) -> str:
    """`OGGM 1.6.3, built 21 November 2026`, as far as it is known."""
    version, date = image.get("oggm") or "", built(image.get("built") or "")
    parts = [f"OGGM {version}" if version else "", f"built {date}" if date else ""]
    return ", ".join(part for part in parts if part)


def about_size(size: Json) -> str:
    """`2 cores, 4 GB memory`."""
    cpu, memory = size["cpu"], size["memory"]
    cores = f"{cpu:g} core" if cpu == 1 else f"{cpu:g} cores"
    number, unit = (memory[:-1], UNITS[memory[-1]]) if memory[-1] in UNITS else (memory, "bytes")
    return f"{cores}, {number} {unit} memory"


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

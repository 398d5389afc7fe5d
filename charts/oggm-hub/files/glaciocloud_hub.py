"""The door and the menu of a hub, from mounted files alone.

GitHub says who somebody is, at login only. Everything else stands in files that the platform writes
and the hub reads again when they change, so that neither a new person nor a new image restarts
anything:

/etc/hub-access/access.json      who may enter, by numeric GitHub id, from when until when, in
                                 which groups (glaciocloud_access.py)
/etc/hub-access/machines.json    the throw-away users that prove the hub healthy; without it those that
                                 access.json names
/etc/hub-access/adopted.json     whom a hub that was taken over knew: they go on until people's files let
                                 anybody in
/etc/hub-access/run.json         when people's files were last compared (glaciocloud_pages.py)
/etc/hub-profiles/profiles.json  images and sizes, and which groups may choose them
/etc/hub-profiles/pages.json     the hub's title and links (glaciocloud_pages.py), and its further host names
                                 (glaciocloud_hosts.py)
/etc/hub-notices/notices.json    announcements and the spawn switch (glaciocloud_pages.py)

The last good content of each survives a broken file, and a restart of the hub where the database
has a volume. Of those who may no longer enter, sessions, tokens and servers end; their files stay.
hub.extraConfig calls `configure(c)`. `GET /hub/glaciocloud/state` (scope read:hub)
tells what was read.
"""

import asyncio
import hashlib
import html
import json
import os
import re
import time
from collections import Counter
from collections.abc import Callable, Iterable
from datetime import datetime, timezone
from typing import Any

import glaciocloud_ended
import glaciocloud_homes
import glaciocloud_hosts
import glaciocloud_leads as leading
import glaciocloud_machines
import glaciocloud_mounts
import glaciocloud_pages as words
import glaciocloud_pods
import glaciocloud_sessions
import glaciocloud_start
from glaciocloud_access import (
    LED,
    Door,
    Json,
    one_line,
    quoted,
    read_access,
    read_adopted,
    read_own_machines,
    stays,
    with_machines,
)
from jupyterhub import orm
from jupyterhub.apihandlers.base import APIHandler
from jupyterhub.scopes import needs_scope
from jupyterhub.utils import new_token
from oauthenticator.github import GitHubOAuthenticator
from prometheus_client import Gauge
from tornado import web
from tornado.httpclient import HTTPClientError
from tornado.ioloop import PeriodicCallback
from traitlets.log import get_logger

MOUNTS = os.environ.get("GLACIOCLOUD_MOUNTS", "/etc")
KEEP = os.environ.get("GLACIOCLOUD_KEEP", "/srv/jupyterhub")
# Templates that come before JupyterHub's own.
PAGES_FOLDER = os.environ.get("GLACIOCLOUD_PAGES", "/usr/local/etc/jupyterhub/pages")
# A start of a throw-away user that cannot succeed ends by itself after this time: cancelling it
# would block later ones.
MACHINE_START_SECONDS = 180
# Servers that a lead may open ask the hub anew after so many seconds, not after five minutes.
LED_ARGS = ["--HubOAuth.cache_max_age=30"]
# How often the hub looks for people who have gone.
SWEEP_SECONDS = 1
GITHUB_AWAY = (
    "The hub could not ask GitHub who you are, so nobody can sign in just now. Who is signed in can go"
    " on. Try again in some minutes."
)
ENTRIES_OUT = Gauge(
    "glaciocloud_access_entries_out", "Entries of access.json that do not count", ["kind"]
)
NAMES_DAMAGED = Gauge(
    "glaciocloud_access_names_damaged", "1 while the memory of names cannot be read or written"
)


class Watched:
    """A mounted JSON file: read again when it changes; the last good content stays when it breaks
    or goes.
    """

    def __init__(
        self, path: str, check: Callable[[bytes], Json], *, optional: bool = False
    ) -> None:
        self.path, self.check = os.path.join(MOUNTS, path), check
        # Nobody needs to have written it: that it is not there is no mistake.
        self.optional = optional
        self.kept = os.path.join(KEEP, os.path.basename(path).replace(".json", ".last-good.json"))
        self.seen: object = None
        self.data: Json | None = None
        self.info: Json = {"digest": None, "at": None, "from": None, "error": None}

    def read(self) -> Json | None:
        """The checked content, or None where there never was a good one."""
        try:
            # A mounted Secret or ConfigMap changes as a whole: the file is a link, and its target
            # another inode.
            stat = os.stat(self.path)
            seen: object = (stat.st_ino, stat.st_mtime_ns, stat.st_size)
        except OSError as error:
            seen = repr(error)
        if seen != self.seen:
            self.seen = seen
            self._read_again()
        return self.data

    def _read_again(self) -> None:
        try:
            raw = self._take(self.path, "mount")
        except Exception as error:
            never = self.optional and isinstance(error, FileNotFoundError)
            if self.data is None:
                try:
                    self._take(self.kept, "kept")
                except Exception as nothing:
                    if never:
                        return
                    get_logger().error("%s: %s", self.kept, ascii(nothing))
            stays = f"the content of {self.info['at']} stays" if self.data else "nothing counts"
            self.info["error"] = f"{ascii(error)}; {stays}"
            get_logger().error("%s: %s", self.path, self.info["error"])
        else:
            self._keep(raw)

    def _take(self, path: str, source: str) -> bytes:
        with open(path, "rb") as file:
            raw = file.read()
            # A kept copy is as old as the last time that the mounted file was good.
            at = os.fstat(file.fileno()).st_mtime if source == "kept" else time.time()
        self.data = self.check(raw)
        self.info = {
            "digest": hashlib.sha256(raw).hexdigest(),
            "at": datetime.fromtimestamp(at, timezone.utc).isoformat(timespec="seconds"),
            "from": source,
            "error": None,
        }
        return raw

    def _keep(self, raw: bytes) -> None:
        fresh = self.kept + ".new"
        try:
            with open(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
                file.write(raw)
            os.replace(fresh, self.kept)
        except OSError as error:  # no volume, or a full one: the mounted file still counts
            get_logger().warning("%s is not kept for the next start: %s", self.path, ascii(error))


def check_profiles(raw: bytes) -> Json:
    """`{"v": 1, "images": [{slug, title, image, for, …}],
    "sizes": [{slug, title, cpu, memory, for, …}], "mounts": […]}`
    """
    content: Json = json.loads(raw)
    for items in (content["images"], content["sizes"]):
        slugs = [item["slug"] for item in items]
        if len(set(slugs)) < len(slugs):
            raise ValueError(f"a name is there twice: {slugs}")
        for item in items:
            if not isinstance(item["title"], str) or not isinstance(item["for"], list):
                raise ValueError(f"title or for of {item['slug']}")
            for key in ("env", "labels"):
                if not all(isinstance(value, str) for value in item.get(key, {}).values()):
                    raise ValueError(f"{key} of {item['slug']} has values that are no text")
    glaciocloud_mounts.check(content.get("mounts", []))
    for image in content["images"]:
        if not isinstance(image["image"], str) or not image["image"]:
            raise ValueError(f"image of {image['slug']}")
        if not isinstance(image.get("sizes", []), list):
            raise ValueError(f"sizes of {image['slug']}")
    for size in content["sizes"]:
        for one in (size, {"memory": "1G", "cpu": 1, **size.get("guarantee", {})}):
            if not re.fullmatch(r"\d+(\.\d+)?[KMGT]?", one["memory"]) or not one["cpu"] > 0:
                raise ValueError(f"memory or cpu of {size['slug']}")
        check_nodes(size)
        gpu = size.get("gpu")
        if gpu and not (isinstance(gpu["resource"], str) and gpu["count"] > 0):
            raise ValueError(f"accelerators of {size['slug']}")
    return content


def check_nodes(size: Json) -> None:
    nodes = size.get("nodes")
    if nodes is None:
        return
    labels, tolerations = nodes["selector"], nodes["tolerations"]
    if not all(isinstance(value, str) for value in labels.values()):
        raise ValueError(f"labels of the nodes of {size['slug']} are no text")
    if not all(isinstance(one, dict) for one in tolerations):
        raise ValueError(f"tolerations of {size['slug']}")


ACCESS = Watched("hub-access/access.json", read_access)
MACHINES = Watched("hub-access/machines.json", read_own_machines, optional=True)
ADOPTED = Watched("hub-access/adopted.json", read_adopted, optional=True)
RUN = Watched("hub-access/run.json", words.check_run, optional=True)
PROFILES = Watched("hub-profiles/profiles.json", check_profiles)
NOTICES = Watched("hub-notices/notices.json", words.check_notices)
PAGES = Watched("hub-profiles/pages.json", words.check_pages, optional=True)


DOORS: dict[str, Door] = {}


def door() -> Door:
    """One for each folder that is kept: the hub has one."""
    if ACCESS.kept not in DOORS:
        DOORS[ACCESS.kept] = Door(os.path.dirname(ACCESS.kept), ACCESS.kept)
    return DOORS[ACCESS.kept]


class Joined:
    """People and machines of two files as one, made anew when either was read again."""

    def __init__(self) -> None:
        self.people: Json | None = None
        self.own: Json | None = None
        self.listed: Json | None = None

    def read(self) -> Json | None:
        people, own = ACCESS.read(), MACHINES.read()
        if own is None:
            return people
        if self.listed is None or people is not self.people or own is not self.own:
            self.people, self.own = people, own
            nobody: Json = {"users": {}, "names": {}, "machines": {}, "out": {}}
            self.listed = with_machines(people or nobody, own)
        return self.listed


JOINED = Joined()


def access() -> Json:
    """Who may enter. Nobody, where no file could ever be read."""
    return door().read(JOINED.read)


def goes_on(name: str, listed: Json) -> bool:
    """Whether somebody of a hub that was taken over is still in it."""
    return stays(name, listed, ADOPTED.read(), time.time())


def old_home(name: str) -> str | None:
    """The claim of somebody's home, where a hub that was taken over had made it."""
    adopted = ADOPTED.read()
    return adopted["claims"].get(name) if adopted else None


def closed_kind(entry: Json | None) -> str | None:
    """`never`, `early` or `ended` for an entry that does not count now, or None when it does."""
    now = time.time()
    if entry is None:
        return "never"
    if entry["from"] is not None and now < entry["from"]:
        return "early"
    if entry["until"] is not None and now >= entry["until"]:
        return "ended"
    return None


def closed_because(entry: Json | None) -> str | None:
    """Why an entry of the access file does not count now, or None when it does."""
    kind = closed_kind(entry)
    if kind is None:
        return None
    if entry is None:
        return "Your GitHub account has no access to this hub. Ask its maintainers for access."
    if kind == "early":
        return f"Your access to this hub begins on {words.moment(entry['from'])}."
    ended = words.moment(entry["until"], last_day=True)
    return f"Your access to this hub ended on {ended}. Your files are kept; ask the maintainers to extend it."


def classes() -> leading.Classes:
    """Who leads whom now."""
    names = access()["names"]
    return leading.classes_of(
        {
            name: entry
            for name, entry in names.items()
            if not closed_because(entry) and not entry.get("refused")
        }
    )


def no_login_because(github_id: str, name: str) -> str | None:
    """Why this GitHub account may not log in now under this name, or None when it may."""
    listed = access()
    if github_id in listed["out"]:
        return str(listed["out"][github_id]["told"])
    entry = listed["users"].get(github_id)
    refusal = closed_because(entry) or (entry or {}).get("refused")
    if refusal is None and entry and entry["name"] != name:
        return "Your name on this hub has just changed. Log in once more."
    return refusal


def no_start_because(name: str) -> str | None:
    """Why a start that is under way is of somebody who may no longer enter, or None."""
    listed = access()
    # Without any file nothing is known: nobody is put out for that.
    if ACCESS.data is None or name in listed["machines"] or goes_on(name, listed):
        return None
    return closed_because(listed["names"].get(name))


async def watch_start(spawner: Any, pod: Any) -> None:
    """KubeSpawner gives the pod as it was asked for; what became of it is looked up."""
    await glaciocloud_start.watch(spawner, no_start_because)


class Refusal(web.HTTPError):
    """A reason for people: JupyterHub's page about a failed start shows `jupyterhub_message`, its
    other pages the reason. `kind`: one of those that pages have a title for.
    """

    def __init__(self, status: int, reason: str, kind: str = "other", account: str = "") -> None:
        line = one_line(reason)
        super().__init__(status, line)
        self.jupyterhub_message = line
        self.told = {"kind": kind, "account": one_line(account)}


class AccessFileAuthenticator(GitHubOAuthenticator):
    """GitHub says who somebody is, at login only; the file says everything else, at every
    request.
    """

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.gone = Gone(self.parent, self.log)
        self.sweep = PeriodicCallback(self.gone.end_all, SWEEP_SECONDS * 1000)
        self.sweep.start()

    def _entry(self, auth_state: Json | None) -> Json | None:
        info = (auth_state or {}).get(self.user_auth_state_key) or {}
        return access()["users"].get(str(info.get("id", "")))

    def user_info_to_username(self, user_info: Json) -> str:
        # A login can be renamed and taken by somebody else: the hub's name belongs to the id.
        entry = access()["users"].get(str(user_info["id"]))
        return entry["name"] if entry else super().user_info_to_username(user_info)

    async def check_allowed(self, username: str, auth_model: Json | None) -> bool:
        info = ((auth_model or {}).get("auth_state") or {}).get(self.user_auth_state_key) or {}
        github_id = str(info.get("id", ""))
        refusal = no_login_because(github_id, username)
        if refusal:
            self.log.warning("Login of %s refused: %s", quoted(username), refusal)
            listed = access()
            is_mistake = github_id in listed["out"]
            kind = None if is_mistake else closed_kind(listed["users"].get(github_id))
            raise Refusal(403, refusal, kind or "other", str(info.get("login", "")))
        return True

    async def authenticate(self, handler: Any, data: Any = None, **kwargs: Any) -> Any:
        """Who signs in is told when it is GitHub that fails."""
        try:
            return await super().authenticate(handler, data, **kwargs)
        except (HTTPClientError, OSError) as error:
            self.log.error("GitHub does not answer a login: %s", quoted(error))
            raise Refusal(503, GITHUB_AWAY, "github") from None

    async def update_auth_model(self, auth_model: Json) -> Json:
        entry = self._entry(auth_model["auth_state"])
        auth_model["admin"] = bool(entry and entry["admin"])
        return auth_model

    async def get_user_groups(self, auth_state: Json) -> set[str]:
        # Overridden because groups given by update_auth_model would be overwritten.
        entry = self._entry(auth_state)
        return set(entry["groups"]) if entry else set()

    async def refresh_user(self, user: Any, handler: Any = None, **kwargs: Any) -> bool | Json:
        """Called before every request is answered, so a removed person is out at once, whether
        GitHub answers or not.
        """
        listed = access()
        if user.name in listed["machines"]:
            admin, groups = False, sorted(set(listed["machines"][user.name]))
        elif goes_on(user.name, listed):
            admin, groups = False, []
        else:
            entry = listed["names"].get(user.name)
            if closed_because(entry):
                return False
            admin, groups = entry["admin"], entry["groups"]
        if admin == user.admin and groups == sorted(group.name for group in user.groups):
            return True  # nothing to write: cheap enough for a refresh every second
        return {"name": user.name, "admin": admin, "groups": groups}


class Gone:
    """Ends what is left of people whom the file no longer lets in: a cookie or token of theirs
    must not come alive again with their name.
    """

    def __init__(self, app: Any, log: Any) -> None:
        self.app, self.log = app, log
        self.ended: set[int] = set()
        self.stopping: dict[tuple[str, str], asyncio.Task[None]] = {}
        self.leads = leading.Leads(app, log)

    async def end_all(self) -> None:
        listed = access()
        counts = Counter(one["kind"] for one in listed["out"].values())
        for kind in ("wrong", "moved"):
            ENTRIES_OUT.labels(kind).set(counts[kind])
        NAMES_DAMAGED.set(door().names.error is not None)
        # Before the hub runs there is nothing to end, and without any file nothing is known.
        if getattr(self.app, "http_server", None) is None or ACCESS.data is None:
            return
        # Before tokens end: by them it is seen which servers leads have opened.
        for user_id in self.leads.follow(classes()):
            self.stop_servers(user_id)
        gone = {
            row.id: row.name
            for row in self.app.db.query(orm.User.id, orm.User.name)
            if row.name not in listed["machines"]
            and closed_because(listed["names"].get(row.name))
            and not goes_on(row.name, listed)
        }
        self.ended &= gone.keys()
        with_tokens = {row.user_id for row in self.app.db.query(orm.APIToken.user_id).distinct()}
        for user_id, name in gone.items():
            if user_id not in self.ended or user_id in with_tokens:
                self.end(user_id, name)
            self.stop_servers(user_id)

    def end(self, user_id: int, name: str) -> None:
        """Sessions and tokens: the next login begins anew."""
        person = self.app.db.get(orm.User, user_id)
        for owned in (orm.APIToken, orm.OAuthCode):
            for row in self.app.db.query(owned).filter(owned.user_id == user_id):
                self.app.db.delete(row)
        person.cookie_id = new_token()
        person.admin = False
        self.app.db.commit()
        self.ended.add(user_id)
        self.log.warning("%s may no longer enter: sessions and tokens have ended", quoted(name))

    def stop_servers(self, user_id: int) -> None:
        if user_id not in self.app.users:
            return
        user = self.app.users[user_id]
        for name, spawner in list(user.spawners.items()):
            # A start that is under way is never cut off (KubeSpawner 7.0.0): it is stopped later.
            if spawner.active and not spawner.pending and (user.name, name) not in self.stopping:
                task = asyncio.create_task(self.stop(user, name))
                self.stopping[(user.name, name)] = task

    async def stop(self, user: Any, name: str) -> None:
        """The way to the server first: it trusts its own cookies for minutes."""
        try:
            user.spawners[name]._stop_pending = True
            await self.app.proxy.delete_user(user, name)
            await user.stop(name)
            self.log.warning("The server of %s was stopped: no access any more", quoted(user.name))
        except Exception:
            self.log.exception("The server of %s is not stopped yet", quoted(user.name))
            if name in user.spawners:
                user.spawners[name]._stop_pending = False
        finally:
            del self.stopping[(user.name, name)]


def profile_list(spawner: Any) -> list[Json]:
    """What this user may choose from. Called for the form, and when a server starts, from the form
    or by the API alike.
    """
    menu = PROFILES.read()
    if menu is None:
        raise Refusal(503, "The list of images cannot be read. The maintainers have to repair it.")
    user = spawner.user
    machine = user.name in access()["machines"]
    paused = words.paused_because(NOTICES.read() or words.QUIET, is_admin=bool(user.admin))
    if paused and not machine:
        raise Refusal(503, f"No servers can be started now: {paused}", "paused")
    refuse_full(spawner)
    groups = groups_of(user)

    def may(item: Json) -> bool:
        return is_for(user, item)

    share = menu.get("cpuGuaranteeShare", 0.25)
    sizes = {
        size["slug"]: size_choice(size, share, spawner.node_selector)
        for size in menu["sizes"]
        if may(size)
    }
    profiles = [
        image_profile(image, choices)
        for image in menu["images"]
        if may(image) and (choices := sizes_with(image, sizes))
    ]
    if machine:
        for profile in profiles:
            profile["kubespawner_override"]["start_timeout"] = MACHINE_START_SECONDS
    if any(group.startswith(LED) for group in groups):
        for profile in profiles:
            profile["kubespawner_override"]["args"] = LED_ARGS
    if not profiles or not sizes:
        # With an empty list KubeSpawner would start the chart's own image without any limit of
        # ours.
        raise Refusal(403, "No image or size is open to you on this hub.")
    if spawner.pending == "spawn":
        refuse_forbidden(spawner.user_options or {}, profiles, sizes)
    return profiles


def groups_of(user: Any) -> set[str]:
    return {"all", *(group.name for group in user.groups)}


def is_for(user: Any, item: Json) -> bool:
    """Whether an image, a size or a mount is somebody's; administrators have all."""
    return bool(user.admin or groups_of(user).intersection(item["for"]))


def mounts_of(spawner: Any) -> list[Json]:
    menu = PROFILES.read() or {}
    return [one for one in menu.get("mounts", []) if is_for(spawner.user, one)]


def refuse_full(spawner: Any) -> None:
    """Before somebody chooses. At the start itself JupyterHub counts, that start included."""
    if spawner.pending == "spawn":
        return
    settings = getattr(spawner.user, "settings", {})
    if "users" not in settings:
        return
    active = settings["users"].count_active_users()["active"]
    full = words.room_because(active, settings.get("active_server_limit") or 0)
    if full:
        raise Refusal(429, full, "full")


def sizes_with(image: Json, sizes: Json) -> Json:
    """Of the sizes that are open to somebody those that an image goes with. KubeSpawner takes the
    first for the default where that is not among them.
    """
    own = image.get("sizes")
    return {slug: choice for slug, choice in sizes.items() if own is None or slug in own}


def image_profile(image: Json, sizes: Json) -> Json:
    return {
        "slug": image["slug"],
        # KubeSpawner's form prints these as they are.
        "display_name": html.escape(image["title"]),
        "description": html.escape(image.get("description") or ""),
        "about": html.escape(words.about_image(image)),
        "default": bool(image.get("default")),
        "kubespawner_override": {
            "image": image["image"],
            "environment": literal(image.get("env", {})),
            "extra_labels": literal(image.get("labels", {})),
        },
        "profile_options": {"size": {"display_name": "Size", "choices": sizes}},
    }


def size_choice(size: Json, share: float, labels: Iterable[str]) -> Json:
    """`labels`: those that nodes of servers have where a size says nothing of its nodes."""
    always = size.get("guarantee", {})
    limits = {
        "mem_limit": size["memory"],
        "mem_guarantee": always.get("memory", size["memory"]),
        "cpu_limit": size["cpu"],
        "cpu_guarantee": always.get("cpu", size["cpu"] * share),
        "environment": literal(size.get("env", {})),
        **on_nodes(size.get("nodes"), labels),
        **with_gpu(size.get("gpu")),
    }
    return {
        "display_name": html.escape(f"{size['title']} ({words.about_size(size)})"),
        "default": bool(size.get("default")),
        "kubespawner_override": limits,
    }


def on_nodes(nodes: Json | None, labels: Iterable[str]) -> Json:
    """KubeSpawner adds labels to those that are there, and takes one away by None."""
    if nodes is None:
        return {}
    return {
        "node_selector": {**dict.fromkeys(labels), **nodes["selector"]},
        "tolerations": nodes["tolerations"],
    }


def with_gpu(gpu: Json | None) -> Json:
    """Kubernetes gives an accelerator whole: what is asked for is what may be taken."""
    if gpu is None:
        return {}
    asked = {gpu["resource"]: str(gpu["count"])}
    return {"extra_resource_limits": asked, "extra_resource_guarantees": dict(asked)}


def literal(environment: dict[str, str]) -> dict[str, str]:
    """KubeSpawner expands `{username}` and fails on any other brace: what stands in the file is
    text.
    """
    return {
        name: value.replace("{", "{{").replace("}", "}}") for name, value in environment.items()
    }


def refuse_forbidden(wanted: Json, profiles: list[Json], sizes: Iterable[str]) -> None:
    images = [profile["slug"] for profile in profiles]
    image, size = wanted.get("profile"), wanted.get("size")
    for what, choice, known in (("image", image, images), ("size", size, sizes)):
        if choice and choice not in list(known):
            raise Refusal(
                403, f"The {what} {choice!r} is not open to you, or is gone. Choose another one."
            )
    usual = next((profile for profile in profiles if profile["default"]), profiles[0])
    chosen = profiles[images.index(image)] if image else usual
    goes_with = chosen["profile_options"]["size"]["choices"]
    if size and size not in goes_with:
        raise Refusal(
            403,
            f"The image {chosen['slug']!r} goes with the sizes {', '.join(goes_with)}, and not with"
            f" {size!r}. Choose one of these.",
        )
    if "size--unlisted-choice" in wanted:
        # Without a profile next to it, KubeSpawner accepts this and sets no limit at all.
        raise Refusal(403, "A size of your own is not possible. Choose one of the list.")


def options_from_form(form: dict[str, list[str]], spawner: Any = None) -> Json:
    """The fields of KubeSpawner's form, and of launch links: `/hub/spawn?profile=IMAGE&size=SIZE`,
    both optional.
    """
    given = {name: values[0] for name, values in form.items() if values}
    profile = given.get("profile")
    size = given.get(f"profile-option-{profile}--size") or given.get("size")
    return {name: value for name, value in (("profile", profile), ("size", size)) if value}


def notices(user: Any) -> list[Json]:
    """What the pages tell somebody now: `[{severity, text, link?}]`, the worst first."""
    now = time.time()
    told = words.announced(NOTICES.read() or words.QUIET, now)
    if user:
        entry = access()["names"].get(user.name)
        told += words.ends_soon(entry, pages(user)["renew"], now)
        told += glaciocloud_ended.told(user)
        told += glaciocloud_sessions.stops_soon(user)
        told += words.not_compared(RUN.read(), now) if user.admin else []
    return words.by_severity(told)


def pages(user: Any) -> Json:
    """Title and links of the hub."""
    return PAGES.read() or words.PLAIN


def lasts(user: Any) -> str:
    """Until when the access of whoever looks at the page lasts."""
    return words.lasts(access()["names"].get(user.name)) if user else ""


def leads(user: Any) -> str:
    """Who may open the server of whoever looks at the page."""
    pairs = leading.pairs_of(classes()) if user else set()
    return words.leads(sorted(lead for lead, one in pairs if one == user.name))


def led(user: Any) -> list[Json]:
    """Running servers that whoever looks at the page may open: `[{name, url}]`."""
    pairs = leading.pairs_of(classes()) if user else set()
    names = {one for lead, one in pairs if lead == user.name}
    users = user.settings["users"] if names else {}
    return sorted(
        (
            {"name": one.name, "url": one.url}
            for one in users.values()
            if one.name in names and one.active
        ),
        key=lambda one: str(one["name"]),
    )


class StateHandler(APIHandler):
    """What the hub has read: deployment compares the digests with what it wrote."""

    @needs_scope("read:hub")
    def get(self) -> None:
        listed = access()
        people = listed["users"].values()
        menu = PROFILES.read() or {"images": [], "sizes": []}
        notices = NOTICES.read() or words.QUIET
        entered = sum(closed_because(person) is None for person in people)
        self.finish(
            {
                "v": 1,
                "now": datetime.now(timezone.utc).isoformat(timespec="seconds"),
                "access": {
                    **ACCESS.info,
                    "people": len(people),
                    "open": entered,
                    "out": [
                        {part: one[part] for part in ("entry", "kind", "error")}
                        for one in listed["out"].values()
                    ],
                    "names": door().names.error,
                },
                "profiles": {
                    **PROFILES.info,
                    "images": len(menu["images"]),
                    "sizes": len(menu["sizes"]),
                },
                "notices": {**NOTICES.info, "spawning": notices["spawning"]["open"]},
                "rows": self.rows(),
            }
        )

    def rows(self) -> Json:
        """Rows of the database: all, and those that throw-away users leave behind when something
        goes wrong.
        """
        ids = [
            row.id
            for row in self.db.query(orm.User.id).filter(
                orm.User.name.in_(self.get_arguments("of") or access()["machines"])
            )
        ]
        theirs = self.db.query(orm.Spawner).filter(orm.Spawner.user_id.in_(ids))
        loose = self.db.query(orm.Server).filter(
            ~orm.Server.spawner.has(), ~orm.Server.service.has()
        )
        tables = {
            "users": orm.User,
            "spawners": orm.Spawner,
            "servers": orm.Server,
            "api_tokens": orm.APIToken,
        }
        return {
            "all": {name: self.db.query(table).count() for name, table in tables.items()},
            "machines": {
                "users": len(ids),
                "spawners": theirs.count(),
                "servers": theirs.filter(orm.Spawner.server_id.isnot(None)).count() + loose.count(),
                "api_tokens": self.db.query(orm.APIToken)
                .filter(orm.APIToken.user_id.in_(ids))
                .count(),
            },
        }


def machines() -> Json:
    """Throw-away users, and the hubs' groups that each of them has."""
    return access()["machines"]


def configure(c: Any) -> None:
    """Called from hub.extraConfig with the hub's configuration."""
    c.JupyterHub.authenticator_class = AccessFileAuthenticator
    # In the most specific section, because these are what keeps the door shut: sections of parent
    # classes cannot win.
    c.AccessFileAuthenticator.update(
        {
            "allow_all": False,
            "allow_existing_users": False,
            # JupyterHub warns where it sees no list of people: ours is the file
            "any_allow_config": True,
            "auth_refresh_age": 1,
            "enable_auth_state": False,
            "manage_groups": True,
            "refresh_pre_spawn": True,
        }
    )
    c.KubeSpawner.profile_list = profile_list
    c.KubeSpawner.options_from_form = options_from_form
    c.KubeSpawner.after_pod_created_hook = watch_start
    c.KubeSpawner.poll_interval = glaciocloud_ended.POLL_SECONDS
    spawner = c.JupyterHub.get("spawner_class", "kubespawner.KubeSpawner")
    finds = glaciocloud_homes.spawner_that_finds(spawner, old_home)
    c.JupyterHub.spawner_class = glaciocloud_ended.spawner_that_tells(finds)
    own = c.KubeSpawner.get("modify_pod_hook") or c.Spawner.get("modify_pod_hook")
    c.KubeSpawner.modify_pod_hook = glaciocloud_mounts.hook(own, mounts_of)
    c.JupyterHub.template_vars = {
        **c.JupyterHub.get("template_vars", {}),
        "notices": notices,
        "pages": pages,
        "lasts": lasts,
        "leads": leads,
        "led": led,
        "computes": glaciocloud_sessions.computes,
        # a template variable that is a function is called with the user
        "refused": lambda user: words.refused,
    }
    c.JupyterHub.template_paths = [*c.JupyterHub.get("template_paths", []), PAGES_FOLDER]
    c.KubeSpawner.additional_profile_form_template_paths = [PAGES_FOLDER]
    glaciocloud_hosts.send_on(lambda: PAGES.read() or words.PLAIN)
    c.JupyterHub.extra_handlers = [
        *c.JupyterHub.get("extra_handlers", []),
        (r"/glaciocloud/state", StateHandler),
        (
            r"/glaciocloud/pods",
            glaciocloud_pods.PodsHandler,
            {"machines": machines},
        ),
        (
            r"/glaciocloud/machines/([^/]+)",
            glaciocloud_machines.MachineHandler,
            {"machines": machines},
        ),
        (r"/glaciocloud/sessions", glaciocloud_sessions.CountsHandler),
        (r"/glaciocloud/sessions/([^/]+)", glaciocloud_sessions.ServerHandler),
    ]

"""The door and the menu of a hub, from mounted files alone.

GitHub says who somebody is, at login only. Everything else stands in files that the platform writes and the hub reads
again when they change, so that neither a new person nor a new image restarts anything:

/etc/hub-access/access.json      who may enter, by numeric GitHub id, from when until when, in which groups
/etc/hub-profiles/profiles.json  images and sizes, and which groups may choose them
/etc/hub-notices/notices.json    the announcement and the spawn switch

The last good content of each survives a broken file and a restart of the hub. Called by hub.extraConfig.
"""

import hashlib
import json
import os
import time
from datetime import datetime, timezone

from jupyterhub.apihandlers.base import APIHandler
from jupyterhub.scopes import needs_scope
from oauthenticator.github import GitHubOAuthenticator
from tornado import web
from traitlets.log import get_logger

KEEP = os.environ.get("GLACIOCLOUD_KEEP", "/srv/jupyterhub")


class Watched:
    """A mounted JSON file: read again when it changes; the last good content stays when it breaks."""

    def __init__(self, path, check):
        self.path, self.check = path, check
        self.keep = os.path.join(KEEP, os.path.basename(path).replace(".json", ".last-good.json"))
        self.seen, self.data = None, None
        self.info = {"digest": None, "at": None, "from": None, "error": None}

    def _take(self, path, source):
        with open(path, "rb") as file:
            raw = file.read()
        self.data = self.check(json.loads(raw))
        self.info = {
            "digest": hashlib.sha256(raw).hexdigest(),
            "at": datetime.now(timezone.utc).isoformat(),
            "from": source,
            "error": None,
        }
        return raw

    def _store(self, raw):
        fresh = self.keep + ".new"
        with open(fresh, "wb") as file:
            file.write(raw)
        os.replace(fresh, self.keep)

    def read(self):
        """The checked content, or None where there never was a good one."""
        try:
            stat = os.stat(self.path)
            seen = (stat.st_ino, stat.st_mtime_ns, stat.st_size)
        except OSError as error:
            seen = repr(error)
        if seen == self.seen:
            return self.data
        self.seen = seen
        try:
            self._store(self._take(self.path, "mount"))
        except Exception as error:
            get_logger().error("%s: %r; the last good content stays", self.path, error)
            if self.data is None:
                try:
                    self._take(self.keep, "kept")
                except Exception as nothing:
                    get_logger().error("%s: %r", self.keep, nothing)
            self.info["error"] = repr(error)
        return self.data


def check_access(content):
    users, names = {}, {}
    for github_id, given in content["users"].items():
        entry = dict(given)
        name = entry["name"]
        if not isinstance(name, str) or name != name.lower() or name in names:
            raise ValueError(f"the name of {github_id} is not lower case, or taken")
        for key in ("from", "until"):
            if entry.get(key):
                entry[key] = datetime.fromisoformat(entry[key].replace("Z", "+00:00")).timestamp()
        users[str(github_id)] = names[name] = entry
    machines = {name: list(groups) for name, groups in content.get("machines", {}).items()}
    return {"users": users, "names": names, "machines": machines}


def check_profiles(content):
    for item in content["images"] + content["sizes"]:
        item["slug"], item["title"], item["for"]
    for image in content["images"]:
        image["image"]
    for size in content["sizes"]:
        size["memory"], size["cpu"]
    return content


def check_notices(content):
    content["spawning"]["open"]
    return content


ACCESS = Watched("/etc/hub-access/access.json", check_access)
PROFILES = Watched("/etc/hub-profiles/profiles.json", check_profiles)
NOTICES = Watched("/etc/hub-notices/notices.json", check_notices)
NOBODY = {"users": {}, "names": {}, "machines": {}}


def is_open(entry):
    """Whether an entry of the access file counts now."""
    now = time.time()
    return entry is not None and entry.get("from", now) <= now < entry.get("until", now + 1)


class AccessFileAuthenticator(GitHubOAuthenticator):
    """GitHub says who somebody is, at login only; the file says everything else, at every request."""

    def _by_id(self, auth_model):
        info = (auth_model.get("auth_state") or {}).get(self.user_auth_state_key) or {}
        entry = (ACCESS.read() or NOBODY)["users"].get(str(info.get("id", "")))
        return entry if is_open(entry) else None

    def user_info_to_username(self, user_info):
        # A login can be renamed and taken by somebody else: the hub's name belongs to the id.
        entry = (ACCESS.read() or NOBODY)["users"].get(str(user_info["id"]))
        return entry["name"] if entry else super().user_info_to_username(user_info)

    async def check_allowed(self, username, auth_model):
        return bool(auth_model) and self._by_id(auth_model) is not None

    async def update_auth_model(self, auth_model):
        auth_model["admin"] = bool((self._by_id(auth_model) or {}).get("admin"))
        return auth_model

    async def get_user_groups(self, auth_state):
        # Groups given by update_auth_model would be overwritten.
        return set((self._by_id({"auth_state": auth_state}) or {}).get("groups", []))

    async def refresh_user(self, user, handler=None, **kwargs):
        data = ACCESS.read() or NOBODY
        if user.name in data["machines"]:
            entry = {"groups": data["machines"][user.name]}
        else:
            entry = data["names"].get(user.name)
            if not is_open(entry):
                return False
        admin, groups = bool(entry.get("admin")), sorted(entry.get("groups", []))
        if admin == user.admin and groups == sorted(group.name for group in user.groups):
            return True  # nothing to write: cheap enough for a refresh at every request
        return {"name": user.name, "admin": admin, "groups": groups}


def profile_list(spawner):
    """What this user may choose from. Called for the form and for every start by the API alike."""
    menu = PROFILES.read()
    if menu is None:
        raise web.HTTPError(503, "The list of images cannot be read; the maintainers can see this too.")
    machine = spawner.user.name in (ACCESS.read() or NOBODY)["machines"]
    switch = (NOTICES.read() or {"spawning": {"open": True}})["spawning"]
    if not switch["open"] and not (spawner.user.admin or machine):
        raise web.HTTPError(503, f"No servers can be started now: {switch.get('reason', 'the hub is being worked on')}")
    groups = {group.name for group in spawner.user.groups} | {"all"}

    def may(item):
        return spawner.user.admin or groups & set(item["for"])

    share = menu.get("cpuGuaranteeShare", 0.25)
    sizes = {
        size["slug"]: {
            "display_name": size["title"],
            "default": bool(size.get("default")),
            "kubespawner_override": {
                "mem_limit": size["memory"],
                "mem_guarantee": size["memory"],
                "cpu_limit": size["cpu"],
                "cpu_guarantee": size["cpu"] * share,
                "environment": size.get("env", {}),
            },
        }
        for size in menu["sizes"]
        if may(size)
    }
    profiles = [
        {
            "slug": image["slug"],
            "display_name": image["title"],
            "description": image.get("description", ""),
            "default": bool(image.get("default")),
            "kubespawner_override": {"image": image["image"], "environment": image.get("env", {})},
            "profile_options": {"size": {"display_name": "Size", "choices": sizes}},
        }
        for image in menu["images"]
        if may(image)
    ]
    if not profiles or not sizes:
        # An empty list would start the chart's default image without any limit of ours.
        raise web.HTTPError(403, "No image or size is open to you on this hub.")
    wanted = (spawner.user_options or {}) if spawner.pending == "spawn" else {}
    refuse_unknown("image", wanted.get("profile"), {profile["slug"] for profile in profiles})
    refuse_unknown("size", wanted.get("size"), sizes)
    return profiles


def refuse_unknown(what, wanted, known):
    if wanted and wanted not in known:
        raise web.HTTPError(403, f"The {what} {wanted!r} is not open to you, or is gone. Choose another one.")


class StateHandler(APIHandler):
    """What the hub has read: deployment compares the digests with what it wrote."""

    @needs_scope("read:hub")
    def get(self):
        access = ACCESS.read() or NOBODY
        PROFILES.read(), NOTICES.read()
        people = access["users"].values()
        self.write(
            json.dumps(
                {
                    "access": {**ACCESS.info, "people": len(people), "open": sum(map(is_open, people))},
                    "profiles": PROFILES.info,
                    "notices": NOTICES.info,
                    "now": time.time(),
                }
            )
        )


def announcement():
    return (NOTICES.read() or {}).get("announcement") or ""


class Announcement:
    """Rendered anew on every page, so that a changed notice needs no restart."""

    def __str__(self):
        return announcement()

    def __bool__(self):
        return bool(announcement())


def configure(c):
    """Called from hub.extraConfig with the hub's configuration."""
    c.JupyterHub.authenticator_class = AccessFileAuthenticator
    c.Authenticator.any_allow_config = True
    c.Authenticator.manage_groups = True
    c.Authenticator.refresh_pre_spawn = True
    c.KubeSpawner.profile_list = profile_list
    c.JupyterHub.template_vars = {**dict(c.JupyterHub.get("template_vars", {})), "announcement": Announcement()}
    c.JupyterHub.extra_handlers = [(r"/glaciocloud/state", StateHandler)]

"""Leads of a class, who may open servers of people that are in the hub by that class alone.

access.json says so by two groups: `leads:CLASS` of those who lead it, `led:CLASS` of those whose
servers they may open. While somebody of both may enter there is a role `lead-CLASS`, which the
group `leads:CLASS` has; it is made and taken away while the hub runs. The class is over when nobody
is led any more, and people who are led end with their class: so the hub's own clock ends it.
"""

import re
from typing import Any

from glaciocloud_access import LEADS, LED, Json, quoted
from jupyterhub import orm, roles

CLASS = re.compile(r"(?=.{1,32}$)[a-z](-?[a-z0-9])*", re.ASCII)
# By this a role is known for ours.
ABOUT = "Opens servers of a class (glaciocloud)"
SCOPES = ("list:users", "read:servers", "access:servers")

# Class → who leads it, and whom they lead.
Classes = dict[str, tuple[frozenset[str], frozenset[str]]]


def classes_of(entries: dict[str, Json]) -> Classes:
    """Of entries that count now, by name."""
    found: dict[str, dict[str, set[str]]] = {LEADS: {}, LED: {}}
    for name, entry in entries.items():
        for group in entry["groups"]:
            prefix, colon, slug = group.partition(":")
            if prefix + colon in found:
                found[prefix + colon].setdefault(slug, set()).add(name)
    leads, led = found[LEADS], found[LED]
    return {
        slug: (frozenset(leads[slug]), frozenset(led[slug]))
        for slug in leads
        if slug in led and CLASS.fullmatch(slug)
    }


def pairs_of(classes: Classes) -> set[tuple[str, str]]:
    """Who may open whose server."""
    return {(lead, one) for leading, led in classes.values() for lead in leading for one in led}


class Leads:
    """Makes the hub's database follow the file, and ends what leads may no longer do."""

    def __init__(self, app: Any, log: Any) -> None:
        self.app, self.log = app, log
        self.classes: Classes | None = None
        self.told: set[int] = set()

    def follow(self, classes: Classes) -> list[int]:
        """Gives the ids of people whose server somebody has opened who may not any more."""
        try:
            before = self.in_database() if self.classes is None else self.classes
            changed = classes != self.classes
            if changed:
                self.write(classes)
            self.tell(pairs_of(classes))
            lost = pairs_of(before) - pairs_of(classes) if changed else set()
            opened = self.take_back(lost)
            self.classes = classes
            return opened
        except Exception:
            # Tried again in a second: whoever may not enter is put out all the same.
            self.log.exception("Leads of classes are not as the file says")
            self.app.db.rollback()
            return []

    def in_database(self) -> Classes:
        """What an earlier process of the hub has left."""
        groups = {group.name: group for group in self.app.db.query(orm.Group)}
        names = {
            name: frozenset(user.name for user in group.users) for name, group in groups.items()
        }
        return {
            slug: (names[LEADS + slug], names.get(LED + slug, frozenset()))
            for slug in (name.removeprefix(LEADS) for name in names if name.startswith(LEADS))
        }

    def write(self, classes: Classes) -> None:
        db = self.app.db
        for slug, (leading, led) in sorted(classes.items()):
            self.put(LED + slug, led)
            group = self.put(LEADS + slug, leading)
            scopes = [f"{scope}!group={LED}{slug}" for scope in SCOPES]
            role = {"name": f"lead-{slug}", "description": ABOUT, "scopes": scopes}
            roles.create_role(db, role, commit=False)
            roles.grant_role(db, group, rolename=role["name"], commit=False)
            self.log.warning(
                "%s may open the servers of %s people of the class %s",
                ", ".join(quoted(name) for name in sorted(leading)),
                len(led),
                slug,
            )
        for role in db.query(orm.Role).filter(orm.Role.description == ABOUT):
            slug = role.name.removeprefix("lead-")
            if slug not in classes:
                db.delete(role)
                self.log.warning("Nobody leads the class %s any more", slug)
        for group in db.query(orm.Group):
            prefix, _, slug = group.name.partition(":")
            if f"{prefix}:" in (LED, LEADS) and slug not in classes:
                db.delete(group)
        db.commit()

    def put(self, name: str, members: frozenset[str]) -> Any:
        """The group with those whom the hub knows; others come into it when they sign in."""
        db = self.app.db
        group = orm.Group.find(db, name)
        if group is None:
            group = orm.Group(name=name)
            db.add(group)
        group.users = [user for user in db.query(orm.User) if user.name in members]
        db.flush()
        return group

    def tell(self, pairs: set[tuple[str, str]]) -> None:
        """Each opening once in the log."""
        for token_id, lead, one in self.openings(pairs):
            if token_id not in self.told:
                self.told.add(token_id)
                self.log.warning("%s has opened the server of %s", quoted(lead), quoted(one))

    def take_back(self, lost: set[tuple[str, str]]) -> list[int]:
        """Their servers trust what they have seen for minutes, and open connections stay open: whoever's
        server was opened has it stopped.
        """
        db = self.app.db
        opened = set()
        for token_id, lead, one in self.openings(lost):
            db.delete(db.get(orm.APIToken, token_id))
            if one not in opened:
                self.log.warning(
                    "%s may no longer open the server of %s, and had: it is stopped",
                    quoted(lead),
                    quoted(one),
                )
            opened.add(one)
        db.commit()
        return [orm.User.find(db, one).id for one in sorted(opened)]

    def openings(self, pairs: set[tuple[str, str]]) -> list[tuple[int, str, str]]:
        """Tokens by which servers were opened, each with who did it and whose server it is."""
        if not pairs:
            return []
        owners = {
            spawner.oauth_client_id: user.name
            for user in self.app.users.values()
            for spawner in user.spawners.values()
        }
        leads = {lead for lead, _ in pairs}
        rows = (
            self.app.db.query(orm.APIToken.id, orm.APIToken.client_id, orm.User.name)
            .join(orm.User, orm.APIToken.user_id == orm.User.id)
            .filter(orm.User.name.in_(leads), orm.APIToken.client_id.in_(owners))
        )
        found = [(row.id, row.name, owners[row.client_id]) for row in rows]
        return sorted(one for one in found if one[1:] in pairs)

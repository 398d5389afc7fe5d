"""Homes of a hub that was taken over, by the names that their claims have.

KubeSpawner before version 7 named claims in another way. Version 7 finds them only while its database
still knows that somebody had a server then, and makes a new, empty home for whoever was gone from it
and comes back. So the deployment that takes a hub over writes down whose each claim is, and a server
starts with that one, whatever is known of it.
"""

from collections.abc import Callable
from typing import Any

from traitlets.utils.importstring import import_item


def spawner_that_finds(base: Any, old_home: Callable[[str], str | None]) -> Any:
    """The class of spawners of a configuration, or its name; `old_home` gives a name's claim."""
    found = import_item(base) if isinstance(base, str) else base

    class FindsHome(found):  # type: ignore[misc]
        def start(self) -> Any:
            claim = old_home(self.user.name) if self.name == "" else None
            if claim:
                self.pvc_name = claim
                self._pvc_exists = True  # that name is kept, and no other is looked for
            return super().start()

    return type(found.__name__, (FindsHome,), {"__module__": found.__module__})

"""Throw-away users, made for the services that prove a hub healthy.

JupyterHub's own scope for making a user, admin:users, is also for giving one another name: a
throw-away user that is called like a person opens that person's home. So here, and nowhere else,
a service makes those that the platform knows, under the names that they have.
"""

from typing import Any

from jupyterhub.apihandlers.base import APIHandler
from jupyterhub.scopes import needs_scope
from jupyterhub.utils import maybe_future
from tornado import web


class MachineHandler(APIHandler):
    """Makes one throw-away user."""

    def initialize(self, machines: Any) -> None:
        """`machines`: names the throw-away users of now."""
        self.machines = machines

    @needs_scope("servers")
    async def post(self, user_name: str) -> None:
        """For whoever may start its server."""
        if user_name not in self.machines():
            raise web.HTTPError(404, f"{user_name} is no throw-away user")
        if self.find_user(user_name) is not None:
            raise web.HTTPError(409, f"{user_name} is there already")
        user = self.user_from_username(user_name)
        await maybe_future(self.authenticator.add_user(user))
        self.set_status(201)
        self.finish({"name": user_name})

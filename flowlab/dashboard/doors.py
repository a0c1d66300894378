"""The routes over HTTP: the page, its files, the list of sessions, and the removal of a journal.

The one rule: nobody gets past a door without the server's login, whatever he asks for.
"""

import asyncio
from pathlib import Path
from typing import Any

import msgspec
from jupyter_server.auth.decorator import authorized
from jupyter_server.base.handlers import JupyterHandler
from tornado import web

from flowlab.dashboard.files import is_built, load
from flowlab.dashboard.shelf import Shelf, UnknownJournal
from flowlab.errors import StoreError

NOT_BUILT = (
    "The front end of flowlab is not built. In its checkout: cd js && npm ci && npm run build"
)
LOOK_SECONDS = 0.5  # s that one request for the list may read

PAGE = Path(__file__).with_name("page.html")

_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'self'"
)


class Door(JupyterHandler):
    """What all routes have in common: login, authorization, and a strict policy for browsers."""

    auth_resource = "flowlab"

    @property
    def content_security_policy(self) -> str:
        return _POLICY

    async def prepare(self, **how: Any) -> None:
        """Let in who is logged in, for every verb: the server itself asks only where told to."""
        await super().prepare(**how)
        if not self._finished:
            web.authenticated(_let_in)(self)


class Page(Door):
    """The one page; what it shows stands behind the `#` of its address."""

    @web.authenticated
    @authorized
    async def get(self) -> None:
        """The page, and the cookie with which it may ask for a removal."""
        if not is_built():
            self.set_status(503)
            self.set_header("Content-Type", "text/plain; charset=UTF-8")
            self.finish(NOT_BUILT)
            return
        assert self.xsrf_token  # to read it sets the cookie
        self.set_header("Content-Type", "text/html; charset=UTF-8")
        self.set_header("Cache-Control", "no-cache")
        self.finish(PAGE.read_bytes())


class Slash(Door):
    """The page's address with a slash at its end, from which its files would not be found."""

    @web.authenticated
    @authorized
    async def get(self) -> None:
        self.redirect(f"{self.base_url}flowlab", permanent=False)


class Static(Door):
    """The built front end."""

    @web.authenticated
    @authorized
    async def get(self, name: str) -> None:
        """A file, packed for whoever can unpack it."""
        try:
            file = await asyncio.to_thread(load, name)
        except FileNotFoundError:
            raise web.HTTPError(404) from None
        self.set_header("Content-Type", file.content_type)
        # Another version may be installed while the page is open: it is asked for each time.
        self.set_header("Cache-Control", "no-cache")
        self.set_header("Vary", "Accept-Encoding")
        self.set_header("Etag", file.etag)
        if self.check_etag_header():
            self.set_status(304)
            self.finish()
            return
        is_packed = "gzip" in self.request.headers.get("Accept-Encoding", "")
        if is_packed:
            self.set_header("Content-Encoding", "gzip")
        self.finish(file.packed if is_packed else file.plain)

    head = get  # tornado leaves the body out


class Api(Door):
    """A door for programs: it answers in JSON, and refuses rather than send to the login page."""

    def initialize(self, shelf: Shelf) -> None:
        """Called by tornado for each request, with what the route holds."""
        self.shelf = shelf

    def get_login_url(self) -> str:
        raise web.HTTPError(403)

    def answer(self, answer: object, status: int = 200) -> None:
        """End the request with this."""
        self.set_status(status)
        self.set_header("Content-Type", "application/json")
        self.set_header("Cache-Control", "no-store")
        self.finish(msgspec.json.encode(answer))

    def write_error(self, status_code: int, **how: Any) -> None:
        """An error without a page around it."""
        error = how.get("exc_info", (None, None, None))[1]
        message = getattr(error, "log_message", None) or self._reason
        self.answer({"message": message}, status_code)


class Sessions(Api):
    """The list."""

    @web.authenticated
    @authorized
    async def get(self) -> None:
        self.answer(await asyncio.to_thread(self.shelf.listing, LOOK_SECONDS))


class Journal(Api):
    """One journal; all that can be done to it is its removal."""

    @web.authenticated
    @authorized
    async def get(self, journal: str) -> None:
        """Its row of the list."""
        listing = await asyncio.to_thread(self.shelf.listing, LOOK_SECONDS)
        row = next((row for row in listing.journals if row.journal == journal), None)
        if row is None:
            self.answer({"message": f"there is no journal {journal!r}"}, 404)
        else:
            self.answer(row)

    @web.authenticated
    @authorized
    async def delete(self, journal: str) -> None:
        """Remove it, when its client is over."""
        try:
            await asyncio.to_thread(self.shelf.remove, journal)
        except UnknownJournal as error:
            self.answer({"message": str(error)}, 404)
        except StoreError as error:
            self.answer({"message": str(error)}, 409)
        else:
            self.set_status(204)
            self.finish()


def _let_in(_door: web.RequestHandler) -> None:
    """What a door does once its visitor is known: go on."""

"""The websockets: the list of sessions, and the frames of one session.

A browser sends nothing but its wishes. The one rule: the next message is made when the one before
has left, so a slow browser costs no memory.
"""

import asyncio

import msgspec
from jupyter_server.auth.decorator import authorized, ws_authenticated
from jupyter_server.base.websocket import WebSocketMixin
from tornado import web
from tornado.websocket import WebSocketClosedError, WebSocketHandler

from flowlab.dashboard.doors import Api
from flowlab.dashboard.follower import Followers
from flowlab.dashboard.shelf import Shelf, UnknownJournal
from flowlab.dashboard.viewer import Request, Viewer
from flowlab.dashboard.watch import Watch
from flowlab.errors import StoreError
from flowlab.model.ids import SessionId

WISH = 1024  # bytes of a message from a browser, at most
PING_SECONDS = 30.0  # s from one ping to the next; a browser that is silent for longer is gone
NOT_UNDERSTOOD = 1003  # a websocket's close code

_requests = msgspec.json.Decoder(Request)


class Socket(WebSocketMixin, WebSocketHandler, Api):
    """What both have in common; the server's login and its check of the origin come first."""

    viewer: Viewer | None = None
    _sending: asyncio.Task[None] | None = None

    @property
    def max_message_size(self) -> int:
        return WISH

    @property
    def ping_interval(self) -> float:
        return PING_SECONDS  # tornado's own pings; the mixin counts in ms, and tornado in s

    @property
    def ping_timeout(self) -> float:
        return PING_SECONDS

    @ws_authenticated
    @authorized
    async def get(self, *names: str) -> None:
        """Let a websocket in, if what it names is there."""
        await self.check(*names)
        await WebSocketHandler.get(self, *names)

    async def check(self, *names: str) -> None:
        """Raise HTTPError when there is nothing to look at."""

    def begin(self, *names: str) -> Viewer:
        """Begin to look."""
        raise NotImplementedError

    def asked(self) -> None:
        """The browser wished for something."""
        raise NotImplementedError

    def end(self, viewer: Viewer) -> None:
        """Look no longer."""
        raise NotImplementedError

    def open(self, *names: str) -> None:
        # Not the mixin's `open`, which would ping a second time.
        self.viewer = self.begin(*names)
        self._sending = asyncio.get_running_loop().create_task(self._send(self.viewer))

    def on_message(self, message: str | bytes) -> None:
        """A wish."""
        try:
            request = _requests.decode(message)
        except (ValueError, RecursionError):
            self.close(NOT_UNDERSTOOD, "not a request that is known here")
            return
        if self.viewer is not None:
            self.viewer.ask(request.type)
            self.asked()

    def on_close(self) -> None:
        if self._sending is not None:
            self._sending.cancel()
        if self.viewer is not None:
            self.end(self.viewer)
            self.viewer = None

    async def _send(self, viewer: Viewer) -> None:
        """Send one message after another, each when the one before has left."""
        try:
            while True:
                await self.write_message(await viewer.take())
        except WebSocketClosedError:
            return  # on_close tidies up


class ListSocket(Socket):
    """The list of sessions, whenever it changes."""

    def initialize(self, shelf: Shelf, watch: Watch | None = None) -> None:
        super().initialize(shelf)
        assert watch is not None
        self.watch = watch

    def begin(self, *_names: str) -> Viewer:
        return self.watch.join()

    def asked(self) -> None:
        self.watch.wake()

    def end(self, viewer: Viewer) -> None:
        self.watch.leave(viewer)


class SessionSocket(Socket):
    """The frames of one session."""

    def initialize(self, shelf: Shelf, followers: Followers | None = None) -> None:
        super().initialize(shelf)
        assert followers is not None
        self.followers = followers

    async def check(self, *names: str) -> None:
        try:
            self._path = await asyncio.to_thread(self.shelf.path_of, names[0])
        except UnknownJournal:
            raise web.HTTPError(404, "there is no such journal") from None
        except StoreError as error:
            raise web.HTTPError(409, str(error)) from None

    def begin(self, *names: str) -> Viewer:
        self._follower, viewer = self.followers.join(self._path, SessionId(int(names[1])))
        return viewer

    def asked(self) -> None:
        self._follower.wake()

    def end(self, viewer: Viewer) -> None:
        self.followers.leave(self._follower, viewer)

"""The seam to the browser: one anywidget a session, whose views show the graph alive.

The browser is sent frames, as JSON in a buffer, and nothing before it asked: `shown` and `hello`
want a snapshot, `hidden` wants silence, `stop` stops the tasks, `here` answers a frame that asked
whether anybody is there. Its messages come on whatever thread the kernel chose, and are only kept;
`turn`, called by the one thread that sends, does the rest.
"""

import threading
import time
from collections import deque
from collections.abc import Callable
from pathlib import Path
from typing import Any

from anywidget import AnyWidget
from IPython.core.interactiveshell import InteractiveShell
from traitlets import Bytes

import flowlab
from flowlab.errors import FlowlabError
from flowlab.notebook.watch import Watch
from flowlab.view.feed import encode_frame

BUNDLE = Path(flowlab.__file__).parent / "static" / "widget.js"
BUILD = "npm --prefix js ci && npm --prefix js run build"  # in a checkout; wheels hold the bundle

FIRST_BEAT = 1.0  # s of silence after which the browser is told which frame was the last
LAST_BEAT = 64.0  # each is twice as late as the one before, up to this
ASSUMED = ""  # a viewer that cannot speak yet
FIRST_REPEAT = 0.5  # s until it is sent all again, for its page may still be loading; then doubled
ASK_AFTER = 30.0  # s of frames without a word from the browser until it is asked for one
ANSWER_WITHIN = 15.0  # s; then the page is taken for closed, until it says otherwise


def is_built() -> bool:
    """Whether the bundle was there when this was loaded."""
    return bool(GraphWidget._esm)  # noqa: SLF001 - anywidget's name


def hears_at_once(shell: InteractiveShell) -> bool:
    """Whether the kernel takes the browser's messages while a cell runs (ipykernel 7 and newer)."""
    kernel = getattr(shell, "kernel", None)
    info: dict[str, Any] = kernel.kernel_info if kernel is not None else {}
    return "kernel subshells" in info.get("supported_features", ())


class GraphWidget(AnyWidget):
    """The graph of what is watched.

    wake     called when a message came from the browser
    at_once  whether messages come while a cell runs; if not, somebody is taken to look from the
             beginning until the first message comes
    """

    # A path, so that anywidget's hot reload follows the file
    _esm: Any = BUNDLE if BUNDLE.is_file() else ""
    # Made when it is asked for: at a reload of the page, and once when the graph is done, so that
    # the state saved in a notebook holds the whole graph
    _snap = Bytes(b"").tag(sync=True, to_json=lambda _, self: self.make_snapshot())

    def __init__(
        self,
        watch: Watch,
        wake: Callable[[], None],
        *,
        at_once: bool = True,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._watch = watch
        self._wake = wake
        self._at_once = at_once
        self._clock = clock
        self._feed = watch.open_feed()
        self._feed.hide()
        self._sending = threading.Lock()  # a turn, or the end
        self._wishes: deque[Callable[[], object]] = deque()
        self._viewers: set[str] = set() if at_once else {ASSUMED}
        self._repeat = (clock(), FIRST_REPEAT)  # when to send all to the assumed one, and then when
        self._last = 0  # number of the newest frame
        self._beat = LAST_BEAT
        self._saved = 0  # the newest entry that `_snap` had when it was last sent
        self._heard = self._asked = 0.0  # when; asked is 0 while no answer is waited for
        super().__init__()
        self._route_by_header()
        self.on_msg(self._hear)
        if self.comm is not None:
            self.comm.on_close(lambda _: self._post(self._viewers.clear))

    @property
    def is_seen(self) -> bool:
        """Whether anybody looks."""
        return bool(self._viewers)

    def make_snapshot(self) -> bytes:
        """All that is seen, as a frame that goes before the next delta."""
        with self._watch.held():
            snapshot = self._feed.current()
        return encode_frame(snapshot)

    def turn(self) -> float | None:
        """Do what the browser wished, and send what is new; s until it is to be called again."""
        with self._sending:
            return self._turn() if self.comm is not None else None

    def _turn(self) -> float | None:
        while self._wishes:
            self._viewers.discard(ASSUMED)
            self._wishes.popleft()()
        self._forget_silent()
        if ASSUMED in self._viewers and self._clock() >= self._repeat[0]:
            self._repeat = (self._clock() + self._repeat[1], 2 * self._repeat[1])
            self._feed.ask_snapshot()
        with self._watch.held():
            if not self.is_seen:
                self._feed.hide()
                return None
            self._feed.show()
            frame = self._feed.next_frame()
        if frame is None:
            return self._send_beat()
        self._last, self._beat = frame.frame, FIRST_BEAT
        self.send({"type": "frame", "answer": self._asks()}, [encode_frame(frame)])
        self._save()
        return self._beat

    def remind(self) -> None:
        """Say again which frame was the last, often at first; the next turn begins with it."""
        if self._last:
            self._beat = FIRST_BEAT

    def close(self) -> None:
        """Take every view out of the notebook; nothing is sent any longer."""
        with self._sending:
            self._viewers.clear()
            self._watch.close_feed(self._feed)
            super().close()

    def _repr_mimebundle_(self, **kwargs: Any) -> tuple[dict[str, Any], dict[str, Any]]:
        """The view, and beside it the picture for whoever shows no widgets."""
        data, metadata = super()._repr_mimebundle_(**kwargs) or ({}, {})
        return {**data, **self._watch.picture()}, metadata

    # --- what the browser says, on any thread

    def _hear(self, _: object, content: object, buffers: object) -> None:
        match content:
            case {"type": "stop"}:
                self._post(self._stop)
            case {"type": "hidden", "viewer": str(viewer)}:
                self._post(lambda: self._viewers.discard(viewer))
            case {"type": "shown" | "hello", "viewer": str(viewer)}:
                self._post(lambda: self._show(viewer))
            case {"type": "here", "viewer": str(viewer)}:
                self._post(lambda: self._answer(viewer))
            case _:
                self.log.warning("flowlab: the browser sent what is not known: %.200r", content)

    def _post(self, wish: Callable[[], object]) -> None:
        self._wishes.append(wish)
        self._wake()

    # --- doing it, in a turn

    def _show(self, viewer: str) -> None:
        self._viewers.add(viewer)
        self._heard, self._asked = self._clock(), 0.0
        with self._watch.held():
            self._feed.ask_snapshot()

    def _answer(self, viewer: str) -> None:
        if viewer in self._viewers:
            self._heard, self._asked = self._clock(), 0.0
        else:
            self._show(viewer)  # it was taken for closed

    def _stop(self) -> None:
        try:
            self._watch.session.cancel(None)
        except FlowlabError as error:
            print(f"flowlab: nothing was stopped: {error}")

    def _asks(self) -> bool:
        """Whether the next frame asks for an answer."""
        if not self._at_once or self._clock() - self._heard < ASK_AFTER:
            return False
        self._asked = self._asked or self._clock()
        return True

    def _forget_silent(self) -> None:
        """A page that was closed could not always say so: the server would keep frames for it."""
        if self._asked and self._clock() - self._asked > ANSWER_WITHIN:
            self._viewers.clear()
            self._asked = 0.0

    def _send_beat(self) -> float | None:
        """Say which frame was the last: the server drops messages when a cell prints too much."""
        if self._beat >= LAST_BEAT:
            return None
        self.send({"type": "beat", "epoch": self._watch.epoch, "frame": self._last})
        self._beat *= 2
        return self._beat

    def _save(self) -> None:
        """Once the graph is done, give the browser what it saves with the notebook."""
        if self._watch.is_done and self._saved != (seq := self._watch.view.seq):
            self._saved = seq
            self.send_state("_snap")

    def _route_by_header(self) -> None:
        """Let messages go where the front end sent them.

        ipykernel 7.4.0 sends them to the subshell that published last, which is the main shell for
        what a cell made: they would wait until no cell runs.
        """
        if hasattr(self.comm, "_reply_subshell_for"):
            self.comm._reply_subshell_for = lambda _data, default: default  # noqa: SLF001

"""One session as the notebook follows it: what is seen of it, and whether its graph is done.

Entries are taken on the link's thread, which folds them and goes on. The one rule: whoever looks
or makes a frame holds the same lock, so that no one sees half of a batch.
"""

import secrets
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager

from flowlab.events.messages import Entry, Noticed, Submitted
from flowlab.model.ids import TaskId
from flowlab.session.session import Session
from flowlab.view import svg, text
from flowlab.view.feed import Feed, Reel
from flowlab.view.picture import View

EPOCH_BITS = 52  # what a number of JavaScript holds exactly

Picture = dict[str, str]


class Watch:
    """Follows `session` from its beginning.

    notice  told what people should know, on the link's thread
    news    called after each batch, on the link's thread
    """

    def __init__(
        self, session: Session, notice: Callable[[str], None], news: Callable[["Watch"], None]
    ) -> None:
        self.session = session
        self._notice = notice
        self._tell = news
        self._reel = Reel(secrets.randbits(EPOCH_BITS))
        self._told: set[TaskId] = set()  # all tasks of which the stream has told
        self._awaited: set[TaskId] = set()  # those that were submitted, and not told of yet
        self._changed = threading.Condition()
        self._closed = False
        self._unfollow = session.follow(self._take)

    def expect(self, tasks: Iterable[TaskId]) -> None:
        """These were submitted: the graph is not done before the stream tells of them."""
        with self._changed:
            self._awaited.update(tasks)
            self._awaited -= self._told

    @property
    def view(self) -> View:
        """What is seen now."""
        with self._changed:
            return self._reel.view

    @property
    def is_done(self) -> bool:
        """Whether all that was submitted has ended, as far as the stream has told."""
        with self._changed:  # in half of a batch tasks are told that are not folded yet
            return not self._awaited and self._reel.unfinished == 0

    def await_told(self, seconds: float) -> bool:
        """Wait a moment for the stream to tell of all that was submitted; whether it did."""
        with self._changed:
            return self._changed.wait_for(lambda: not self._awaited, seconds)

    def await_done(self, seconds: float) -> bool:
        """Wait a moment for the graph; whether it is done."""
        with self._changed:
            return self._changed.wait_for(lambda: self.is_done, seconds)

    def picture(self) -> Picture:
        """The graph of this moment for whoever shows no widget, by mime type."""
        return _draw(self.view)

    def last_picture(self) -> Picture | None:
        """The graph when it is done; None while it is not."""
        with self._changed:
            view = self._reel.view if self.is_done else None
        return _draw(view) if view is not None else None

    @property
    def epoch(self) -> int:
        """Differs from one watch to another, so that a browser never mixes two."""
        return self._reel.epoch

    def open_feed(self) -> Feed:
        """Frames for a browser; to be used while `held`."""
        with self._changed:
            return self._reel.open()

    def close_feed(self, feed: Feed) -> None:
        """The browser went away."""
        with self._changed:
            self._reel.close(feed)

    @contextmanager
    def held(self) -> Iterator[None]:
        """Keep entries out, for a moment."""
        with self._changed:
            yield

    def close(self) -> None:
        """Follow no longer; what was seen stays."""
        self._closed = True
        self._unfollow()

    def _take(self, entries: Sequence[Entry]) -> None:
        if self._closed:  # a batch was under way
            return
        submits = [each.event for each in entries if isinstance(each.event, Submitted)]
        told = [task.id for event in submits for task in event.tasks]
        with self._changed:
            self._told.update(told)
            self._awaited.difference_update(told)
            self._reel.take(entries)
            self._changed.notify_all()
        for entry in entries:
            if isinstance(entry.event, Noticed):
                self._notice(entry.event.text)
        self._tell(self)


def _draw(view: View) -> Picture:
    return {"image/svg+xml": svg.draw(view), "text/plain": text.summary(view)}

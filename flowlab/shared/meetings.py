"""Where tasks meet: events, barriers, queues."""

from collections import deque
from functools import partial
from queue import Empty, Full
from threading import BrokenBarrierError, RLock
from typing import Any

from flowlab.shared.caller import Abandoned, Caller, current_caller
from flowlab.shared.gate import Gate, patience


class Event:
    """As `threading.Event`."""

    def __init__(self) -> None:
        self._gate = Gate()
        self._is_set = False

    def is_set(self) -> bool:
        """Whether it has happened."""
        return self._is_set

    def set(self) -> None:
        """Let all go on who wait."""
        with self._gate.changed:
            self._is_set = True
            self._gate.changed.notify_all()

    def clear(self) -> None:
        """Let whoever comes wait again."""
        with self._gate.changed:
            self._is_set = False

    def wait(self, timeout: float | None = None) -> bool:
        """Until it is set; False when the time is over."""
        with self._gate.changed:
            return self._gate.wait(lambda: self._is_set, timeout, in_order=False)


class _Round:
    """Those who meet at a barrier once, by their places."""

    def __init__(self) -> None:
        self.places: dict[int, Caller] = {}
        self.over = False
        self.broken = False


class Barrier:
    """As `threading.Barrier`; who is gone while it waits counts no more, so that it may come again.

    parties  how many go on together
    """

    def __init__(self, parties: int, timeout: float | None = None) -> None:
        if parties < 1:
            raise ValueError("parties must be >= 1")
        self.parties = parties
        self._timeout = timeout
        self._gate = Gate()
        self._round = _Round()

    @property
    def n_waiting(self) -> int:
        """How many wait."""
        return len(self._round.places)

    @property
    def broken(self) -> bool:
        """Whether nobody can wait here until `reset`."""
        return self._round.broken

    def wait(self, timeout: float | None = None) -> int:
        """Until all are here; gives each another number."""
        with self._gate.changed:
            mine = self._round
            if mine.broken:
                raise BrokenBarrierError
            place = self._come(mine)
            seconds = self._timeout if timeout is None else timeout
            try:
                if not self._gate.wait(lambda: mine.over or mine.broken, seconds, in_order=False):
                    self._break(mine)
            except Abandoned:
                if mine.places.get(place) is current_caller():  # or it is another one's by now
                    del mine.places[place]
                raise
            if mine.broken:
                raise BrokenBarrierError
            return place

    def abort(self) -> None:
        """Break it: whoever waits, or comes, gets an error."""
        with self._gate.changed:
            self._break(self._round)

    def reset(self) -> None:
        """Make it as new; whoever waits gets an error."""
        with self._gate.changed:
            if self._round.places:
                self._break(self._round)
            self._round = _Round()

    def _come(self, mine: _Round) -> int:
        places = mine.places
        for each in [place for place, caller in places.items() if caller.is_gone()]:
            del places[each]
        place = next(number for number in range(self.parties) if number not in places)
        places[place] = current_caller()
        if len(places) == self.parties:
            mine.over = True
            self._round = _Round()
            self._gate.changed.notify_all()
        return place

    def _break(self, broken: _Round) -> None:
        broken.broken = True
        self._gate.changed.notify_all()


class Queue:
    """As `queue.Queue`: items come out in the order in which they went in."""

    def __init__(self, maxsize: int = 0) -> None:
        self.maxsize = maxsize
        lock: Any = RLock()
        self._lock = lock
        self._filled, self._emptied, self._done = Gate(lock), Gate(lock), Gate(lock)
        self._items: deque[Any] = deque()
        self._unfinished = 0

    def put(self, item: Any, block: bool = True, timeout: float | None = None) -> None:
        """Put one in; Full when there was no room in time."""
        with self._lock:
            if not self._emptied.wait(self._has_room, patience(block, timeout)):
                raise Full
            self._items.append(item)
            self._unfinished += 1
            self._filled.changed.notify_all()

    def get(self, block: bool = True, timeout: float | None = None) -> Any:
        """Take one out; Empty when there was none in time."""
        with self._lock:
            if not self._filled.wait(lambda: bool(self._items), patience(block, timeout)):
                raise Empty
            item = self._items.popleft()
            current_caller().undo = partial(self._put_back, item)
            self._emptied.changed.notify_all()
            return item

    def put_nowait(self, item: Any) -> None:
        """Put one in now, or Full."""
        self.put(item, block=False)

    def get_nowait(self) -> Any:
        """Take one out now, or Empty."""
        return self.get(block=False)

    def qsize(self) -> int:
        """How many are in it."""
        return len(self._items)

    def empty(self) -> bool:
        """Whether none is in it."""
        return not self._items

    def full(self) -> bool:
        """Whether there is no room."""
        return not self._has_room()

    def task_done(self) -> None:
        """Say that one that was taken out is done with."""
        with self._lock:
            if self._unfinished <= 0:
                raise ValueError("task_done() called too many times")
            self._unfinished -= 1
            self._done.changed.notify_all()

    def join(self) -> None:
        """Until all that was put in is done with."""
        with self._lock:
            self._done.wait(lambda: not self._unfinished, in_order=False)

    def _has_room(self) -> bool:
        return self.maxsize <= 0 or len(self._items) < self.maxsize

    def _put_back(self, item: Any) -> None:
        """Who took it did not get it."""
        with self._lock:
            self._items.appendleft(item)
            self._filled.changed.notify_all()

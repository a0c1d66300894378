"""Locks and semaphores that belong to whoever took them, and come back when that one ends."""

from collections import deque
from functools import partial

from flowlab.shared.caller import Caller, current_caller
from flowlab.shared.gate import Gate, patience


class Lock:
    """As `threading.Lock`: one holds it; whoever wants may release it."""

    def __init__(self) -> None:
        self._gate = Gate()
        self._holder: Caller | None = None
        self._depth = 0

    def acquire(self, blocking: bool = True, timeout: float | None = None) -> bool:
        """Take it; False when it was not free in time."""
        with self._gate.changed:
            return self._take(patience(blocking, timeout))

    def release(self) -> None:
        """Give it back."""
        with self._gate.changed:
            if self._holder is None:
                raise RuntimeError("release unlocked lock")
            self._give()

    def locked(self) -> bool:
        """Whether somebody holds it."""
        return self._holder is not None

    def forsake(self, caller: Caller) -> None:
        """Its holder is gone."""
        with self._gate.changed:
            if self._holder is caller:
                self._depth = 1
                self._give()

    def __enter__(self) -> bool:
        return self.acquire()

    def __exit__(self, *_exc: object) -> None:
        self.release()

    def _take(self, seconds: float | None) -> bool:
        if not self._gate.wait(lambda: self._holder is None, seconds):
            return False
        self._holder = caller = current_caller()
        self._depth = 1
        caller.take(self, partial(self._undo, caller))
        return True

    def _give(self) -> None:
        holder = self._holder
        assert holder is not None
        holder.give(self)
        self._depth -= 1
        if not self._depth:
            self._holder = None
            self._gate.changed.notify_all()

    def _undo(self, caller: Caller) -> None:
        with self._gate.changed:
            if self._holder is caller:
                self._give()


class RLock(Lock):
    """As `threading.RLock`: its holder may take it again, and only its holder releases it."""

    def release(self) -> None:
        """Give it back, once."""
        with self._gate.changed:
            if self._holder is not current_caller():
                raise RuntimeError("cannot release un-acquired lock")
            self._give()

    def _take(self, seconds: float | None) -> bool:
        caller = current_caller()
        if self._holder is not caller:
            return super()._take(seconds)
        self._depth += 1
        caller.take(self, partial(self._undo, caller))
        return True

    def forsake(self, caller: Caller) -> None:
        """Its holder is gone, however often it had it."""
        with self._gate.changed:
            if self._holder is caller:
                caller.give(self, self._depth - 1)
                self._depth = 1
                self._give()


class Semaphore:
    """As `threading.Semaphore`: so many may hold it.

    One who releases it without holding it gives back for whoever has held it longest, or adds one.
    """

    def __init__(self, value: int = 1) -> None:
        if value < 0:
            raise ValueError("semaphore initial value must be >= 0")
        self._gate = Gate()
        self._free = value
        self._holders: deque[Caller] = deque()

    def acquire(self, blocking: bool = True, timeout: float | None = None) -> bool:
        """Take one; False when none was free in time."""
        with self._gate.changed:
            if not self._gate.wait(lambda: self._free > 0, patience(blocking, timeout)):
                return False
            self._free -= 1
            caller = current_caller()
            self._holders.append(caller)
            caller.take(self, partial(self._undo, caller))
            return True

    def release(self, n: int = 1) -> None:
        """Give so many back."""
        if n < 1:
            raise ValueError("n must be one or more")
        with self._gate.changed:
            self._check_release(n)
            for _ in range(n):
                self._give(current_caller())

    def get_value(self) -> int:
        """How many are free."""
        return self._free

    def forsake(self, caller: Caller) -> None:
        """One of its holders is gone."""
        with self._gate.changed:
            while caller in self._holders:
                self._give(caller)

    def __enter__(self) -> bool:
        return self.acquire()

    def __exit__(self, *_exc: object) -> None:
        self.release()

    def _check_release(self, n: int) -> None:
        """Raise when so many cannot be given back; here any number can."""

    def _give(self, caller: Caller) -> None:
        if self._holders:
            holder = caller if caller in self._holders else self._holders[0]
            self._holders.remove(holder)
            holder.give(self)
        self._free += 1
        self._gate.changed.notify_all()

    def _undo(self, caller: Caller) -> None:
        with self._gate.changed:
            if caller in self._holders:
                self._give(caller)


class BoundedSemaphore(Semaphore):
    """A semaphore that never has more than at its beginning."""

    def __init__(self, value: int = 1) -> None:
        super().__init__(value)
        self._most = value

    def _check_release(self, n: int) -> None:
        if self._free + n > self._most:
            raise ValueError("Semaphore released too many times")

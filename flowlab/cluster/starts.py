"""Counts engines that were started, joined, died: how many more to start, and when.

One that had joined is replaced at once. One that never came counts as a failure: the next is
started after 1, 2, 4 … s, and after five failures in a row none. Reads no clock.
"""

from flowlab.cluster import reap

MOST_FAILURES = 5


class Starts:
    """wanted: engines to have; seconds: that one has to join."""

    def __init__(self, wanted: int, seconds: float, not_before: float = 0.0) -> None:
        self.failures = 0
        self._wanted = wanted
        self._seconds = seconds
        self._not_before = not_before
        self._coming: dict[int, tuple[str, float]] = {}  # pid -> start time of process, when
        self._present: dict[int, int] = {}  # engine -> pid
        self._asked = 0  # engines that are being launched and have no process yet
        self._unnamed = 0  # counts down: stands for the pid of an engine in a batch system
        self._stopped = False

    def began(self, number: int, pids: list[int], now: float) -> None:
        """These processes were started, one an engine; batch systems name none."""
        self._asked = 0
        for pid in pids:
            self._coming[pid] = (reap.start_time(pid), now)
        for _ in range(number - len(pids)):
            self._unnamed -= 1
            self._coming[self._unnamed] = ("", now)

    def joined(self, engine: int, pid: int) -> None:
        """An engine is of use."""
        self.failures = 0
        self._present[engine] = pid
        if self._coming.pop(pid, None) is None:
            unnamed = next((key for key in self._coming if key < 0), None)
            if unnamed is not None:
                del self._coming[unnamed]

    def lost(self, engine: int) -> None:
        """It is gone; another one is due."""
        self._present.pop(engine, None)

    def failed(self, now: float) -> list[int]:
        """Processes that ended, or took too long, before they joined; each is named once."""
        bad = [
            pid
            for pid, (began, since) in self._coming.items()
            if now - since > self._seconds or (pid > 0 and reap.start_time(pid) != (began or None))
        ]
        for pid in bad:
            began = self._coming.pop(pid)[0]
            if pid > 0 and reap.start_time(pid) == began:
                reap.kill(pid)
        for _ in bad:
            self._count_failure(now)
        return bad

    def failed_to_begin(self, now: float) -> None:
        """The launcher itself raised."""
        self._asked = 0
        self._count_failure(now)

    def due(self, now: float) -> int:
        """How many to start now; they count as asked for."""
        if self._stopped or self._asked or now < self._not_before:
            return 0
        self._asked = max(0, self._wanted - len(self._present) - len(self._coming))
        return self._asked

    def exhausted(self) -> bool:
        """Whether there is no point in going on."""
        return self.failures >= MOST_FAILURES and not self._stopped

    def stop(self) -> None:
        """Start no more."""
        self._stopped = True

    def is_busy(self) -> bool:
        """Whether engines are on their way."""
        return bool(self._coming or self._asked)

    def living(self) -> int:
        """Engines of use, or on their way."""
        return len(self._present) + len(self._coming) + self._asked

    def present(self) -> frozenset[int]:
        """Engines of use."""
        return frozenset(self._present.copy())

    def pids(self) -> list[int]:
        """Processes that were started and have not been lost."""
        return [pid for pid in (*self._coming, *self._present.values()) if pid > 0]

    def _count_failure(self, now: float) -> None:
        self.failures += 1
        self._not_before = now + 2.0 ** (self.failures - 1)

"""All journals of this user: what stands in them in short, where one lies, and its removal.

A call takes a bounded time, however much there is to read: what was not reached yet is said to be
unread, and the next call goes on. The one rule: no name from outside leads out of the directory.
"""

import os
import re
import shutil
import threading
import time
from collections.abc import Callable
from pathlib import Path

from flowlab.dashboard.book import Book
from flowlab.dashboard.rows import JournalRow, Listing
from flowlab.dashboard.stamp import stamp
from flowlab.errors import StoreError
from flowlab.events.home import journals_home
from flowlab.events.journal import read_journal
from flowlab.events.owner import Life, life_of
from flowlab.events.private import open_directory

MOST = 200  # journals that are listed
KEPT_TASKS = 300_000  # tasks that are held in memory for the list
STILL = 60.0  # s without a word after which a journal that names no owner may be removed

_NAME = re.compile(r"[0-9A-Za-z][0-9A-Za-z._-]{0,100}")


class UnknownJournal(StoreError):
    """No journal has that name."""


class Shelf:
    """The journals; any thread may ask."""

    def __init__(self, home: Callable[[], Path] = journals_home) -> None:
        self._home = home
        self._books: dict[str, Book] = {}
        self._lock = threading.Lock()

    def listing(self, seconds: float) -> Listing:
        """The list, after reading for about this long."""
        end = time.monotonic() + seconds
        with self._lock:
            try:
                names = self._names()
            except StoreError as error:
                return Listing(time.time(), (), fault=str(error))
            self._books = {
                name: self._books.get(name) or Book(self._home() / name) for name in names
            }
            books = self._read(end)
            return Listing(time.time(), _first(books), max(0, len(books) - MOST))

    def path_of(self, journal: str) -> Path:
        """Where a journal lies; UnknownJournal when the name is none of ours."""
        if _NAME.fullmatch(journal) and journal in self._names():
            return self._home() / journal
        raise UnknownJournal(f"there is no journal {journal!r}")

    def remove(self, journal: str) -> None:
        """Remove the journal of a client that is over; StoreError says why it stays."""
        path = self.path_of(journal)
        meta = read_journal(path, most=1, traces=False).meta  # the header is the first line
        life = life_of(meta)
        if life is Life.LIVE:
            raise StoreError(f"the client of {journal} is alive: close it first")
        if life is Life.FOREIGN:
            raise StoreError(
                f"the client of {journal} ran on {meta.get('host')!r}, and whether it is over "
                "cannot be seen from here: remove it there"
            )
        if "processes" not in meta and time.time() - stamp(path).written < STILL:
            raise StoreError(f"{journal} does not say whose it is, and was written to just now")
        try:
            shutil.rmtree(path)
        except OSError as error:
            raise StoreError(f"cannot remove {path}: {error.strerror}") from error

    def _names(self) -> list[str]:
        """Names of all journals; none when there is no directory yet."""
        home = self._home()
        if not home.exists():
            return []
        opened = open_directory(home)
        try:
            with os.scandir(opened) as found:
                return [each.name for each in found if each.is_dir() and _NAME.fullmatch(each.name)]
        finally:
            os.close(opened)

    def _read(self, end: float) -> list[Book]:
        """Read what changed, the newest first, until the time is over."""
        for book in self._books.values():
            book.look()
        books = sorted(self._books.values(), key=lambda book: (-book.written, book.path.name))
        for book in books[:MOST]:
            while not book.is_read and time.monotonic() < end:
                book.read_on()
        heavy = sorted(books, key=lambda book: book.weight)
        while heavy and sum(book.weight for book in heavy) > KEPT_TASKS:
            heavy.pop().put_away()
        return books


def _first(books: list[Book]) -> tuple[JournalRow, ...]:
    return tuple(book.row for book in books[:MOST])

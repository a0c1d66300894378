"""All journals of a user: listed cheaply, found by name alone, removed only when they are over."""

import os
import time

import pytest

from flowlab.dashboard import shelf as shelves
from flowlab.dashboard.book import Book
from flowlab.dashboard.shelf import Shelf, UnknownJournal
from flowlab.errors import StoreError
from flowlab.events.owner import Life
from tests.dashboard.journals import Written, dead, opened, submitted


@pytest.fixture
def home(tmp_path):
    return tmp_path / "journals"


@pytest.fixture
def shelf(home):
    return Shelf(lambda: home)


def names(listing):
    return [row.journal for row in listing.journals]


def test_no_directory_is_an_empty_list(shelf, home):
    listing = shelf.listing(1)
    assert (listing.journals, listing.fault) == ((), "")
    assert not home.exists()


def test_the_one_written_last_comes_first(shelf, home):
    for number, name in enumerate(("a", "b", "c")):
        path = Written(home, name).write(opened()).path
        for each in path.iterdir():
            os.utime(each, (number, number))
    assert names(shelf.listing(5)) == ["c", "b", "a"]


def test_only_so_many_are_listed_and_the_others_counted(shelf, home, monkeypatch):
    monkeypatch.setattr(shelves, "MOST", 2)
    for name in "abc":
        Written(home, name)
    listing = shelf.listing(5)
    assert (len(listing.journals), listing.left) == (2, 1)


def test_what_there_was_no_time_for_is_read_at_the_next_call(shelf, home):
    Written(home, "a").write(opened(), submitted(3))
    assert [row.is_read for row in shelf.listing(0).journals] == [False]
    assert [row.is_read for row in shelf.listing(5).journals] == [True]


def test_fifty_journals_are_read_once(shelf, home, monkeypatch):
    pieces = []
    read_on = Book.read_on
    monkeypatch.setattr(Book, "read_on", lambda book: (pieces.append(book), read_on(book)))
    for number in range(50):
        Written(home, f"j{number}").write(opened(), submitted(100))
    assert len(shelf.listing(30).journals) == 50
    first = len(pieces)
    assert first == 100  # each read, and then its end seen
    shelf.listing(30)
    assert len(pieces) == first


def test_tasks_held_in_memory_are_bounded(shelf, home, monkeypatch):
    monkeypatch.setattr(shelves, "KEPT_TASKS", 100)
    for name, tasks in (("a", 80), ("b", 70), ("c", 20)):
        Written(home, name).write(opened(), submitted(tasks))
    shelf.listing(30)
    assert sum(book.weight for book in shelf._books.values()) == 90
    assert all(row.sessions for row in shelf.listing(30).journals)


def test_a_removed_journal_is_forgotten(shelf, home):
    journal = Written(home, "a", dead(Written(home, "b").meta)).write(opened())
    assert sorted(names(shelf.listing(5))) == ["a", "b"]
    shelf.remove("a")
    assert not journal.path.exists()
    assert names(shelf.listing(5)) == ["b"]


def test_a_directory_that_others_may_read_is_a_fault(shelf, home):
    Written(home, "a")
    home.chmod(0o755)
    listing = shelf.listing(5)
    assert listing.journals == ()
    assert "not private" in listing.fault


def test_one_that_cannot_be_read_stands_among_the_others(shelf, home):
    Written(home, "good").write(opened())
    Written(home, "wide").path.chmod(0o777)
    (home / "link").symlink_to(home / "good")
    (home / "empty").mkdir(mode=0o700)
    (home / "file").write_text("no directory")
    rows = {row.journal: row for row in shelf.listing(5).journals}
    assert sorted(rows) == ["empty", "good", "link", "wide"]
    assert rows["good"].fault == ""
    assert "not private" in rows["wide"].fault
    assert "no journal" in rows["empty"].fault
    assert "cannot open" in rows["link"].fault


@pytest.mark.parametrize(
    "name",
    ["", ".", "..", "../journals/a", "a/../a", "a/", "/etc", "a\0", ".hidden", "x" * 200, "b"],
)
def test_no_name_leads_elsewhere(shelf, home, name):
    Written(home, "a")
    Written(home, ".hidden")
    with pytest.raises(UnknownJournal):
        shelf.path_of(name)
    with pytest.raises(UnknownJournal):
        shelf.remove(name)
    assert shelf.path_of("a") == home / "a"


def test_the_journal_of_a_living_client_stays(shelf, home):
    journal = Written(home, "a").write(opened())
    assert shelf.listing(5).journals[0].life is Life.LIVE
    with pytest.raises(StoreError, match="alive: close it first"):
        shelf.remove("a")
    assert journal.path.exists()


def test_the_journal_of_another_machine_stays(shelf, home):
    journal = Written(home, "a", {**Written(home, "b").meta, "host": "elsewhere"})
    with pytest.raises(StoreError, match=r"elsewhere.*remove it there"):
        shelf.remove("a")
    assert journal.path.exists()


def test_one_that_names_no_owner_goes_once_it_is_still(shelf, home):
    journal = Written(home, "a", {"run": "old"}).write(opened())
    with pytest.raises(StoreError, match="just now"):
        shelf.remove("a")
    then = time.time() - 100
    for each in journal.path.iterdir():
        os.utime(each, (then, then))
    shelf.remove("a")
    assert not journal.path.exists()


def test_one_that_cannot_be_read_is_not_removed(shelf, home):
    journal = Written(home, "a", dead(Written(home, "b").meta))
    journal.path.chmod(0o755)
    with pytest.raises(StoreError, match="not private"):
        shelf.remove("a")
    assert journal.path.exists()

"""Where journals lie, and how many."""

import os
import time
from pathlib import Path

from flowlab.events.journal import JournalWriter
from flowlab.events.owner import describe_owner
from flowlab.session import journals
from flowlab.session.journals import journal_directory


def test_a_journal_has_a_private_place_of_its_own(tmp_path, monkeypatch):
    monkeypatch.setenv("FLOWLAB_DATA", str(tmp_path / "flow"))
    made = journal_directory("abc")
    assert made.parent == tmp_path / "flow" / "journals"
    assert made.name.endswith("-abc")
    assert made.stat().st_mode & 0o777 == 0o700


def test_it_lies_in_the_users_data_directory_otherwise(tmp_path, monkeypatch):
    monkeypatch.delenv("FLOWLAB_DATA")
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    assert journal_directory("abc").is_relative_to(tmp_path / "flowlab" / "journals")
    monkeypatch.delenv("XDG_DATA_HOME")
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    home = Path(os.environ["HOME"])
    assert journal_directory("abc").is_relative_to(home / ".local" / "share" / "flowlab")


def make(number, meta, used):
    """A journal with this in its header, last used at that time."""
    made = journal_directory(str(number))
    JournalWriter(made, meta).close()
    for path in (*made.iterdir(), made):
        os.utime(path, (used, used))
    return made


def left(made):
    return [number for number, path in enumerate(made) if path.exists()]


def test_the_oldest_make_room(monkeypatch, tmp_path):
    monkeypatch.setenv("FLOWLAB_DATA", str(tmp_path))
    monkeypatch.setattr(journals, "MOST", 3)
    made = [make(number, {}, number + 1) for number in range(5)]
    assert left(made) == [2, 3, 4]


def test_a_living_clients_journal_stays_however_old(monkeypatch, tmp_path):
    monkeypatch.setenv("FLOWLAB_DATA", str(tmp_path))
    monkeypatch.setattr(journals, "MOST", 3)
    made = [make(0, describe_owner(os.getpid()), 1)]
    made += [make(number, {}, number + 1) for number in range(1, 5)]
    assert left(made) == [0, 3, 4]


def test_another_machines_journal_stays_for_a_day(monkeypatch, tmp_path):
    monkeypatch.setenv("FLOWLAB_DATA", str(tmp_path))
    monkeypatch.setattr(journals, "MOST", 3)
    elsewhere = {**describe_owner(os.getpid()), "host": "elsewhere"}
    made = [make(0, elsewhere, 1), make(1, elsewhere, time.time() - 60)]
    made += [make(number, {}, time.time()) for number in range(2, 5)]
    assert left(made) == [1, 3, 4]


def test_a_journal_that_is_just_being_made_is_left_alone(monkeypatch, tmp_path):
    monkeypatch.setenv("FLOWLAB_DATA", str(tmp_path))
    monkeypatch.setattr(journals, "MOST", 2)
    made = [journal_directory(str(number)) for number in range(4)]
    assert left(made) == [0, 1, 2, 3]

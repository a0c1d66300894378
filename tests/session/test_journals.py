"""Where journals lie, and how many."""

import os
from pathlib import Path

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


def test_the_oldest_make_room(monkeypatch):
    monkeypatch.setattr(journals, "MOST", 3)
    made = []
    for number in range(5):
        made.append(journal_directory(str(number)))
        (made[-1] / "journal.jsonl").write_text("{}\n")
        for path in (made[-1] / "journal.jsonl", made[-1]):
            os.utime(path, (number + 1, number + 1))
    assert [path.exists() for path in made] == [False, False, True, True, True]

"""What ipyparallel's processes wrote last."""

import os

from flowlab.cluster.logs import TAIL, last_words


def test_the_end_of_the_newest_log_is_told(tmp_path):
    for when, (name, text) in enumerate({"old": "o", "new": "x" * TAIL + "boom", "": ""}.items()):
        if name:
            (tmp_path / name).write_text(text)
            os.utime(tmp_path / name, (when + 1, when + 1))
    (tmp_path / "empty").touch()
    told = last_words(tmp_path)
    assert str(tmp_path) in told
    assert "new, ends with:\n" in told
    assert told.endswith("xboom")
    assert told.count("x") <= TAIL + 10


def test_an_engines_log_is_told_rather_than_the_controllers(tmp_path):
    (tmp_path / "0.log").write_text("why")
    (tmp_path / "ipcontroller-1.log").write_text("chatter")
    os.utime(tmp_path / "0.log", (1, 1))
    assert last_words(tmp_path).endswith("why")


def test_logs_that_say_nothing_and_logs_that_are_not_there(tmp_path):
    assert last_words(tmp_path) == f"The logs are in {tmp_path}, and say nothing."
    assert last_words(tmp_path / "gone") == f"The logs are in {tmp_path / 'gone'}."


def test_bytes_that_are_no_text_are_shown_all_the_same(tmp_path):
    (tmp_path / "log").write_bytes(b"\xff\xfe boom")
    assert last_words(tmp_path).endswith("boom")

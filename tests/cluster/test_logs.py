"""What ipyparallel's processes wrote last."""

import logging
import os

from flowlab.cluster.logs import TAIL, Heard, last_words


def test_the_end_of_the_newest_log_is_told(tmp_path):
    for when, (name, text) in enumerate({"old": "o", "new": "x" * TAIL + "boom"}.items()):
        (tmp_path / name).write_text(text)
        os.utime(tmp_path / name, (when + 1, when + 1))
    (tmp_path / "empty").touch()
    told = last_words(tmp_path, "")
    assert str(tmp_path) in told
    assert "new, ends with:\n" in told
    assert told.endswith("xboom")
    assert told.count("x") <= TAIL + 10


def test_what_failed_is_told_rather_than_a_log():
    heard = Heard()
    log = logging.getLogger("test_logs")
    log.addHandler(heard)
    log.warning("Output for %s:\n%s", "0", "y" * TAIL + "why")
    log.info("Output for 1: not this")
    log.warning("nor this")
    assert heard.text.endswith("why")
    assert len(heard.text) == TAIL


def test_what_was_heard_comes_first(tmp_path):
    (tmp_path / "log").write_text("chatter")
    told = last_words(tmp_path, "why")
    assert told.endswith("said:\nwhy")
    assert "chatter" not in told


def test_logs_that_say_nothing_and_logs_that_are_not_there(tmp_path):
    assert last_words(tmp_path, "") == f"The logs are in {tmp_path}, and say nothing."
    assert last_words(tmp_path / "gone", "") == f"The logs are in {tmp_path / 'gone'}."


def test_bytes_that_are_no_text_are_shown_all_the_same(tmp_path):
    (tmp_path / "log").write_bytes(b"\xff\xfe boom")
    assert last_words(tmp_path, "").endswith("boom")

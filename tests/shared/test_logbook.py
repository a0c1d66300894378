"""The shared log file."""

import logging
import os

import pytest

from flowlab.errors import UsageError
from flowlab.shared.catalog import LOGGER
from flowlab.shared.logbook import FORMAT


@pytest.fixture
def log(make, tmp_path):
    def opened(level="DEBUG", max_bytes=100_000, backups=5, form="%(levelname)s %(message)s"):
        return make(LOGGER, str(tmp_path / "a.log"), level, max_bytes, backups, form)

    return opened


def lines(tmp_path):
    return (tmp_path / "a.log").read_text().splitlines()


def test_it_says_what_it_is(log):
    assert str(log()) == "Logging proxy"


def test_each_level_has_its_method(log, tmp_path):
    logger = log()
    for name in ("debug", "info", "warning", "error", "critical"):
        getattr(logger, name)("said %d times", 2)
    logger.log(15, "between")
    assert lines(tmp_path) == [
        *(f"{name} said 2 times" for name in ("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL")),
        "Level 15 between",
    ]


def test_what_is_below_the_level_is_not_written(log, tmp_path):
    logger = log("WARNING")
    logger.info("no")
    assert not logger.isEnabledFor(logging.INFO)
    logger.setLevel("INFO")
    assert logger.getEffectiveLevel() == logging.INFO
    logger.info("yes")
    assert lines(tmp_path) == ["INFO yes"]


def test_an_exception_is_written_with_its_traceback(log, tmp_path):
    logger = log()
    try:
        raise KeyError("here")
    except KeyError:
        logger.exception("it %s", "failed")
    written = lines(tmp_path)
    assert written[:2] == ["ERROR it failed", "Traceback (most recent call last):"]
    assert written[-1] == "KeyError: 'here'"
    assert __file__ in "".join(written)


def test_arguments_need_not_be_pickled(log, tmp_path):
    log().info("a %s", (each for each in "ab"))
    assert "generator object" in lines(tmp_path)[0]


def test_it_begins_another_file_when_one_is_full(log, tmp_path):
    logger = log(max_bytes=200, backups=2)
    for number in range(40):
        logger.info("line %02d of forty", number)
    assert sorted(each.name for each in tmp_path.glob("a.log*")) == [
        "a.log", "a.log.1", "a.log.2",
    ]  # fmt: skip


def test_the_process_is_that_which_said_it(log, tmp_path):
    log(form="%(process)d %(message)s").info("here")
    assert lines(tmp_path) == [f"{os.getpid()} here"]


def test_a_file_that_cannot_be_written_is_an_error(make, tmp_path):
    with pytest.raises(FileNotFoundError):
        make(LOGGER, str(tmp_path / "none" / "a.log"), "DEBUG", 0, 0, FORMAT)


def test_a_line_that_cannot_be_written_is_its_callers_error(log, tmp_path):
    logger = log(form="%(station)s %(message)s")
    with pytest.raises(ValueError, match="station"):
        logger.info("from nowhere")
    logger.info("here", extra={"station": "CS001"})
    assert lines(tmp_path) == ["CS001 here"]


def test_who_speaks_is_known_as_to_logging(log, tmp_path):
    logger = log(form="%(filename)s %(funcName)s %(message)s %(lineno)d")

    def helper():
        logger.log(logging.INFO, "two", stacklevel=2)

    logger.info("one")
    helper()
    written = [line.split() for line in lines(tmp_path)]
    name = "test_who_speaks_is_known_as_to_logging"
    assert [line[:3] for line in written] == [
        ["test_logbook.py", name, "one"], ["test_logbook.py", name, "two"],
    ]  # fmt: skip
    assert int(written[1][3]) == int(written[0][3]) + 1


def test_the_stack_is_written_when_asked_for(log, tmp_path):
    log().info("here", stack_info=True)
    written = lines(tmp_path)
    assert written[:2] == ["INFO here", "Stack (most recent call last):"]
    assert "stack_info=True" in written[-1]


def test_what_extra_must_not_replace_is_refused(log):
    with pytest.raises(KeyError, match="message"):
        log().info("here", extra={"message": "another"})


@pytest.mark.parametrize("form", ["no field", "%(message)d", "%(message)"])
def test_a_format_that_makes_no_line_is_refused_at_once(log, tmp_path, form):
    with pytest.raises(UsageError, match="format="):
        log(form=form)
    assert not (tmp_path / "a.log").exists()

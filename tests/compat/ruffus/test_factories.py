"""Loggers as they are made where they live (U6, U7, U8)."""

import logging
import re
import subprocess
import sys
from pathlib import Path

from flowlab.compat.ruffus.factories import (
    MESSAGE,
    setup_logging_factory,
    setup_std_shared_logger,
)

FORMAT = "%(levelname)s %(name)s %(message)s"


def settings(**more):
    return {"file_name": "my.log", "level": logging.DEBUG, "formatter": FORMAT, **more}


def close(logger):
    for handler in list(logger.handlers):
        handler.close()


def test_u6_it_has_its_handler_and_format():
    logger = setup_std_shared_logger("mine", settings())
    logger.debug("word")
    close(logger)
    assert Path("my.log").read_text() == "DEBUG mine word\n"


def test_one_made_again_does_not_write_twice():
    for _ in range(2):
        logger = setup_std_shared_logger("mine", settings())
        logger.info("word")
        close(logger)
    assert len(Path("my.log").read_text().splitlines()) == 2


def test_u7_it_begins_a_new_file_when_one_is_full():
    logger = setup_std_shared_logger("mine", settings(rotating=True, maxBytes=60, backupCount=1))
    for number in range(9):
        logger.info("message %d", number)
    close(logger)
    assert sorted(map(str, Path().iterdir())) == ["my.log", "my.log.1"]
    (handler,) = setup_std_shared_logger("mine", settings(rotating=True)).handlers
    assert (handler.maxBytes, handler.backupCount) == (100000, 5)
    handler.close()


def test_u7_the_file_can_be_made_late():
    logger = setup_std_shared_logger("mine", settings(delay=True))
    assert not Path("my.log").exists()
    logger.info("word")
    close(logger)
    assert Path("my.log").exists()


def test_u7_a_configuration_file_says_it_all():
    Path("log.ini").write_text(
        "[loggers]\nkeys=root,mine\n[handlers]\nkeys=file\n[formatters]\nkeys=\n"
        "[logger_root]\nhandlers=\n"
        "[logger_mine]\nlevel=INFO\nhandlers=file\nqualname=configured\npropagate=0\n"
        "[handler_file]\nclass=FileHandler\nargs=('configured.log',)\n"
    )
    logger = setup_std_shared_logger("configured", {"config_file": "log.ini"})
    logger.debug("no")
    logger.info("yes")
    close(logger)
    assert Path("configured.log").read_text() == "yes\n"


def lines_of(logger):
    """What stands in its file when each level was used once."""
    for level in (logging.DEBUG, MESSAGE, logging.INFO, logging.WARNING):
        logger.log(level, "at %s", level)
    for handler in logger.handlers:
        handler.close()
    return Path("my.log").read_text().splitlines()


def test_u8_the_level_between_has_a_name():
    assert (MESSAGE, logging.getLevelName(MESSAGE)) == (15, "MESSAGE")


def test_u8_the_file_has_a_day_times_and_bad_levels():
    empty, head, *lines = lines_of(setup_logging_factory("mine", ["my.log", 1]))
    assert empty == ""
    assert re.fullmatch(r"\d{4}-\d\d-\d\d mine", head)
    assert [re.sub(r"^ \d\d:\d\d:\d\d - ", "", line) for line in lines] == [
        "at 15", "at 20", "WARNING - at 30",
    ]  # fmt: skip


def test_u8_without_a_file_nothing_is_written():
    (handler,) = setup_logging_factory("mine", ["", 1]).handlers
    assert isinstance(handler, logging.NullHandler)
    assert not list(Path().iterdir())


def test_neither_a_logger_s_process_nor_a_job_loads_the_client():
    needed = ("factories", "loggers", "work", "errors")
    asked = "; ".join(f"import flowlab.compat.ruffus.{each}" for each in needed)
    asked += (
        "; import sys; print([one for one in sys.modules if one.startswith('flowlab.session')])"
    )
    told = subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, check=True)
    assert told.stdout.strip() == "[]"

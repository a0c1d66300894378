"""`setup_logging`, row by row (U8)."""

import logging
from pathlib import Path

import pytest

from flowlab.compat.ruffus.cmdline import MESSAGE, setup_logging


@pytest.mark.parametrize(
    ("path", "verbose", "said"),
    [
        ("my.log", 1, "    at 10\n    at 15\n    at 30\n"),  # what is `info` is for the file
        (None, 1, "    at 10\n    at 15\n    at 20\n    at 30\n"),
        ("my.log", 0, ""),
        (None, None, ""),
    ],
)
def test_u8_stderr_gets_what_is_wanted(inline, capsys, path, verbose, said):
    logger, mutex = setup_logging("mine", path, verbose)
    with mutex:
        for level in (logging.DEBUG, MESSAGE, logging.INFO, logging.WARNING):
            logger.log(level, "at %s", level)
    assert capsys.readouterr().err == said
    assert Path("my.log").exists() == (path is not None)
    if path is not None:
        assert [line[-2:] for line in Path("my.log").read_text().splitlines()[2:]] == [
            "15", "20", "30",
        ]  # fmt: skip

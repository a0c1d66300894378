"""A logger to which all jobs write, row by row (U1 to U7)."""

import logging
import pickle
from pathlib import Path

import pytest

from flowlab import UsageError, WrongValue
from flowlab.compat.ruffus import files, pipeline_run
from flowlab.compat.ruffus.proxy_logger import (
    METHODS,
    make_shared_logger_and_proxy,
    setup_std_shared_logger,
)
from tests.compat.ruffus.pipelines import named

FORMAT = "%(levelname)s %(name)s %(message)s"


def settings():
    return {"file_name": "my.log", "level": logging.DEBUG, "formatter": FORMAT}


def test_u7_without_a_file_s_name_it_is_refused(inline):
    with pytest.raises(WrongValue, match=r"Missing file name for log\. Remember to set"):
        make_shared_logger_and_proxy(setup_std_shared_logger, "mine", {"level": 10})


def test_u1_u5_jobs_write_to_one_file(session):
    def job(_, made, logger, mutex):
        with mutex:
            logger.info("%s begins", made)
            logger.info("%s ends", made)
        Path(made).write_text("")

    logger, mutex = make_shared_logger_and_proxy(setup_std_shared_logger, "mine", settings())
    files([[None, f"a.{n}", logger, mutex] for n in range(8)])(named(job, "job"))
    pipeline_run(multiprocess=4, verbose=0)
    lines = Path("my.log").read_text().splitlines()
    assert sorted(lines) == sorted(
        f"INFO mine a.{n} {what}" for n in range(8) for what in ("begins", "ends")
    )
    assert all(
        lines[at].replace("begins", "ends") == lines[at + 1] for at in range(0, len(lines), 2)
    )


def test_u3_only_what_is_exposed_can_be_called(inline):
    logger, _ = make_shared_logger_and_proxy(setup_std_shared_logger, "mine", settings())
    assert set(METHODS) == {"critical", "log", "info", "debug", "warning", "error"}
    with pytest.raises(AttributeError):
        logger.shared.setLevel(10)


def test_u1_any_factory_makes_it_that_gives_a_logger(inline):
    def make(name, path):
        return setup_std_shared_logger(name, {"file_name": path, "formatter": "%(name)s"})

    logger, _ = make_shared_logger_and_proxy(make, "mine", "my.log")
    logger.error("word")
    assert Path("my.log").read_text() == "mine\n"
    with pytest.raises(UsageError, match="has nothing of this name"):
        make_shared_logger_and_proxy(lambda *_: [], "mine", None)


def test_u4_the_mutex_is_a_lock(inline):
    logger, mutex = make_shared_logger_and_proxy(setup_std_shared_logger, "mine", settings())
    with mutex:
        logger.warning("in here")
    assert mutex.acquire(False)
    mutex.release()
    assert Path("my.log").read_text() == "WARNING mine in here\n"


def test_it_travels_with_what_it_stands_for(inline):
    logger, _ = make_shared_logger_and_proxy(setup_std_shared_logger, "mine", settings())
    again = pickle.loads(pickle.dumps(logger))
    again.error("from afar")
    assert Path("my.log").read_text() == "ERROR mine from afar\n"

"""The programme of Ruffus' document on shared data, on engines told that they are on two hosts."""
# mirrors: flowlab/compat/ruffus and shared objects with real engines

import logging
import logging.handlers
import multiprocessing
import multiprocessing.managers
import os
import signal
import subprocess
import sys
from pathlib import Path

import cloudpickle
import pytest

from flowlab.compat.ruffus import files, follows, make_shared_logger_and_proxy, pipeline_run
from flowlab.compat.ruffus import setup_std_shared_logger as std_logger
from flowlab.compat.ruffus.steps import clear_pipeline
from tests.stories import seed_logger
from tests.stories.seed_logger import LoggerProxy, LoggingManager, setup_shared_logger

for module in (sys.modules[__name__], seed_logger):
    cloudpickle.register_pickle_by_value(module)  # engines cannot import tests

pytestmark = pytest.mark.engines
JOBS = 50
STEPS = ("begins", "works", "ends")


# --- the stories


@pytest.fixture
def islands(islands_of, tmp_path, monkeypatch):
    """An engine each on b and on c that take tasks; the one at home stands."""
    made = islands_of(on_error="continue", listen="tcp://127.0.0.1:*")
    there = tmp_path / "pipeline"
    there.mkdir()
    monkeypatch.chdir(there)
    clear_pipeline()
    made.free("b")
    made.free("c")
    yield made
    clear_pipeline()


def declare(logger_proxy, logging_mutex):
    """The document's task, fifty times, and one that reads what all of them make."""

    @files([[None, f"a.{n}", logger_proxy, logging_mutex] for n in range(JOBS)])
    def task1(no_infile, outfile, *extra_params):
        # Synchronised logging
        logger_proxy, logging_mutex = extra_params
        with logging_mutex:
            for step in STEPS:
                message = f"{outfile} {step}, {multiprocessing.current_process().name}"
                logger_proxy.debug(message)

        # do actual work
        Path(outfile).write_text(os.environ["FLOWLAB_HOST"])

    @follows(task1)
    @files(task1, "all")
    def task2(infiles, outfile):
        Path(outfile).write_text(" ".join(Path(each).read_text() for each in infiles))


def check(log, said):
    """Each job's lines stand together and in order, and both hosts had jobs."""
    lines = [line.split(",")[0].split() for line in log.read_text().splitlines()]
    assert len(lines) == JOBS * len(STEPS)
    groups = [lines[at : at + len(STEPS)] for at in range(0, len(lines), len(STEPS))]
    assert all([step for _, step in group] == list(STEPS) for group in groups)
    assert all(len({job for job, _ in group}) == 1 for group in groups)
    assert {group[0][0] for group in groups} == {f"a.{n}" for n in range(JOBS)}
    hosts = Path("all").read_text().split()
    assert len(hosts) == JOBS
    assert set(hosts) == {"b", "c"}
    assert said.count("] completed") == JOBS + 1


def test_the_document_s_programme_with_a_manager_of_its_own(islands, tmp_path, capsys):
    log = tmp_path / "shared.log"
    manager = LoggingManager()
    manager.register(
        "setup_logger", setup_shared_logger, proxytype=LoggerProxy, exposed=("info", "debug")
    )
    manager.start()
    try:
        logger_proxy = manager.setup_logger(logging.DEBUG, str(log))
        logging_mutex = manager.Lock()
        declare(logger_proxy, logging_mutex)
        with islands.session.bind_only():
            pipeline_run(["task2"], multiprocess=JOBS, verbose=3)
        said = capsys.readouterr().err
        assert "Job  = [None -> a.1, Logging proxy, <" in said
        check(log, said)
    finally:
        manager.shutdown()


def test_the_same_with_ruffus_own_shared_logger(islands, tmp_path, capsys):
    log = tmp_path / "shared.log"
    settings = {"file_name": str(log), "level": logging.DEBUG, "rotating": True}
    with islands.session.bind_only():
        declare(*make_shared_logger_and_proxy(std_logger, "my_logger", settings))
        pipeline_run(["task2"], multiprocess=JOBS, verbose=3)
    said = capsys.readouterr().err
    assert "Job  = [None -> a.1, <LoggingProxy>, <shared Lock 'my_logger mutex'>] completed" in said
    check(log, said)


def test_a_job_whose_engine_dies_with_the_mutex_blocks_nobody(new_client, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    clear_pipeline()
    log, died = tmp_path / "my.log", tmp_path / "died"
    with new_client(2).new_session(on_error="continue"):
        shared = make_shared_logger_and_proxy(std_logger, "my", {"file_name": str(log)})

        @files([[None, f"a.{n}", *shared] for n in range(6)])
        def work(_, outfile, logger, mutex):
            with mutex:
                logger.error("%s begins", outfile)
                if outfile == "a.1" and not died.exists():
                    died.touch()
                    os.kill(os.getpid(), signal.SIGKILL)
                logger.error("%s ends", outfile)
            Path(outfile).write_text("")

        pipeline_run([work], multiprocess=6, verbose=0)
    lines = log.read_text().splitlines()
    assert len(lines) == 2 * 6 + 1  # the job that died began twice
    lines.remove("a.1 begins")
    assert all(
        lines[at].replace("begins", "ends") == lines[at + 1] for at in range(0, len(lines), 2)
    )


PROGRAMME = """
import logging, multiprocessing, sys
import multiprocessing.managers
from flowlab.compat.ruffus import files, make_shared_logger_and_proxy, pipeline_run
from flowlab.compat.ruffus import setup_std_shared_logger

def do_some_hard_task(outfile):
    open(outfile, "w").write("done")

if __name__ == "__main__":
    logger_proxy, logging_mutex = make_shared_logger_and_proxy(
        setup_std_shared_logger, "my_logger", {"file_name": "my.log", "level": logging.DEBUG}
    )

    @files(None, "a.1", logger_proxy, logging_mutex)
    def task1(no_infile, outfile, *extra_params):
        logger_proxy, logging_mutex = extra_params
        with logging_mutex:
            logger_proxy.debug("task1, process name = %s"
                               % (multiprocessing.current_process().name))
        do_some_hard_task(outfile)

    @files(task1, "a.2")
    def task2(infile, outfile):
        with logging_mutex:  # what it reads from outside travels as well
            logger_proxy.info("task2 reads " + infile)
        do_some_hard_task(outfile)

    pipeline_run([task2], multiprocess=2, verbose=3)
"""


def test_a_programme_of_its_own_needs_no_session(tmp_path):
    (tmp_path / "programme.py").write_text(PROGRAMME)
    done = subprocess.run(
        [sys.executable, "programme.py"], cwd=tmp_path, capture_output=True, text=True, timeout=120,
        check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert done.stderr.count("] completed") == 2
    assert (tmp_path / "my.log").read_text().splitlines() == [
        "task1, process name = MainProcess", "task2 reads a.1",
    ]  # fmt: skip
    assert (tmp_path / "a.2").read_text() == "done"


DOCUMENT = """
import logging
import logging.handlers
import multiprocessing
import multiprocessing.managers
from flowlab.compat.ruffus import *

def setup_shared_logger(LOGGING_LEVEL, LOG_FILENAME):
    my_ruffus_logger = logging.getLogger('simpler_example_logger')
    my_ruffus_logger.setLevel(LOGGING_LEVEL)
    handler = logging.handlers.RotatingFileHandler(LOG_FILENAME, maxBytes=100000, backupCount=5)
    my_ruffus_logger.addHandler(handler)
    return my_ruffus_logger

class LoggerProxy(multiprocessing.managers.BaseProxy):
    def debug(self, message):
        return self._callmethod('debug', [message])
    def info(self, message):
        return self._callmethod('info', [message])
    def __str__ (self):
        return "Logging proxy"

class LoggingManager(multiprocessing.managers.SyncManager):
    pass
LoggingManager.register('setup_logger', setup_shared_logger, proxytype=LoggerProxy,
                        exposed = ('info', 'debug', '__str__'))

def do_some_hard_task(outfile):
    open(outfile, "w").write("done")

if __name__ == '__main__':
    manager = LoggingManager()
    manager.register('setup_logger', setup_shared_logger, proxytype=LoggerProxy,
                     exposed = ('info', 'debug'))
    manager.start()
    logger_proxy = manager.setup_logger(logging.DEBUG, "my.log")
    logging_mutex = manager.Lock()

    @files([[None, 'a.%d' % n, logger_proxy, logging_mutex] for n in range(50)])
    def task1(no_infile, outfile, *extra_params):
        logger_proxy, logging_mutex = extra_params
        with logging_mutex:
            logger_proxy.debug("task1 begins, process name = %s" %
                               (multiprocessing.current_process().name))
            logger_proxy.info("task1 makes %s" % outfile)
        do_some_hard_task(outfile)

    pipeline_run([task1], multiprocess=50, verbose=3)
"""


def test_the_documents_own_manager_in_a_programme_of_its_own(tmp_path):
    (tmp_path / "programme.py").write_text(DOCUMENT)
    done = subprocess.run(
        [sys.executable, "programme.py"], cwd=tmp_path, capture_output=True, text=True, timeout=120,
        check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    lines = (tmp_path / "my.log").read_text().splitlines()
    assert lines[::2] == ["task1 begins, process name = MainProcess"] * 50
    assert sorted(lines[1::2]) == sorted(f"task1 makes a.{n}" for n in range(50))
    assert len(list(tmp_path.glob("a.*"))) == 50


def test_a_second_run_does_nothing(islands, tmp_path, capsys):
    log = tmp_path / "shared.log"
    with islands.session.bind_only():
        declare(*make_shared_logger_and_proxy(std_logger, "my", {"file_name": str(log)}))
        pipeline_run(["task2"], multiprocess=JOBS, verbose=0)
        pipeline_run(["task2"], multiprocess=JOBS, verbose=1)
    assert "Completed Task" not in capsys.readouterr().err

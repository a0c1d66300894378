"""The session's logger, with records that came and records of its own."""

import logging
import os
import pickle
import re

import cloudpickle
import pytest

from flowlab.events.messages import Logged
from flowlab.model.ids import TaskId
from flowlab.model.logrow import LogRow
from flowlab.session.logger import SearchPattern, SessionLogger, make_record
from tests.kept import Kept


class Desk:
    """What the logger told its session."""

    def __init__(self):
        self.levels, self.noted = [], []

    def set_level(self, level):
        self.levels.append(level)

    def note(self, record):
        self.noted.append(record)

    def drain(self, timeout):
        return timeout is None


@pytest.fixture
def logger():
    return SessionLogger("mine", Desk())


def came(text="text", level=logging.INFO, **more):
    """A record that came from an engine."""
    row = LogRow(10.25, level, logging.getLevelName(level), "node.a.B", text, "/home/x.py", **more)
    return make_record(row, Logged(TaskId(7), 2, 1, 3, (), 1), "work", "host-a")


def kept(logger):
    keep = Kept()
    logger.addHandler(keep)
    return keep


def test_a_record_has_what_formatters_of_the_user_ask_for():
    record = came("50 %", line=4, function="f", process=12, thread="T", extra={"station": "RS1"})
    text = logging.Formatter(
        "%(name)s %(levelname)s %(filename)s %(module)s %(lineno)d %(funcName)s %(process)d "
        "%(processName)s %(threadName)s %(msecs)d %(station)s %(task)s %(engine)s %(host)s "
        "%(relativeCreated)d %(message)s"
    ).format(record)
    assert text.startswith("node.a.B INFO x.py x 4 f 12 engine 3 T 250 RS1 work 3 host-a -")
    assert text.endswith(" 50 %")
    assert (record.task_id, record.assignment) == (7, 2)
    assert record.__dict__.keys() >= logging.makeLogRecord({}).__dict__.keys()


def test_an_exception_is_shown_as_text():
    record = came(error="Traceback\nKeyError: 1", stack="Stack\n  here")
    shown = logging.Formatter("%(message)s").format(record)
    assert shown == "text\nTraceback\nKeyError: 1\nStack\n  here"


def test_its_level_is_its_own_or_that_of_those_above_and_is_told(logger, monkeypatch):
    root = logging.getLogger()
    monkeypatch.setattr(root, "level", logging.ERROR)
    assert not logger.isEnabledFor(logging.WARNING)
    monkeypatch.setattr(root, "level", logging.INFO)  # no cache remembers the other one
    assert logger.isEnabledFor(logging.INFO)
    logger.setLevel("DEBUG")
    assert logger.isEnabledFor(logging.DEBUG)
    assert logger._desk.levels == [logging.DEBUG]
    logging.disable(logging.WARNING)
    assert not logger.isEnabledFor(logging.WARNING)
    logging.disable(logging.NOTSET)


def test_two_sessions_of_one_name_share_nothing():
    one, two = SessionLogger("same", Desk()), SessionLogger("same", Desk())
    keep = kept(one)
    two.error("not for one")
    assert keep.records == []
    assert logging.getLogger(one.name) is not one


def test_on_an_engine_it_is_the_ordinary_logger_of_its_name(logger):
    for copy in (pickle.loads(pickle.dumps(logger)), cloudpickle.loads(cloudpickle.dumps(logger))):
        assert copy is logging.getLogger("flowlab.mine")


def test_what_the_kernel_logs_is_handled_and_noted(logger):
    keep = kept(logger)
    logger.warning("careful: %d", 5)
    logger.getChild("part").error("worse")
    assert keep.texts == ["careful: 5", "worse"]
    assert logger._desk.noted == keep.records
    assert [record.name for record in keep.records] == ["flowlab.mine", "flowlab.mine.part"]
    shown = logging.Formatter("[%(task)s] %(host)s %(message)s").format(keep.records[0])
    assert shown == f"[] {os.environ.get('FLOWLAB_HOST') or os.uname().nodename} careful: 5"


def test_what_came_is_handled_here_and_above_and_not_noted(logger):
    keep, above = kept(logger), kept(logging.getLogger("flowlab"))
    logger.handle(came("heard"))
    logger.propagate = False
    logger.handle(came("heard here"))
    logging.getLogger("flowlab").removeHandler(above)
    assert keep.texts == ["heard", "heard here"]
    assert above.texts == ["heard"]
    assert logger._desk.noted == []


def test_what_this_process_logged_itself_was_above_already(logger):
    keep, above = kept(logger), kept(logging.getLogger("flowlab"))
    logger.handle(came("inline", process=os.getpid()))
    logging.getLogger("flowlab").removeHandler(above)
    assert (keep.texts, above.texts) == (["inline"], [])


def test_without_a_handler_what_came_is_printed_nowhere(logger, capsys, monkeypatch):
    monkeypatch.setattr(logging.getLogger(), "handlers", [])
    logger.handle(came("flood", logging.ERROR))
    assert capsys.readouterr().err == ""
    logger.error("said by the kernel")
    assert capsys.readouterr().err == "said by the kernel\n"


def test_a_handlers_level_and_filter_count(logger):
    keep = kept(logger)
    keep.setLevel(logging.ERROR)
    keep.addFilter(lambda record: "not" not in record.getMessage())
    for record in (came("low"), came("high", logging.ERROR), came("not", logging.ERROR)):
        logger.handle(record)
    assert keep.texts == ["high"]


@pytest.mark.parametrize("error", [ValueError, SystemExit, KeyboardInterrupt])
def test_a_handler_that_raises_keeps_nothing_from_the_others_and_is_told_of_once(logger, error):
    told = []

    class Bad(logging.Handler):
        def emit(self, record):
            raise error("bad")

        def handleError(self, record):
            told.append(record)

    logger.addHandler(Bad())
    keep = kept(logger)
    for number in range(3):
        logger.handle(came(str(number)))
    assert keep.texts == ["0", "1", "2"]
    assert len(told) == 1


def test_patterns_find_records_of_engines_and_of_the_kernel(logger):
    logger.propagate = False
    logger.searchpatterns["rain"] = r"(\d+) mm"
    logger.searchpatterns["sun"] = re.compile("SUN", re.IGNORECASE)
    logger.handle(came("5 mm"))
    logger.warning("%d mm of sun", 7)
    found = logger.searchpatterns["rain"].results
    assert [record.getMessage() for record in found] == ["5 mm", "7 mm of sun"]
    assert len(logger.searchpatterns["sun"].results) == 1
    assert repr(logger.searchpatterns["rain"]) == r"<SearchPattern '(\\d+) mm': 2 found>"
    logger.searchpatterns.zap()
    assert logger.searchpatterns == {}


def test_a_pattern_keeps_the_newest_and_counts_the_others():
    pattern = SearchPattern("x", most=3)
    for number in range(5):
        assert pattern.check(came(f"x{number}"))
    pattern.check(came("y"))
    assert [record.getMessage() for record in pattern.results] == ["x2", "x3", "x4"]
    assert pattern.left_out == 2


def test_draining_is_the_sessions_matter(logger):
    assert logger.drain()
    assert not logger.drain(0)

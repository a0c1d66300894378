"""The link against a real ROUTER that dies, comes again, and is another one."""

import logging
import threading

import pytest

from flowlab.model.ids import EngineId, HostId
from flowlab.worker.carrier import Carrier
from flowlab.worker.duplex import Duplex
from flowlab.worker.link import EngineLink
from flowlab.worker.messages import Broken, Coming, Hello, LogHeld, Piece, Wanted
from tests.worker.far_end import PATIENCE, FarEnd, MainThread
from tests.worker.workshop import SESSION, Workshop, batch, job, object_id, task_id


class Engine:
    """An engine's worker whose main thread is a thread of the test."""

    def __init__(self, directory, address) -> None:
        self.shop = Workshop(directory, inline=True)
        self.main = MainThread(self.shop.loop.run_slice)
        self.refusals: list[str] = []
        self.has_broken = False
        self.refused_event = threading.Event()
        self.duplex = Duplex()
        self.carrier = Carrier(self.shop.store)
        self.link = EngineLink(address, self.shop.loop, self.duplex, self.carrier, self)
        self.shop.loop._reporter._send = self.link.send
        self.shop.loop.wake = self.carrier.wake = self.link.wake
        self.link.start()

    def hello(self, held):
        return Hello(EngineId(3), "key", HostId("here"), 1, 0.0, 1, {}, "", "", "", held)

    def work_came(self):
        self.main.work.set()

    def refused(self, reason):
        self.refusals.append(reason)
        self.refused_event.set()

    def alone(self, seconds):
        """Waits for ever."""

    def broke(self):
        self.has_broken = True

    def close(self):
        self.link.stop()
        self.carrier.close()
        self.main.stop()
        self.shop.loop.close()


@pytest.fixture
def path(tmp_path):
    return tmp_path / "link"


@pytest.fixture
def engine(tmp_path, path):
    one = Engine(tmp_path, f"ipc://{path}")
    yield one
    one.close()


@pytest.fixture
def far_end(path):
    """Makes scheduler processes' ends."""
    ends = []

    def make(*args, **named):
        ends.append(FarEnd(path, *args, **named))
        return ends[-1]

    yield make
    for end in ends:
        end.close()


def some(first, count, *, urgent=False):
    jobs = [job(first + n, publish=True, urgent=urgent) for n in range(count)]
    return batch(jobs, [lambda ctx: 1] * count)


def test_work_goes_there_and_reports_come_back(engine, far_end):
    end = far_end("one")
    end.until(lambda: end.hellos)
    end.send(some(1, 100))
    end.until(lambda: len(end.finished()) == 100)
    end.until(lambda: not end.duplex.unacknowledged)
    assert len(end.reports) < 10


def test_an_engine_waits_for_a_scheduler_process_that_comes_late(engine, far_end):
    assert not engine.link.welcome.is_set()
    end = far_end("one")
    end.until(lambda: end.hellos)


def test_what_the_connection_lost_comes_again_and_nothing_twice(engine, far_end):
    end = far_end("one")
    end.until(lambda: end.hellos)
    end.send(some(1, 10))
    end.until(lambda: len(end.finished()) == 10)
    end.close()
    engine.shop.loop.accept(some(11, 10))  # as if it had come just before
    engine.work_came()
    again = far_end("one")
    again.duplex = end.duplex  # the same scheduler process
    again.until(again.finished)
    assert sorted(again.finished()) == [task_id(n) for n in range(11, 21)]
    again.send(some(21, 1))
    again.until(lambda: task_id(21) in again.finished())
    assert len(again.finished()) == 11


def test_another_scheduler_process_gets_what_the_first_one_never_acknowledged(engine, far_end):
    end = far_end("one")
    end.until(lambda: end.hellos)
    end.send(some(1, 5))
    end.until(lambda: len(end.finished()) == 5)
    end.until(lambda: not engine.duplex.unacknowledged)
    end.send(some(6, 5))
    end.deaf = True  # what it says from here on is lost with the process
    end.until(lambda: engine.duplex.unacknowledged and not engine.shop.loop.busy)
    end.close()
    new = far_end("two")
    new.until(lambda: len(new.finished()) >= 5)
    assert {(task_id(n), 1) for n in range(6, 11)} <= set(new.hellos[0].held)
    assert sorted(new.finished()) == [task_id(n) for n in range(6, 11)]
    assert engine.duplex.epoch == "two"
    new.send(some(11, 1))
    new.until(lambda: task_id(11) in new.finished())


def test_a_refusal_reaches_the_engine(engine, far_end):
    end = far_end("one", refusal="declared lost")
    end.until(engine.refused_event.is_set)
    assert engine.refusals[0] == "declared lost"
    assert not engine.link.welcome.is_set()


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_after_a_bug_of_ours_the_engine_is_not_one_that_is_silent_for_ever(
    engine, far_end, monkeypatch, caplog
):
    end = far_end("one")
    end.until(lambda: end.hellos)

    def broken(message):
        raise KeyError("a bug")

    monkeypatch.setattr(engine.shop.loop, "accept", broken)
    end.send(some(1, 5))
    engine.link.join(PATIENCE)
    assert engine.has_broken
    assert not engine.link.welcome.is_set()
    assert "the link of this engine failed" in caplog.text


def test_a_text_that_is_no_unicode_harms_no_report(engine, far_end):
    end = far_end("one")
    end.until(lambda: end.hellos)
    end.send(batch([job(1, publish=True)], [lambda ctx: ctx.user.update({"caf\udce9": 1})]))
    end.until(end.finished)
    (notes,) = [report.fact.notes for report in end.reports if report.fact and report.fact.notes]
    assert list(notes[0][2]) == ["caf?"]


def test_a_busy_engine_says_that_it_lives(engine, far_end):
    end = far_end("one")
    end.until(lambda: end.hellos)
    go = threading.Event()
    engine.shop.loop._memory._functions["wait"] = lambda ctx: go.wait(PATIENCE)
    engine.shop.loop._memory._pickled["wait"] = b"-"
    end.send(batch([job(1, function="wait")]))
    end.until(lambda: any(report.fact and report.fact.started for report in end.reports))
    go.set()
    end.until(end.finished)


def test_a_row_that_others_wait_for_does_not_wait_for_the_next_task(engine, far_end):
    end = far_end("one")
    end.until(lambda: end.hellos)
    go = threading.Event()
    engine.shop.loop._memory._functions["wait"] = lambda ctx: go.wait(PATIENCE)
    engine.shop.loop._memory._pickled["wait"] = b"-"
    quick = [job(number, publish=True, urgent=True) for number in range(1, 10)]
    end.send(batch([*quick, job(10, function="wait")], [lambda ctx: [ctx.blob(b"1")]] * 9))
    end.until(lambda: len(end.finished()) == 9)  # while the tenth is still at it
    go.set()
    end.until(lambda: len(end.finished()) == 10)


def test_what_a_carrier_answers_comes_once_though_the_connection_breaks(engine, far_end):
    file = engine.shop.store.put(object_id(1), bytes(range(256)) * 1000)
    end = far_end("one")
    end.until(lambda: end.hellos)
    end.send(Wanted(7, file, 0))
    end.until(lambda: end.answers)
    assert bytes(end.answers[0].data) == bytes(range(256)) * 1000
    end.close()
    engine.carrier.take(Wanted(7, file, 256_000 - 5))  # as if it had come just before
    again = far_end("one")
    again.duplex = end.duplex
    again.until(lambda: again.answers)
    again.send(Wanted(8, file, 256_000 - 1))
    again.until(lambda: len(again.answers) == 2)
    assert [bytes(one.data) for one in again.answers] == [b"\xfb\xfc\xfd\xfe\xff", b"\xff"]


def test_what_is_half_there_when_another_scheduler_process_comes_is_let_go(engine, far_end):
    end = far_end("one")
    end.until(lambda: end.hellos)
    end.send(Coming(7, object_id(1), 100, False, ""))
    end.send(Piece(7, 0, 50, memoryview(bytes(50))))
    end.until(lambda: end.answers)
    drafts = engine.shop.store.directory / "drafts"
    assert len(list(drafts.iterdir())) == 1
    end.close()
    new = far_end("two")
    new.until(lambda: new.hellos)
    new.send(Piece(7, 50, 50, memoryview(bytes(50))))
    # What was not acknowledged comes again, before the answer to this
    new.until(lambda: new.answers and isinstance(new.answers[-1], Broken))
    assert list(drafts.iterdir()) == []
    assert engine.shop.store.contents() == {}


def test_log_records_are_safe_once_they_are_acknowledged_and_a_new_process_holds_nobody(
    engine, far_end
):
    def logs(ctx):
        logging.getLogger("x").warning("said")

    def unsafe():
        return engine.shop.loop._stage.tap._unsafe

    end = far_end("one")
    end.until(lambda: end.hellos)
    end.send(batch([job(1, outputs=0)], [lambda ctx: logs(ctx) or []]))
    end.until(end.finished)
    assert [row.text for report in end.reports for one in report.traces for row in one.rows] == [
        "said"
    ]
    end.until(lambda: not engine.duplex.unacknowledged)
    assert unsafe() == 0
    end.send(LogHeld(SESSION, held=True))
    end.until(lambda: engine.shop.loop._stage.tap._held)
    end.close()
    new = far_end("two")
    new.until(lambda: new.hellos)
    new.until(lambda: not engine.shop.loop._stage.tap._held)

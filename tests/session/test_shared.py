"""The shared objects of a session: made in its manager, gone with it."""

import multiprocessing
import threading
from multiprocessing.managers import SyncManager

import psutil
import pytest

from flowlab import Client, remote
from flowlab.errors import SessionError, SharedObjectError, UsageError
from flowlab.shared import lines
from flowlab.shared.proxy import reference_of
from tests.cluster.peer import wait_until


@pytest.fixture
def client():
    with Client(inline=True) as made:
        yield made


@pytest.fixture
def session(client):
    return client.new_session("of tests")


def pid_of(session):
    return session._shared._manager.pid


def test_nothing_is_started_before_there_is_a_need(session):
    session.close()
    assert session._shared._manager is None


def test_a_session_has_one_manager(session):
    one, other = session.shared("Lock", name="db"), session.shared("dict", a=1)
    assert reference_of(one).where == reference_of(other).where
    assert other.copy() == {"a": 1}
    assert str(one) == "<shared Lock 'db'>"


def test_a_handler_that_raises_keeps_no_warning_from_the_next(session, capfd):
    heard = []

    def fail(record):
        heard.append(record.getMessage())
        raise ValueError("mine")

    session.logger.addFilter(fail)
    lock = session.shared("Lock")
    for number in (1, 2):
        thread = threading.Thread(target=lock.acquire)
        thread.start()
        thread.join()
        wait_until(lambda number=number: len(heard) == number)
    wait_until(lambda: "ValueError: mine" in capfd.readouterr().err)


def test_it_ends_with_its_session(session):
    lock = session.shared("Lock")
    pid = pid_of(session)
    session.close()
    assert not psutil.pid_exists(pid)
    with pytest.raises(SharedObjectError, match="It ends with its session"):
        lock.acquire()
    with pytest.raises(SessionError):
        session.shared("Lock")


def test_it_ends_with_its_client(client, session):
    session.shared("Lock")
    pid = pid_of(session)
    client.close()
    assert not psutil.pid_exists(pid)


def test_an_exposed_name_may_stand_alone(session):
    class Plate:
        def look(self):
            return 3

        def eat(self):
            return 4

    plate = session.shared(Plate, exposed="look")
    assert plate.look() == 3
    assert reference_of(plate).methods == ("look",)


@pytest.mark.parametrize(
    ("what", "said", "waits"),
    [("Lock", None, True), ("dict", None, False), (dict, None, True), (dict, False, False)],
)
def test_who_knows_better_says_whether_one_may_wait(session, what, said, waits):
    assert reference_of(session.shared(what, waits=said)).waits is waits


def test_what_is_no_type_is_refused(session):
    with pytest.raises(UsageError, match="there is no ready-made shared 'Mutex'"):
        session.shared("Mutex")


def test_a_shared_logger_and_its_lock(session, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    log, mutex = session.shared_logger("a.log", level="INFO", format="%(message)s")
    with mutex:
        log.debug("no")
        log.info("yes")
    assert (tmp_path / "a.log").read_text() == "yes\n"
    assert str(log) == "Logging proxy"


def test_warnings_come_to_the_sessions_logger(session, monkeypatch):
    monkeypatch.setattr(lines._process, "engine", None)  # as in no test of another room
    heard = []
    session.logger.addFilter(lambda record: heard.append(record.getMessage()) or True)
    lock = session.shared("Lock", name="db")
    process = multiprocessing.get_context("fork").Process(target=lock.acquire)
    process.start()
    process.join()
    assert lock.acquire(timeout=10)
    wait_until(lambda: heard)
    assert heard == ["the notebook ended while it held <shared Lock 'db'>: released"]


def test_a_manager_of_ones_own_is_called_through_the_kernel(session):
    with SyncManager() as own:
        reference, _ = session.refer(own.Lock())
        assert reference.where.manager.endswith("-switchboard")
        assert session._shared._switchboard is not None


def test_another_clients_object_is_refused(session):
    with Client(inline=True) as other:
        lock = other.new_session().shared("Lock")
        with pytest.raises(UsageError, match="belongs to another client"):
            session.refer(lock)


def test_a_task_of_this_process_gives_back_what_it_held(session):
    """Inline: its thread is the task's, and the notebook's lines are the notebook's."""
    lock, other = session.shared("Lock", name="db"), session.shared("Lock")

    @remote()
    def hold(ctx):
        lock.acquire()
        return b""

    assert other.acquire()
    with session.bind_only():
        hold()
        session.submit()
        session.wait_all()
    assert lock.acquire(timeout=10)
    assert other.locked()

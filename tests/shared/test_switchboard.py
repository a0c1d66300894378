"""The switchboard: a manager of the user's own, from where its key is not."""

import pickle
import threading
from multiprocessing import managers
from multiprocessing.managers import BaseProxy, SyncManager
from queue import Empty

import pytest

from flowlab.errors import SharedObjectError, UsageError
from flowlab.shared.switchboard import Switchboard
from tests.cluster.peer import wait_until


class Diary:
    def __init__(self):
        self.lines = []

    def write(self, line):
        self.lines.append(line)

    def read(self):
        return self.lines

    def fail(self):
        raise OSError("no ink")


class DiaryProxy(BaseProxy):
    def write(self, line):
        return self._callmethod("write", [line])

    def read(self):
        return self._callmethod("read")

    def fail(self):
        return self._callmethod("fail")

    def burn(self):
        return self._callmethod("burn")

    def __str__(self):
        return "a diary"


class Managers(SyncManager):
    pass


Managers.register("diary", Diary, proxytype=DiaryProxy, exposed=("write", "read", "fail"))
Managers.register("plain", Diary)


@pytest.fixture
def own():
    with Managers() as found:
        yield found


@pytest.fixture
def switchboard(home, said):
    found = Switchboard(home, "switchboard", said.append)
    yield found
    found.close()


@pytest.fixture
def sent(switchboard):
    """The proxy as a task has it."""

    def send(proxy):
        make, given = switchboard.export(proxy)[1]
        return make(*pickle.loads(pickle.dumps(given)))

    return send


def test_what_it_needs_of_multiprocessing_is_there(own):
    """Names that its documentation does not have."""
    proxy = own.diary()
    assert {"_token", "_Client", "_authkey"} <= vars(proxy).keys()
    assert own.plain()._isauto
    assert callable(managers.dispatch)
    assert callable(managers.MakeProxyType)


def test_a_proxy_keeps_its_class(own, sent):
    diary, there = own.diary(), None
    there = sent(diary)
    there.write("dear diary")
    assert diary.read() == there.read() == ["dear diary"]
    assert type(there) is DiaryProxy
    assert str(there) == "a diary"


def test_a_proxy_without_a_class_has_its_methods(own, sent):
    plain = own.plain()
    sent(plain).write("here")
    assert plain.read() == ["here"]


def test_only_what_is_exposed_can_be_called(own, sent):
    with pytest.raises(Exception, match="burn"):
        sent(own.diary()).burn()


def test_no_key_travels(own, switchboard):
    diary = own.diary()
    data = pickle.dumps(switchboard.export(diary)[1])
    assert bytes(diary._authkey) not in data
    assert b"authkey" not in data


def test_it_cannot_be_put_into_a_shared_object(own, sent, make):
    """Whoever took it out would not have its key; one that has come to a task needs none."""
    shared = make("list")
    with pytest.raises(
        UsageError, match=r"DiaryProxy of a manager of your own cannot .*passes its calls"
    ):
        shared.append(own.diary())
    shared.append(sent(own.diary()))
    shared[0].write("by the list")


def test_one_that_came_back_is_the_same(own, switchboard, sent):
    there = sent(own.diary())
    assert switchboard.export(there)[0] == switchboard.export(pickle.loads(pickle.dumps(there)))[0]
    assert len(switchboard._known) == 1


def test_dicts_can_be_gone_through(own, sent):
    there = sent(own.dict(a=1, b=2))
    assert sorted(there) == ["a", "b"]
    there["c"] = 3
    assert there.copy() == {"a": 1, "b": 2, "c": 3}


@pytest.mark.parametrize(
    ("kind", "waits"), [("dict", False), ("list", False), ("Lock", True), ("diary", True)]
)
def test_one_may_wait_where_it_is_not_known(own, switchboard, kind, waits):
    assert switchboard.export(getattr(own, kind)())[0].waits is waits


@pytest.mark.parametrize("kind", ["Lock", "RLock", "Semaphore", "BoundedSemaphore"])
def test_what_is_held_comes_back(own, sent, said, kind):
    lock = getattr(own, kind)()
    there = sent(lock)

    def hold():
        assert there.acquire()

    thread = threading.Thread(target=hold)
    thread.start()
    thread.join()
    assert lock.acquire(True, 10)
    wait_until(lambda: said)
    assert said == [f"the notebook ended while it held <shared {kind}>: released"]


def test_a_lock_is_given_back_once(own, sent, said):
    lock = own.Lock()
    with sent(lock):
        assert not lock.acquire(False)
        assert not sent(lock).acquire(False)
    assert lock.acquire(False)
    assert not said


def test_what_another_one_took_since_stays_his(own, sent):
    """One takes it, another gives it back and takes it; then the first one ends."""
    lock = own.Lock()
    there = sent(lock)
    taken, go_on = threading.Event(), threading.Event()

    def take_and_end_later():
        there.acquire()
        taken.set()
        go_on.wait(10)

    thread = threading.Thread(target=take_and_end_later)
    thread.start()
    assert taken.wait(10)
    there.release()
    assert there.acquire()
    go_on.set()
    thread.join()
    assert not lock.acquire(True, 0.3)
    there.release()


def test_a_queue_gives_what_there_is(own, sent):
    queue = own.Queue()
    there = sent(queue)
    with pytest.raises(Empty):
        there.get(True, 0.02)
    with pytest.raises(Empty):
        there.get(False)
    queue.put("a")
    assert there.get() == "a"


def test_an_event_is_waited_for(own, sent):
    event = own.Event()
    there = sent(event)
    assert not there.wait(0.02)
    threading.Timer(0.05, event.set).start()
    assert there.wait()


def test_the_objects_own_errors_are_its_own(own, sent):
    with pytest.raises(OSError, match="no ink"):
        sent(own.diary()).fail()


def test_a_manager_that_is_gone_cannot_be_used(home, said, switchboard, sent):
    own = Managers()
    own.start()
    diary = own.diary()
    there = sent(diary)
    there.write("a")
    own._process.kill()
    own._process.join()
    with pytest.raises(SharedObjectError, match="the manager of your own that has it is gone"):
        there.write("b")
    fresh = Switchboard(home, "switchboard-2", said.append)
    with pytest.raises(UsageError, match=r"does not answer .*session\.shared"):
        fresh.export(diary)
    fresh.close()


def test_a_lost_engine_is_told(switchboard, monkeypatch):
    lost = []
    monkeypatch.setattr(switchboard._server, "lose", lost.append)
    switchboard.lose(3)
    assert lost == [3]

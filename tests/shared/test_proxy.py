"""Proxies: the methods of an object, wherever it is."""

import copy
import pickle
import threading

import pytest

from flowlab.errors import SharedObjectError, UsageError
from flowlab.shared import lines
from flowlab.shared.keys import forget_run, remember_run
from flowlab.shared.proxy import Reference, SharedProxy, Where, make_proxy, reference_of
from flowlab.staging.host import host_id
from tests.shared.conftest import RUN

ELSEWHERE = Where(RUN, "1", "another host", ("127.0.0.1", 1), None)


class Reckoner:
    """One of the user's own."""

    rate = 3

    def __init__(self):
        self.inside = False

    def double(self, number):
        return 2 * number

    def me(self):
        return self

    def fail(self):
        raise LookupError("not today")

    def __enter__(self):
        self.inside = True
        return self

    def __exit__(self, kind, error, frames):
        self.inside = False
        return isinstance(error, ValueError)

    def is_inside(self):
        return self.inside


@pytest.mark.parametrize(
    ("proxy", "shown"),
    [(("Lock", "db"), "<shared Lock 'db'>"), ((Reckoner, ""), "<shared Reckoner>")],
)
def test_it_can_be_read(make, proxy, shown):
    what, name = proxy
    made = make(what, name=name)
    assert (str(made), repr(made)) == (shown, shown)


def test_a_dict_is_used_like_a_dict(make):
    shared = make("dict", {"a": 1}, b=2)
    shared["c"] = 3
    del shared["a"]
    assert (len(shared), "b" in shared, sorted(shared)) == (2, True, ["b", "c"])
    assert list(shared.items()) == [("b", 2), ("c", 3)]
    assert shared.copy() == copy.deepcopy(shared) == {"b": 2, "c": 3}
    with pytest.raises(KeyError):
        shared["a"]


def test_a_list_is_used_like_a_list(make):
    shared = make("list", "ab")
    shared += "c"
    shared.append("d")
    shared[0] = "A"
    assert (shared[:], shared[-1], len(shared), list(shared)) == (
        ["A", "b", "c", "d"], "d", 4, ["A", "b", "c", "d"],
    )  # fmt: skip


def test_counters_and_values(make):
    counter, value = make("Counter"), make("Value", 1)
    counter += 5
    counter -= 2
    value.value = "new"
    assert (counter.value, counter.add(2), value.value, value.get()) == (3, 5, "new", "new")


def test_a_lock_is_a_context(make):
    lock = make("Lock")
    with lock as taken:
        assert taken
        assert lock.locked()
    assert not lock.locked()


def test_barrier_and_queue_meet(make):
    barrier, queue = make("Barrier", 2), make("Queue")
    thread = threading.Thread(target=lambda: queue.put(barrier.wait()))
    thread.start()
    assert {barrier.wait(), queue.get()} == {0, 1}
    thread.join()
    assert (barrier.parties, barrier.n_waiting, barrier.broken) == (2, 0, False)


def test_an_object_of_ones_own(make):
    reckoner = make(Reckoner)
    assert reckoner.double(21) == 42
    assert reckoner.me() is reckoner
    assert not hasattr(reckoner, "rate")
    with reckoner as inside:
        assert inside is reckoner
        assert reckoner.is_inside()
        raise ValueError
    assert not reckoner.is_inside()


def test_all_public_names_are_the_objects_own(make):
    class Book:
        def reference(self):
            return "p. 7"

    book = make(Book)
    assert (book.reference(), reference_of(book).kind) == ("p. 7", "Book")


def test_what_goes_wrong_here_does_not_say_that_its_process_is_gone(make, monkeypatch):
    shared = make("list")

    def full(*_):
        raise OSError(24, "Too many open files")

    monkeypatch.setattr(lines.Line, "exchange", full)
    with pytest.raises(SharedObjectError, match=r"cannot be reached: .*Too many open files"):
        shared.copy()
    with pytest.raises(OSError, match="mine"):
        shared.append(Odd())


class Odd:
    def __reduce__(self):
        raise OSError("mine")


def test_fields_are_exposed_when_asked_for(make):
    assert make(Reckoner, exposed=("rate",)).rate == 3
    with pytest.raises(AttributeError):
        make(Reckoner, exposed=("rate",)).double(1)


def test_an_error_arrives_as_itself_and_says_where(make):
    with pytest.raises(LookupError, match="not today") as told:
        make(Reckoner, name="r").fail()
    assert "raised in the process of <shared Reckoner 'r'>" in told.value.__notes__[0]
    assert "in fail" in told.value.__notes__[0]


def test_a_method_of_the_users_own_proxy_is_one_call(make):
    """As in `multiprocessing`: `_callmethod` is the door; what is not exposed stays shut."""
    with pytest.raises(UsageError, match="does not expose 'locked_by'; exposed are: "):
        make("Lock")._callmethod("locked_by")


def test_it_travels_without_its_key(make):
    lock = make("Lock", name="db")
    data = pickle.dumps(lock)
    assert pickle.loads(data) == lock
    assert hash(pickle.loads(data)) == hash(lock)
    with pickle.loads(data):
        assert lock.locked()
    assert b"the key of the run" not in data


def test_proxies_travel_in_shared_objects(make):
    shared = make("list", [make("Lock")])
    with shared[0]:
        assert shared[0].locked()
    assert shared[0] != make("Lock")
    assert shared[0] != 1


def test_without_a_key_it_is_no_use(make):
    lock = make("Lock", name="db")
    forget_run(RUN)
    with pytest.raises(SharedObjectError, match="'db'> cannot be reached: this process has no key"):
        lock.acquire()
    remember_run(RUN, "another key")
    outcome = []

    def attempt():  # a thread of its own: this one has a line already
        try:
            lock.acquire()
        except SharedObjectError as error:
            outcome.append(str(error))

    thread = threading.Thread(target=attempt)
    thread.start()
    thread.join()
    assert "<shared Lock 'db'> cannot be reached" in outcome[0]


def test_from_another_host_it_needs_an_address():
    proxy = make_proxy(Reference(ELSEWHERE, "1", "Lock", "", ("acquire",), (), True))
    with pytest.raises(SharedObjectError, match="give Client\\(listen="):
        proxy.acquire()


def test_each_host_has_its_address():
    there = ELSEWHERE._replace(far=("203.0.113.1", 5))
    assert there.address() == ("203.0.113.1", 5)
    assert there._replace(host=host_id()).address() == ("127.0.0.1", 1)


def test_when_its_process_is_gone_each_call_says_so(make, manager):
    lock = make("Lock", name="db")
    lock.acquire()
    manager._process.kill()
    manager._process.wait()
    for _ in range(3):
        with pytest.raises(SharedObjectError, match="'db'> cannot be reached: its process is gone"):
            lock.acquire()
    assert isinstance(lock, SharedProxy)

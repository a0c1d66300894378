"""Managers: a process that lives as long as it is wanted, and no longer."""

import os
import sys
import threading

import psutil
import pytest
from msgspec.structs import replace

from flowlab.errors import SharedObjectError, UsageError
from flowlab.shared import process
from flowlab.shared.keys import key_of
from flowlab.shared.manager import Manager, kind_of, own_umask
from flowlab.shared.proxy import reference_of
from flowlab.shared.wire import Request
from tests.cluster.peer import wait_until
from tests.shared.conftest import RUN


class Nest:
    def __init__(self, *eggs, **more):
        self.eggs = (*eggs, *more)

    def look(self):
        return os.getpid(), self.eggs


def broken(*_args):
    raise LookupError("no eggs")


def test_objects_are_made_in_its_process(make, manager):
    assert make(Nest, 1, 2, three=3).look() == (manager.pid, (1, 2, "three"))
    assert make(lambda: Nest("a")).look() == (manager.pid, ("a",))


def test_it_is_the_reapers(home, manager):
    assert home.reaper.pids == [manager.pid]
    manager.close()
    assert home.reaper.pids == []


def test_it_ends_when_it_is_closed(manager):
    manager.close()
    manager.close()
    assert not psutil.pid_exists(manager.pid)


def test_it_ends_with_the_process_that_made_it(home):
    """Its standard input is the leash: the end of a process that was killed closes it."""
    manager = Manager(home, "leash", print)
    process = psutil.Process(manager.pid)
    manager._process.stdin.close()
    manager._process.wait(10)
    assert not process.is_running()
    manager.close()


def test_a_notebooks_interrupt_is_not_its(make, manager):
    value = make("Value", 1)
    os.kill(manager.pid, 2)
    assert value.get() == 1
    assert os.getsid(manager.pid) == manager.pid


def test_what_it_has_to_say_is_heard(make, manager, said):
    lock = make("Lock", name="db")
    thread = threading.Thread(target=lock.acquire)
    thread.start()
    thread.join()
    wait_until(lambda: said)
    assert said == ["the notebook ended while it held <shared Lock 'db'>: released"]


def test_it_hears_of_lost_engines(make, manager, scope):
    lock = make("Lock")
    scope.engine = 4
    where = reference_of(lock).where
    line = scope.open(where.near, key_of(where.run, where.manager))
    line.ask(Request(reference_of(lock).ident, "acquire"))
    manager.lose(4)
    assert lock.acquire(timeout=10)
    manager.close()
    manager.lose(4)


def test_no_key_is_where_others_can_see_it(make, manager, tmp_path):
    make("Lock")
    process = psutil.Process(manager.pid)
    seen = repr([process.cmdline(), process.environ()])
    seen += "".join(each.read_text() for each in tmp_path.rglob("*") if each.is_file())
    assert key_of(RUN, "there").hex() not in seen
    assert "the key of the run" not in seen


def test_what_makes_an_object_may_fail(make):
    with pytest.raises(LookupError, match="no eggs"):
        make(broken)


@pytest.mark.parametrize(
    ("what", "words"), [("Lokc", "there is no ready-made shared 'Lokc'; there are dict, list"),
                        (7, "takes the name of a type, a class, or a function")],
)  # fmt: skip
def test_what_makes_nothing_is_refused(make, what, words):
    with pytest.raises(UsageError, match=words):
        make(what)


def test_what_cannot_travel_is_refused(make):
    with pytest.raises(UsageError, match="arguments of Nest cannot be pickled"):
        make(Nest, threading.Lock())
    lock = threading.Lock()
    with pytest.raises(UsageError, match=r"what makes .* cannot be pickled"):
        make(lambda: lock)


def test_a_process_that_does_not_start_says_why(home, monkeypatch):
    monkeypatch.setattr(process, "_PROGRAM", "raise SystemExit('no room here')")
    with pytest.raises(SharedObjectError, match=r"ended at once\. It wrote:\nno room here"):
        Manager(home, "none", print)
    assert home.reaper.pids == []


def test_a_wrong_address_is_the_users_mistake(home):
    with pytest.raises(UsageError, match=r"203\.0\.113\.1"):
        Manager(replace(home, listen="tcp://203.0.113.1:*"), "none", print)


def test_types_have_names():
    assert kind_of("Lock") == "Lock"
    assert kind_of(Nest) == "Nest"
    assert kind_of(sys.getsizeof) == "getsizeof"


def test_it_has_the_umask_of_the_notebook(make, tmp_path):
    before = os.umask(0o027)
    try:
        assert own_umask() == 0o027
    finally:
        os.umask(before)

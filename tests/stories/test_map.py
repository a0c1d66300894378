"""`flowlab.map` on real engines: one node, many calls."""

import operator
import os
import signal

import numpy as np
import pytest

import flowlab
from flowlab import TaskError, pickled, remote
from flowlab.events.codec import pack
from flowlab.events.messages import Reported, TasksAssigned
from flowlab.model.limits import INLINE_OBJECT
from tests.stories.conftest import patient
from tests.stories.watching import Watcher, engine_pids, wait_until

pytestmark = pytest.mark.engines


def square(number):
    return number * number


def wait_for_file(path):
    """Returns when the file is there."""
    import os
    import time

    while path and not os.path.exists(path):
        time.sleep(0.01)
    return path


@pytest.mark.parametrize("calls", [0, 1, 2, 63, 65, 1_000, 12_345])
def test_results_are_those_of_the_builtin(session, calls):
    whole = flowlab.map(square, range(calls))
    whole.keep()
    session.submit()
    assert whole.fetch() == [n * n for n in range(calls)]


def test_a_hundred_thousand_calls_are_a_few_dozen_tasks_and_messages(session):
    watcher = Watcher(session)
    whole = flowlab.map(square, range(100_000))
    whole.keep()
    session.submit()
    assert whole.fetch() == [n * n for n in range(100_000)]
    assert (len(whole.tasks), whole.done()) == (64, 100_000)
    watcher.wait_for(lambda me: len(me.finished()) == 64)
    said = len(watcher.of(TasksAssigned)) + len(watcher.of(Reported))
    assert said <= 3 * 64, said  # a slow machine gets its tasks one by one, and says so twice
    told = sum(len(pack(entry)) for entry in watcher.entries)
    assert told < 100_000 / 2, told  # bytes, of all that is told and kept for people


def test_single_calls_slices_and_other_tasks(session):
    first = flowlab.map(square, range(1_000))
    second = flowlab.map(operator.add, first, np.arange(1_000))
    total = remote(auto_load=True, auto_encode="pickle")(lambda ctx, many, one: sum(many) + one)
    task = total(second[::2], first[7])
    first.keep()
    second.keep()
    task.output.keep()
    session.submit()
    wanted = [n * n + n for n in range(1_000)]
    assert list(second) == wanted
    assert task.output.fetch().load() == sum(wanted[::2]) + 49
    assert (first[-1].result(), second[10:13].fetch()) == (998_001, wanted[10:13])


def test_results_come_while_others_run(session, tmp_path):
    last = tmp_path / "go"
    whole = flowlab.map(wait_for_file, ["", str(last)])
    whole.keep()
    session.submit()
    results = iter(whole)
    assert next(results) == ""
    assert not whole[1].done()
    last.touch()
    assert list(results) == [str(last)]


def test_large_arguments_and_results_go_by_the_store(session):
    table = np.arange(400_000.0).reshape(4, -1)
    shift = pickled(np.ones(100_000))
    whole = flowlab.map(lambda row, more: row + more, table, [shift] * 4, chunk=2)
    whole.keep()
    session.submit()
    found = whole.fetch()
    assert np.array_equal(np.array(found), table + 1)
    assert whole.tasks[0].output.info.size > INLINE_OBJECT


def test_a_call_that_fails_is_named_and_fails_the_session(session):
    whole = flowlab.map(lambda a, b: a // b, range(100), [1] * 77 + [0] * 23)
    whole.keep()
    session.submit()
    with pytest.raises(TaskError, match=r"ZeroDivisionError: .* \(call 77: <lambda>\(77, 0\)\)"):
        whole.fetch()
    with pytest.raises(TaskError, match="call 77"):
        session.wait_all()
    assert session.state == "failed"


@patient
def test_where_errors_do_not_end_the_session_other_chunks_go_on(session):
    whole = flowlab.map(lambda a: 1 // (a - 5), range(12), chunk=3)
    reader = remote(lambda ctx, many: b"")
    readers = reader(whole), reader(whole[6:])
    whole.keep()
    for each in readers:
        each.output.keep()
    session.submit()
    with pytest.raises(TaskError, match="call 5"):
        whole.fetch()
    with pytest.raises(TaskError, match="call 5"):
        whole[3].fetch()
    assert whole[6:].fetch() == [1, 0, 0, 0, 0, 0]
    assert readers[1].output.fetch().get_bytes() == b""
    with pytest.raises(TaskError, match="call 5"):
        readers[0].output.fetch()


@patient
def test_it_is_cancelled_between_its_calls(session):
    def nap(_):
        import time

        time.sleep(0.02)

    whole = flowlab.map(nap, range(100_000))
    session.submit()
    whole[0].task.update()
    wait_until(lambda: session.explain(whole[0].task).state == "running")
    session.cancel(whole.tasks)
    with pytest.raises(TaskError, match="cancelled"):
        whole.wait()
    after = flowlab.map(square, range(3))
    after.keep()
    session.submit()
    assert after.fetch() == [0, 1, 4]


def test_the_chunk_of_a_lost_engine_is_done_again(new_client, tmp_path):
    client = new_client(2)
    with client.new_session() as session:
        go = tmp_path / "go"
        whole = flowlab.map(wait_for_file, [str(go)] * 8)
        whole.keep()
        session.submit()
        wait_until(lambda: session.explain(whole[0].task).state == "running")
        os.kill(engine_pids(client)[0], signal.SIGKILL)
        go.touch()
        assert whole.fetch() == [str(go)] * 8


def test_functions_get_their_context_and_sandbox(session):
    @remote
    def write(ctx, number):
        path = ctx.sandbox / f"f{number}"
        path.write_text(str(number))
        ctx.debug("wrote {}", number)
        return ctx.stage_file(f"f{number}")

    whole = flowlab.map(write, range(5), chunk=5)
    whole.keep()
    session.submit()
    assert whole.fetch() == [b"0", b"1", b"2", b"3", b"4"]
    whole.tasks[0].update()
    assert whole.tasks[0].info.debug.splitlines()[-1] == "wrote 4"

"""What both placements of engines keep: in this process, and as ipyparallel's engines."""
# mirrors: one contract for inline and engines, the two clusters behind port.py

import os
import sys
import time

import cloudpickle
import ipyparallel
import pytest

from flowlab.cluster.inline import InlineCluster
from flowlab.cluster.run import RunDirectory
from flowlab.events.messages import EngineJoined, Logged, OnError, Reported, Said
from flowlab.model.limits import INLINE_OBJECT
from flowlab.model.payload import Inline, Stored
from flowlab.scheduler.actions import Drop, EndSession, HandBack, Interrupt, Revoke
from flowlab.staging.host import host_id
from flowlab.staging.store import HostStore
from tests.cluster.call import SOURCE, Caller
from tests.cluster.peer import SESSION, wait_until
from tests.conftest import Bench

cloudpickle.register_pickle_by_value(sys.modules[__name__])  # engines cannot import tests


@pytest.fixture(scope="module")
def inline(tmp_path_factory):
    exec(SOURCE, {})
    run = RunDirectory.create(tmp_path_factory.mktemp("inline") / "base")
    bench = Bench(InlineCluster(run), run).start(1)
    yield bench
    bench.close()


@pytest.fixture(scope="module")
def real(engines):
    client = ipyparallel.Client(engines.cluster.describe()["connection_file"], timeout=10)
    client[:].apply_sync(exec, SOURCE, {})
    client.close(linger=0)
    return engines


@pytest.fixture(
    params=["inline", pytest.param("real", marks=pytest.mark.engines)],
)
def bench(request):
    bench = request.getfixturevalue(request.param)
    bench.posted.clear()
    return bench


@pytest.fixture
def caller(bench):
    return Caller(bench)


def rows(bench, column):
    """All rows of one column of all reports."""
    return [row for fact in bench.posted.of(Reported) for row in getattr(fact, column)]


def ended(bench, column, number=1):
    """Tasks in that column, when there are so many."""
    wait_until(lambda: len(rows(bench, column)) >= number)
    return [row[0] for row in rows(bench, column)]


def give(data):
    return lambda ctx: [ctx.blob(data)]


def nap(seconds):
    def run(ctx):
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            time.sleep(0.01)
        return [ctx.blob(b"slept")]

    return run


def test_engines_and_capacity_were_said(bench):
    assert isinstance(bench.joined[0], EngineJoined)
    assert bench.joined[0].host == host_id()
    assert bench.first_capacity().engines == len(bench.joined)


def test_a_task_gets_its_inputs_and_gives_its_outputs(bench, caller):
    constant = caller.constant(b"hello")
    spec = caller.task(lambda ctx: [ctx.blob(ctx.inputs[0].get_bytes() + b" there")], [constant])
    caller.run(spec)
    assert ended(bench, "finished") == [spec.id]
    ((_, assignment, began, finished, infos),) = rows(bench, "finished")
    assert assignment == 1
    assert began <= finished
    assert [(info.id, info.size) for info in infos] == [(spec.outputs[0], 11)]
    assert bench.posted.value(spec.outputs[0]) == Inline(b"hello there")


def test_a_chain_runs_in_one_batch(bench, caller):
    first = caller.task(give(b"1"))
    second = caller.task(lambda ctx: [ctx.blob(ctx.inputs[0].get_bytes() + b"2")], first.outputs)
    third = caller.task(lambda ctx: [ctx.blob(ctx.inputs[0].get_bytes() + b"3")], second.outputs)
    caller.run(first, second, third)
    assert ended(bench, "finished", 3) == [first.id, second.id, third.id]
    assert bench.posted.value(third.outputs[0]) == Inline(b"123")


def test_a_large_object_lies_in_the_store_until_it_is_dropped(bench, caller):
    size = INLINE_OBJECT + 1
    spec = caller.task(lambda ctx: [ctx.blob(b"x" * size)])
    caller.run(spec)
    ended(bench, "finished")
    value = bench.posted.value(spec.outputs[0])
    assert isinstance(value, Stored)
    assert value.size == size
    store = HostStore(bench.run.store, host_id())
    assert bytes(store.open(value)) == b"x" * size
    bench.table.values[spec.outputs[0]] = value
    reader = caller.task(lambda ctx: [ctx.blob(str(ctx.inputs[0].size))], spec.outputs)
    caller.run(reader, engine=-1)
    ended(bench, "finished", 2)
    assert bench.posted.value(reader.outputs[0]) == Inline(str(size).encode())
    bench.cluster.perform(Drop(spec.outputs))
    wait_until(lambda: spec.outputs[0] not in store.contents())


def test_an_input_that_nobody_has_is_returned_as_missing_and_sent_later(bench, caller):
    late = caller.constant(b"late")
    value = bench.table.values.pop(late)
    spec = caller.task(lambda ctx: [ctx.blob(ctx.inputs[0].get_bytes())], [late])
    caller.run(spec)
    assert ended(bench, "returned") == [spec.id]
    assert rows(bench, "missing") == [late]
    bench.table.values[late] = value
    caller.run(spec, assignment=2)
    assert ended(bench, "finished") == [spec.id]


def test_a_failure_is_bounded_text_with_the_users_lines(bench, caller):
    def divide(ctx):
        return [ctx.blob(1 / 0)]

    spec = caller.task(divide)
    caller.run(spec)
    ended(bench, "failed")
    failure = rows(bench, "failed")[0][4]
    assert "ZeroDivisionError" in failure.message
    assert "worker" not in failure.traceback


def test_fail_session_stops_the_batch_and_continue_goes_on(bench, caller):
    def fail(ctx):
        raise ValueError("no")

    bad, good = caller.task(fail), caller.task(give(b"1"))
    caller.run(bad, good, on_error=OnError.FAIL_SESSION)
    assert ended(bench, "failed") == [bad.id]
    assert ended(bench, "returned") == [good.id]
    caller.run(bad, good, on_error=OnError.CONTINUE, assignment=2)
    ended(bench, "failed", 2)
    assert ended(bench, "finished") == [good.id]


def test_what_a_task_prints_arrives_while_it_runs(bench, caller):
    def talk(ctx):
        print("one")
        time.sleep(1)
        print("two")
        return [ctx.blob(b"")]

    spec = caller.task(talk)
    caller.run(spec)
    wait_until(lambda: any("one" in said.text for said in bench.posted.of(Said)))
    assert not rows(bench, "finished")
    ended(bench, "finished")
    said = [one for one in bench.posted.of(Said) if one.task == spec.id]
    assert "".join(one.text for one in said) == "one\ntwo\n"
    assert [one.number for one in said] == sorted({one.number for one in said})


def test_revoked_and_handed_back_tasks_are_returned_untouched(bench, caller):
    first = caller.task(nap(0.5))
    revoked, handed = caller.task(give(b"1")), caller.task(give(b"2"))
    engine = caller.run(first)
    wait_until(lambda: rows(bench, "started"))
    caller.run(revoked)
    caller.run(handed)
    bench.cluster.perform(Revoke(engine, ((revoked.id, 1),)))
    bench.cluster.perform(HandBack(engine))
    assert sorted(ended(bench, "returned", 2)) == sorted([revoked.id, handed.id])
    assert ended(bench, "finished") == [first.id]


def test_an_interrupted_task_is_cancelled_and_the_next_one_runs(bench, caller):
    sleeper, after = caller.task(nap(60)), caller.task(give(b"after"))
    engine = caller.run(sleeper)
    wait_until(lambda: rows(bench, "started"))
    bench.cluster.perform(Interrupt(engine, sleeper.id, 1))
    assert ended(bench, "cancelled") == [sleeper.id]
    caller.run(after)
    assert ended(bench, "finished") == [after.id]


def test_the_end_of_a_session_returns_what_waits(bench, caller):
    first, second = caller.task(nap(0.3)), caller.task(give(b""))
    caller.run(first)
    wait_until(lambda: rows(bench, "started"))
    caller.run(second)
    bench.cluster.perform(EndSession(SESSION))
    assert ended(bench, "returned") == [second.id]
    ended(bench, "finished")


def test_ten_thousand_tasks_in_few_messages(bench, caller):
    noop = caller.task(lambda ctx: [], outputs=0)
    specs = [noop]
    for _ in range(1999):
        number = next(caller.numbers)
        specs.append(bench.table.add(number, "cluster-call", function=noop.function))
    for part in range(5):
        caller.run(*specs, assignment=part + 1, urgent=False)
    done = set()
    wait_until(lambda: len(rows(bench, "finished")) + len(rows(bench, "returned")) >= 10_000, 30)
    done = {(row[0], row[1]) for row in rows(bench, "finished")}
    assert len(done) == len(rows(bench, "finished"))
    assert len(bench.posted.of(Reported)) < 100


def test_it_describes_itself(bench, caller):
    sleeper = caller.task(nap(60))
    engine = caller.run(sleeper)
    seen = lambda: [one["running"] for one in bench.cluster.describe()["engines"]]
    wait_until(lambda: (sleeper.id, 1) in seen())
    bench.cluster.perform(Interrupt(engine, sleeper.id, 1))
    ended(bench, "cancelled")
    for one in bench.cluster.describe()["engines"]:
        assert one["host"] == host_id()


def test_a_task_works_in_an_empty_directory_of_its_own(bench, caller):
    def look(ctx):
        found = os.listdir()
        open("left", "w").close()
        return [ctx.blob(f"{found} {os.getcwd() == str(ctx.sandbox)}")]

    specs = [caller.task(look), caller.task(look)]
    caller.run(*specs)
    ended(bench, "finished", 2)
    for spec in specs:
        assert bench.posted.value(spec.outputs[0]).data.startswith(b"[] ")


def test_a_task_logs_from_the_wanted_level_on_and_waits_while_its_session_is_held(bench, caller):
    def logs(ctx):
        import logging

        logging.getLogger("mine").debug("too low")
        logging.getLogger("mine").info("said")
        return [ctx.blob(b"")]

    bench.table.levels[SESSION] = 20
    bench.cluster.hold(SESSION, held=True)
    spec = caller.task(logs)
    caller.run(spec)
    wait_until(lambda: rows(bench, "started"))
    assert bench.posted.of(Logged) == []
    bench.cluster.hold(SESSION, held=False)
    ended(bench, "finished")
    (logged,) = bench.posted.of(Logged)
    assert (logged.task, [row.text for row in logged.rows]) == (spec.id, ["said"])
    del bench.table.levels[SESSION]

"""Actions joined with the table: each engine gets what it lacks, once."""

import pytest

from flowlab.cluster.dispatch import Dispatch
from flowlab.cluster.waiting import Waiting
from flowlab.events.messages import OnError, Reported
from flowlab.model.ids import Assignment, BatchId, EngineId, HostId, ObjectId, TaskId
from flowlab.model.limits import INLINE_OBJECT, MESSAGE
from flowlab.model.logrow import QUIET
from flowlab.model.payload import Inline, Stored
from flowlab.model.specs import ObjectInfo
from flowlab.scheduler.actions import Drop, Given, RunBatch
from flowlab.worker.messages import Batch, Dropped
from tests.cluster.peer import SESSION, SmallTable, thing

HERE, THERE = HostId("here"), HostId("there")
E0, E1 = EngineId(0), EngineId(1)


@pytest.fixture
def table():
    return SmallTable()


@pytest.fixture
def dispatch(table):
    dispatch = Dispatch(table, HERE)
    dispatch.joined(E0, HERE)
    dispatch.joined(E1, THERE)
    return dispatch


def run(*specs, engine=E0, publish=()):
    given = tuple(Given(spec.id, Assignment(1), publish) for spec in specs)
    return RunBatch(engine, BatchId(1), SESSION, given, 1, OnError.CONTINUE)


def test_a_batch_has_all_that_its_tasks_need(dispatch, table):
    # 10 ──▶ 1 ──▶ 11 ──▶ 2
    constant = table.constant(10, b"hello", content_type="text")
    table.functions["f"] = b"pickled"
    first = table.add(1, inputs=[10], outputs=[11], function="f", config=b"c")
    second = table.add(2, inputs=[11])
    (batch,) = dispatch.batches(run(first, second, publish=(ObjectId(thing(11)),)))
    assert [job.spec for job in batch.jobs] == [first, second]
    assert batch.jobs[0].outputs[0].id == thing(11)
    assert batch.payload.values == {constant: Inline(b"hello")}
    assert batch.payload.functions == {"f": b"pickled"}
    assert batch.payload.configs == {first.id: b"c"}
    assert [item.info.content_type for item in batch.brought] == ["text"]


def test_an_engine_gets_values_and_functions_once(dispatch, table):
    table.constant(10, b"hello")
    table.functions["f"] = b"pickled"
    spec = table.add(1, inputs=[10], function="f")
    dispatch.batches(run(spec))
    (again,) = dispatch.batches(run(spec))
    assert not again.payload.values
    assert not again.payload.functions
    (other,) = dispatch.batches(run(spec, engine=E1))
    assert other.payload.values
    assert other.payload.functions


def test_what_an_engine_says_it_lacks_is_sent_again(dispatch, table):
    constant = table.constant(10, b"hello")
    spec = table.add(1, inputs=[10])
    dispatch.batches(run(spec))
    dispatch.reported(E0, Reported(E0, SESSION, missing=(constant,)))
    assert dispatch.batches(run(spec))[0].payload.values == {constant: Inline(b"hello")}


def test_a_stored_value_goes_by_path_on_its_host_and_for_another_the_batch_waits(dispatch, table):
    large = ObjectId(thing(10))
    small = table.constant(11, b"hello")
    spec = table.add(1, inputs=[10, 11])
    table.values[large] = stored = Stored(HERE, "/object", 100)
    (batch,) = dispatch.batches(run(spec))
    assert batch.payload.values == {large: stored, small: Inline(b"hello")}
    (waiting,) = dispatch.batches(run(spec, engine=E1))
    assert waiting.wants == {large: stored}
    assert waiting.batch.payload.values == {small: Inline(b"hello")}
    assert [one.spec.id for one in waiting.batch.jobs] == [spec.id]
    assert waiting.brought[large].spec.id == large


def test_what_came_to_an_engine_s_host_is_not_waited_for_again(dispatch, table):
    large = ObjectId(thing(10))
    spec = table.add(1, inputs=[10])
    table.values[large] = Stored(HERE, "/object", 100)
    dispatch.batches(run(spec, engine=E1))
    assert isinstance(dispatch.batches(run(spec, engine=E1))[0], Waiting)
    dispatch.given(E1, [large])
    assert isinstance(dispatch.batches(run(spec, engine=E1))[0], Batch)
    assert dispatch.messages(Drop((large,))) == []
    assert dispatch.sweep() == [(E1, Dropped(objects=(large,)))]
    dispatch.given(EngineId(9), [large])  # gone meanwhile


def test_a_value_that_is_gone_is_left_out_for_the_engine_to_say_so(dispatch, table):
    spec = table.add(1, inputs=[10, 12])
    (batch,) = dispatch.batches(run(spec, engine=E1))
    assert batch.payload.values == {}
    assert len(batch.jobs) == 1


def test_many_values_go_ahead_in_messages_within_the_limit(dispatch, table):
    numbers = range(10, 10 + 2 * MESSAGE // INLINE_OBJECT)
    for number in numbers:
        table.constant(number, bytes(INLINE_OBJECT))
    spec = table.add(1, inputs=list(numbers))
    batches = dispatch.batches(run(spec))
    sizes = [sum(len(value.data) for value in batch.payload.values.values()) for batch in batches]
    assert sum(sizes) == len(numbers) * INLINE_OBJECT
    assert max(sizes) <= MESSAGE
    assert [len(batch.jobs) for batch in batches] == [0, 1]


def test_what_an_engine_has_made_it_is_not_sent(dispatch, table):
    made = table.constant(10, b"hello")
    row = (TaskId(thing(1)), Assignment(1), 0.0, 1.0, (ObjectInfo(made, 5),))
    dispatch.reported(E0, Reported(E0, SESSION, finished=(row,)))
    spec = table.add(2, inputs=[10])
    assert dispatch.batches(run(spec))[0].payload.values == {}
    assert dispatch.batches(run(spec, engine=E1))[0].payload.values == {made: Inline(b"hello")}


def test_who_was_given_an_object_hears_once_that_it_was_dropped(dispatch, table):
    constant = table.constant(10, b"hello")
    dispatch.batches(run(table.add(1, inputs=[10])))
    assert dispatch.messages(Drop((constant,))) == []
    assert dispatch.sweep() == [(E0, Dropped(objects=(constant,)))]
    assert dispatch.messages(Drop((constant,))) == []
    assert dispatch.sweep() == []


def test_what_was_dropped_is_told_with_the_next_batch_before_what_it_brings(dispatch, table):
    constant = table.constant(10, b"hello")
    spec = table.add(1, inputs=[10])
    dispatch.batches(run(spec))
    dispatch.messages(Drop((constant,)))
    (batch,) = dispatch.batches(run(spec))
    assert batch.dropped == (constant,)
    assert batch.payload.values == {constant: Inline(b"hello")}
    assert dispatch.sweep() == []


def test_what_came_again_after_it_was_dropped_stays(dispatch, table):
    made = table.constant(10, b"hello")
    row = (TaskId(thing(1)), Assignment(1), 0.0, 1.0, (ObjectInfo(made, 5),))
    dispatch.reported(E0, Reported(E0, SESSION, finished=(row,)))
    dispatch.messages(Drop((made,)))
    dispatch.reported(E0, Reported(E0, SESSION, finished=(row,)))
    assert dispatch.sweep() == []


def test_what_lies_in_a_store_is_told_from_the_rest(dispatch, table):
    small, gone = table.constant(10, b"hello"), ObjectId(thing(12))
    large = ObjectId(thing(11))
    table.values[large] = Stored(HERE, "/somewhere", 100)
    assert dispatch.stored([small, large, gone]) == [large]


def test_what_is_remembered_is_bounded(dispatch, table, monkeypatch):
    monkeypatch.setattr("flowlab.cluster.dispatch.REMEMBERED_BYTES", 10)
    old = table.constant(10, b"12345678")
    new = table.constant(11, b"12345678")
    dispatch.batches(run(table.add(1, inputs=[10])))
    dispatch.batches(run(table.add(2, inputs=[11])))
    dispatch.messages(Drop((old, new)))
    assert dispatch.sweep() == [(E0, Dropped(objects=(new,)))]


def test_nothing_is_made_for_an_engine_that_is_gone(dispatch, table):
    dispatch.gone(E0)
    assert dispatch.batches(run(table.add(1))) == []


def test_a_batch_says_which_log_records_its_session_wants(dispatch, table):
    spec = table.add(1)
    assert dispatch.batches(run(spec))[0].level == QUIET
    table.levels[SESSION] = 10
    assert dispatch.batches(run(spec))[0].level == 10

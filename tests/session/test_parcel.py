"""What goes over the link at a submit."""

from typing import NamedTuple

from flowlab.events.messages import Submitted
from flowlab.graph.nodes import Function, Task
from flowlab.model.limits import INLINE_OBJECT, MESSAGE, SOURCE_TEXT
from flowlab.model.payload import Inline, Payload, Stored
from flowlab.session import parcel as room
from flowlab.session.parcel import constant_parcels, task_parcels
from tests.session.declare import constant, task


class Parcel(NamedTuple):
    fact: Submitted
    payload: Payload


def parcels(session, sent=None):
    constants = constant_parcels(1, session._declared.constants, session._reach)
    tasks = task_parcels(1, session._declared.tasks, set() if sent is None else sent)
    return [Parcel(*made) for made in (*constants, *(make() for make in tasks))]


def test_small_values_travel_and_large_ones_lie_in_the_store(session):
    small, large = constant(session, b"s"), constant(session, b"x" * (INLINE_OBJECT + 1))
    (made,) = parcels(session)
    assert made.payload.values[small.object_id] == Inline(b"s")
    stored = made.payload.values[large.object_id]
    assert isinstance(stored, Stored)
    assert bytes(session._reach.store.open(stored)) == large.value
    assert dict(made.fact.sizes) == {small.object_id: 1, large.object_id: INLINE_OBJECT + 1}


def test_no_message_is_larger_than_its_limit(session):
    for _ in range(MESSAGE // INLINE_OBJECT + 1):
        constant(session, b"x" * INLINE_OBJECT)
    sizes = [
        sum(len(value.data) for value in made.payload.values.values()) for made in parcels(session)
    ]
    assert len(sizes) == 2
    assert max(sizes) <= MESSAGE


def test_many_tasks_are_a_few_pieces_in_the_order_of_declaration(session, monkeypatch):
    monkeypatch.setattr(room, "PARCEL", 4)
    last = constant(session, b"c")
    for _ in range(10):
        last = task(session, "sleep 1", [last]).output
    made = parcels(session)
    assert [len(each.fact.tasks) for each in made] == [0, 4, 4, 2]
    known = set()
    for each in made:
        known.update(spec.id for spec in each.fact.objects)
        assert all(known.issuperset(spec.inputs) for spec in each.fact.tasks)
        assert set(each.payload.configs) == {spec.id for spec in each.fact.tasks}


def test_what_a_later_piece_reads_is_awaited_until_its_last_reader(session, monkeypatch):
    monkeypatch.setattr(room, "PARCEL", 2)
    first = task(session, "sleep 1")
    task(session, "sleep 1", [first.output])
    later = task(session, "sleep 1", [first.output])
    task(session, "sleep 1", [later.output])
    task(session, "sleep 1", [first.output])
    made = parcels(session)
    awaited = [made[number].fact.awaited for number in range(3)]
    caught = [made[number].fact.caught for number in range(3)]
    assert awaited == [(first.output.object_id,), (), ()]
    assert caught == [(), (), (first.output.object_id,)]


def test_a_function_goes_out_once(session):
    sent = set()
    for _ in range(2):
        Task("answer", function=Function("key", b"code", "def f"), session=session)
    (first,) = parcels(session, sent)
    assert (first.payload.functions, first.payload.sources) == ({"key": b"code"}, {"key": "def f"})
    (second,) = parcels(session, sent)
    assert not second.payload.functions


def test_nothing_declared_is_nothing_posted(session):
    assert parcels(session) == []


def test_what_the_user_wrote_goes_with_the_fact(session):
    for _ in range(2):
        Task("answer", function=Function("key", b"code", "def f"), session=session)
    shell = Task("execute", source="ls -l", session=session)
    Task("concat", session=session)
    (made,) = parcels(session)
    assert dict(made.fact.sources) == {"key": "def f", str(shell.task_id): "ls -l"}


def test_a_source_of_megabytes_is_cut(session):
    Task("answer", function=Function("key", b"code", "x" * (SOURCE_TEXT + 7)), session=session)
    (made,) = parcels(session)
    ((_, told),) = made.fact.sources
    assert told == "x" * SOURCE_TEXT + "\n… 7 more characters"

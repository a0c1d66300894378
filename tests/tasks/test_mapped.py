"""A map as a sequence of results, and its single calls."""

import pickle

import pytest
from hypothesis import given
from hypothesis import strategies as some

import flowlab
from flowlab import remote
from flowlab.errors import UsageError
from flowlab.graph import active
from flowlab.tasks.basic import Concat
from flowlab.tasks.execute import Execute
from flowlab.tasks.mapped import Chunks
from flowlab.tasks.pick import cut
from tests.graph.owner import NoEngines


class AtOnce(NoEngines):
    """Runs what is fetched, here and now."""

    def __init__(self, engine):
        super().__init__()
        self._engine = engine

    def fetch(self, item):
        self.asked.append(("fetch", item))
        if item.object_id not in self._engine.made:
            self._engine.run(item.task)
        return self._engine.made[item.object_id]

    def update(self, items):
        for item in items:
            item.state = "finished" if item.output.object_id in self._engine.made else "unfinished"


@pytest.fixture
def session(session, engine):
    """In the place of the one without an engine."""
    made = AtOnce(engine)
    active.push(made)
    yield made
    active.pop(made)


def square(number):
    return number * number


SQUARES = [square(n) for n in range(10)]


@pytest.fixture
def whole(session):
    """Ten calls in chunks of four, kept and submitted."""
    made = flowlab.map(square, range(10), chunk=4)
    made.keep()
    session.submit()
    return made


places = some.integers(-12, 12)
slices = some.builds(slice, *[some.one_of(some.none(), places)] * 2, places.filter(bool))


@given(some.integers(0, 40), some.integers(1, 45), some.lists(slices, max_size=2))
def test_any_slice_of_a_slice_is_found_in_the_chunks(calls, size, taken):
    numbers = range(calls)
    chunks = [list(numbers[start : start + size]) for start in range(0, calls, size)]
    wanted = numbers
    for each in taken:
        wanted = wanted[each]
    parts = list(Chunks("m", None, tuple(chunks), calls, size).split(wanted))
    assert [each for values, mine in parts for each in cut(values, mine)] == list(wanted)
    assert len(parts) <= len(chunks)


def test_all_results_in_order(whole):
    assert whole.fetch() == SQUARES
    assert list(whole) == SQUARES
    assert len(whole) == 10
    assert repr(whole) == "<Map 'square' 10 calls in 3 tasks>"


def test_results_come_chunk_by_chunk(whole, session):
    results = iter(whole)
    assert next(results) == 0
    assert len(session.asked) == 1
    assert list(results) == SQUARES[1:]


def test_one_call(whole, session):
    call = whole[5]
    assert (call.index, call.task, call.fetch(), call.result()) == (5, whole.tasks[1], 25, 25)
    assert whole[-1].fetch() == 81
    assert repr(call) == "<MapCall 5 of map 'square'>"
    call.wait()
    assert session.asked[-1] == ("wait", whole.tasks[1])


@pytest.mark.parametrize("place", [10, -11])
def test_a_call_that_is_not_there(whole, place):
    with pytest.raises(IndexError, match=f"has no call {place}"):
        whole[place]


def test_a_slice_asks_for_its_own_chunks_only(whole, session):
    part = whole[8:]
    assert (part.fetch(), len(part), part.tasks) == ([64, 81], 2, whole.tasks[2:])
    assert len(session.asked) == 1
    assert whole[::-3].fetch() == SQUARES[::-3]
    assert whole[2:8][1:3].fetch() == [9, 16]
    part.wait()
    assert session.asked[-1] == ("wait", whole.tasks[2])


def test_what_is_done(whole, session):
    assert whole.done() == 0
    assert whole[0].fetch() == 0
    assert (whole.done(), whole[2:6].done(), whole[0].done(), whole[9].done()) == (
        4,
        2,
        True,
        False,
    )


def test_it_is_fetched_when_it_was_kept_and_submitted(session):
    made = flowlab.map(square, range(3))
    with pytest.raises(UsageError, match=r"fetch <Map .*keep\(\) it before its submit"):
        made.fetch()
    with pytest.raises(UsageError, match=r"fetch <MapCall 0 .*keep\(\) it before its submit"):
        made[0].fetch()
    made[:2].keep()
    assert [task.output.kept for task in made.tasks] == [True, True, False]
    made[2].keep()
    with pytest.raises(UsageError, match="is not submitted"):
        made.fetch()
    made[1:].unkeep()
    assert session.asked == [("unkeep", made.tasks[1].output, made.tasks[2].output)]


def test_a_map_of_no_calls_is_done_at_once(session):
    empty = flowlab.map(square, [])
    empty.keep()
    empty.wait()
    empty.unkeep()
    assert (empty.fetch(), list(empty), empty.done(), empty.tasks) == ([], [], 0, ())
    assert session.asked == []


@pytest.mark.parametrize("load", [True, False])
def test_as_arguments_a_map_is_a_list_and_a_call_its_result(whole, engine, load):
    @remote(auto_load=load, auto_encode="pickle")
    def look(ctx, all_of_them, few, one, deep):
        return all_of_them, few, one, deep

    task = look(whole, whole[7:2:-2], whole[3], {"a": [whole[4], whole[5]]})
    for each in whole.tasks:
        engine.run(each)
    wanted = (SQUARES, SQUARES[7:2:-2], 9, {"a": [16, 25]})
    assert engine.value(task) == wanted


def test_an_empty_one_is_an_empty_list(session, engine):
    look = remote(auto_encode="pickle")(lambda ctx, numbers: numbers)
    assert engine.value(look(flowlab.map(square, []))) == []


def test_as_inputs_of_other_kinds_they_are_objects(session, engine):
    texts = flowlab.map(str, range(5), chunk=2)
    joined = Concat([texts[3], texts[4]])
    assert joined.inputs[0] is texts[3].output  # declared once
    shown = Execute(["cat", texts[2]], stdout=True)
    for each in (*texts.tasks, texts[2].output.task, texts[3].output.task, texts[4].output.task):
        engine.run(each)
    assert engine.run(joined)[0].get_bytes() == b"34"
    assert engine.run(shown)[0].get_bytes() == b"2"
    assert engine.value(texts.output.task) == list("01234")
    assert texts.output is texts.output
    assert texts[1:3].output.task.name == "str[1:3]"
    assert texts[3].output.task.name == "str[3]"


def test_anywhere_else_they_have_no_value(whole):
    for each in (whole, whole[2]):
        with pytest.raises(TypeError, match="promise of data"):
            pickle.dumps(each)

    @remote
    def careless(ctx):
        return whole

    with pytest.raises(UsageError, match="promise of data"):
        careless()

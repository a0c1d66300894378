"""Maps declared, and their chunks run."""

import functools
import itertools
import operator
import threading

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some

import flowlab
from flowlab import remote
from flowlab.errors import ContentTypeError, UsageError
from flowlab.graph import active
from flowlab.model.inputs import Input, InputDir
from flowlab.model.limits import INLINE_OBJECT
from flowlab.staging.instance import DataInstance
from flowlab.tasks.objects import blob, directory, pickled
from tests.graph.owner import NoEngines
from tests.tasks.engine import Engine


def triple(number):
    return 3 * number


def values(engine, whole):
    """All results."""
    return [each for task in whole.tasks for each in engine.value(task)]


@pytest.mark.parametrize("calls", [1, 2, 63, 64, 65, 127, 128, 129, 1000])
def test_results_are_those_of_the_builtin(engine, calls):
    whole = flowlab.map(triple, range(calls))
    assert values(engine, whole) == list(map(triple, range(calls)))
    assert len(whole.tasks) <= 64  # 32 for each of two engines


@settings(max_examples=30, deadline=None, suppress_health_check=list(HealthCheck))
@given(some.integers(0, 40), some.integers(1, 50))
def test_results_do_not_depend_on_the_chunks(tmp_path_factory, calls, chunk):
    engine = Engine(tmp_path_factory.mktemp("map"))
    with_lists = flowlab.map(
        operator.add, range(calls), list(range(7, 60)), chunk=chunk, session=NoEngines()
    )
    assert values(engine, with_lists) == list(map(operator.add, range(calls), range(7, 60)))


def test_a_map_is_a_few_dozen_tasks_of_a_few_bytes_each(session):
    whole = flowlab.map(triple, range(100_000))
    assert len(whole.tasks) == len(session.added) == 64
    assert sum(len(task.config) for task in whole.tasks) < 64 * 100
    assert len({task.function.key for task in whole.tasks}) == 1
    lists = flowlab.map(triple, list(range(100_000)))
    assert sum(len(task.config) for task in lists.tasks) < 100_000 * 4


def test_chunks_are_named_by_their_calls(session):
    whole = flowlab.map(triple, range(10), chunk=4)
    assert [task.name for task in whole.tasks] == ["triple/0-3", "triple/4-7", "triple/8-9"]
    assert {task.kind for task in whole.tasks} == {"map"}
    assert flowlab.map(triple, range(3), chunk=9, name="all").tasks[0].name == "all"


def test_a_map_of_no_calls_declares_nothing(session):
    assert len(flowlab.map(triple, [])) == 0
    assert len(flowlab.map(operator.add, range(5), iter(()))) == 0
    assert session.added == []


@pytest.mark.parametrize(
    "function",
    [len, functools.partial(int, base=16), operator.itemgetter(0), str.upper, lambda text: text],
    ids=["builtin", "partial", "callable", "method", "lambda"],
)
def test_whatever_can_be_called(engine, function):
    texts = ["a", "b", "c"]
    assert values(engine, flowlab.map(function, texts)) == list(map(function, texts))


def test_several_iterables_of_any_kind(engine):
    arguments = (np.arange(5), itertools.count(10), "abcde", (n for n in range(5)))
    whole = flowlab.map(lambda *row: row, *arguments, chunk=2)
    wanted = [(n, 10 + n, "abcde"[n], n) for n in range(5)]
    assert values(engine, whole) == wanted


def test_generators_among_the_arguments(engine):
    whole = flowlab.map(sum, [(n for n in range(k)) for k in range(5)])
    assert values(engine, whole) == [0, 0, 1, 3, 6]


def test_rows_of_an_array(engine):
    table = np.arange(6).reshape(3, 2)
    assert values(engine, flowlab.map(np.sum, table)) == [1, 5, 9]


def test_objects_among_the_arguments_arrive_as_values(engine):
    offset, raw = pickled(100), blob(b"raw")
    whole = flowlab.map(
        lambda a, b, c: (a, b, c), range(4), itertools.repeat(offset), [[raw]] * 4, chunk=2
    )
    assert values(engine, whole) == [(n, 100, [b"raw"]) for n in range(4)]
    assert [len(task.inputs) for task in whole.tasks] == [2, 2]  # once a chunk


def test_a_directory_among_the_arguments_stays_an_instance(engine, tmp_path):
    (tmp_path / "data").mkdir()
    folder = directory(tmp_path / "data")
    assert values(engine, flowlab.map(lambda each: str(each.data_type), [folder])) == ["dir"]


def test_another_map_as_an_iterable(engine):
    first = flowlab.map(triple, range(10), chunk=4)
    second = flowlab.map(operator.add, first, range(10), chunk=4)
    for task in first.tasks:
        engine.run(task)
    assert values(engine, second) == [4 * n for n in range(10)]
    makers = [[obj.task for obj in task.inputs] for task in second.tasks]
    assert makers == [[task] for task in first.tasks]  # chunk by chunk
    third = flowlab.map(triple, second[1::2], chunk=3)
    assert values(engine, third) == [12 * n for n in range(1, 10, 2)]


def test_large_arguments_are_objects_in_the_store(engine, session):
    table = np.arange(200_000.0)
    whole = flowlab.map(float, table, chunk=100_000)
    assert [len(task.inputs) for task in whole.tasks] == [1, 1]
    assert all(len(task.config) < 100 for task in whole.tasks)
    assert values(engine, whole)[::50_000] == [0.0, 50_000.0, 100_000.0, 150_000.0]
    text = "x" * 2 * INLINE_OBJECT
    long = flowlab.map(len, [text])
    assert len(long.tasks[0].inputs) == 1
    assert values(engine, long) == [len(text)]
    with_object = flowlab.map(lambda a, b: len(a) + b, [text], [pickled(1)])
    assert len(with_object.tasks[0].inputs) == 2
    assert values(engine, with_object) == [len(text) + 1]


def test_a_remote_function_gets_its_context(engine):
    @remote(auto_load=True, name="look", cpus=2)
    def look(ctx, number, data):
        ctx.debug("number {}", number)
        return ctx.blob(b"%d" % number) if number else (data, ctx.sandbox.name)

    whole = flowlab.map(look, [5, 0], [pickled("x")] * 2, chunk=2)
    assert values(engine, whole) == [b"5", ("x", engine.sandbox.name)]
    assert engine.said == ["number 5", "number 0"]
    assert (whole.name, whole.tasks[0].resources.cpus) == ("look", 2)
    assert flowlab.map(look, [5], [1], cpus=1).tasks[0].resources.cpus == 1


def test_data_arrives_in_a_remote_function_as_it_says(engine):
    @remote
    def plain(ctx, a, b: Input(load=True)):
        return isinstance(a, DataInstance), b

    one = pickled([1])
    assert values(engine, flowlab.map(plain, [one, one], [one, one])) == [(True, [1])] * 2
    with pytest.raises(UsageError, match="expects data type dir"):
        flowlab.map(remote(lambda ctx, a: a, inputs={"a": InputDir()}), [one])


def test_a_remote_functions_tasks_and_its_map_are_timed_apart(session):
    far = remote(lambda ctx, number: number)
    assert far(1).function.key != flowlab.map(far, [1]).tasks[0].function.key


def test_the_call_that_fails_is_noted(engine):
    whole = flowlab.map(lambda n: 1 // (n - 7), range(10), chunk=5)
    with pytest.raises(ZeroDivisionError) as raised:
        engine.run(whole.tasks[1])
    assert raised.value.__notes__ == ["call 7: <lambda>(7)"]


def test_a_result_that_cannot_travel_is_noted(engine):
    whole = flowlab.map(lambda n: threading.Lock() if n else 0, range(2), chunk=2)
    with pytest.raises(ContentTypeError, match="lock") as raised:
        engine.run(whole.tasks[0])
    assert "call 1" in raised.value.__notes__[0]


def test_classes_of_the_notebook_travel_whole(engine):
    names = {"__name__": "__main__"}
    exec("class Point:\n    def __init__(self, x): self.x = x", names)
    whole = flowlab.map(lambda point: point.x, [names["Point"](1), names["Point"](2)], chunk=2)
    assert b"Point" in whole.tasks[0].config
    assert values(engine, whole) == [1, 2]


@pytest.mark.parametrize(
    ("arguments", "options", "said"),
    [
        ((5, [1]), {}, "map takes a function first, not 5"),
        ((triple,), {}, "at least one iterable"),
        ((triple, 5), {}, "argument 1 is 5"),
        ((triple, [1]), {"chunk": 0}, "chunk=0"),
        ((triple, [1]), {"chunk": True}, "chunk=True"),
        ((triple, [1]), {"chunk": 1.5}, r"chunk=1\.5"),
        ((triple, [1]), {"cpus": 0}, "cpus=0"),
        ((triple, [1]), {"name": 5}, "name is a string"),
        ((triple, [threading.Lock()]), {}, r"argument 1 of call 0 \(lock\) cannot be pickled"),
    ],
)
def test_what_is_wrong_is_said_before_anything_is_declared(session, arguments, options, said):
    with pytest.raises(UsageError, match=said):
        flowlab.map(*arguments, **options)
    assert session.added == []


def test_a_function_that_cannot_travel_is_refused(session):
    lock = threading.Lock()
    with pytest.raises(UsageError, match=r"the function is_\(\) cannot be pickled: TypeError"):
        flowlab.map(functools.partial(operator.is_, lock), [1])
    assert session.added == []


@pytest.mark.parametrize("function", [triple, remote(lambda ctx, number: number)])
def test_a_function_that_takes_another_number_of_arguments_is_refused(session, function):
    with pytest.raises(TypeError, match="too many positional arguments"):
        flowlab.map(function, [1], [2])
    assert session.added == []


def test_an_object_of_another_session_is_refused_before_anything_is_declared(session):
    other = NoEngines(2, name="other")
    with pytest.raises(UsageError, match="to session 'other', the map 'triple' to 'test'"):
        flowlab.map(triple, [1, 2, blob("x", session=other)], chunk=1)
    assert session.added == []


def test_an_object_that_may_be_gone_is_refused_before_anything_is_declared(session):
    first = flowlab.map(triple, range(3))
    session.submit()
    session.added.clear()
    with pytest.raises(UsageError, match=r"the map 'triple' reads .* is not kept"):
        flowlab.map(triple, first)
    assert session.added == []


def test_it_needs_a_session(session):
    active.pop(session)
    try:
        with pytest.raises(UsageError, match="No active session"):
            flowlab.map(triple, [1])
    finally:
        active.push(session)
    other = NoEngines(2)
    flowlab.map(triple, [1], session=other)
    assert len(other.added) == 1

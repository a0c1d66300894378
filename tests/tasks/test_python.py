"""Python functions as tasks."""

import os
import pickle
import threading

import cloudpickle
import pytest

from flowlab import remote
from flowlab.errors import ContentTypeError, UsageError
from flowlab.model.inputs import Output, OutputDir
from flowlab.staging.instance import DataInstance
from flowlab.tasks.objects import blob, pickled
from tests.graph.owner import NoEngines


@remote
def hello(ctx, who, mark="!"):
    return b"Hello " + who.get_bytes() + mark.encode()


@remote(auto_load=True, auto_encode="pickle")
def add(ctx, *numbers, **more):
    return sum(numbers) + sum(more.values())


def got(engine, task):
    return [instance.get_bytes() for instance in engine.run(task)]


def test_a_call_is_a_task_and_data_arrives_as_instances(engine, session):
    task = hello(blob("Rain"), mark="?")
    assert session.added[-1] is task
    assert task.name == "hello"
    assert got(engine, task) == [b"Hello Rain?"]


def test_data_is_found_anywhere_in_the_arguments(engine):
    @remote
    def types(ctx, given):
        assert all(isinstance(each, DataInstance) for each in (given["a"][0], given["b"]()))
        return given["a"][0].get_bytes() + given["b"]().get_bytes()

    inner = blob("B")
    assert got(engine, types({"a": [blob("A")], "b": lambda: inner})) == [b"AB"]


def test_values_may_be_loaded_and_encoded_by_themselves(engine):
    task = add(add(1, 2), pickled(10), more=add(100))
    assert engine.value(task) == 113
    assert task.output.content_type == "pickle"


def test_an_input_that_cannot_be_loaded_is_named(engine):
    with pytest.raises(ContentTypeError, match=r"load of input 1 \('raw'\): Decoding from ''"):
        engine.run(add(pickled(1), blob(b"", "raw")))


def test_arguments_are_checked_when_the_task_is_declared(session):
    with pytest.raises(TypeError, match="missing a required argument: 'who'"):
        hello()
    with pytest.raises(TypeError, match="unexpected keyword argument 'other'"):
        hello(blob(""), other=1)


def test_a_function_is_pickled_once_and_the_same_object_for_all_its_tasks(engine):
    @remote(auto_encode="pickle")
    def me(ctx):
        return id(ctx.function)

    first, second = me(), me()
    assert first.function is second.function
    assert engine.value(first) == engine.value(second)
    assert "return id(ctx.function)" in first.function.source


def test_a_function_is_pickled_anew_for_another_session(engine, session):
    names = {"rate": 1, "remote": remote}
    exec("@remote(auto_encode='json')\ndef price(ctx): return rate", names)
    price = names["price"]
    before = price()
    names["rate"] = 2
    assert price().function is before.function
    other = price(session=NoEngines(2))
    assert other.function.key != before.function.key
    assert (engine.value(before), engine.value(other)) == (1, 2)


def test_a_function_that_was_pickled_itself_can_be_called(engine):
    again = pickle.loads(cloudpickle.dumps(add))
    assert engine.value(again(1, pickled(2))) == 3


def test_functions_may_call_each_other_and_themselves(engine):
    @remote(auto_encode="pickle")
    def factorial(ctx, n):
        return 1 if n == 0 else n * product(n - 1)

    def product(n):
        return 1 if n == 0 else n * product(n - 1)

    assert engine.value(factorial(5)) == 120


def test_files_and_directories_can_be_made(engine):
    @remote(outputs=[Output("f"), OutputDir("d")])
    def make(ctx):
        (ctx.sandbox / "d").mkdir()
        for name in ("f", "d/g"):
            (ctx.sandbox / name).write_text(name)
        return ctx.stage_file("f"), ctx.stage_directory("d")

    file, folder = engine.run(make())
    folder.write(engine.place / "got")
    assert file.get_bytes() == b"f"
    assert (engine.place / "got" / "g").read_text() == "d/g"


def test_an_input_can_be_handed_on(engine):
    @remote
    def same(ctx, data):
        return data

    assert got(engine, same(same(blob("x")))) == [b"x"]


def test_an_error_of_the_function_is_the_tasks(engine):
    @remote
    def fail(ctx):
        raise ZeroDivisionError("mine")

    with pytest.raises(ZeroDivisionError, match="mine"):
        engine.run(fail())


def test_a_call_may_name_the_task_and_its_output(session):
    task = hello(blob(""), name="group/x", output="out")
    assert (task.name, task.outputs.labels()) == ("group/x", ["out"])
    assert hello(blob(""), outputs=1).name == "hello"
    with pytest.raises(ValueError, match="not both"):
        hello(blob(""), output="a", outputs=["b"])
    with pytest.raises(ValueError, match=r"Got 2 outputs, 1 expected\."):
        hello(blob(""), outputs=["a", "b"])


def test_what_a_call_says_of_an_output_leaves_the_rest_as_declared(engine):
    @remote(outputs=[Output("a", encode="json"), Output(content_type="text"), OutputDir("c")])
    def f(ctx):
        os.mkdir("d")
        return [1], "two", ctx.stage_directory("d")

    task = f(outputs=["x", None, Output(size_hint=9)])
    assert task.outputs.labels() == ["x", "out1", "c"]
    assert [each.content_type for each in task.outputs] == ["json", "text", None]
    assert task.outputs[2].spec.size_hint == 9
    one, two, _ = engine.run(task)
    assert (one.load(), two.load()) == ([1], "two")
    with pytest.raises(ContentTypeError, match="Incompatible content types: 'json' and 'pickle'"):
        f(outputs=[Output(encode="pickle"), None, None])


def test_a_call_may_say_the_type_of_its_output(engine):
    @remote(auto_encode="pickle")
    def f(ctx, value):
        return value

    (instance,) = engine.run(f("[1]", output=Output(content_type="json")))
    assert instance.load() == [1]
    (instance,) = engine.run(f([1], output="mine"))
    assert (instance.content_type, instance.load()) == ("pickle", [1])


def test_the_decorator_says_name_cpus_and_outputs():
    @remote(name="other", cpus=2, outputs=["a", Output("b", content_type="text")])
    def f(ctx):
        """Doc."""

    task = f()
    assert (task.name, task.resources.cpus) == ("other", 2)
    assert [output.content_type for output in task.outputs] == [None, "text"]
    assert (f.__name__, f.__doc__, repr(f)) == ("f", "Doc.", "<remote f>")


def test_what_is_no_function_is_refused():
    with pytest.raises(UsageError, match="remote takes a function, not 5"):
        remote(5)
    with pytest.raises(UsageError, match="first one is the context"):
        remote(lambda: 0)
    with pytest.raises(UsageError, match="has a parameter 'name'"):
        remote(lambda ctx, name: 0)
    with pytest.raises(ContentTypeError, match="'foo' is not recognized"):
        remote(auto_encode="foo")(lambda ctx: 0)


def test_a_function_that_cannot_travel_says_why(session):
    lock = threading.Lock()

    @remote
    def f(ctx):
        return lock

    with pytest.raises(UsageError, match=r"the function f\(\) cannot be pickled: TypeError.*lock"):
        f()
    assert session.added == []


def test_a_function_that_reads_an_object_as_a_global_is_told_to_take_it_as_an_argument():
    data = blob("")

    @remote
    def f(ctx):
        return data

    with pytest.raises(UsageError, match="give it to a task as an input"):
        f()

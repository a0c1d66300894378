"""The examples of Rain's user guide, 19 to 33: Python functions as tasks."""

import pytest

from flowlab import Input, Output, blob, pickled, remote
from flowlab.errors import TaskError
from flowlab.staging.instance import DataInstance

pytestmark = pytest.mark.engines


def fetch(task):
    """The bytes of all outputs of a task."""
    return [each.get_bytes() for each in task.fetch_outputs()]


def run(session, *made):
    """Keep all, submit."""
    for task in made:
        task.keep_outputs()
    session.submit()


def failure(client, declare):
    """What is said when the task that `declare` makes has failed."""
    with client.new_session() as session:
        declare()
        session.submit()
        with pytest.raises(TaskError) as caught:
            session.wait_all()
    return str(caught.value)


def test_19_a_function_is_a_task(sized):
    @remote()
    def hello(ctx):
        return "Hello world!"

    with sized.new_session() as session:
        t = hello()  # Create a task
        t.output.keep()
        session.submit()
        result = t.output.fetch()
        assert isinstance(result, DataInstance)
        assert result.get_bytes() == b"Hello world!"


def test_20_data_and_plain_values_as_arguments(sized):
    @remote()
    def hello(ctx, data1, data2):
        return data1 + data2.get_bytes()

    with sized.new_session() as s:
        # Create data object
        data = blob("Rain!")
        # Creates a task calling function 'hello'
        t = hello(b"Hello ", data)
        t.output.keep()
        s.submit()
        s.wait_all()
        assert t.output.fetch().get_bytes() == b"Hello Rain!"


def test_21_data_anywhere_in_an_argument(rain):
    class MyClass:
        def __init__(self, my_data):
            self.my_data = my_data

    @remote()
    def my_call(ctx, given):
        # 'my_data' is a list of instances of DataInstance
        assert type(given).__name__ == "MyClass"
        return b",".join(each.get_bytes() for each in given.my_data)

    my_instance = MyClass([blob(b"data1"), blob(b"data2"), blob(b"data3")])
    task = my_call(my_instance)
    assert len(task.inputs) == 3
    run(rain, task)
    assert fetch(task) == [b"data1,data2,data3"]


def test_21_generators_and_closures_too(rain):
    @remote(auto_encode="json")
    def texts(ctx, stream, call):
        return [*(each.get_str() for each in stream), call().get_str()]

    data, other = [blob("1"), blob("2")], blob("3")
    task = texts((each for each in data), lambda: other)
    run(rain, task)
    assert task.output.fetch().load() == ["1", "2", "3"]


def test_22_data_is_loaded_by_its_content_type(rain):
    @remote(auto_encode="json")
    def fn1(ctx, data):
        # Load according content type. Throws an error if content type is not provided
        loaded_data = data.load()
        return [type(data).__name__, loaded_data]

    task = fn1(blob([1, 2, 3, 4], encode="json"))
    run(rain, task)
    assert task.output.fetch().load() == ["DataInstance", [1, 2, 3, 4]]


def test_22_data_without_content_type_cannot_be_loaded(sized):
    fn1 = remote(lambda ctx, data: ctx.pickled(data.load()))
    assert "Decoding from '' unsupported" in failure(sized, lambda: fn1(blob(b"raw")))


def test_23_data_is_loaded_before_the_call(rain):
    # Automatically call load() on specific argument
    @remote(inputs={"data": Input(load=True)}, auto_encode="json")
    def fn2(ctx, data, other):
        return [data, type(other).__name__]

    # Automatically call load() on all arguments
    @remote(auto_load=True, auto_encode="json")
    def fn3(ctx, data, other):
        return [data, other]

    data = blob([1, 2, 3, 4], encode="json")
    one, two = fn2([data], data), fn3({"inside": data}, data)
    run(rain, one, two)
    assert one.output.fetch().load() == [[[1, 2, 3, 4]], "DataInstance"]
    assert two.output.fetch().load() == [{"inside": [1, 2, 3, 4]}, [1, 2, 3, 4]]


def test_24_a_content_type_is_asked_for(sized):
    @remote(inputs={"data": Input(content_type="json")})
    def fn1(ctx, data):
        return f"{data.content_type} {data.load()}"

    with sized.new_session() as session:
        made = [fn1(blob([1], encode="json")), fn1(blob(b"[2]"))]
        run(session, *made)
        assert [fetch(each) for each in made] == [[b"json [1]"], [b"json [2]"]]
    said = failure(sized, lambda: fn1(pickled([3])))
    assert "Incompatible content types: 'json' and 'pickle'" in said


def test_25_to_31_what_functions_return(rain):
    @remote()
    def fn1(ctx):
        return b"Returning bytes"

    @remote()
    def fn2(ctx):
        return "Returning string"

    # Configuring more unlabeled outputs
    @remote(outputs=3)
    def fn3(ctx):
        return (b"data1", b"data2", b"data3")

    # No output
    @remote(outputs=0)
    def fn4(ctx):
        pass

    # Configuring labeled outputs
    @remote(outputs=("label1", "label2"))
    def fn5(ctx):
        return {"label1": b"data1", "label2": b"data2"}

    # Set content types of resulting objects
    @remote(outputs=(Output(content_type="json"), Output(content_type="json")))
    def fn6(ctx):
        return ("[1, 2, 3]", '{"x": 123}')

    # Automatically encode resulting objects
    @remote(outputs=(Output(encode="pickle"), Output(encode="json")))
    def fn7(ctx):
        return ([1, 2, 3], {"x": 123})

    made = [each() for each in (fn1, fn2, fn3, fn4, fn5, fn6, fn7)]
    run(rain, *made)
    rain.wait_all()
    assert [fetch(each) for each in made[:5]] == [
        [b"Returning bytes"],
        [b"Returning string"],
        [b"data1", b"data2", b"data3"],
        [],
        [b"data1", b"data2"],
    ]
    types = [[each.content_type for each in task.fetch_outputs()] for task in made]
    assert types[:5] == [[None], ["text"], [None, None, None], [], [None, None]]
    assert types[5:] == [["json", "json"], ["pickle", "json"]]
    for task in made[5:]:
        assert [each.load() for each in task.fetch_outputs()] == [[1, 2, 3], {"x": 123}]
    assert made[2].outputs.labels() == ["out0", "out1", "out2"]
    assert made[4].outputs["label2"].fetch().get_bytes() == b"data2"


@pytest.mark.parametrize(
    ("value", "outputs", "message"),
    [
        (None, 1, "Invalid result object: None"),
        (42, 1, "Invalid result object: 42"),
        (b"", 0, r"No returned value allowed (0 outputs declared)"),
        ((b"1", b"2"), 3, "Python task should return 3 outputs, got 2."),
        (b"ab", 2, "Python task should return 2 outputs, as a list, tuple or mapping, got one"),
        ({"out0": b""}, 2, "no value for the output 'out1'"),
    ],
)
def test_what_does_not_fit_the_outputs_fails(sized, value, outputs, message):
    assert message in failure(sized, remote(outputs=outputs)(lambda ctx: value))


def test_32_debug_is_part_of_the_error(sized):
    @remote()
    def remote_fn(ctx):
        a = 11
        b = a + 10
        ctx.debug("Variable a = {}", a)
        ctx.debug("Variable b = {}", b)
        raise Exception("Error occurred!")  # noqa: TRY002 - the guide's own line

    with sized.new_session() as session:
        task = remote_fn(name="fails")
        session.submit()
        for access in (session.wait_all, task.wait, session.wait_all):
            with pytest.raises(TaskError) as caught:
                access()
            said = str(caught.value)
            assert "Message: Exception: Error occurred!" in said
            assert said.endswith("Debug:\nVariable a = 11\nVariable b = 21")
            assert "'fails'" in said
            assert 'raise Exception("Error occurred!")' in said
            assert 'task = remote_fn(name="fails")' in said, "the place of definition is shown"


def test_33_annotations(rain):
    @remote
    def test1(ctx, a: Input(content_type="json")) -> Output(encode="pickle", label="test_pickle"):
        return {"loaded": a.load()}

    task = test1(blob(b"[1]"))
    run(rain, task)
    assert task.outputs["test_pickle"].fetch().load() == {"loaded": [1]}

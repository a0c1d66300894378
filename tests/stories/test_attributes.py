"""What users see of tasks and objects, with real engines: spec, info, errors, graph, engines."""

import pyarrow as pa
import pytest

from flowlab import (
    DataInstance,
    LabeledList,
    Output,
    Task,
    blob,
    pickled,
    remote,
    task_type,
    tasks,
)
from flowlab.errors import ContentTypeError, TaskError, UsageError
from tests.stories.conftest import patient
from tests.stories.watching import wait_until

pytestmark = pytest.mark.engines


def test_what_stayed_in_its_batch_or_is_gone_is_still_known(session):
    @remote(auto_encode="json")
    def grow(ctx, data):
        made = ctx.blob([*data.load(), ctx.spec.id.id], encode="json")
        made.info.user["rows"], made.info.debug = 3, "grown"
        return made

    first = grow(blob([1], encode="json"))
    second = grow(first)
    last = grow(second)
    last.output.keep()
    session.submit()
    value = last.output.fetch()
    assert value.load() == [1, first.id.id, second.id.id, last.id.id]
    assert (value.info.user, value.info.debug) == ({"rows": 3}, "grown")
    last.output.unkeep()
    for task in (first, second, last):
        session.update([task, task.output])
        assert wait_until(lambda task=task: task.output.update() or task.output.info.size)
        info = task.output.info
        assert (info.content_type, info.user, info.debug) == ("json", {"rows": 3}, "grown")
        assert info.size == len(str(value.load()[: value.load().index(task.id.id) + 1]))
        assert not info.error
        assert task.info.to_json().keys() == {"start_time", "duration", "governor"}


def test_a_task_sees_its_own_spec_and_those_of_its_inputs(session):
    @remote(outputs=["first", Output("second", content_type="text")], auto_encode="pickle")
    def look(ctx, data):
        spec = ctx.spec
        seen = spec.id, spec.task_type, spec.name, spec.user, spec.resources, spec.outputs
        given = data.spec.id, data.spec.label, data.spec.content_type, data.spec.user
        return ctx.pickled((tuple(seen), [each.id for each in spec.inputs], given)), "text"

    data = blob("x", label="mine")
    data.spec.user["source"] = [1, "a"]
    task = look(data, name="a/b")
    task.spec.user["foo"] = 42
    task.keep_outputs()
    session.submit()
    seen, inputs, given = task.outputs["first"].fetch().load()
    outputs = tuple(output.id for output in task.outputs)
    assert seen == (task.id, "python", "a/b", {"foo": 42}, {"cpus": 1}, outputs)
    assert inputs == [data.id]
    assert given == (data.id, "mine", "text", {"source": [1, "a"]})
    fetched = task.outputs["second"].fetch()
    assert (fetched.spec.label, fetched.spec.id) == ("second", task.outputs["second"].id)


@pytest.mark.parametrize(
    ("content_type", "value"),
    [
        ("pickle", {"a": (1, 2)}),
        ("cloudpickle", [None, 2.5]),
        ("json", {"a": [1, "žluť"]}),
        ("cbor", {"a": b"raw"}),
        ("arrow", pa.table({"n": [1, 2], "name": ["a", None]})),
        ("text", "žluť"),
        ("text-latin2", "žluť"),
    ],
)
def test_each_content_type_goes_to_an_engine_and_back(session, content_type, value):
    @remote(outputs=[Output("same", encode=content_type), Output("bytes", content_type="user/a")])
    def hand_on(ctx, data):
        raw = DataInstance(data.data_type, "user/a/b", data.get_bytes())
        return data.load(), raw

    data = blob(value, encode=content_type)
    task = hand_on(data)
    task.keep_outputs()
    session.submit()
    same, raw = task.fetch_outputs()
    assert same.load() == value
    assert (same.content_type, task.outputs["same"].info.content_type) == (content_type,) * 2
    assert raw.get_bytes() == data.value
    assert (raw.content_type, task.outputs["bytes"].spec.content_type) == ("user/a/b", "user/a")
    with pytest.raises(ContentTypeError, match="Decoding from 'user/a/b' unsupported"):
        raw.load()


@patient
def test_an_error_that_a_task_sets_is_its_failure(session):
    @remote
    def doubt(ctx, error):
        ctx.debug("looked twice")
        ctx.info.error = error
        return b"value"

    @remote
    def torn(ctx):
        made = ctx.blob(b"half")
        made.info.error = "only half of it"
        return made

    bad, good, half = doubt("cannot be right"), doubt(""), torn()
    good.output.keep()
    session.submit()
    with pytest.raises(TaskError, match=r"Message: cannot be right(.|\n)*Debug:\nlooked twice$"):
        bad.wait()
    with pytest.raises(TaskError, match=r"Message: output 'out0': only half of it"):
        half.wait()
    assert good.output.fetch().get_bytes() == b"value"
    session.update([bad, bad.output, good])
    assert bad.info.error.startswith("cannot be right")
    assert bad.output.info.error == bad.info.error
    assert (good.info.error, good.info.debug) == ("", "looked twice")


def test_debug_text_grows_after_the_end(session):
    task = tasks.Concat([blob("a")])
    session.submit()
    task.wait()
    task.update()
    task.info.debug += "checked by hand"
    with pytest.raises(UsageError, match=r"info\.error is fixed"):
        task.info.error = "x"
    task.update()
    assert task.info.debug == "checked by hand"


def test_a_type_of_ones_own(session):
    @task_type("story/grind")
    def grind(ctx, corn):
        assert isinstance(ctx.inputs, LabeledList)
        ctx.info.user["type"] = ctx.spec.task_type
        return corn.get_bytes() * ctx.spec.config["times"]

    class Grind(Task):
        TASK_TYPE = "story/grind"

        def __init__(self, corn, times):
            super().__init__(inputs=[("corn", corn)], outputs=1, config={"times": times})

    ground = Grind(Grind(blob(b"ab"), 2), 3)
    ground.output.keep()
    session.submit()
    assert ground.output.fetch().get_bytes() == b"ab" * 6
    ground.update()
    assert ground.info.user == {"type": "story/grind"}


def test_the_first_that_are_finished(session):
    quick, slow = tasks.Sleep(blob("a"), 0.0), tasks.Sleep(blob("b"), 3600)
    session.submit()
    assert session.wait_some([slow, quick]) == ([quick], [])
    assert session.wait_some([slow.output, quick.output]) == ([], [quick.output])


def test_engines_are_told_with_what_they_hold_and_hold_nothing_afterwards(client):
    with client.new_session() as session:
        kept, long = tasks.Concat([blob("a")]), tasks.Sleep(pickled(1), 3600)
        kept.output.keep()
        session.submit()
        kept.wait()

        def holders(what, thing):
            told = client.get_server_info()["governors"]
            return [each["governor_id"] for each in told if thing.id in each[what]]

        assert wait_until(lambda: holders("tasks", long))
        assert len(holders("objects", kept.output)) == 1
        engines = client.get_server_info()["governors"]
        assert [each["resources"] for each in engines] == [{"cpus": 1}] * 2

    def empty():
        told = client.get_server_info()
        return not told["objects"] and not any(
            each["tasks"] or each["objects"] for each in told["governors"]
        )

    assert wait_until(empty)


def test_the_graph_of_a_session(session, tmp_path):
    task = tasks.Concat([blob("a")], name="prep/join")
    task.output.keep()
    session.submit()
    task.wait()
    later = tasks.Sleep(task, 0.0, name="wait")
    graph = session.make_graph()
    graph.write(tmp_path / "graph.dot")
    dot = (tmp_path / "graph.dot").read_text()
    for shown in ("prep/join", "wait\\ndeclared", str(later.id), "peripheries=2", "0: output"):
        assert shown in dot
    assert graph.make_svg().startswith("<svg")

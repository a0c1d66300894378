"""Tasks and objects as the user holds them."""

import pickle

import pytest

from flowlab.errors import NoActiveSession, UsageError
from flowlab.graph import active
from flowlab.graph.nodes import DataObject, Function, Task, to_dataobj
from flowlab.graph.types import register_type
from flowlab.model.attributes import ObjectKnown
from flowlab.model.ids import ID
from flowlab.model.inputs import Output
from flowlab.model.resources import Resources
from flowlab.model.specs import DataType, ObjectSpec, TaskSpec
from tests.graph.owner import NoEngines


@pytest.fixture
def session():
    return NoEngines()


def constant(session, value=b"x", label="const"):
    return DataObject(label, session, value=value)


def test_a_task_belongs_to_the_active_session(session):
    with pytest.raises(NoActiveSession):
        Task("k")
    active.push(session)
    task = Task("k")
    active.pop(session)
    assert session.added == [task]
    assert task.owner is session


def test_tasks_and_objects_share_one_counter(session):
    task = Task("k", outputs=2, session=session)
    assert task.id == ID(1, 10)
    assert [output.id for output in task.outputs] == [(1, 11), (1, 12)]
    assert str(task.id) == "1/10"


def test_outputs_are_found_by_index_and_label(session):
    task = Task("k", outputs=["a", Output("b", content_type="json")], session=session)
    assert task.outputs["b"] is task.outputs[1]
    assert task.outputs["b"].content_type == "json"
    assert "a" in task.outputs
    assert task.outputs["a"].task is task
    with pytest.raises(KeyError):
        task.outputs["c"]
    with pytest.raises(KeyError, match="already present"):
        Task("k", outputs=["a", "a"], session=session)


@pytest.mark.parametrize("count", [0, 2])
def test_only_a_single_output_is_the_output(session, count):
    assert Task("k", session=session).output.label == "out0"
    with pytest.raises(UsageError, match=rf"has no unique output \(outputs={count}\)"):
        Task("k", outputs=count, session=session).output  # noqa: B018


def test_an_output_may_be_an_object_that_is_there_already(session):
    ready = DataObject("table", session, content_type="json")
    ready.keep()
    ready.spec.user["of"] = "mine"
    assert session.added == []  # nothing makes it yet
    task = Task("k", outputs=["log", ready, DataObject(session=session)], session=session)
    assert task.outputs["table"] is ready
    assert (ready.task, ready.to_spec().constant) == (task, False)
    assert (ready.content_type, ready.is_kept()) == ("json", True)
    assert task.outputs.labels() == ["log", "table", None]
    assert Task("k", outputs=DataObject("o", session), session=session).output.label == "o"
    assert len(Task("k", outputs=None, session=session).outputs) == 0


def test_an_object_has_one_maker(session):
    task, given = Task("k", session=session), constant(session)
    theirs = DataObject("o", NoEngines(2, "theirs"))
    for output, message in [
        (task.output, r"made by <Task 1/10 k> already"),
        (given, "is a constant already"),
        (theirs, "belongs to session 'theirs'"),
    ]:
        with pytest.raises(UsageError, match=message):
            Task("k", outputs=[output], session=session)
    assert session.added == [task]


def test_a_directory_object_may_be_made_first(session):
    active.push(session)
    made = DataObject("tree", data_type="dir")
    active.pop(session)
    assert (made.owner, made.data_type) == (session, DataType.DIR)


def test_an_object_has_the_type_that_it_turned_out_to_be(session):
    made = Task("k", outputs=[Output("o", content_type="text"), "p"], session=session)
    typed, plain = made.outputs
    assert (typed.content_type, plain.content_type, plain.spec.content_type) == ("text", None, None)
    typed.info = ObjectKnown("", 3, "text-latin2")
    plain.info = ObjectKnown("", 3, None)
    assert (typed.content_type, typed.spec.content_type) == ("text-latin2", "text")
    assert plain.content_type is None


def test_inputs_are_objects_tasks_or_pairs(session):
    made = Task("k", session=session)
    given = constant(session)
    task = Task("k", inputs=[made, ("data", given), given], session=session)
    assert list(task.inputs) == [made.output, given, given]
    assert task.inputs["data"] is given


@pytest.mark.parametrize(
    ("thing", "message"),
    [
        ("text", r"wrap it in blob"),
        (b"bytes", r"wrap it in blob"),
        (42, r"42 is no data object; wrap it in pickled\(…\) or blob\(…, encode=…\)"),
        (None, "wrap it in pickled"),
    ],
)
def test_a_plain_value_is_no_input_and_the_remedy_is_said(thing, message):
    with pytest.raises(UsageError, match=message):
        to_dataobj(thing)


def test_a_task_is_an_input_only_with_one_output(session):
    with pytest.raises(UsageError, match="does not have any output"):
        to_dataobj(Task("k", outputs=0, session=session))
    with pytest.raises(UsageError, match="returns multiple outputs"):
        to_dataobj(Task("k", outputs=2, session=session))


def test_an_object_of_another_session_is_refused(session):
    theirs = constant(NoEngines(2, "theirs"))
    with pytest.raises(UsageError, match="belongs to session 'theirs'"):
        Task("k", inputs=[theirs], session=session)
    assert session.added == []


def test_an_earlier_result_is_readable_only_when_kept_a_constant_always(session):
    kept, lost = Task("k", session=session), Task("k", session=session)
    given = constant(session)
    session.add(given)
    kept.output.keep()
    session.submit()
    Task("k", inputs=[kept, given], session=session)
    with pytest.raises(UsageError, match="is not kept"):
        Task("k", inputs=[lost], session=session)


def test_keep_is_for_unsubmitted_objects_and_unkeep_for_kept_ones(session):
    task = Task("k", session=session)
    with pytest.raises(UsageError, match="is not kept"):
        task.output.unkeep()
    task.keep_outputs()
    assert task.output.is_kept()
    assert session.kept == {task.output}
    task.unkeep_outputs()
    assert session.asked == []  # nobody knows of it yet
    task.output.keep()
    session.submit()
    with pytest.raises(UsageError, match="cannot keep submitted data object"):
        task.output.keep()
    task.output.unkeep()
    assert session.asked == [("unkeep", task.output)]
    assert not task.output.is_kept()


def test_fetch_asks_for_the_keep_flag_before_the_submit(session):
    task = Task("k", session=session)
    with pytest.raises(UsageError, match=r"Can't fetch object .* without keep flag\."):
        task.output.fetch()
    task.output.keep()
    with pytest.raises(UsageError, match=r"is not submitted\."):
        task.output.fetch()
    session.submit()
    assert task.fetch_outputs() == [b"fetched"]


def test_a_reader_may_hint_at_the_size_when_nobody_did(session):
    hinted = Task("k", outputs=[Output("o", size_hint=7)], session=session).output
    open_one = Task("k", session=session).output
    for obj in (hinted, open_one):
        obj.hint_size(9)
        obj.hint_size(8)
    assert (hinted.spec.size_hint, open_one.spec.size_hint) == (7, 9)
    sent = Task("k", session=session).output
    session.submit()
    sent.hint_size(9)
    assert sent.spec.size_hint is None


def test_wait_and_update_go_to_the_session(session):
    task = Task("k", session=session)
    task.wait()
    task.update()
    task.output.wait()
    task.output.update()
    out = task.output
    assert session.asked == [("wait", task), ("update", task), ("wait", out), ("update", out)]


def test_a_spec_says_all_and_its_user_is_writable(session):
    data = constant(session)
    task = Task(
        "python",
        inputs=[data, ("b", data)],
        outputs=[Output("o", encode="pickle", size_hint=7)],
        name="a/b",
        cpus=3,
        function=Function("key", b"code"),
        retries=0,
        session=session,
    )
    task.spec.user["foo"] = 42
    assert task.to_spec() == TaskSpec(
        task.task_id,
        "python",
        "a/b",
        (data.object_id, data.object_id),
        ("", "b"),
        (task.output.object_id,),
        Resources(3),
        "key",
        0,
        task.place,
        {"foo": 42},
    )
    assert task.output.to_spec() == ObjectSpec(
        task.output.object_id, "o", content_type="pickle", size_hint=7
    )
    assert data.to_spec().constant
    assert (task.spec.task_type, task.spec.inputs[1].label) == ("python", "b")
    assert (task.spec.outputs, task.spec.resources) == ((task.output.id,), {"cpus": 3})
    assert (data.spec.id, data.spec.label) == (data.id, "const")


@pytest.mark.parametrize("cpus", [0, -1, 1.5, "2", True])
def test_cpus_are_a_whole_number(session, cpus):
    with pytest.raises(UsageError, match="whole number"):
        Task("k", cpus=cpus, session=session)


def test_a_name_is_a_string(session):
    with pytest.raises(UsageError, match="name is a string, not 3"):
        Task("k", name=3, session=session)


def test_a_class_of_ones_own_names_its_type_and_says_its_config(session):
    register_type("nodes/grind", lambda owner: Function("key", b"code"))

    class Grind(Task):
        TASK_TYPE = "nodes/grind"

        def __init__(self, corn, **options):
            super().__init__(
                inputs=[("corn", corn)], outputs=["flour"], config=options, session=session
            )

    task = Grind(constant(session), fine=True)
    assert (task.kind, task.function) == ("nodes/grind", Function("key", b"code"))
    assert task.spec.config == {"fine": True}
    assert task.inputs["corn"].label == "const"
    assert repr(task) == "<Task 1/11 nodes/grind>"
    with pytest.raises(UsageError, match=r"config must be JSON: Object of type bytes"):
        Grind(constant(session), fine=b"raw")


def test_a_class_of_ones_own_needs_a_type_that_somebody_runs(session):
    class Nameless(Task):
        pass

    class Unknown(Task):
        TASK_TYPE = "nobody/runs-it"

    with pytest.raises(UsageError, match="Nameless doesn't define `TASK_TYPE`"):
        Nameless(session=session)
    with pytest.raises(UsageError, match="Task doesn't define `TASK_TYPE`"):
        Task(["not", "a", "name"], session=session)
    with pytest.raises(UsageError, match=r"Unknown task type 'nobody/runs-it'.*@task_type"):
        Unknown(session=session)
    assert session.added == []


def test_promises_are_not_pickled(session):
    task = Task("k", session=session)
    for thing in (task, task.output):
        with pytest.raises(TypeError, match="as an input"):
            pickle.dumps(thing)


def test_they_are_shown_by_number_and_name(session):
    task = Task("k", name="load", outputs=["raw"], session=session)
    assert repr(task) == "<Task 1/10 'load' k>"
    assert repr(task.output) == "<DataObject 1/11 'raw'>"

"""What the values of a view say of themselves."""

import pytest

from flowlab.model.ids import SessionId, TaskId, join_id
from flowlab.model.specs import TaskSpec
from flowlab.model.states import State
from flowlab.view.picture import TaskView, View, unfinished
from tests.view.story import S, Story, everything, oid, tid


@pytest.mark.parametrize(
    ("name", "shown"),
    [("load", "load"), ("/a/b", "a/b"), ("a/", "a"), ("", "python"), ("/", "python")],
)
def test_a_task_without_a_name_is_named_after_its_kind(name, shown):
    assert TaskView(TaskSpec(tid(10), "python", name)).name == shown


def test_a_task_says_what_it_was_declared_as():
    task = Story().submit({10: ("x", ()), 11: ("load", (10,))}).view.tasks[tid(11)]
    assert (task.id, task.session, task.kind) == (tid(11), S, "python")
    assert (task.inputs, task.outputs) == ((oid(10),), (oid(11),))
    assert (task.place.file, task.place.line, task.place.cell) == ("notebook.py", 11, 3)


def test_how_long_it_ran_is_known_at_its_end_and_never_below_zero():
    story = Story().submit({10: ("x", ())}).ready(10).assign(10).start(10)
    assert story.view.tasks[tid(10)].seconds is None
    assert story.finish(10, seconds=-1).view.tasks[tid(10)].seconds == 0


def test_progress_of_one_session_and_of_all():
    first, second = everything(), Story("other", SessionId(2)).submit({10: ("x", ())})
    both = Story()
    for entry in (*first.entries, *second.entries):
        both.post(entry.event)
    view = both.view
    assert view.progress(SessionId(2)) == {State.WAITING: 1}
    assert view.progress()[State.WAITING] == 2
    assert view.progress(SessionId(3)) == {}
    assert [task.id for task in view.of(SessionId(2))] == [TaskId(join_id(SessionId(2), 10))]
    assert len(view.of()) == 9
    assert view.unfinished == unfinished(view.progress()) == 5


def test_an_empty_view_has_nothing_unfinished():
    assert View().unfinished == 0

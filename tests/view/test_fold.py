"""Entries fold to what happened, whatever the batches, the overlaps and the late reports."""

import random
from collections import Counter
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flowlab.events import messages as m
from flowlab.events.messages import Entry
from flowlab.model.ids import Assignment, EngineId
from flowlab.model.specs import Failure, ObjectInfo, ObjectSpec, TaskSpec
from flowlab.model.states import State
from flowlab.view import fold as fold_room
from flowlab.view.fold import NOTICES, Folder, fold
from flowlab.view.picture import ObjectState, SessionState, TaskView, View
from tests.view.story import S, Story, everything, oid, tid

TWO = {10: ("load", ()), 11: ("clean", (10,))}  # load ──▶ clean


def task(story, number=10):
    return story.view.tasks[tid(number)]


def state_of(story, number=10):
    return task(story, number).state


def test_a_life_from_submit_to_end():
    story = Story().submit(TWO)
    assert state_of(story) is State.WAITING
    assert state_of(story.ready(10)) is State.READY
    assert state_of(story.assign(10)) is State.ASSIGNED
    assert state_of(story.start(10)) is State.RUNNING
    done = task(story.finish(10, seconds=2.0, size=77))
    assert (done.state, done.began, done.ended, done.seconds) == (State.FINISHED, 10, 12, 2)
    assert (done.engine, done.attempts) == (0, 1)
    made = story.view.objects[oid(10)]
    assert (made.state, made.size, made.content_type) == (ObjectState.MADE, 77, "pickle")
    assert made.maker == tid(10)
    assert story.view.unfinished == 1


def test_every_state_is_reached():
    states = [each.state.value for each in everything().view.tasks.values()]
    assert states == [each.name.removeprefix("a/") for each in everything().view.tasks.values()]


def test_a_failure_is_kept():
    story = Story().submit(TWO).ready(10).assign(10).fail(10, "ValueError: no")
    assert task(story).failure == Failure("ValueError: no")
    assert task(story).seconds == 1.0


def test_a_condemned_task_failed():
    story = Story().submit(TWO).post(m.TaskCondemned(tid(10), Failure("too large")))
    assert (state_of(story), task(story).failure.message) == (State.FAILED, "too large")


def test_skipped_and_cancelled_say_why():
    story = Story().submit(TWO).post(m.TasksSkipped((tid(11),), tid(10)))
    story.post(m.TasksCancelled((tid(10),), "on request"))
    assert (state_of(story, 11), task(story, 11).cause) == (State.SKIPPED, tid(10))
    assert (state_of(story), task(story).reason) == (State.CANCELLED, "on request")
    assert story.view.unfinished == 0


def test_what_is_given_back_is_ready_when_its_inputs_are_there():
    story = Story().submit(TWO).ready(10).assign(10, 11)
    story.post(m.TasksGivenBack((tid(10), tid(11)), "engine lost"))
    assert (state_of(story), state_of(story, 11)) == (State.READY, State.WAITING)
    assert (task(story).reason, task(story).engine) == ("engine lost", None)
    assert task(story.assign(10).start(10)).attempts == 1  # it had not begun before
    assert task(story.finish(10)).attempts == 1


def test_a_finished_task_may_have_to_run_again():
    story = Story().submit(TWO).run(10)
    story.post(m.ObjectsLost((oid(10),), "gone")).post(m.TasksGivenBack((tid(10),), "lost"))
    assert state_of(story) is State.READY
    assert story.view.unfinished == 2
    assert story.view.objects[oid(10)].state is ObjectState.LOST
    assert state_of(story.run(10)) is State.FINISHED


def test_a_report_of_an_older_assignment_changes_nothing():
    story = Story().submit(TWO).ready(10).assign(10)
    story.post(m.TasksGivenBack((tid(10),), "revoked"))
    assert state_of(story.start(10).finish(10)) is State.READY
    story.assign(10)
    story.assignments[10] = Assignment(1)
    assert state_of(story.start(10).finish(10).fail(10)) is State.ASSIGNED


def test_a_report_after_the_end_changes_nothing():
    story = Story().submit(TWO).ready(10).assign(10)
    story.post(m.TasksCancelled((tid(10),), "x"))
    assert state_of(story.start(10).finish(10)) is State.CANCELLED


def test_what_is_unknown_is_left_out():
    story = Story().submit({10: ("x", ())})
    before = story.view.tasks
    story.ready(99).assign(99).start(99).finish(99).fail(99)
    story.post(m.TasksGivenBack((tid(99),), "")).post(m.ObjectsDropped((oid(99),)))
    assert story.view.tasks == before


def test_objects_that_stayed_in_their_batch_are_made_without_a_size():
    story = Story().submit(TWO).ready(10).assign(10)
    row = (tid(10), Assignment(1), 1.0, 2.0, ())
    story.post(m.Reported(EngineId(0), S, finished=(row,)))
    assert story.view.objects[oid(10)].state is ObjectState.MADE
    story.post(m.Reported(EngineId(0), S, published=(ObjectInfo(oid(10), 5),)))
    assert story.view.objects[oid(10)].size == 5


def test_constants_are_made_from_the_first():
    spec = ObjectSpec(oid(50), "k", constant=True, keep=True, content_type="json")
    story = Story().post(m.Submitted(S, (spec,), (), ((oid(50), 12),)))
    found = story.view.objects[oid(50)]
    assert (found.state, found.size, found.kept) == (ObjectState.MADE, 12, True)
    assert (found.maker, found.content_type, found.label) == (None, "json", "k")
    assert not story.post(m.Unkept(S, (oid(50),))).view.objects[oid(50)].kept
    dropped = story.post(m.ObjectsDropped((oid(50),))).view.objects[oid(50)]
    assert dropped.state is ObjectState.DROPPED


def test_sessions_open_fail_and_close():
    story = Story("demo").submit(TWO)
    session = story.view.sessions[S]
    assert (session.name, session.state, session.submits) == ("demo", SessionState.OPEN, 1)
    story.post(m.SessionFailed(S, tid(10), Failure("no")))
    session = story.view.sessions[S]
    assert (session.state, session.failed_task) == (SessionState.FAILED, tid(10))
    session = story.post(m.SessionClosed(S, "bye")).view.sessions[S]
    assert (session.state, session.reason) == (SessionState.CLOSED, "bye")


def test_engines_come_are_sampled_and_go():
    story = Story().post(m.Sampled(EngineId(0), 0.5, 1000))
    engine = story.view.engines[0]
    assert (engine.host, engine.alive, engine.cpu, engine.memory) == ("here", True, 0.5, 1000)
    engine = story.post(m.EngineLost(EngineId(0), "killed")).view.engines[0]
    assert (engine.alive, engine.reason) == (False, "killed")
    assert not story.post(m.EngineLost(EngineId(7), "?")).view.engines[7].alive


def test_the_newest_notices_are_kept():
    story = Story().post(m.ControllerLost("silent")).post(m.EnginesUnavailable("none"))
    assert story.view.notices == ("silent", "none")
    for number in range(NOTICES + 5):
        story.post(m.Noticed(str(number)))
    assert len(story.view.notices) == NOTICES
    assert story.view.notices[-1] == str(NOTICES + 4)


def test_events_that_change_no_view_are_taken():
    story = Story().submit(TWO)
    before = story.view
    story.post(m.CancelRequested(S, (tid(10),))).post(m.EngineResumed(EngineId(0), ()))
    story.post(m.CapacityKnown(4, 2))
    story.post(m.Said(tid(10), Assignment(1), 1, "stdout", "hello", 1.0))
    assert story.view.tasks == before.tasks
    assert story.view.seq == before.seq + 3


def busy_story():
    story = everything()
    story.submit({n: (f"b/{n}", (n - 1,)) for n in range(30, 40)})
    story.post(m.Noticed("x"))
    for n in range(30, 40):
        story.run(n)
    return story


@given(st.lists(st.integers(0, 60), max_size=8))
def test_batches_and_overlaps_make_no_difference(cuts):
    entries = busy_story().entries
    bounds = [0, *sorted(min(cut, len(entries)) for cut in cuts), len(entries)]
    folder = Folder()
    for start, end in pairwise(bounds):
        folder.add(entries[max(0, start - 5) : end])  # each batch overlaps the one before
    assert folder.view == busy_story().view


def test_folding_on_from_a_view_is_folding_all():
    entries = busy_story().entries
    for cut in range(len(entries) + 1):
        assert fold(fold(View(), entries[:cut]), entries[cut:]) == busy_story().view


def test_traces_that_come_after_later_facts_are_not_lost():
    folder = Folder()
    folder.add([Entry(2, 0.0, None, m.ControllerLost("a"))])
    folder.add([Entry(1, 0.0, None, m.Noticed("b"))])
    folder.add([Entry(1, 0.0, None, m.Noticed("b"))])
    assert folder.view.notices == ("a", "b")


def test_a_view_is_frozen_and_the_same_until_something_changes():
    story = Story().submit(TWO)
    folder = Folder()
    folder.add(story.entries)
    before = folder.view
    assert folder.view is before
    folder.add(story.ready(10).entries)
    assert before.tasks[tid(10)].state is State.WAITING
    assert folder.view.tasks[tid(10)].state is State.READY


def test_unfinished_and_count_need_no_copy():
    folder = Folder()
    folder.add(everything().entries)
    assert (folder.unfinished, folder.task_count) == (4, 8)
    assert folder.unfinished == folder.view.unfinished


def test_counts_are_those_of_the_tasks_after_any_order_of_events():
    chance = random.Random(11)
    story = Story().submit({n: (f"t{n}", ()) for n in range(10, 30)})
    steps = [
        story.ready,
        story.assign,
        lambda n: n in story.assignments and story.start(n),
        lambda n: n in story.assignments and story.finish(n),
        lambda n: n in story.assignments and story.fail(n),
        lambda n: story.post(m.TasksGivenBack((tid(n),), "")),
        lambda n: story.post(m.TasksSkipped((tid(n),), tid(10))),
        lambda n: story.post(m.TasksCancelled((tid(n),), "")),
    ]
    folder = Folder()
    folder.add(story.entries)
    for _ in range(600):
        chance.choice(steps)(chance.randrange(10, 30))
        folder.add(story.entries[-1:])
        view = folder.view
        assert folder.unfinished == view.unfinished
    assert sum(view.progress().values()) == 20


def test_a_hundred_thousand_tasks_are_folded_by_columns(monkeypatch):
    """Linear: the work of ten times the tasks is ten times the changes, counted and not timed."""
    made = Counter()

    def count(*args, **more):
        made[size] += 1
        return TaskView(*args, **more)

    monkeypatch.setattr(fold_room, "TaskView", count)
    for size in (1_000, 10_000):
        story = Story().submit(dict.fromkeys(range(10, 10 + size), ("g/t", ())))
        story.run(*range(10, 10 + size))
        Folder().add(story.entries)
    assert made == {1_000: 5_000, 10_000: 50_000}  # one for each change of a task


@pytest.mark.parametrize("event", m.EventUnion.__args__, ids=lambda each: each.__name__)
def test_every_event_of_the_union_is_known(event):
    """A new event breaks mypy first; this names it for those who run the tests alone."""
    source = Folder._take.__code__.co_names
    assert event.__name__ in source


def test_a_replaced_task_is_seen_no_longer():
    story = Story().submit(TWO).run(10).post(m.CancelRequested(S, (tid(10),), replaced=True))
    assert list(story.view.tasks) == [tid(11)]
    assert oid(10) not in story.view.objects
    assert story.view.unfinished == 1
    story.post(m.TasksCancelled((tid(10),), "replaced"))
    assert list(story.view.tasks) == [tid(11)]


def test_what_the_user_wrote_is_found_by_function_or_by_task():
    story = Story()
    specs = (TaskSpec(tid(1), "cell", "a", function="key"), TaskSpec(tid(2), "execute", "b"))
    sources = (("key", "x = 1"), (str(tid(2)), "ls"))
    story.post(m.Submitted(S, (), specs, (), sources))
    story.submit({3: ("c", [])})
    view = story.view
    assert [view.source(task) for task in view.of()] == ["x = 1", "ls", ""]


def test_a_task_that_took_its_engine_down_was_tried():
    story = Story().submit({10: ("a", ()), 11: ("b", ())}).ready(10, 11).assign(10, 11)
    story.post(m.EngineLost(EngineId(0), "died", ((tid(10), Assignment(1)),)))
    story.post(m.TasksGivenBack((tid(10), tid(11)), "engine lost"))
    story.assign(10, 11).finish(10, 11)
    assert (task(story).attempts, task(story, 11).attempts) == (2, 1)

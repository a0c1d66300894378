"""A snapshot and the deltas after it give the view that all entries give."""

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from flowlab.events import messages as m
from flowlab.model.ids import Assignment, EngineId
from flowlab.model.resources import Resources
from flowlab.model.specs import Failure, ObjectInfo, ObjectSpec, TaskSpec
from flowlab.view.fold import Folder, fold
from flowlab.view.frames import Delta, Snapshot, coalesce, snapshot
from flowlab.view.picture import View
from tests.view.restored import restored
from tests.view.story import S, Story, everything, oid, tid

TASKS = range(10, 16)


def told(steps):
    """The entries of a story of these steps."""
    story = Story()
    story.submit({n: (f"g/t{n}", (n - 1,) if n > TASKS[0] else ()) for n in TASKS})
    for step, n in steps:
        STEP[step](story, n)
    return story.entries


def _both(story, n):
    """Start and end in one report."""
    given = story.assignments.setdefault(n, Assignment(1))
    info = ObjectInfo(oid(n), 5, "pickle")
    story.post(
        m.Reported(
            *(EngineId(0), S),
            started=((tid(n), given, 3.0),),
            finished=((tid(n), given, 3.0, 4.5, (info,)),),
            notes=((tid(n), "debug", {"a": "1"}),),
        )
    )


def _known(act):
    def step(story, n):
        story.assignments.setdefault(n, Assignment(1))
        act(story, n)

    return step


STEP = {
    "ready": Story.ready,
    "assign": Story.assign,
    "start": _known(Story.start),
    "finish": _known(Story.finish),
    "fail": _known(Story.fail),
    "both": _both,
    "back": lambda s, n: s.post(m.TasksGivenBack((tid(n),), "engine lost")),
    "skip": lambda s, n: s.post(m.TasksSkipped((tid(n),), tid(TASKS[0]))),
    "cancel": lambda s, n: s.post(m.TasksCancelled((tid(n),), "on request")),
    "condemn": lambda s, n: s.post(m.TaskCondemned(tid(n), Failure("too many", line=3))),
    "replace": lambda s, n: s.post(m.CancelRequested(S, (tid(n),), replaced=True)),
    "unkeep": lambda s, n: s.post(m.Unkept(S, (oid(n),))),
    "drop": lambda s, n: s.post(m.ObjectsDropped((oid(n),))),
    "lose": lambda s, n: s.post(m.ObjectsLost((oid(n),), "gone")),
    "engine": lambda s, n: s.post(m.EngineLost(EngineId(n), "died")),
    "say": lambda s, n: s.post(m.Said(tid(n), Assignment(1), 1, "stdout", "hello\n", 2.0)),
    "notice": lambda s, n: s.post(m.Noticed("look", "warning")),
}

# What may happen next to one of a few tasks: lawful or not, the fold must not care how it comes.
STEPS = st.lists(st.tuples(st.sampled_from(sorted(STEP)), st.sampled_from(TASKS)), max_size=40)


def over_the_wire(frame):
    return msgspec.json.decode(msgspec.json.encode(frame), type=type(frame))


@given(STEPS, st.data())
def test_a_snapshot_and_coalesced_deltas_give_the_whole_view(steps, data):
    entries = told(steps)
    k = data.draw(st.integers(0, len(entries)))
    overlap = data.draw(st.integers(0, k))
    view = restored(over_the_wire(snapshot(fold(View(), entries[:k]))))
    assert view == fold(View(), entries[:k])
    folder = Folder(view)
    rest = entries[k - overlap :]
    while rest:
        size = data.draw(st.integers(1, len(rest)))
        folder.add(over_the_wire(Delta(0, 2, tuple(coalesce(rest[:size])))).entries)
        rest = rest[size:]
    assert folder.view == fold(View(), entries)


def test_every_state_comes_through():
    view = everything().view
    assert restored(over_the_wire(snapshot(view))) == view


def test_what_few_tasks_have_comes_through():
    story = Story()
    things = (
        ObjectSpec(oid(3), "c", constant=True, keep=True, size_hint=7, user={"a": [1]}),
        ObjectSpec(oid(10), "out", content_type="json"),
    )
    task = TaskSpec(
        *(tid(10), "python", "x", (oid(3),), ("left",), (oid(10),)),
        resources=Resources(2, (("memory", 1e9),), ("one",)),
        retries=3,
        user={"b": None},
    )
    sources = ((str(tid(10)), "x = 1"),)
    story.post(m.Submitted(S, things, (task,), ((oid(3), 12),), sources))
    assert restored(over_the_wire(snapshot(story.view))) == story.view


def test_a_start_whose_end_follows_is_left_out():
    story = Story().submit({10: ("a", ()), 11: ("b", ())}).assign(10, 11).start(10, 11).finish(10)
    (started,) = [e.event for e in coalesce(story.entries) if getattr(e.event, "started", ())]
    assert [row[0] for row in started.started] == [tid(11)]


def test_a_start_stays_when_a_cancel_came_before_the_end():
    story = Story().submit({10: ("a", ())}).assign(10).start(10)
    story.post(m.TasksCancelled((tid(10),), "on request")).finish(10)
    assert any(getattr(entry.event, "started", ()) for entry in coalesce(story.entries))
    assert fold(View(), coalesce(story.entries)).tasks[tid(10)].began == 10.0


def test_what_only_the_scheduler_needs_is_left_out():
    story = Story().submit({10: ("a", ())}).assign(10)
    _both(story, 10)
    *_, last = coalesce(story.entries)
    assert last.event.notes == ()
    assert last.seq == story.entries[-1].seq


def test_a_snapshot_of_ten_thousand_tasks_is_small():
    story = Story().submit({n: (f"group{n % 20}/t{n}", (n - 1,)) for n in range(10, 10_010)})
    frame = snapshot(story.view)
    assert isinstance(frame, Snapshot)
    assert len(msgspec.json.encode(frame)) < 1_000_000

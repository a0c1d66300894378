"""From the stream to the logs of a client's sessions."""

from flowlab.events.messages import Entry, Logged, SessionClosed, Submitted
from flowlab.model.ids import SessionId, TaskId, join_id
from flowlab.model.logrow import LogRow
from flowlab.model.specs import TaskSpec
from tests.session.logscene import TASK, S


def test_what_nobody_here_can_handle_is_said_to_be_heard(scene):
    other = SessionId(2)
    seq = scene.came("not ours", session=other)
    assert scene.link.heard_seqs == [(other, seq)]
    scene.keep.gate.clear()
    scene.came("before the end")
    scene.logs.take([Entry(30, 1.0, S, SessionClosed(S))])
    late = scene.came("after the end")
    assert (S, late) in scene.link.heard_seqs
    scene.keep.gate.set()
    assert scene.log.drain(20)
    assert scene.keep.texts == ["before the end"]


def test_names_outlive_the_mirrors_memory(scene):
    scene.keep.gate.clear()
    scene.came("one")
    scene.came("two")
    scene.logs.end(S)  # the user closed it
    assert scene.mirror.task(TASK) is not None  # more of it may come
    scene.came("three")
    scene.logs.take([Entry(90, 1.0, S, SessionClosed(S))])
    assert scene.mirror.task(TASK) is None
    scene.keep.gate.set()
    scene.logs.finish()
    assert [(r.task, r.getMessage()) for r in scene.keep.records] == [
        ("work", "one"),
        ("work", "two"),
        ("work", "three"),
    ]


def test_a_task_that_was_submitted_in_the_same_bit_of_the_stream_has_its_name(scene):
    task = TaskId(join_id(S, 11))
    row = LogRow(1.0, 20, "INFO", "node", "early")
    submitted = Submitted(S, (), (TaskSpec(task, "python", "fresh"),))
    logged = Logged(task, 1, 1, 4, (row,), row.size)
    scene.logs.take([Entry(50, 1.0, S, submitted), Entry(51, 1.0, S, logged)])
    assert scene.log.drain(20)
    assert [record.task for record in scene.keep.records] == ["fresh"]


def test_a_session_that_the_stream_has_ended_is_forgotten_when_its_user_closes_it(scene):
    scene.logs.take([Entry(5, 1.0, S, SessionClosed(S, "a bug"))])
    assert scene.mirror.task(TASK) is not None  # its error is still to be told
    scene.logs.end(S)
    assert scene.mirror.task(TASK) is None


def test_the_clients_end_forgets_what_the_stream_did_not_end(scene):
    scene.logs.end(S)
    scene.logs.finish()
    assert scene.mirror.task(TASK) is None

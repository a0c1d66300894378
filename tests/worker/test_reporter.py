"""Rows become reports."""

from flowlab.events.messages import Said
from flowlab.model.ids import EngineId, SessionId
from flowlab.model.limits import MESSAGE
from flowlab.model.payload import Inline
from flowlab.worker.reporter import Reporter, ended_in
from tests.worker.workshop import SESSION, object_id, task_id


def reporter():
    reports = []
    return Reporter(reports.append, EngineId(3)), reports


def nothing():
    """No last rows."""


def test_rows_of_one_session_leave_together_and_once():
    one, reports = reporter()
    one.columns(SESSION).cancelled.append((task_id(1), 1))
    one.columns(SESSION).cancelled.append((task_id(2), 1))
    one.columns(SessionId(11)).cancelled.append((task_id(3), 1))
    assert one.flush(nothing) == 2
    assert one.flush(nothing) == 0
    assert [len(report.fact.cancelled) for report in reports] == [2, 1]
    assert {report.fact.session for report in reports} == {SESSION, SessionId(11)}


def test_text_alone_is_no_fact():
    one, reports = reporter()
    one.columns(SESSION).traces.append(Said(task_id(1), 1, 1, "stdout", "x", 0.0))
    one.flush(nothing)
    assert reports[0].fact is None
    assert reports[0].traces[0].text == "x"


def test_a_large_report_is_closed_and_keeps_its_values():
    one, reports = reporter()
    for number in (1, 2, 3):
        columns = one.columns(SESSION)
        columns.cancelled.append((task_id(number), 1))
        columns.add_value(object_id(number), Inline(b"x" * (MESSAGE // 2)))
        assert one.seal(SESSION) == (number == 2)
    one.flush(nothing)
    assert [list(report.payload.values) for report in reports] == [
        [object_id(1), object_id(2)],
        [object_id(3)],
    ]


def test_what_ended_is_known_until_it_is_sent():
    one, reports = reporter()
    one.columns(SESSION).returned.append((task_id(1), 2, "revoked"))
    assert one.ended() == [(task_id(1), 2)]
    one.flush(nothing)
    assert one.ended() == []
    assert ended_in([reports[0].fact, None]) == [(task_id(1), 2)]


def test_last_rows_are_added_under_the_lock():
    one, reports = reporter()
    one.flush(lambda: one.columns(SESSION).started.append((task_id(1), 1, 0.0)))
    assert reports[0].fact.started

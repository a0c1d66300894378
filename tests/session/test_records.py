"""What the kernel remembers stays small."""

import sys

import pytest

from flowlab.model.ids import SessionId
from flowlab.model.specs import Failure, TaskSpec
from flowlab.session.records import (
    ASSIGNED,
    CANCELLED,
    FAILED,
    FINISHED,
    READY,
    SKIPPED,
    SessionRecord,
    TaskRecord,
    enter,
    why,
)


@pytest.mark.parametrize(
    ("state", "failure", "reason", "said"),
    [
        (FINISHED, None, "", ""),
        (FAILED, Failure("ValueError: no"), "", "ValueError: no"),
        (FAILED, Failure("no", "  line 1\nno\n"), "", "no\n  line 1\nno"),
        (SKIPPED, None, "", "skipped: an input of it will never come"),
        (CANCELLED, None, "on request", "cancelled: on request"),
    ],
)
def test_an_error_is_empty_only_where_all_went_well(state, failure, reason, said):
    assert why(TaskRecord(TaskSpec(1, "k"), state, failure=failure, reason=reason)) == said


def test_a_hundred_thousand_tasks_are_a_few_megabytes():
    record = TaskRecord(TaskSpec(1, "k"))
    assert sys.getsizeof(record) <= 200


def test_a_session_counts_what_is_unfinished_and_remembers_what_did_not_end_well():
    session = SessionRecord(SessionId(1), unfinished=2)
    good, bad = TaskRecord(TaskSpec(1, "python")), TaskRecord(TaskSpec(2, "python"))
    for record, state in ((good, ASSIGNED), (good, FINISHED), (bad, FAILED)):
        enter(session, record, state)
    assert (session.unfinished, list(session.failures)) == (0, [2])
    enter(session, bad, READY)
    assert (session.unfinished, list(session.failures)) == (1, [])

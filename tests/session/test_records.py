"""What the kernel remembers stays small."""

import sys

import pytest

from flowlab.model.specs import Failure, TaskSpec
from flowlab.session.records import CANCELLED, FAILED, FINISHED, SKIPPED, TaskRecord, why


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

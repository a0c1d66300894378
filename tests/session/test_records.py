"""What the kernel remembers stays small."""

import sys

from flowlab.model.specs import TaskSpec
from flowlab.session.records import TaskInfo, TaskRecord


def test_a_duration_is_the_time_between():
    assert TaskInfo(2.0, 5.5).duration == 3.5


def test_a_hundred_thousand_tasks_are_a_few_megabytes():
    record = TaskRecord(TaskSpec(1, "k"))
    assert sys.getsizeof(record) <= 200
